import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { findContract } from './find-contract.ts';
import { PASSWORD_PURPOSE } from './set-contract-password.ts';

/**
 * The password of a contract in clear, '' for none (spec 10.4). Who read it stands in the audit. The face has checked the right.
 * @throws HubError NOT_FOUND
 */
export async function readContractPassword(tx: Transaction, act: Act, contractId: number): Promise<string> {
  const { password } = await findContract(tx, act, contractId);
  if (!password) return '';
  await audit(tx, act.caller, { action: 'billing.contract.password.read', object: String(contractId) });
  return act.secretKey.open(PASSWORD_PURPOSE, password, String(contractId)).toString();
}
