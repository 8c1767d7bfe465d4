import type { AttemptOutcome } from '../channels/driver.ts';
import { bestOf, improves, RESULT, type Result } from '../result.ts';
import type { Standing } from './standing.ts';
import { after, type Manner, type Progress, succeeds } from './target.ts';

/** What a run says of its attempts and of what is waited for after them. Times in milliseconds. */
export interface RunManner extends Manner {
  /** How long a receipt is waited for before the next address is tried. */
  readonly receipt: number;
  /** How long a confirmation is waited for. */
  readonly wait: number;
}

/** Where a target goes. `keep`: it stays where it is, and what is remembered of it changes. */
export type Turn =
  | { readonly kind: 'later'; readonly progress: Progress; readonly dueAt: number }
  | { readonly kind: 'wait'; readonly progress: Progress; readonly dueAt: number }
  | { readonly kind: 'final'; readonly result: Result }
  | { readonly kind: 'keep'; readonly progress: Progress; readonly best: Result };

/** How a slow far side is given time. Milliseconds. */
const SLOW_PAUSE = 1_000;

/** What an outcome means for its attempt; null: nothing is known yet, or it does not count. */
const RESULT_OF: Readonly<Record<AttemptOutcome['result'], Result | null>> = {
  done: RESULT.notified,
  submitted: null,
  permanent: RESULT.refused,
  temporary: RESULT.noAnswer,
  channel: RESULT.channelError,
  slow: RESULT.queued,
  unknown: RESULT.unknown,
  canceled: RESULT.cancelled,
};

export const progressOf = (row: Standing): Progress => ({
  round: row.round,
  at: row.at,
  pass: row.pass,
  invalid: row.invalid,
  busy: row.busy,
  again: row.again,
  busyAt: row.busyAt?.epochMilliseconds ?? 0,
  notBefore: row.notBefore?.map((until) => until?.epochMilliseconds ?? 0) ?? [],
  channelFaults: row.channelFaults,
  best: row.best as Result,
});

const turnOf = (next: ReturnType<typeof after>): Turn =>
  'final' in next ? { kind: 'final', result: next.final } : { kind: 'later', ...next };

/** Who was to be told by a run that has ended is not told any more; what was reached counts. */
const ended = (row: Standing, result: Result, manner: RunManner): Turn => ({
  kind: 'final',
  result: succeeds(bestOf(row.best as Result, result), manner) ? bestOf(row.best as Result, result) : RESULT.cancelled,
});

/**
 * What follows when a channel is done with an attempt.
 * @param outcome undefined: the hub died over it, and nobody knows what came of it
 * @param now milliseconds since 1970
 * @returns the attempt's result (null: not known yet), and where its target goes
 */
export function settlement(
  row: Standing,
  outcome: AttemptOutcome | undefined,
  manner: RunManner,
  now: number,
): { result: Result | null; turn: Turn } {
  const result = outcome === undefined ? RESULT.unknown : RESULT_OF[outcome.result];
  const progress = progressOf(row);
  const heldUntil = outcome?.notBefore === undefined ? 0 : now + outcome.notBefore;
  if (succeeds(progress.best, manner) || result === null) return { result, turn: following(row, result, manner, now) };
  if (row.runEnded) return { result, turn: ended(row, result, manner) };
  if (result === RESULT.queued) return { result, turn: { kind: 'later', progress, dueAt: Math.max(now + SLOW_PAUSE, heldUntil) } };
  if (result === RESULT.cancelled) return { result, turn: { kind: 'later', progress, dueAt: now } };
  return { result, turn: following(row, result, manner, now, heldUntil) };
}

/**
 * What follows for a target whose attempt has left; also when somebody else made it, and he has come to share it only now.
 * @param result null: not known yet
 */
export function following(row: Standing, result: Result | null, manner: RunManner, now: number, heldUntil = 0): Turn {
  const progress = progressOf(row);
  // Receipts may be here before the answer is stored; and who has replied to an earlier attempt meanwhile is neither told again nor waited for.
  if (succeeds(progress.best, manner)) return { kind: 'final', result: progress.best };
  if (result === null) return { kind: 'wait', progress: { ...progress, channelFaults: 0 }, dueAt: now + manner.receipt };
  if (result === RESULT.notified && manner.confirms)
    return { kind: 'wait', progress: { ...progress, channelFaults: 0 }, dueAt: now + manner.wait };
  return turnOf(after(progress, result, row.addresses, manner, now, heldUntil));
}

/**
 * What follows when a hub that was taken for dead tells what came of an attempt that had been settled as unknown meanwhile (specification of alerts 4.9.4).
 * @returns undefined: nothing better is known now. `told`: the far side has it. Otherwise the parts were handed over: their receipts count, and are waited for in place of
 * a repetition that has not begun; without a turn the target has gone on.
 */
export function belated(
  row: Standing,
  outcome: AttemptOutcome | undefined,
  { receipt }: RunManner,
  now: number,
): { readonly told: boolean; readonly turn: Turn | undefined } | undefined {
  if (row.attemptResult !== RESULT.unknown) return undefined;
  if (outcome?.result === 'done') return { told: true, turn: undefined };
  if (outcome?.result !== 'submitted') return undefined;
  const waits = row.current && !row.runEnded && (row.state === 'l' || row.state === 'r');
  const progress = { ...progressOf(row), round: row.triedRound, at: row.triedAt };
  return { told: false, turn: waits ? { kind: 'wait', progress, dueAt: now + receipt } : undefined };
}

/** Told, and not confirmed: for the target that is a result of its own. */
const countsAs = (result: Result, { confirms }: Pick<Manner, 'confirms'>): Result =>
  result === RESULT.notified && confirms ? RESULT.unconfirmed : result;

/**
 * What follows when a mail comes back that had been accepted: the one fact that may make a result worse. What other attempts have reached stays; the address is not tried again.
 * @param others the best that other attempts of the target came to; `queued`: nothing
 * @returns undefined when it changes nothing for the target
 */
export function returned(row: Standing, others: Result, manner: RunManner): Turn | undefined {
  const beside = countsAs(others, manner);
  const best = bestOf(beside, RESULT.refused);
  if (row.state === 'f') {
    const took = row.result === RESULT.notified || row.result === RESULT.unconfirmed;
    return took && best !== row.result ? { kind: 'final', result: best } : undefined;
  }
  const progress = { ...progressOf(row), best: beside };
  const planned = (row.state === 'l' || row.state === 'r') && row.at === row.triedAt;
  if ((row.current && row.state === 'w') || planned) {
    if (row.runEnded) return ended({ ...row, best: beside }, RESULT.refused, manner);
    const turn = turnOf(after(progress, RESULT.refused, row.addresses, manner, row.now));
    return planned && turn.kind === 'later' ? { ...turn, dueAt: Math.max(turn.dueAt, row.dueAt?.epochMilliseconds ?? 0) } : turn;
  }
  return { kind: 'keep', progress: { ...progress, invalid: progress.invalid | (1 << row.triedAt) }, best };
}

/**
 * What follows from a fact that came by itself: a receipt for the last part, a confirmation, a deadline.
 * @param result what the attempt has come to
 * @returns undefined when it changes nothing for the target
 */
export function consequence(row: Standing, result: Result, manner: RunManner): Turn | undefined {
  const counts = countsAs(result, manner);
  const best = bestOf(row.best as Result, counts);
  const keep: Turn = { kind: 'keep', progress: progressOf(row), best };
  if (row.state === 'f') return improves(row.result as Result, counts) ? { kind: 'final', result: counts } : undefined;
  if (succeeds(counts, manner)) return row.state === 'u' ? keep : { kind: 'final', result: counts };
  if (row.current && row.state === 'w') {
    if (result === RESULT.notified && manner.confirms) return { kind: 'wait', progress: progressOf(row), dueAt: row.now + manner.wait };
    if (row.runEnded) return ended(row, counts, manner);
    return turnOf(after(progressOf(row), counts, row.addresses, manner, row.now));
  }
  return best === row.best ? undefined : keep;
}
