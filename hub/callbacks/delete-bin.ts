import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { type BinPorts, loadBin } from './load-bin.ts';
import { clearRequests, deleteBinRow } from './sql/bins.ts';

/** Deletes a bin with all that it holds; its address is never given out again. @throws HubError NOT_FOUND. */
export async function deleteBin(tx: Transaction, caller: Caller, ports: Pick<BinPorts, 'binDays'>, id: number): Promise<void> {
  const { name, organizationId } = await loadBin(tx, caller, ports, 'callbacks.write', id, 'lock');
  await deleteBinRow(tx, id);
  await audit(tx, caller, { action: 'callbacks.bin.delete', object: String(id), before: { name, organizationId } });
}

/** Removes the requests of a bin, which goes on. @throws HubError NOT_FOUND. */
export async function emptyBin(tx: Transaction, caller: Caller, ports: Pick<BinPorts, 'binDays'>, id: number): Promise<void> {
  const { kept } = await loadBin(tx, caller, ports, 'callbacks.write', id, 'lock');
  await clearRequests(tx, id);
  await audit(tx, caller, { action: 'callbacks.bin.empty', object: String(id), before: { kept } });
}
