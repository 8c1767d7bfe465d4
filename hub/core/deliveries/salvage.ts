import type { Database } from '../database/database.ts';
import { notesOf } from '../telemetry/channels.ts';
import { decide } from './decide.ts';
import { itemOf } from './due-items.ts';
import { cancelDeliveries, ENGINES, type EngineName } from './enqueue.ts';
import type { Hand } from './hand.ts';
import type { DueItem } from './outcome.ts';
import type { Ownership } from './ownership.ts';
import type { Policy } from './policy.ts';
import type { Settled } from './settle.ts';
import { abandonedRows, type HeldRow, heldRows, strays } from './sql/due.ts';
import type { Targets } from './targets.ts';

/**
 * Finds what is held in the database and in nobody's hands. It holds nothing itself, and may be asked again after each failure.
 *
 * An item is held by a hub that has died -> its attempt is settled with outcome `unknown` (`adopt`, for targets that have become ours)
 *         held in our name without our knowing -> given back (`lookThrough`)
 *         due for a target that is gone -> ended (`endStrays`)
 */
export interface Salvage {
  /** @throws what the database throws. */
  adopt(targets: readonly number[]): Promise<void>;
  /** Looks everything through that is held of some of our targets: those whose turn it is by `lookedAt`. @throws what the database throws. */
  lookThrough(): Promise<void>;
  /** Once a minute, however often it is called. @throws what the database throws. */
  endStrays(): Promise<void>;
}

interface SalvageOptions<Record> {
  readonly database: Database;
  readonly engine: EngineName;
  readonly hubId: string;
  /** Milliseconds. */
  readonly lease: number;
  readonly ownership: Ownership;
  readonly targets: Targets;
  readonly hand: Hand;
  policy(target: number): Policy | undefined;
  submit(settled: Settled<Record>): Promise<unknown>;
  giveBack(items: readonly DueItem[]): Promise<void>;
  /** Told how many attempts of a hub that has died are made again. */
  tookOver(attempts: number): void;
  wantClaim(): void;
}

const notes = notesOf('deliveries');
/** Targets looked through at once. */
const LOOKED_THROUGH = 500;
/** How often it looks for what lies at targets that are gone. Milliseconds. */
const STRAYS_EVERY = 60_000;

export function createSalvage<Record>(options: SalvageOptions<Record>): Salvage {
  const { database, hubId, lease, ownership, targets, hand, policy, submit, giveBack, tookOver, wantClaim } = options;
  const engine = ENGINES[options.engine];
  let straysAt = Number.NEGATIVE_INFINITY;

  const settleLost = async (rows: readonly HeldRow[]): Promise<void> => {
    if (rows.length === 0) return;
    notes.warn('attempts of a hub that has died are made again', { attempts: rows.length });
    tookOver(rows.length);
    const ends = await Promise.allSettled(
      rows.map((row) => {
        const item = itemOf(row);
        const about = { item, outcome: undefined, policy: policy(item.target), begunAt: row.begun, endedAt: ownership.now() };
        return submit(decide<Record>({ ...about, holder: row.holder, lost: true }));
      }),
    );
    const [failed] = ends.filter((end) => end.status === 'rejected');
    if (failed) notes.error('attempts of a hub that has died could not be settled; looking again later', {}, failed.reason);
  };

  return {
    async adopt(adopted) {
      const rows = await heldRows(database.queue, engine, adopted);
      await settleLost(rows.filter(({ holder }) => holder !== hubId));
    },
    async lookThrough() {
      const before = performance.now() - 2 * lease;
      const looked = targets
        .all()
        .filter(({ lookedAt, busy, leaving }) => lookedAt < before && !busy && !leaving)
        .slice(0, LOOKED_THROUGH);
      if (looked.length === 0) return;
      // Nothing is claimed of them meanwhile: it would look like lost.
      for (const queue of looked) queue.busy = true;
      try {
        const rows = await heldRows(
          database.queue,
          engine,
          looked.map(({ target }) => target),
        );
        await settleLost(rows.filter(({ holder }) => holder !== hubId));
        const lost = rows.filter(({ holder, id }) => holder === hubId && !hand.has(id));
        if (lost.length > 0) {
          notes.warn('deliveries that were claimed without our hearing of it are due again', { deliveries: lost.length });
          for (const { id } of lost) hand.giveUp(id);
          await giveBack(lost.map(itemOf));
        }
        for (const queue of looked) {
          queue.lookedAt = performance.now();
          queue.rewind(0);
          queue.laterAt = 0;
        }
      } finally {
        for (const queue of looked) queue.busy = false;
        wantClaim();
      }
    },
    async endStrays() {
      if (performance.now() - straysAt <= STRAYS_EVERY) return;
      straysAt = performance.now();
      const found = (await strays(database.queue, engine)).map(({ target }) => target);
      if (found.length === 0) return;
      // What dead hubs held of a target ends with what came for it while it was being removed.
      await settleLost(await abandonedRows(database.queue, engine, found));
      for (const target of found) {
        await database.queueTransaction((tx) => cancelDeliveries(tx, options.engine, target, undefined, 'canceled', 'target_removed'));
      }
    },
  };
}
