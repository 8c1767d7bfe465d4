import type { Queryable } from '../database/statement.ts';
import { type ClaimedRow, claimThese } from './sql/due.ts';
import { type StrictRow, strictAhead, strictNext } from './sql/strict.ts';

/** A target of strict order with room for first attempts. */
export interface StrictWish {
  readonly target: number;
  /** First attempts up to this id were looked at; those that were held up then come by their keys. */
  readonly place: number;
  /** Keys whose oldest item has ended since. */
  readonly freed: readonly number[];
  readonly room: number;
  /** Milliseconds after which a failing item holds up the others of its key no longer. */
  readonly maxHold: number;
}

/** First attempts looked at by one claim: thousands may wait behind one that fails, and each look at them costs. */
const WINDOW = 1_000;

/**
 * Claims first attempts of targets of strict order: only the oldest item of a key, or one whose elders have been failing for too long.
 * @returns the claimed rows, and how far each target was looked at: `more` when there may be further ones.
 */
export async function claimStrict(
  db: Queryable,
  engine: number,
  hubId: string,
  wishes: readonly StrictWish[],
): Promise<{ rows: ClaimedRow[]; looked: Map<number, { to: number; more: boolean }> }> {
  const freed = wishes.flatMap((wish) => wish.freed.map((key) => ({ ...wish, key })));
  const next =
    freed.length === 0
      ? []
      : await strictNext(
          db,
          engine,
          freed.map(({ target }) => target),
          freed.map(({ key }) => key),
          freed.map(({ maxHold }) => maxHold),
        );
  const ahead = await strictAhead(
    db,
    engine,
    wishes.map(({ target }) => target),
    wishes.map(({ place }) => place),
    wishes.map(({ maxHold }) => maxHold),
    WINDOW,
  );
  const nextOf = Map.groupBy(next, ({ target }) => target);
  const aheadOf = Map.groupBy(ahead, ({ target }) => target);
  const chosen: StrictRow[] = [];
  const looked = new Map<number, { to: number; more: boolean }>();
  for (const { target, place, room } of wishes) {
    // What a freed key has next is few, and nothing else will find it soon: it goes whether there is room or not.
    const ids = new Set((nextOf.get(target) ?? []).flatMap(({ id, blocked }) => (blocked ? [] : [id])));
    const window = aheadOf.get(target) ?? [];
    let to = place;
    let stopped = false;
    for (const { id, blocked } of window) {
      if (!blocked && !ids.has(id)) {
        if (ids.size >= room) {
          stopped = true;
          break;
        }
        ids.add(id);
      }
      to = id;
    }
    looked.set(target, { to, more: stopped || window.length === WINDOW });
    for (const id of ids) chosen.push({ target, id, blocked: false });
  }
  const rows =
    chosen.length === 0
      ? []
      : await claimThese(
          db,
          engine,
          hubId,
          chosen.map(({ target }) => target),
          chosen.map(({ id }) => id),
        );
  return { rows, looked };
}
