import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { type BinChange, binChange, changedAnswer } from './bin.ts';
import { type BinPorts, loadBin } from './load-bin.ts';
import { updateBin } from './sql/bins.ts';

/**
 * Changes the name of a bin, or what it answers from the next request on; fields left out keep their values.
 * @throws HubError NOT_FOUND, VALIDATION, STALE_VERSION.
 */
export async function changeBin(
  tx: Transaction,
  caller: Caller,
  ports: Pick<BinPorts, 'binDays'>,
  { id, change: given, version }: { readonly id: number; readonly change: BinChange; readonly version?: number | undefined },
): Promise<void> {
  const change = binChange.parse(given);
  const row = await loadBin(tx, caller, ports, 'callbacks.write', id, 'lock');
  if (version !== undefined && version !== row.version) {
    throw new HubError('STALE_VERSION', `request bin ${id} is at version ${row.version}, not ${version}; read it again`, {
      reason: 'version',
      russian: `приёмник ${id} уже в версии ${row.version}, а не ${version}; прочитайте его снова`,
      details: [{ code: 'version', path: '/version', message: String(row.version) }],
    });
  }
  const { name = row.name } = change;
  const answer = changedAnswer(row.answer, change.answer);
  await updateBin(tx, id, name, JSON.stringify(answer));
  const shown = ({ status, delay, close }: typeof answer) => ({ status, delay, close });
  await audit(tx, caller, {
    action: 'callbacks.bin.change',
    object: String(id),
    before: { name: row.name, ...shown(row.answer) },
    after: { name, ...shown(answer) },
  });
}
