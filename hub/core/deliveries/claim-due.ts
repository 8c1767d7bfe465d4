import type { Queryable } from '../database/statement.ts';
import { claimStrict } from './claim-strict.ts';
import { byTarget, type ItemsByTarget } from './due-items.ts';
import type { Policy } from './policy.ts';
import { claimFirst, claimLater } from './sql/due.ts';
import type { TargetQueue } from './target-queue.ts';

/** How many items of a lane a target has room for. */
export interface Wish {
  readonly queue: TargetQueue;
  readonly room: number;
}

/** The same of first attempts, and where the target stood when it was asked for them: its newest item handed over, its rewinds. */
export interface FirstWish extends Wish {
  readonly policy: Policy;
  readonly handed: number;
  readonly rewinds: number;
}

/** What was claimed, and how far targets of strict order were looked at: `more` when there may be further ones. */
export interface Claimed {
  readonly firsts: ItemsByTarget;
  readonly laters: ItemsByTarget;
  readonly looked: ReadonlyMap<number, { to: number; more: boolean }>;
}

/** Claims what is due for these targets: that an attempt begins is written down before it does. The statements run side by side. */
export async function claimDue(
  db: Queryable,
  engine: number,
  hubId: string,
  firsts: readonly FirstWish[],
  laters: readonly Wish[],
): Promise<Claimed> {
  const strict = firsts.filter(({ policy }) => policy.ordering === 'strict');
  const plain = firsts.filter(({ policy }) => policy.ordering !== 'strict');
  const crowds = plain.flatMap(({ queue }) => queue.crowded().map((key) => [queue.target, key] as const));
  const [plainRows, { rows: strictRows, looked }, laterRows] = await Promise.all([
    plain.length === 0
      ? []
      : claimFirst(
          db,
          engine,
          hubId,
          plain.map(({ queue }) => queue.target),
          plain.map(({ queue }) => queue.place),
          plain.map(({ room }) => room),
          crowds.map(([target]) => target),
          crowds.map(([, key]) => key),
        ),
    strict.length === 0
      ? { rows: [], looked: new Map<number, { to: number; more: boolean }>() }
      : claimStrict(
          db,
          engine,
          hubId,
          strict.map(({ queue, room, policy: { maxHold } }) => ({
            target: queue.target,
            place: queue.place,
            freed: queue.takeFreed(),
            room,
            maxHold,
          })),
        ),
    laters.length === 0
      ? []
      : claimLater(
          db,
          engine,
          hubId,
          laters.map(({ queue }) => queue.target),
          laters.map(({ room }) => room),
        ),
  ]);
  return { firsts: byTarget(plainRows, strictRows), laters: byTarget(laterRows), looked };
}
