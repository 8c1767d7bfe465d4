import type { Transaction } from '../../core/database/statement.ts';
import { enqueueHere, type HandOver } from '../../core/deliveries/enqueue.ts';
import { allowsChannel } from '../channel-mask.ts';
import { CHANNEL_STATE, kindName, WORKS_NOT } from '../channels/driver.ts';
import { RESULT, type Result } from '../result.ts';
import { REACH, type RunRow } from '../run.ts';
import { windowAt } from '../schedule.ts';
import { claimSharing, type FedRow, feedSharing, feedTargets } from '../sql/feed.ts';
import { promoteFollowers } from '../sql/person-targets.ts';
import { lockStanding, standingOfTargets } from '../sql/settle.ts';
import { applyTurns, type Step } from './apply-turns.ts';
import type { RunningGroup } from './channel-groups.ts';
import type { PreparedFor } from './prepared-attempts.ts';
import { mannerOf } from './run-book.ts';
import { following } from './settlement.ts';

/** A channel group that has room for more attempts. */
export interface Room {
  readonly group: RunningGroup;
  readonly room: number;
}

export interface FeedPorts {
  readonly handOver: HandOver;
  /** Seconds between the end of a call to a person and the next one. */
  readonly personGap: number;
  /** By the database's clock; looked at where a run has dialling windows, and nowhere else. */
  readonly now: Temporal.Instant;
  /** Grows with each feeding: runs of one priority take turns. */
  readonly turn: number;
}

export interface Fed {
  readonly prepared: readonly PreparedFor[];
  /** Targets that share an attempt of somebody else in place of one of their own. */
  readonly shared: number;
  /** Attempts by group. */
  readonly taken: ReadonlyMap<number, number>;
  /** Groups for which nothing is ready. */
  readonly dry: ReadonlySet<number>;
  /** Runs of which something ended. */
  readonly touched: ReadonlySet<number>;
  /** To be called after the commit. */
  handOver(): void;
}

/** Attempts that are written down in one transaction, at most. */
const MOST = 200;
/** Seconds after which it is tried again whose address is engaged. */
const ENGAGED = 1;

/** Runs that may use a group now, parted by priority, those of one priority in turns. One that may use only channels that do not work waits for them. */
function runsFor(group: RunningGroup, runs: readonly RunRow[], now: Temporal.Instant, turn: number): RunRow[][] {
  const states = group.driver.states();
  const working = group.channels.filter(({ enabled }, place) => {
    const seen = states[place];
    return enabled && seen !== undefined && !WORKS_NOT.includes(CHANNEL_STATE[seen.state]);
  });
  const usable = runs.filter(({ type, channels, frozen: { windows, zone } }) => {
    if (!REACH[type]?.channels.includes(group.kind)) return false;
    if (!working.some(({ number }) => allowsChannel(channels, number))) return false;
    return windowAt(windows, now, zone).open;
  });
  const levels = [...Map.groupBy(usable, ({ priority }) => priority)].sort(([a], [b]) => a - b);
  return levels.map(([, level]) => [...level.slice(turn % level.length), ...level.slice(0, turn % level.length)]);
}

/**
 * Takes up ready targets, as many as there is room for, and writes their attempts down (specification of alerts 4.9.1 and 4.10.3): of the run
 * with the best priority first, of equal ones in turns, in a run by round, priority of the person and name. Who is excluded meanwhile is not told.
 * @param runs those under way
 */
export async function feedRuns(tx: Transaction, ports: FeedPorts, rooms: readonly Room[], runs: readonly RunRow[]): Promise<Fed> {
  const prepared: (PreparedFor & { readonly kind: number })[] = [];
  /** By run and number: a second group sees them ready once more. */
  const refused = new Map<string, { run: RunRow; row: FedRow }>();
  const dry = new Set<number>();
  const over: number[] = [];
  let shared = 0;
  let left = MOST;
  for (const { group, room } of rooms) {
    let free = Math.min(room, left);
    if (free > 0) dry.add(group.id);
    for (const level of runsFor(group, runs, ports.now, ports.turn)) {
      for (const [at, run] of level.entries()) {
        if (free <= 0) break;
        const share = Math.ceil(free / (level.length - at));
        const call = REACH[run.type]?.call === true;
        const feed = run.shares && (await claimSharing(tx, run.runId))[0]?.ours ? feedSharing : feedTargets;
        const rows = await feed(
          tx,
          run.runId,
          group.id,
          share,
          call,
          group.alternatives,
          call ? Math.max(ports.personGap, ENGAGED) : ENGAGED,
        );
        if (rows.length > 0) dry.delete(group.id);
        const fed = rows.filter((row): row is FedRow & { attempt: number } => row.attempt !== null && row.shared === null);
        for (const { attempt, shared: origin, over: isOver } of rows) {
          if (attempt === null || origin === null) continue;
          shared += 1;
          if (isOver) over.push(attempt);
        }
        for (const row of rows) if (row.excluded || row.gone) refused.set(`${run.runId}.${row.no}`, { run, row });
        for (const { attempt, no, round, address, name, organization, department, rank, position, description } of fed) {
          const person = { no, name, organization, department, rank, position, description };
          prepared.push({ attempt, runId: run.runId, no, round, address, person, group: group.id, kind: group.kind });
        }
        free -= fed.length;
        left -= fed.length;
      }
    }
  }
  const touched = (await endRefused(tx, [...refused.values()])).union(await goOnWithShared(tx, over, runs));
  const handOver = await enqueueHere(
    tx,
    'alerts',
    prepared.map(({ group, kind, attempt }) => ({
      target: group,
      key: 0,
      strict: false,
      type: kindName(kind),
      ref: String(attempt),
      extra: null,
    })),
    ports.handOver,
  );
  const taken = new Map([...Map.groupBy(prepared, ({ group }) => group)].map(([group, some]) => [group, some.length]));
  return { prepared, shared, taken, dry, touched, handOver };
}

/** Takes targets on that have come to share an attempt which is over: what came of it, or what is waited for, is theirs, too. */
async function goOnWithShared(tx: Transaction, attempts: readonly number[], runs: readonly RunRow[]): Promise<ReadonlySet<number>> {
  if (attempts.length === 0) return new Set();
  const manners = new Map(runs.map((run) => [run.runId, mannerOf(run)]));
  const steps = (await lockStanding(tx, attempts)).flatMap((row): Step[] => {
    const manner = manners.get(row.runId);
    if (!manner) return [];
    const turn = following(row, row.attemptResult as Result | null, manner, row.now);
    return [{ row, turn, channel: row.channel, confirmedBy: null, detail: null, avoidGroup: null }];
  });
  return applyTurns(tx, steps);
}

/** Ends targets whose person is excluded now, or is gone. Who was to share the message is told in his place: he is not excluded. */
async function endRefused(tx: Transaction, refused: readonly { run: RunRow; row: FedRow }[]): Promise<ReadonlySet<number>> {
  if (refused.length === 0) return new Set();
  const standing = await standingOfTargets(
    tx,
    refused.map(({ run }) => run.runId),
    refused.map(({ row }) => row.no),
  );
  await promoteFollowers(
    tx,
    standing.map(({ runId }) => runId),
    standing.map(({ no }) => no),
  );
  const gone = new Set(refused.filter(({ row }) => row.gone).map(({ run, row }) => `${run.runId}.${row.no}`));
  const steps = standing.map((row): Step => {
    // The best of the attempts so far counts, when there were any.
    const excluded = row.best === RESULT.queued ? RESULT.excluded : (row.best as Result);
    const result = gone.has(`${row.runId}.${row.no}`) ? RESULT.cancelled : excluded;
    return { row, turn: { kind: 'final', result }, channel: null, confirmedBy: null, detail: null, avoidGroup: null };
  });
  return applyTurns(tx, steps);
}
