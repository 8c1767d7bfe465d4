import { FEED_LIMITS, type PullAnswer } from '@vestnik/protocol/feed.ts';
import { type DeliveryMemory, type DeliveryPorts, DigestMismatch, deliver, MOST_STUCK, newMemory, TooManyStuck } from './delivery.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Feed } from './feed.ts';
import {
  AcknowledgementMismatch,
  Busy,
  Cancelled,
  CertificateRefused,
  isFeedFailure,
  ProtocolDefect,
  SessionTaken,
} from './feed-failure.ts';
import type { Logger } from './log.ts';
import type { Clock } from './ports.ts';
import type { Storage } from './storage.ts';
import { type FaultKind, StorageFault } from './storage-fault.ts';

/**
 * The life of the running client (spec online-ticket 7.3). Reconnecting is endless; only `stop`, or `once`, ends it.
 *
 *     STARTING --Storage opened--> CONNECTING --first answer--> PULLING <--messages / stored--> STORING
 *
 *     CONNECTING, PULLING, STORING --request failed-----> WAITING  --backoff over, next address--> CONNECTING
 *                                  --SESSION_TAKEN------> STANDBY  --60 s-----------------------> CONNECTING
 *                                  --fault of Storage---> BLOCKED  --usable again---------------> CONNECTING
 *     any --stop--> STOPPING: the begun batch is finished and acknowledged, within 10 s
 */
export type ConnectionState = 'STARTING' | 'CONNECTING' | 'PULLING' | 'STORING' | 'WAITING' | 'STANDBY' | 'BLOCKED' | 'STOPPING';

export type Connection = {
  /** Runs until stopped. @returns the exit code of the program. */
  run(): Promise<ExitCode>;
  /** Asks it to end; `run` answers within about 10 s. */
  stop(): void;
  state(): ConnectionState;
};

export type ConnectionOptions = {
  /** The addresses in the order of `Connect`. */
  feeds: readonly { address: string; feed: Feed }[];
  folder: string;
  openStorage(): Promise<Storage>;
  clock: Clock;
  /** 0 up to 1. */
  random: () => number;
  log: Logger;
  version: string;
  waitSeconds: number;
  batch: number;
  minFreeBytes: number;
  once: boolean;
  /** Called with the warnings of an answer. */
  onWarnings(warnings: PullAnswer['warnings']): void;
};

const FIRST_DELAY = 1_000;
/** A hub that says "at once" is still not asked in a tight loop. */
const SHORTEST_DELAY = 250;
const LONGEST_DELAY = 60_000;
const REFUSED_DELAY = 600_000;
const STANDBY_DELAY = 60_000;
const BLOCKED_DELAY = 30_000;
const SHUTDOWN_SPREAD = 10_000;
/** From the stop to the end of the program. Milliseconds. */
export const STOP_WITHIN = 10_000;

export function createConnection(options: ConnectionOptions): Connection {
  const { feeds, clock, log, folder } = options;
  const stopping = new AbortController();
  const memory: DeliveryMemory = newMemory();
  let state: ConnectionState = 'STARTING';
  let storage: Storage | undefined;
  let index = 0;
  /** Failures since the last pull that led somewhere: an empty answer, or messages of which at least one was good. */
  let failures = 0;
  let connected = false;
  let refusalLogged = '';
  /** The fault that was logged and is not yet known to be over: a full disk may look usable until the next file is written. */
  let blockedBy: string | undefined;

  const current = () => feeds[index % feeds.length]!;

  function enter(next: ConnectionState): void {
    if (state !== 'STOPPING') state = next;
  }

  const ports = (): DeliveryPorts => ({
    clock,
    log,
    version: options.version,
    waitSeconds: options.waitSeconds,
    // After a full disk one message is enough to see whether there is room.
    batch: () => (blockedBy === 'full' ? 1 : options.batch),
    minFreeBytes: options.minFreeBytes,
    once: options.once,
    enter,
    onProgress: succeeded,
    onAnswer(answer) {
      if (!connected) log.info('OT1002', { addr: current().address });
      connected = true;
      log.debug('OT3001', { addr: current().address, n: answer.messages.length, m: answer.behind });
      refusalLogged = '';
      if (answer.messages.length === 0) succeeded();
      options.onWarnings(answer.warnings);
    },
  });

  function succeeded(): void {
    failures = 0;
    if (blockedBy !== undefined) log.info('OT1008', {});
    blockedBy = undefined;
  }

  function backoff(): number {
    return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(failures - 1, 10)) * (0.5 + options.random() / 2);
  }

  function busyDelay(error: Busy): number {
    if (error.code === 'SHUTTING_DOWN') return options.random() * SHUTDOWN_SPREAD;
    if (error.code === 'TOO_MANY_REQUESTS' && error.retryAfterMs !== undefined) return Math.max(error.retryAfterMs, SHORTEST_DELAY);
    return Math.max(error.retryAfterMs ?? 0, backoff());
  }

  async function leave(): Promise<void> {
    connected = false;
    await current().feed.disconnect();
    index = (index + 1) % feeds.length;
  }

  /** Waits out a failed request. @returns an exit code when `once` gives up. */
  async function recoverFrom(error: unknown): Promise<ExitCode | undefined> {
    failures++;
    const why = error instanceof Error ? error.message : String(error);
    const givenUp = options.once && failures >= feeds.length;
    if (error instanceof SessionTaken) {
      enter('STANDBY');
      if (refusalLogged !== 'SESSION_TAKEN') log.warn('OT1102', {});
      refusalLogged = 'SESSION_TAKEN';
      connected = false;
      if (options.once) return EXIT.refused;
      await clock.sleep(STANDBY_DELAY, stopping.signal);
      return undefined;
    }
    enter('WAITING');
    if (error instanceof CertificateRefused) {
      log.error('OT2008', { code: error.code });
      if (givenUp) return EXIT.refused;
      await leave();
      await clock.sleep(options.once ? 0 : REFUSED_DELAY, stopping.signal);
      return undefined;
    }
    const delay = error instanceof Busy ? busyDelay(error) : backoff();
    const level = error instanceof ProtocolDefect || error instanceof DigestMismatch || error instanceof AcknowledgementMismatch;
    log[level ? 'error' : 'warn']('OT1101', { why, s: (delay / 1000).toFixed(1) });
    if (givenUp) return EXIT.unreachable;
    if (!(error instanceof Busy && error.code === 'TOO_MANY_REQUESTS')) await leave();
    await clock.sleep(delay, stopping.signal);
    return undefined;
  }

  /** Tells the hub that Storage is not usable, and what is in it already. That the hub cannot be told changes nothing here. */
  async function reportBlocked(kind: FaultKind): Promise<void> {
    const sent = storage?.unacknowledged(FEED_LIMITS.acknowledgements) ?? [];
    const stuck = storage?.stuck().slice(0, FEED_LIMITS.stuckReported) ?? [];
    const freeBytes = (await storage?.freeBytes().catch(() => 0)) ?? 0;
    try {
      await current().feed.pull(
        {
          max: 0,
          waitSeconds: 0,
          ...(sent.length === 0 ? {} : { ack: sent }),
          report: { version: options.version, storage: kind, freeBytes, stuck },
        },
        stopping.signal,
      );
      if (sent.length > 0) await storage?.acknowledged(sent).catch(() => undefined);
    } catch (error) {
      if (!isFeedFailure(error)) throw error;
      if (error instanceof AcknowledgementMismatch) await storage?.acknowledged(sent).catch(() => undefined);
    }
  }

  function logFault(fault: StorageFault | TooManyStuck): void {
    if (fault instanceof TooManyStuck) log.error('OT2003', { file: folder, err: fault.message });
    else if (fault.kind === 'full') log.error('OT2001', { dir: folder });
    else if (fault.kind === 'missing') log.error('OT2002', { dir: folder });
    else log.error('OT2003', { file: folder, err: fault.code });
  }

  function noteFault(fault: StorageFault | TooManyStuck): void {
    const kind = fault instanceof StorageFault ? fault.kind : fault.name;
    if (kind !== blockedBy) logFault(fault);
    blockedBy = kind;
  }

  async function closeStorage(): Promise<void> {
    const old = storage;
    storage = undefined;
    await old?.close().catch(() => undefined);
  }

  /** Whether delivery may go on: the folder opens (which runs recovery), has room, and few messages are stuck. */
  async function tryStorage(): Promise<StorageFault | TooManyStuck | undefined> {
    try {
      storage ??= await options.openStorage();
      if (storage.stuck().length > MOST_STUCK) await storage.retryStuck();
      if (storage.stuck().length > MOST_STUCK) return new TooManyStuck(`${storage.stuck().length} messages are stuck`);
      if ((await storage.freeBytes()) < options.minFreeBytes) return new StorageFault('full', 'Min_free');
      return undefined;
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
      await closeStorage();
      return error;
    }
  }

  /** Stays until Storage is usable or the program stops. */
  async function block(first: StorageFault | TooManyStuck): Promise<void> {
    enter('BLOCKED');
    noteFault(first);
    if (first instanceof StorageFault) await closeStorage();
    // Opened at once, because recovery removes the half-written files of the batch and tells what is done. Going on needs a pause in any
    // case: what failed a moment ago would fail again, and endlessly fast.
    let found = (await tryStorage()) ?? first;
    for (;;) {
      noteFault(found);
      await reportBlocked(found instanceof StorageFault ? found.kind : 'denied');
      await clock.sleep(BLOCKED_DELAY, stopping.signal);
      if (stopping.signal.aborted) return;
      const next = await tryStorage();
      if (next === undefined) break;
      found = next;
    }
    memory.reported = undefined;
  }

  async function live(): Promise<ExitCode> {
    const atStart = await tryStorage();
    if (atStart !== undefined) {
      const full = atStart instanceof StorageFault && atStart.kind === 'full';
      if (options.once || !full) {
        logFault(atStart);
        return EXIT.storage;
      }
      await block(atStart);
    }
    while (!stopping.signal.aborted) {
      if (storage === undefined) throw new Error('storage is closed while delivery goes on');
      if (!connected) enter('CONNECTING');
      try {
        const end = await deliver(ports(), memory, current().feed, storage, stopping.signal);
        if (end === 'empty') return storage.stuck().length > 0 ? EXIT.storage : EXIT.done;
      } catch (error) {
        if (error instanceof Cancelled) break;
        if (error instanceof StorageFault || error instanceof TooManyStuck) {
          if (options.once) {
            logFault(error);
            return EXIT.storage;
          }
          await block(error);
        } else if (isFeedFailure(error) || error instanceof DigestMismatch) {
          const exit = await recoverFrom(error);
          if (exit !== undefined) return exit;
        } else {
          throw error;
        }
      }
    }
    return EXIT.done;
  }

  /** The last words to the hub: what is in the folder. */
  async function farewell(deadline: AbortSignal): Promise<void> {
    const sent = storage?.unacknowledged(FEED_LIMITS.acknowledgements) ?? [];
    if (connected && sent.length > 0) {
      try {
        const answer = await current().feed.pull({ max: 0, waitSeconds: 0, ack: sent }, deadline);
        await storage?.acknowledged(sent);
        log.info('OT1004', { n: sent.length, m: answer.behind });
      } catch {
        // The next start acknowledges again.
      }
    }
  }

  return {
    state: () => state,
    stop() {
      state = 'STOPPING';
      stopping.abort();
    },
    async run() {
      const deadline = new AbortController();
      let cancelDeadline = () => {};
      const late = new Promise<ExitCode>((resolve) => {
        stopping.signal.addEventListener('abort', () => {
          cancelDeadline = clock.after(STOP_WITHIN, () => {
            deadline.abort();
            resolve(EXIT.done);
          });
        });
      });
      const whole = async () => {
        try {
          const exit = await live();
          state = 'STOPPING';
          await farewell(deadline.signal);
          return exit;
        } finally {
          cancelDeadline();
          await closeStorage();
          await Promise.all(feeds.map(({ feed }) => feed.disconnect()));
        }
      };
      return Promise.race([whole(), late]);
    },
  };
}
