import { setTimeout as pause } from 'node:timers/promises';
import { type Batcher, createBatcher } from '../../core/database/batcher.ts';
import type { Database } from '../../core/database/database.ts';
import { HubError } from '../../core/errors.ts';
import type { Receipt } from '../channels/driver.ts';
import type { RunningGroup } from './channel-groups.ts';
import { createRepeats } from './repeats.ts';
import type { RunBook } from './run-book.ts';
import { type HeardReceipt, takeReceipts } from './take-receipts.ts';

/**
 * Stores receipts in groups; each promise resolves after its commit, and rejects when it was not stored: its sender will say it again.
 *
 * A receipt is heard -> stored, when its message is known -> else passed over at once, when it is the copy of one that was stored here (a centre repeats what it has not
 * heard us answer), or about another part of a message that has failed -> else asked again for some seconds, as it may be quicker than the commit of its message
 * -> passed over: it belongs to nothing that we sent.
 */
export interface ReceiptBook {
  take(group: RunningGroup, receipt: Receipt): Promise<void>;
  stop(): Promise<void>;
}

const MOST = 256;
/** How long a group waits for more receipts. Milliseconds. */
const GATHER = { quiet: 4, longest: 25 };
/** Receipts that may wait; beyond it their senders are asked to wait. */
const BOUND = 20_000;
/** Milliseconds before a receipt is asked for again whose message is not known; each time twice as long, up to the last. */
const FIRST_PAUSE = 50;
const LAST_PAUSE = 3_200;
/** How long a receipt is known again, and how many of them. Milliseconds. */
const KEPT = 600_000;
const MOST_KEPT = 50_000;

const keyOf = (group: number, id: string): string => `${group} ${id}`;

export function createReceiptBook(options: { database: Database; book: RunBook; touched(runs: ReadonlySet<number>): void }): ReceiptBook {
  const { database, book, touched } = options;
  const stored = createRepeats(KEPT, MOST_KEPT);
  let early = 0;
  const batcher: Batcher<HeardReceipt, boolean> = createBatcher<HeardReceipt, boolean>({
    async flush(heard) {
      const taken = await database.queueTransaction((tx) => takeReceipts(tx, book, heard));
      touched(taken.touched);
      for (const { groupId, id } of taken.dropped) stored.add(keyOf(groupId, id));
      return taken.known;
    },
    weightOf: () => 1,
    maxItems: MOST,
    maxWeight: MOST,
    // One at a time: two would wait for the same counters, and each would be half as large. A centre that sends no more until some are answered falls silent, and
    // so begins a group, too.
    maxInFlight: 1,
    gather: GATHER,
    queueBound: BOUND,
  });
  return {
    async take(group, receipt) {
      const heard = { group: group.id, spellings: group.spellings(receipt.messageId), receipt };
      for (let wait = FIRST_PAUSE; ; wait *= 2) {
        if (await batcher.submit(heard)) return stored.add(keyOf(group.id, heard.spellings[0] ?? ''));
        if (wait > LAST_PAUSE || heard.spellings.some((id) => stored.has(keyOf(group.id, id)))) return;
        if (early >= BOUND) throw new HubError('BUSY', 'too many receipts of unknown messages');
        early += 1;
        await pause(wait);
        early -= 1;
      }
    },
    stop: () => batcher.stop(),
  };
}
