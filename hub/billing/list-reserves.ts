import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { Act } from './act.ts';
import { fenceValues } from './fence.ts';
import { findContract } from './find-contract.ts';
import { rowCursor } from './row-cursor.ts';
import { type ReserveRow, reservePage } from './sql/reserves.ts';

const cursor = rowCursor('br', ['number']);

export interface ReserveWish {
  /** Absent: of everybody whom the operator may see. */
  readonly contractId?: number | undefined;
  /** Only those that are held on this day. */
  readonly on?: Temporal.PlainDate | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Reserves, the newest first. @throws HubError NOT_FOUND (contract), BAD_REQUEST (`cursor`) */
export async function listReserves(db: Queryable, act: Act, { contractId, on, after, limit }: ReserveWish): Promise<Page<ReserveRow>> {
  const [before = 0] = cursor.placeOf(after) ?? [];
  if (contractId !== undefined) await findContract(db, act, contractId);
  const rows = await reservePage(db, before, contractId ?? null, on ?? null, limit + 1, ...fenceValues(act.fence));
  return pageOf(rows, limit, ({ id }) => cursor.after([id]));
}
