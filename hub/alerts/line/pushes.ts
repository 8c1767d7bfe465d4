import { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { HubError } from '../../core/errors.ts';
import type { EventStore, StoredEvent } from '../../core/events/subscribe.ts';
import { SYSTEM } from '../../core/identity/caller.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import type { Act } from '../act.ts';
import type { Result } from '../result.ts';
import type { RunRow } from '../run.ts';
import { progressOf } from '../run-progress.ts';
import { channelsNow } from '../sql/channel-now.ts';
import { recentLog } from '../sql/read-log.ts';
import { runsById } from '../sql/runs.ts';
import { RIGHT } from './codec/command.ts';
import { channelLine } from './codec/lines/channel-lines.ts';
import { logLine } from './codec/lines/log-lines.ts';
import { progressLine, reportReadyLine, targetLine } from './codec/lines/run-lines.ts';
import { taskLine } from './codec/lines/task-lines.ts';
import { haspLine, PUSHES } from './codec.ts';
import type { LineContext } from './context.ts';
import { haspOf } from './hasp.ts';
import { createLook } from './look.ts';
import type { PushAbout } from './outbox.ts';
import { isEdit, pushOfEdit } from './push-edits.ts';
import type { LineSession } from './session.ts';

/**
 * Lines that nobody has asked for (specification of alerts 3.12), from committed events, so that every hub tells the same.
 *
 * started -> (an event: what somebody wants to hear of it is read and pushed, one event after the other; progress, channels and the log are looked at after a short
 * rest, all that has gathered at once) -> stop().
 */
export interface Pushes {
  stop(): void;
}

const notes = notesOf('alerts.line');
/** Between two looks at what has gathered: progress of a run is told once a second, a channel five times. Milliseconds. */
const RUN_REST = 1_000;
const CHANNEL_REST = 200;
const LOG_REST = 250;
/** How far back the log is looked at, for lines whose transactions took long. */
const LOG_WINDOW = Temporal.Duration.from({ seconds: 90 });
const LOG_PORTION = 5_000;
/** The licence ends by the clock, too. */
const HASP_EVERY = 60_000;
/** Events that may wait; of more, those that only MONITORING tells are left out. */
const MOST_WAITING = 20_000;
const RUNS_KNOWN = 1_000;

export function startPushes(
  context: LineContext,
  events: EventStore,
  sessions: ReadonlySet<LineSession>,
): Pushes & { listening: Promise<void> } {
  const { database, settings, secretKey } = context;
  const out = new LineWriter();
  const runs = new Map<number, RunRow>();
  const dirtyRuns = new Set<number>();
  const dirtyChannels = new Set<number>();
  const logSeen = new Map<number, number>();
  let waiting: StoredEvent[] = [];
  let working = false;

  /** What was written, as bytes of their own: one line that waits for a slow session must not keep all that was written around it. */
  const written = (): Uint8Array => out.take().slice();
  const zone = (): string => settings.current().zone;
  const act = (): Act => ({ caller: SYSTEM, settings: settings.current(), secretKey, now: Temporal.Now.instant() });
  /** Whoever may see things, and has asked for what the mask says (0: for nothing). */
  const listeners = (mask: number): LineSession[] =>
    [...sessions].filter(({ operator, mask: wanted }) => operator && (operator.bits & RIGHT.view) !== 0 && (wanted & mask) === mask);
  const tell = (mask: number, bytes: Uint8Array, { but, ...about }: PushAbout & { readonly but?: unknown } = {}): void => {
    for (const session of listeners(mask)) if (!isOwn(session, but)) session.push(bytes, about);
  };

  const lookAtRuns = createLook(RUN_REST, () =>
    taking(dirtyRuns, async (ids) => {
      if (listeners(PUSHES.mask.tasks).length === 0) return;
      const rows = await runsById(database.work, ids);
      const progress = await progressOf(database.work, rows);
      for (const [at, row] of rows.entries()) {
        const found = progress[at];
        if (!found) continue;
        progressLine(out, 'OK', row, found, zone());
        tell(PUSHES.mask.tasks, written());
      }
    }),
  );

  const lookAtChannels = createLook(CHANNEL_REST, () =>
    taking(dirtyChannels, async (numbers) => {
      if (listeners(PUSHES.mask.channels).length === 0) return;
      for (const channel of await channelsNow(database.work, numbers)) {
        channelLine(out, channel, zone());
        tell(PUSHES.mask.channels, written());
      }
    }),
  );

  const lookAtLog = createLook(LOG_REST, async () => {
    const readers = listeners(PUSHES.mask.log).filter(({ operator }) => ((operator?.bits ?? 0) & RIGHT.log) !== 0);
    if (readers.length === 0) {
      logSeen.clear();
      return;
    }
    const now = Date.now();
    const oldest = Math.min(...readers.map(({ logAfter }) => logAfter));
    for (let since = Temporal.Now.instant().subtract(LOG_WINDOW); ; ) {
      const rows = await recentLog(database.work, since, oldest, LOG_PORTION);
      for (const row of rows) {
        if (logSeen.has(row.id)) continue;
        logSeen.set(row.id, now);
        logLine(out, row, zone());
        const bytes = written();
        for (const session of readers) if (row.id > session.logAfter) session.push(bytes);
      }
      const last = rows.at(-1);
      // The next portion begins with lines of the last moment of this one, which are known by now.
      if (!last || rows.length < LOG_PORTION || last.at.equals(since)) break;
      since = last.at;
    }
    for (const [id, at] of logSeen) if (now - at > 2 * LOG_WINDOW.total('milliseconds')) logSeen.delete(id);
  });

  /** The runs of these events, remembered: what is told of them does not change. */
  const learnRuns = async (some: readonly StoredEvent[]): Promise<void> => {
    const wanted = new Set(some.filter(({ type }) => /\.(target|run)\./.test(type)).map(({ data }) => Number(data['run'])));
    const missing = [...wanted].filter((run) => !runs.has(run));
    if (missing.length === 0) return;
    for (const row of await runsById(database.work, missing)) runs.set(row.runId, row);
    // Those that were learned first make room, but for those of these events.
    for (const run of runs.keys()) {
      if (runs.size <= RUNS_KNOWN) break;
      if (!wanted.has(run)) runs.delete(run);
    }
  };

  const tellTarget = ({ data, time }: StoredEvent): void => {
    const run = runs.get(Number(data['run']));
    if (!run) return;
    const { person, result, attempts, address, channel } = data as unknown as TargetNews;
    targetLine(out, 'ABON', run, { personId: person, result, attempts, address, channel, at: time }, zone());
    tell(PUSHES.mask.tasks, written());
  };

  const tellEvent = async (event: StoredEvent): Promise<void> => {
    const { type, data } = event;
    const own = data['request_id'];
    if (typeof own === 'string') for (const session of sessions) if (isOwn(session, own)) session.told(own);
    if (type === 'vestnik.alerts.task.status') {
      const { task_id: id, name, type: kind, status } = data as unknown as TaskNews;
      taskLine(out, 'UPDATETASK', 'OK', { id, name, type: kind, status });
      tell(0, written(), { key: id, task: id, but: own });
    } else if (isEdit(type)) {
      if (!listeners(PUSHES.mask.directory).some((session) => !isOwn(session, own))) return;
      const push = await pushOfEdit(database.work, act(), out, event);
      if (!push) return;
      for (const session of listeners(PUSHES.mask.directory)) {
        const open = ((session.operator?.bits ?? 0) & RIGHT.directory) !== 0;
        if (!isOwn(session, own)) session.push(open ? push.open : push.masked, push.about);
      }
    } else if (type.startsWith('vestnik.alerts.target.')) tellTarget(event);
    else if (type === 'vestnik.alerts.run.finished') {
      reportReadyLine(out, Number(data['task_id']), Number(data['number']));
      tell(PUSHES.reportReady, written());
    }
  };

  const work = async (): Promise<void> => {
    if (working) return;
    working = true;
    while (waiting.length > 0) {
      const some = waiting;
      waiting = [];
      try {
        await learnRuns(some);
      } catch (error) {
        notes.warn('runs could not be read; what became of their targets is not pushed', {}, error);
      }
      for (const event of some) {
        try {
          await tellEvent(event);
        } catch (error) {
          // What an edit was about may be gone by now.
          out.take();
          if (!(error instanceof HubError && error.code === 'NOT_FOUND'))
            notes.warn('an event could not be pushed', { type: event.type }, error);
        }
      }
    }
    working = false;
  };

  /** Whether somebody wants to hear of an event. */
  const wanted = ({ type, data }: StoredEvent): boolean => {
    if (type === 'vestnik.alerts.task.status') return true;
    if (/^vestnik\.alerts\.(run|target)\./.test(type)) {
      if (listeners(PUSHES.mask.tasks).length === 0) return false;
      dirtyRuns.add(Number(data['run']));
      lookAtRuns.later();
      return waiting.length < MOST_WAITING;
    }
    if (type === 'vestnik.alerts.channel.seen' || type === 'vestnik.alerts.channel.changed') {
      dirtyChannels.add(Number(data['channel']));
      lookAtChannels.later();
      return false;
    }
    return isEdit(type) && waiting.length < MOST_WAITING;
  };

  const tail = events.tail({ types: ['vestnik.alerts.'] }, (event) => {
    if (sessions.size === 0) return;
    lookAtLog.later();
    if (!wanted(event)) return;
    waiting.push(event);
    void work();
  });

  const haspNow = (): Uint8Array => {
    haspLine(out, haspOf(settings.current(), Temporal.Now.instant()));
    return written();
  };
  let hasp = haspNow();
  const lookAtLicence = (): void => {
    const now = haspNow();
    if (Buffer.compare(now, hasp) === 0) return;
    hasp = now;
    for (const session of sessions) if (session.operator) session.push(now, { key: HASP_KEY });
  };
  const unwatch = settings.onChange(lookAtLicence);
  const timer = setInterval(lookAtLicence, HASP_EVERY);
  timer.unref();

  return {
    listening: tail.listening,
    stop() {
      tail();
      unwatch();
      clearInterval(timer);
      for (const look of [lookAtRuns, lookAtChannels, lookAtLog]) look.stop();
    },
  };
}

/** Data of the events that this file reads, as they are published. */
interface TaskNews {
  readonly task_id: number;
  readonly name: string;
  readonly type: number;
  readonly status: number;
}
interface TargetNews {
  readonly person: number;
  readonly result: Result;
  readonly attempts: number;
  readonly address: string;
  readonly channel: number | null;
}

/** Key of the licence among those of tasks. */
const HASP_KEY = 0;

/** Empties a set into `use`; where that fails, all is in it again. */
async function taking<T>(set: Set<T>, use: (all: T[]) => Promise<void>): Promise<void> {
  const all = [...set];
  set.clear();
  try {
    await use(all);
  } catch (error) {
    for (const one of all) set.add(one);
    throw error;
  }
}

/** Whether a request of this session made the change: then its answer has told it. */
const isOwn = ({ id }: LineSession, requestId: unknown): boolean => typeof requestId === 'string' && requestId.startsWith(`${id}.`);
