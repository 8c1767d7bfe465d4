import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Caller, inScope, scopeOf } from '../core/identity/caller.ts';
import { type BinRow, binById, lockBin } from './sql/bins.ts';

/** What the use cases of bins need of the hub. */
export interface BinPorts {
  /** Where the bins are (bin-address.ts). */
  readonly binBase: string;
  /** Days that requests are kept. */
  readonly binDays: number;
}

/** A bin as faces show it. */
export interface BinView {
  readonly id: number;
  readonly name: string;
  readonly organization_id: number | null;
  /** Whoever knows it can send to the bin. */
  readonly address: string;
  readonly answer: BinRow['answer'];
  /** Requests that can be looked at. */
  readonly kept: number;
  /** Number of the newest, which is how many ever came. */
  readonly taken: number;
  readonly last_at: Temporal.Instant | null;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: Temporal.Instant;
  readonly changed_at: Temporal.Instant;
}

export const binView = (row: BinRow, { binBase }: Pick<BinPorts, 'binBase'>): BinView => ({
  id: row.binId,
  name: row.name,
  organization_id: row.organizationId,
  address: `${binBase}/${row.token}`,
  answer: row.answer,
  kept: row.kept,
  taken: row.taken,
  last_at: row.lastAt,
  version: row.version,
  created_by: row.createdBy,
  created_at: row.createdAt,
  changed_at: row.changedAt,
});

/**
 * The bin of an id, for a caller who has `right` for its owner; with `lock` its row is locked until the commit.
 * @throws HubError NOT_FOUND, also when it is one of another organization.
 */
export async function loadBin(
  db: Queryable,
  caller: Caller,
  { binDays }: Pick<BinPorts, 'binDays'>,
  right: 'callbacks.read' | 'callbacks.write',
  id: number,
  lock?: 'lock',
): Promise<BinRow> {
  if (lock) await lockBin(db, id);
  const [row] = await binById(db, id, binDays);
  if (!row || !inScope(scopeOf(caller, right), row.organizationId))
    throw new HubError('NOT_FOUND', `there is no request bin ${id}`, { russian: `приёмника ${id} нет` });
  return row;
}
