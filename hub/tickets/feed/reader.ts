import { createBatcher } from '../../core/database/batcher.ts';
import type { Database } from '../../core/database/database.ts';
import { type FeedEntry, feedEntries, nextMessages, type QueuedMessage } from '../sql/feed.ts';

/** What one pull wants to read. */
export interface Wanted {
  readonly clientId: number;
  /** Only messages with a higher sequence. */
  readonly after: number;
  readonly max: number;
  readonly maxBytes: number;
  /** Messages that are expected to be there; how a statement is filled, nothing else. */
  readonly expected: number;
}

/**
 * Reads for the requests of the feed: requests of one moment share statements, and a few statements at once serve any number of programs. So
 * ten thousand programs that come back together, or are woken together, leave connections to those that write.
 * open -> stop(): what waits is read, then nothing more.
 */
export interface FeedReader {
  /** The client behind a certificate. @param fingerprint hexadecimal. */
  entry(fingerprint: string): Promise<FeedEntry | undefined>;
  /** In the order of sequences. */
  messages(wanted: Wanted): Promise<QueuedMessage[]>;
  stop(): Promise<void>;
}

const ENTRIES = 200;
const READS = 50;
/** Expected bytes of one statement, and of one message. */
const READ_WEIGHT = 4 * 1024 ** 2;
const USUAL_MESSAGE = 3_000;
/** Every waiting request has a connection of its own, and those are bounded elsewhere. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

export function createFeedReader(database: Database): FeedReader {
  const entries = createBatcher<string, FeedEntry | undefined>({
    maxItems: ENTRIES,
    maxWeight: ENTRIES,
    maxInFlight: 2,
    queueBound: UNBOUNDED,
    queueWeight: UNBOUNDED,
    weightOf: () => 1,
    async flush(fingerprints) {
      const rows = await feedEntries(database.queue, [...new Set(fingerprints)]);
      const found = new Map(rows.map((row) => [row.fingerprint, row]));
      return fingerprints.map((fingerprint) => found.get(fingerprint));
    },
  });
  const reads = createBatcher<Wanted, QueuedMessage[]>({
    maxItems: READS,
    maxWeight: READ_WEIGHT,
    maxInFlight: 2,
    queueBound: UNBOUNDED,
    queueWeight: UNBOUNDED,
    weightOf: ({ max, maxBytes, expected }) => Math.min(maxBytes, Math.min(max, Math.max(1, expected)) * USUAL_MESSAGE),
    async flush(wanted) {
      const rows = await nextMessages(
        database.queue,
        wanted.map(({ clientId }) => clientId),
        wanted.map(({ after }) => after),
        wanted.map(({ max }) => max),
        wanted.map(({ maxBytes }) => maxBytes),
      );
      const answers = wanted.map((): QueuedMessage[] => []);
      for (const row of rows) answers[row.n - 1]?.push(row);
      for (const answer of answers) answer.sort((a, b) => a.seq - b.seq);
      return answers;
    },
  });
  return {
    entry: (fingerprint) => entries.submit(fingerprint),
    messages: (wanted) => reads.submit(wanted),
    async stop() {
      await Promise.all([entries.stop(), reads.stop()]);
    },
  };
}
