import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type Caller, scopeOf } from '../core/identity/caller.ts';
import { listCursor } from './list-cursor.ts';
import { type BinPorts, type BinView, binView, loadBin } from './load-bin.ts';
import { binPage } from './sql/bins.ts';

/** Bins that the caller may see, in the order of their ids. @throws HubError BAD_REQUEST on a damaged cursor. */
export async function listBins(
  db: Queryable,
  caller: Caller,
  ports: BinPorts,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<BinView>> {
  const scope = scopeOf(caller, 'callbacks.read');
  const rows = await binPage(db, listCursor.idOf(after), ports.binDays, scope === 'all' ? null : [...scope], limit + 1);
  return pageOf(
    rows.map((row) => binView(row, ports)),
    limit,
    ({ id }) => listCursor.after(id),
  );
}

/** @param right to write, for one who has just changed it. (Default: to read) @throws HubError NOT_FOUND. */
export const showBin = async (
  db: Queryable,
  caller: Caller,
  ports: BinPorts,
  id: number,
  right: 'callbacks.read' | 'callbacks.write' = 'callbacks.read',
): Promise<BinView> => binView(await loadBin(db, caller, ports, right, id), ports);
