import type { Acknowledgement } from '@vestnik/protocol/feed.ts';
import { type Batcher, createBatcher } from '../../core/database/batcher.ts';
import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import { publish } from '../../core/events/publish.ts';
import { measure } from '../../core/telemetry/channels.ts';
import { type Acknowledged, acknowledgeEach, acknowledgeThrough, lockFeeds, raiseFloors } from '../sql/feed.ts';

/** What one pull acknowledges. */
export interface AcknowledgeItem {
  readonly clientId: number;
  readonly client: string;
  /** Single messages, or one entry that stands for everything up to it. */
  readonly entries: readonly Acknowledgement[];
  readonly through: boolean;
  /** A sequence up to which nothing waits any more. */
  readonly floor: number;
}

/**
 * Stores the acknowledgements of many pulls in one transaction: the messages leave the mailbox, history rows and one event an item are
 * written, and the floors rise. Acknowledging again is a success.
 * @returns for each item the number of messages that left, or undefined when an id does not belong to its sequence (nothing of that item is changed).
 */
async function acknowledge(
  tx: Transaction,
  items: readonly AcknowledgeItem[],
  afterwards: (tx: Transaction, documents: readonly string[]) => Promise<void>,
): Promise<(number | undefined)[]> {
  const clients = [...new Set(items.map(({ clientId }) => clientId))];
  await lockFeeds(tx, clients);
  const results: Acknowledged[] = [];
  const each = items.flatMap(({ clientId, entries, through }, item) =>
    through ? [] : entries.map((entry) => ({ item, clientId, ...entry })),
  );
  if (each.length > 0) {
    const columns = [each.map((e) => e.item), each.map((e) => e.clientId), each.map((e) => e.sequence), each.map((e) => e.id)] as const;
    results.push(...(await acknowledgeEach(tx, ...columns)));
  }
  const ranges = items.flatMap(({ clientId, entries, through, floor }, item) =>
    through ? entries.map((entry) => ({ item, clientId, floor, ...entry })) : [],
  );
  if (ranges.length > 0) {
    const columns = [
      ranges.map((r) => r.item),
      ranges.map((r) => r.clientId),
      ranges.map((r) => r.sequence),
      ranges.map((r) => r.id),
    ] as const;
    const floors = ranges.map((r) => r.floor);
    results.push(...(await acknowledgeThrough(tx, ...columns, floors)));
  }
  const counts: (number | undefined)[] = items.map(() => undefined);
  for (const item of results.flatMap(({ good }) => good)) counts[item] = 0;
  const gone = results.flatMap((result) => result.gone);
  for (const { item, count } of gone) counts[item] = count;
  if (gone.length > 0) {
    await raiseFloors(tx, [...new Set(gone.map(({ item }) => (items[item] as AcknowledgeItem).clientId))]);
    await publish(
      tx,
      ...gone.map(({ item, first, last, count }) => {
        const { client } = items[item] as AcknowledgeItem;
        return { type: 'vestnik.tickets.messages.delivered', subject: client, data: { client, from: first, to: last, count } };
      }),
    );
    await afterwards(
      tx,
      gone.flatMap(({ documents }) => documents),
    );
    for (const { count, seconds } of gone) {
      measure('vestnik_feed_acked_total', count);
      measure('vestnik_feed_delivery_seconds', seconds);
    }
  }
  return counts;
}

/** Acknowledgements of all pulls of this hub share commits. */
export function createAcknowledger(
  database: Database,
  afterwards: (tx: Transaction, documents: readonly string[]) => Promise<void>,
): { acknowledge(item: AcknowledgeItem): Promise<number>; stop(): Promise<void> } {
  const batcher: Batcher<AcknowledgeItem, number | undefined> = createBatcher({
    maxItems: 200,
    maxWeight: 20_000,
    maxInFlight: 2,
    queueBound: 20_000,
    // Counted in entries, not in bytes: a flush has at most so many, or one item.
    weightOf: ({ entries }) => entries.length,
    flush: (items) => database.queueTransaction((tx) => acknowledge(tx, items, afterwards)),
  });
  return {
    async acknowledge(item) {
      const count = await batcher.submit(item);
      if (count === undefined) {
        throw new HubError('ACK_MISMATCH', 'an acknowledged id does not belong to its sequence in this mailbox; nothing was acknowledged');
      }
      return count;
    },
    stop: () => batcher.stop(),
  };
}
