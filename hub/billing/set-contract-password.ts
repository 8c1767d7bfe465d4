import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkPassword } from './contract.ts';
import { lockContract } from './find-contract.ts';
import { generatePassword } from './generate-password.ts';
import { setPassword } from './sql/contract-records.ts';

/** What the passwords of contracts are sealed for; each to its contract. */
export const PASSWORD_PURPOSE = 'billing.contract.password';

/** A password as it is stored (spec 10.4); none for ''. */
export const sealPassword = ({ secretKey }: Pick<Act, 'secretKey'>, contractId: number, password: string): Buffer | null =>
  password === '' ? null : secretKey.seal(PASSWORD_PURPOSE, password, String(contractId));

/**
 * Sets the password of a contract; undefined: one is made of the configured characters. Neither the audit nor an event holds it.
 * @throws HubError NOT_FOUND, BAD_REQUEST
 */
export async function setContractPassword(tx: Transaction, act: Act, contractId: number, password: string | undefined): Promise<void> {
  const next = password === undefined ? generatePassword(act.settings) : checkPassword(password);
  await lockContract(tx, act, contractId);
  await setPassword(tx, contractId, sealPassword(act, contractId, next));
  await audit(tx, act.caller, {
    action: 'billing.contract.password',
    object: String(contractId),
    after: { generated: password === undefined },
  });
}
