import type { Acknowledgement, FeedMessage, PullAnswer, PullRequest } from '@vestnik/protocol/feed.ts';
import { type ConnectionOptions, createConnection } from '../connection.ts';
import { createEncoder } from '../encode.ts';
import type { Feed } from '../feed.ts';
import { AcknowledgementMismatch, Cancelled } from '../feed-failure.ts';
import { createNamer } from '../final-name.ts';
import type { Logger } from '../log.ts';
import { messageText } from '../messages.ts';
import type { Clock, FileSystem } from '../ports.ts';
import { openStorage, type StorageOptions } from '../storage.ts';

/** The spacing of pulls is such a short pause; it is kept apart from the pauses that a test looks at. */
const LONGEST_SPACING = 25;

/** A clock whose sleeps take no time: they let the given time pass at once. `slept` has the pauses, `spaced` those between pulls. */
export function createFakeClock(start = Date.UTC(2026, 10, 22, 11)): Clock & { time: number; slept: number[]; spaced: number[] } {
  const clock = {
    time: start,
    slept: [] as number[],
    spaced: [] as number[],
    now: () => clock.time,
    async sleep(milliseconds: number, signal?: AbortSignal) {
      if (signal?.aborted) return;
      (milliseconds <= LONGEST_SPACING && milliseconds > 0 ? clock.spaced : clock.slept).push(milliseconds);
      clock.time += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
    after(_milliseconds: number, _call: () => void) {
      return () => {};
    },
  };
  return clock;
}

/** A logger that keeps its lines as `CODE text`. */
export function createRecordingLog(): Logger & { lines: string[]; count(code: string): number } {
  const lines: string[] = [];
  const write: Logger['info'] = (code, parameters) => void lines.push(`${code} ${messageText(code, parameters, 'en')}`);
  return {
    lines,
    error: write,
    warn: write,
    info: write,
    debug: write,
    count: (code) => lines.filter((line) => line.startsWith(code)).length,
  };
}

export type FakeFeed = Feed & {
  mailbox: Map<number, FeedMessage>;
  pulls: PullRequest[];
  acknowledged: Acknowledgement[];
  held: boolean;
  /** Called before a pull is carried out and after; may throw what the wire would. */
  before: (request: PullRequest) => void;
  afterwards: (request: PullRequest, answer: PullAnswer) => void;
  /** What a pull does that has nothing to answer and may wait. */
  idle: () => Promise<void>;
  change: (answer: PullAnswer) => PullAnswer;
};

/** A mailbox in memory behind the interface of the wire. */
export function createFakeFeed(messages: readonly FeedMessage[] = []): FakeFeed {
  const issued = new Map<number, string>(messages.map((message) => [message.sequence, message.id]));
  const feed: FakeFeed = {
    mailbox: new Map(messages.map((message) => [message.sequence, message])),
    pulls: [],
    acknowledged: [],
    held: false,
    before: () => undefined,
    afterwards: () => undefined,
    idle: async () => undefined,
    change: (answer) => answer,
    async pull(request, signal) {
      if (signal?.aborted) throw new Cancelled('stopped');
      feed.pulls.push(structuredClone(request));
      feed.before(request);
      for (const message of feed.mailbox.values()) issued.set(message.sequence, message.id);
      let acked = 0;
      const list = request.ack ?? (request.ackThrough === undefined ? [] : [request.ackThrough]);
      for (const { sequence, id } of list) if (issued.get(sequence) !== id) throw new AcknowledgementMismatch('409 ACK_MISMATCH');
      const through = request.ackThrough?.sequence;
      const gone = through === undefined ? list : [...feed.mailbox.values()].filter((message) => message.sequence <= through);
      for (const { sequence, id } of gone) {
        if (!feed.mailbox.delete(sequence)) continue;
        feed.acknowledged.push({ sequence, id });
        acked++;
      }
      const select = () =>
        feed.held || request.max === 0
          ? []
          : [...feed.mailbox.values()]
              .sort((a, b) => a.sequence - b.sequence)
              .filter((message) => message.sequence > (request.after ?? 0))
              .slice(0, request.max ?? 100);
      let found = select();
      if (found.length === 0 && request.max !== 0 && request.waitSeconds !== 0) {
        await feed.idle();
        if (signal?.aborted) throw new Cancelled('stopped');
        found = select();
      }
      const last = found.at(-1)?.sequence ?? request.after ?? 0;
      const answer = feed.change({
        client: 'agency-17',
        serverTime: '2026-11-22T11:05:00.000Z',
        held: feed.held,
        acked,
        behind: feed.held ? 0 : [...feed.mailbox.keys()].filter((sequence) => sequence > last).length,
        messages: structuredClone(found),
        expired: [],
        warnings: [],
      });
      feed.afterwards(request, answer);
      return answer;
    },
    status: () => Promise.reject(new Error('not used')),
    replay: () => Promise.reject(new Error('not used')),
    disconnect: async () => undefined,
  };
  return feed;
}

export function storageOptions(
  folder: string,
  fileSystem: FileSystem,
  clock: Clock,
  log: Logger,
  change: Partial<StorageOptions> = {},
): StorageOptions {
  return {
    folder,
    fileSystem,
    clock,
    log,
    name: createNamer(undefined, 'agency-17', 'Europe/Moscow'),
    encode: createEncoder('UTF-8'),
    onStored: () => undefined,
    ...change,
  };
}

/** A whole client on the given parts, without the command line and the wire. */
export function createClient(
  folder: string,
  fileSystem: FileSystem,
  feed: Feed,
  change: Partial<ConnectionOptions> & { clock?: Clock; log?: Logger; storage?: Partial<StorageOptions> } = {},
) {
  const clock = change.clock ?? createFakeClock();
  const log = change.log ?? createRecordingLog();
  return createConnection({
    feeds: [{ address: 'hub:8443', feed }],
    folder,
    openStorage: () => openStorage(storageOptions(folder, fileSystem, clock, log, change.storage)),
    clock,
    random: () => 0.5,
    log,
    version: '0.1.0',
    waitSeconds: 25,
    batch: 100,
    minFreeBytes: 50 * 1024 * 1024,
    once: true,
    onWarnings: () => undefined,
    ...change,
  });
}
