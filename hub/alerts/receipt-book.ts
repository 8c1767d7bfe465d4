import { type Batcher, createBatcher } from '../core/database/batcher.ts';
import type { Database } from '../core/database/database.ts';
import type { RunningGroup } from './channel-groups.ts';
import type { Receipt } from './channels/driver.ts';
import type { RunBook } from './run-book.ts';
import { type HeardReceipt, takeReceipts } from './take-receipts.ts';

/** Stores receipts in groups; each promise resolves after its commit, and rejects when it was not stored: its sender will say it again. */
export interface ReceiptBook {
  take(group: RunningGroup, receipt: Receipt): Promise<void>;
  stop(): Promise<void>;
}

const MOST = 256;
/** Receipts that may wait; beyond it their senders are asked to wait. */
const BOUND = 20_000;

export function createReceiptBook(options: { database: Database; book: RunBook; touched(runs: ReadonlySet<number>): void }): ReceiptBook {
  const { database, book, touched } = options;
  const batcher: Batcher<HeardReceipt, undefined> = createBatcher<HeardReceipt, undefined>({
    async flush(heard) {
      const taken = await database.queueTransaction((tx) => takeReceipts(tx, book, heard, Date.now()));
      touched(taken.touched);
      return heard.map(() => undefined);
    },
    weightOf: () => 1,
    maxItems: MOST,
    maxWeight: MOST,
    maxInFlight: 2,
    queueBound: BOUND,
  });
  return {
    take: (group, receipt) => batcher.submit({ group: group.id, spellings: group.spellings(receipt.messageId), receipt }),
    stop: () => batcher.stop(),
  };
}
