import type { Transaction } from '../../core/database/statement.ts';
import { type NewEvent, valuesOfEvents } from '../../core/events/publish.ts';
import { countTarget } from '../count-results.ts';
import { bestOf, RESULT, type Result } from '../result.ts';
import { storeTurns, tellResults } from '../sql/settle.ts';
import type { Turn } from './settlement.ts';
import { progressOf } from './settlement.ts';
import type { Standing } from './standing.ts';
import type { Progress } from './target.ts';

/** Where a target goes, and what is remembered of the attempt that took it there. */
export interface Step {
  readonly row: Standing;
  readonly turn: Turn;
  /** Channel by its number. */
  readonly channel: number | null;
  readonly confirmedBy: string | null;
  readonly detail: string | null;
  /** The group that failed; null: none did. */
  readonly avoidGroup: number | null;
  /** A mail came back. */
  readonly bounced?: boolean;
  /** The attempt does not count: nothing has left. */
  readonly uncounted?: boolean;
}

/** What has become known of an attempt. */
export interface AttemptNews {
  readonly attempt: number;
  /** Its channel is done with it. */
  readonly ended: boolean;
  /** Null here and below: it stays as it is. */
  readonly result: number | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly channel: number | null;
  /** Parts under way. */
  readonly parts: number | null;
  readonly confirmed: boolean;
}

/** A part that somebody else delivers, by the id under which he knows it. */
interface NewPart {
  readonly group: number;
  readonly id: string;
  readonly attempt: number;
  readonly place: number;
}

/** Counters of one run are spread, so that results stored at once do not wait for one another. */
const SHARDS = 16;

/**
 * Moves targets that are locked, in the caller's transaction: with their merged ones, the counters of their runs and the events. Beside them it stores
 * what the caller knows of attempts that are locked, too.
 * @returns runs of which something ended
 */
export async function applyTurns(
  tx: Transaction,
  steps: readonly Step[],
  attempts: readonly AttemptNews[] = [],
  parts: readonly NewPart[] = [],
): Promise<ReadonlySet<number>> {
  const touched = new Set<number>();
  if (steps.length + attempts.length === 0) return touched;
  const moved = steps.map((step) => ({ step, ...columnsOf(step) }));
  const followers = await storeTurns(
    tx,
    attempts.map(({ attempt }) => attempt),
    attempts.map(({ ended }) => ended),
    attempts.map(({ result }) => result),
    attempts.map(({ code }) => code),
    attempts.map(({ detail }) => detail),
    attempts.map(({ channel }) => channel),
    attempts.map(({ parts }) => parts),
    attempts.map(({ confirmed }) => confirmed),
    parts.map(({ group }) => group),
    parts.map(({ id }) => id),
    parts.map(({ attempt }) => attempt),
    parts.map(({ place }) => place),
    moved.map(({ step }) => step.row.runId),
    moved.map(({ step }) => step.row.no),
    moved.map(({ state }) => state),
    moved.map(({ result }) => result),
    moved.map(({ best }) => best),
    moved.map(({ due }) => due),
    moved.map(({ progress }) => progress.round),
    moved.map(({ progress }) => progress.at),
    moved.map(({ progress }) => progress.pass),
    moved.map(({ progress }) => progress.invalid),
    moved.map(({ progress }) => progress.busy),
    moved.map(({ progress }) => progress.again),
    moved.map(({ progress }) => progress.busyAt),
    moved.map(({ progress }) => progress.channelFaults),
    moved.map(({ step }) => step.row.attempts - (step.uncounted ? 1 : 0)),
    moved.map(({ step }) => step.avoidGroup),
    moved.map(({ step, state }) => (state === 'f' ? step.row.address : null)),
    moved.map(({ step }) => step.channel),
    moved.map(({ step }) => step.confirmedBy),
    moved.map(({ step }) => step.detail),
    moved.map(({ progress }) => heldOf(progress)),
  );
  const ends = moved.filter(({ state }) => state === 'f');
  if (ends.length === 0) return touched;
  const byTarget = new Map(ends.map((end) => [`${end.step.row.runId}.${end.step.row.no}`, end]));
  const counts = new Map<string, { run: number; result: number; count: number }>();
  const count = (run: number, result: number, by: number): void => {
    const key = `${run}.${result}`;
    const known = counts.get(key) ?? { run, result, count: 0 };
    counts.set(key, { ...known, count: known.count + by });
  };
  const events: NewEvent[] = [];
  const tell = (step: Step, no: number, personId: number, was: number, wasFinal: boolean, result: number): void => {
    const { runId } = step.row;
    touched.add(runId);
    if (wasFinal) count(runId, was, -1);
    count(runId, result, 1);
    if (!wasFinal) countTarget(step.row.type, result);
    const type = step.bounced ? 'bounced' : wasFinal ? 'improved' : 'result';
    const { address, attempts } = step.row;
    const data = { run: runId, target: no, person: personId, result, attempts, address, channel: step.channel, ...(wasFinal && { was }) };
    events.push({ type: `vestnik.alerts.target.${type}`, subject: `${runId}.${no}`, data });
  };
  for (const { step, result } of ends) {
    const { no, personId, result: was, state } = step.row;
    if (state === 'f' && was === result) continue;
    tell(step, no, personId, was, state === 'f', result);
  }
  for (const { runId, no, personId, leader, was } of followers) {
    const end = byTarget.get(`${runId}.${leader}`);
    if (end) tell(end.step, no, personId, was, was !== RESULT.queued, end.result);
  }
  if (events.length === 0) return touched;
  const shard = Math.floor(Math.random() * SHARDS);
  const changed = [...counts.values()].filter((entry) => entry.count !== 0);
  await tellResults(
    tx,
    ...valuesOfEvents(events),
    changed.map(({ run }) => run),
    shard,
    changed.map(({ result }) => result),
    changed.map((entry) => entry.count),
  );
  return touched;
}

/** As an array of the database; null where nothing is held, as nearly always. */
const heldOf = ({ notBefore }: Progress): string | null =>
  notBefore.length === 0 ? null : `{${notBefore.map((until) => (until === 0 ? 'NULL' : new Date(until).toISOString())).join(',')}}`;

function columnsOf({ row, turn }: Step) {
  const progress = 'progress' in turn ? turn.progress : progressOf(row);
  const stay = { progress, state: row.state, result: row.result, best: row.best, due: row.dueAt?.epochMilliseconds ?? null };
  switch (turn.kind) {
    case 'final':
      return { ...stay, state: 'f', due: null, result: turn.result, best: bestOf(row.best as Result, turn.result) };
    case 'later':
      return { ...stay, state: 'l', best: progress.best, due: turn.dueAt };
    case 'wait':
      return { ...stay, state: 'w', best: progress.best, due: turn.dueAt };
    case 'keep':
      return { ...stay, best: turn.best };
  }
}
