import { type Acknowledgement, FEED_LIMITS, type PullAnswer, type PullRequest } from '@vestnik/protocol/feed.ts';
import type { Feed } from './feed.ts';
import { AcknowledgementMismatch } from './feed-failure.ts';
import type { Logger } from './log.ts';
import type { Clock } from './ports.ts';
import type { Storage, StoreResult } from './storage.ts';
import { StorageFault } from './storage-fault.ts';

/** A received document does not have the digest that came with it: the connection cannot be trusted and is made anew. */
export class DigestMismatch extends Error {
  override readonly name = 'DigestMismatch';
}

/** More messages are stuck than may be kept in memory. */
export class TooManyStuck extends Error {
  override readonly name = 'TooManyStuck';
}

/** What is remembered from one conversation to the next. */
export type DeliveryMemory = {
  held: boolean;
  /** Tombstones up to this sequence are in the log. */
  expiredThrough: number;
  /** When the stuck messages were last tried. */
  stuckTriedAt: number;
  reported: { at: number; text: string } | undefined;
};

export type DeliveryPorts = {
  clock: Clock;
  log: Logger;
  version: string;
  waitSeconds: number;
  /** How many messages to ask for now. */
  batch(): number;
  minFreeBytes: number;
  /** Ends when the mailbox is empty. */
  once: boolean;
  /** Called while a batch is stored, and while only the server is waited for. */
  enter(state: 'PULLING' | 'STORING'): void;
  /** Called after each batch that was dealt with, unless all that came of it was wrong digests. */
  onProgress(): void;
  /** Called with every answer. */
  onAnswer(answer: PullAnswer): void;
};

/** Above so many stuck messages delivery stops (spec online-ticket 7.5). */
export const MOST_STUCK = 20;
const STUCK_PAUSE = 60_000;
const REPORT_PAUSE = 60_000;
/** Pulls begin at least this far apart, so that a stream of single messages stays below the hub's limit of requests. Milliseconds. */
const PULL_SPACING = 1250 / FEED_LIMITS.requestsPerSecond;

export function newMemory(): DeliveryMemory {
  return { held: false, expiredThrough: 0, stuckTriedAt: 0, reported: undefined };
}

/**
 * One conversation with the feed: pulls, stores and acknowledges until it is stopped, until the mailbox is empty (`once`), or until
 * something fails. While a batch is stored the next one is already pulled; its request carries the acknowledgements of the one before.
 * A batch that was begun is finished in every case.
 * @throws a failure of the feed (feed-failure.ts), StorageFault, DigestMismatch, TooManyStuck.
 */
export async function deliver(
  ports: DeliveryPorts,
  memory: DeliveryMemory,
  feed: Feed,
  storage: Storage,
  stop: AbortSignal,
): Promise<'stopped' | 'empty'> {
  const { clock, log } = ports;
  /** The batch that is being stored. Its failure is looked at in `settle`. */
  let storing: Promise<StoreResult> | undefined;
  /** First sequence of that batch: from here on nothing is acknowledged before the whole batch has been judged. */
  let storingFrom = 0;
  let last = 0;
  let pulledAt = Number.NEGATIVE_INFINITY;
  /**
   * Everything that was pulled since the head of the mailbox was seen is either acknowledged, in the journal, stuck or being stored.
   * Only then may one acknowledgement speak for all before it.
   */
  let contiguous = false;

  async function settle(): Promise<void> {
    const batch = storing;
    storing = undefined;
    const result = await batch;
    if (result !== undefined && (result.stored > 0 || result.badDigests.length === 0)) ports.onProgress();
    const bad = result?.badDigests[0];
    if (bad !== undefined) throw new DigestMismatch(`wrong digest of message ${bad.id}`);
  }

  /** The next pull. */
  async function compose(): Promise<{ request: PullRequest; sent: Acknowledgement[] }> {
    const stuck = storage.stuck();
    const stored = storage.unacknowledged(FEED_LIMITS.acknowledgements);
    const sent = storing === undefined ? stored : stored.filter((message) => message.sequence < storingFrom);
    const newest = sent.at(-1);
    const request: PullRequest = { max: ports.batch(), waitSeconds: storing !== undefined || ports.once ? 0 : ports.waitSeconds };
    if (newest !== undefined) {
      if (contiguous && stuck.length === 0) request.ackThrough = sent.reduce((high, each) => (each.sequence > high.sequence ? each : high));
      else request.ack = sent;
    }
    if (storing !== undefined || stuck.length > 0) request.after = last;
    if (stuck.length > 0 && request.waitSeconds !== 0) {
      const untilRetry = Math.ceil((memory.stuckTriedAt + STUCK_PAUSE - clock.now()) / 1000);
      request.waitSeconds = Math.min(ports.waitSeconds, Math.max(1, untilRetry));
    }
    if (memory.expiredThrough > 0) request.ackExpired = memory.expiredThrough;
    const text = JSON.stringify(stuck);
    const { reported } = memory;
    if (reported === undefined || reported.text !== text || clock.now() - reported.at >= REPORT_PAUSE) {
      const freeBytes = await storage.freeBytes();
      request.report = { version: ports.version, storage: 'ok', freeBytes, stuck: stuck.slice(0, FEED_LIMITS.stuckReported) };
      memory.reported = { at: clock.now(), text };
    }
    return { request, sent };
  }

  try {
    while (!stop.aborted) {
      const stuck = storage.stuck();
      if (stuck.length > 0 && clock.now() - memory.stuckTriedAt >= STUCK_PAUSE) {
        await settle();
        memory.stuckTriedAt = clock.now();
        await storage.retryStuck();
      }
      if (storage.stuck().length > MOST_STUCK) throw new TooManyStuck(`${storage.stuck().length} messages are stuck`);
      const sincePull = clock.now() - pulledAt;
      if (sincePull >= 0 && sincePull < PULL_SPACING) await clock.sleep(PULL_SPACING - sincePull, stop);
      if ((await storage.freeBytes()) < ports.minFreeBytes) throw new StorageFault('full', 'Min_free');
      const { request, sent } = await compose();
      ports.enter(storing === undefined ? 'PULLING' : 'STORING');
      pulledAt = clock.now();
      let answer: PullAnswer;
      try {
        answer = await feed.pull(request, stop);
      } catch (error) {
        if (!(error instanceof AcknowledgementMismatch) || sent.length === 0) throw error;
        log.error('OT1108', { why: error.message });
        await settle();
        await storage.acknowledged(sent);
        contiguous = false;
        continue;
      }
      try {
        await settle();
      } finally {
        if (sent.length > 0) await storage.acknowledged(sent);
      }
      contiguous ||= request.after === undefined && storage.unacknowledged(1).length === 0;
      if (sent.length > 0) log.info('OT1004', { n: sent.length, m: answer.behind + answer.messages.length });
      ports.onAnswer(answer);
      note(answer, memory, log);
      const newest = answer.messages.at(-1);
      if (newest !== undefined) {
        last = newest.sequence;
        storingFrom = answer.messages[0]?.sequence ?? last;
        const hadStuck = storage.stuck().length;
        storing = storage.store(answer.messages).finally(() => {
          if (storage.stuck().length > hadStuck) memory.stuckTriedAt = clock.now();
        });
        storing.catch(() => undefined);
        if (answer.behind === 0) {
          ports.enter('STORING');
          await settle();
        }
      } else if (ports.once && storage.unacknowledged(1).length === 0) {
        return 'empty';
      }
    }
    return 'stopped';
  } finally {
    // Whatever ended the conversation, a batch that was begun is brought to its end; its own fault weighs more than a lost connection.
    if (storing !== undefined) await settle();
  }
}

/** Writes into the log what an answer says beside its messages. */
function note(answer: PullAnswer, memory: DeliveryMemory, log: Logger): void {
  if (answer.held !== memory.held) {
    memory.held = answer.held;
    if (answer.held) log.warn('OT1105', {});
    else log.info('OT1010', {});
  }
  let count = 0;
  let through = memory.expiredThrough;
  for (const range of answer.expired) {
    if (range.to <= memory.expiredThrough) continue;
    count += range.count;
    through = Math.max(through, range.to);
  }
  if (count > 0) log.warn('OT1104', { n: count });
  memory.expiredThrough = through;
}
