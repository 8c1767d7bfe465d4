import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { lockContract } from './find-contract.ts';

/**
 * Refuses a change that was meant for another version of a thing (spec 9.4).
 * @param what the thing, with its number: `tariff 5`
 * @param expected the version that was read; undefined: whatever there is
 * @throws HubError STALE_VERSION with the reason `version`
 */
export function requireVersion(what: string, present: number, expected: number | undefined): void {
  if (expected === undefined || expected === present) return;
  throw new HubError('STALE_VERSION', `${what} is at version ${present}, not ${expected}; read it again`, {
    reason: 'version',
    russian: `Данные изменены другим пользователем: версия ${present}, а не ${expected}; прочитайте их заново`,
  });
}

/**
 * The same of a contract, which is locked by it. Its version counts on with every change of its record, status, limit, marks and parameters.
 * @throws HubError NOT_FOUND, STALE_VERSION
 */
export async function requireContractVersion(tx: Transaction, act: Act, contractId: number, expected: number | undefined): Promise<void> {
  if (expected === undefined) return;
  const { version } = await lockContract(tx, act, contractId);
  requireVersion(`contract ${contractId}`, version, expected);
}
