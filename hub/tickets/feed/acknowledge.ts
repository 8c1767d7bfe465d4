import type { Acknowledgement } from '@vestnik/protocol/feed.ts';
import { type Batcher, createBatcher } from '../../core/database/batcher.ts';
import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import { publish } from '../../core/events/publish.ts';
import { measure } from '../../core/telemetry/channels.ts';
import { type Acknowledged, acknowledgeEach, acknowledgeThrough, lockFeeds, raiseFloors } from '../sql/feed.ts';

/** What one transaction acknowledges for one pull: single messages, or those above one sequence and up to another. */
type Item = { readonly clientId: number; readonly client: string } & (
  | { readonly entries: readonly Acknowledgement[] }
  /** `upTo` is the message that was named; `above` < `until` <= `upTo.sequence`. */
  | { readonly upTo: Acknowledgement; readonly above: number; readonly until: number }
);

/** What became of an item. */
interface Outcome {
  readonly count: number;
  readonly milliseconds: readonly number[];
}

export interface Acknowledger {
  /** Acknowledges single messages, in any order. @returns how many left the mailbox. @throws HubError ACK_MISMATCH (then nothing is acknowledged) */
  each(item: { clientId: number; client: string; entries: readonly Acknowledgement[] }): Promise<number>;
  /** Acknowledges everything up to a message. @param item.floor a sequence up to which nothing waits any more. @returns, @throws as each(). */
  through(item: { clientId: number; client: string; upTo: Acknowledgement; floor: number }): Promise<number>;
  stop(): Promise<void>;
}

/** Sequences that one transaction acknowledges for one pull, so that a very long range never holds up the others. */
const RANGE = 10_000;

/**
 * Stores the acknowledgements of many pulls in one transaction: the messages leave the mailbox, history rows and one event an item are
 * written, and the floors rise. Acknowledging again is a success.
 * @param erase called with the ids of the documents that left a mailbox; where it is undefined they are not even gathered.
 * @returns for each item what left, or undefined when an id does not belong to its sequence (nothing of that item is changed).
 */
async function acknowledge(tx: Transaction, items: readonly Item[], erase: Erase | undefined): Promise<(Outcome | undefined)[]> {
  await lockFeeds(tx, [...new Set(items.map(({ clientId }) => clientId))]);
  const wantDocuments = erase !== undefined;
  const results: Acknowledged[] = [];
  const each = items.flatMap((item, at) => ('entries' in item ? item.entries.map((entry) => ({ at, ...item, ...entry })) : []));
  if (each.length > 0) {
    const columns = [each.map((e) => e.at), each.map((e) => e.clientId), each.map((e) => e.sequence), each.map((e) => e.id)] as const;
    results.push(...(await acknowledgeEach(tx, ...columns, wantDocuments)));
  }
  const ranges = items.flatMap((item, at) => ('upTo' in item ? [{ at, ...item }] : []));
  if (ranges.length > 0) {
    const rows = await acknowledgeThrough(
      tx,
      ranges.map((r) => r.at),
      ranges.map((r) => r.clientId),
      ranges.map((r) => r.upTo.sequence),
      ranges.map((r) => r.upTo.id),
      ranges.map((r) => r.above),
      ranges.map((r) => r.until),
      wantDocuments,
    );
    results.push(...rows);
  }
  const outcomes: (Outcome | undefined)[] = items.map(() => undefined);
  for (const at of results.flatMap(({ good }) => good)) outcomes[at] = { count: 0, milliseconds: [] };
  const gone = results.flatMap((result) => result.gone).map((sums) => ({ ...sums, about: items[sums.item] as Item }));
  if (gone.length === 0) return outcomes;
  for (const { item, count, milliseconds } of gone) outcomes[item] = { count, milliseconds };
  await raiseFloors(tx, [...new Set(gone.map(({ about }) => about.clientId))]);
  const events = gone.map(({ about: { client }, first, last, count }) => ({
    type: 'vestnik.tickets.messages.delivered',
    subject: client,
    data: { client, from: first, to: last, count },
  }));
  await publish(tx, ...events);
  await erase?.(
    tx,
    gone.flatMap(({ documents }) => documents ?? []),
  );
  return outcomes;
}

type Erase = (tx: Transaction, documents: readonly string[]) => Promise<void>;

/** Acknowledgements of all pulls of this hub share commits. @param erase as in acknowledge() */
export function createAcknowledger(database: Database, erase?: Erase): Acknowledger {
  const batcher: Batcher<Item, Outcome | undefined> = createBatcher({
    maxItems: 200,
    // Counted in sequences, not in bytes: a flush has at most so many, or one item.
    maxWeight: 20_000,
    maxInFlight: 2,
    queueBound: 100_000,
    queueWeight: Number.MAX_SAFE_INTEGER,
    weightOf: (item) => ('entries' in item ? item.entries.length : item.until - item.above),
    flush: (items) => database.queueTransaction((tx) => acknowledge(tx, items, erase)),
  });
  const submit = async (item: Item): Promise<number> => {
    const outcome = await batcher.submit(item);
    if (!outcome) {
      throw new HubError('ACK_MISMATCH', 'an acknowledged id does not belong to its sequence in this mailbox; nothing was acknowledged');
    }
    if (outcome.count > 0) measure('vestnik_feed_acked_total', outcome.count);
    for (const ms of outcome.milliseconds) measure('vestnik_feed_delivery_seconds', ms / 1000);
    return outcome.count;
  };
  return {
    each: submit,
    async through({ upTo, floor, ...about }) {
      // What is named may have left long ago; its id is checked all the same.
      let above = Math.min(floor, upTo.sequence - 1);
      let count = 0;
      while (above < upTo.sequence) {
        const until = Math.min(upTo.sequence, above + RANGE);
        count += await submit({ ...about, upTo, above, until });
        above = until;
      }
      return count;
    },
    stop: () => batcher.stop(),
  };
}
