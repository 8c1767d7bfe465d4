import { bestOf, RESULT, type Result } from '../result.ts';

/**
 * One subscriber inside one run: which address is tried next, when, and what the end is (specification of alerts 4.3 and 4.9).
 *
 * A target is
 *   ready -> under way: its attempt is written down and made
 *     -> waiting: the far side has the message, and a receipt or a confirmation is waited for until a deadline
 *     -> later: the next address, the same one once more, or the next round; -> ready at its time
 *     -> final: it succeeded, or nothing is left to try; the best of its results counts.
 *   ready, later -> final (cancelled) when its run is started anew; merged: another target of the run has the same address and content -> final with it.
 * Facts that come after the end may improve the result, and do nothing else.
 */
export interface Progress {
  /** From 1. */
  readonly round: number;
  /** Place of the address that was tried, from 0. */
  readonly at: number;
  /** 1: the addresses in their order; 2: those that were found busy, once more. */
  readonly pass: 1 | 2;
  /** Bits by place: addresses that never do; found busy in this round and not tried again yet; tried once more because of doubt. */
  readonly invalid: number;
  readonly busy: number;
  readonly again: number;
  /** When an address was found busy last, milliseconds since 1970; 0: none. */
  readonly busyAt: number;
  /** By place: before when that address is not to be tried again, milliseconds since 1970; 0 or nothing: it may be. */
  readonly notBefore: readonly number[];
  /** Channels that failed in a row. */
  readonly channelFaults: number;
  readonly best: Result;
}

/** What the run's settings say of attempts. Times in milliseconds. */
export interface Manner {
  readonly rounds: number;
  readonly pause: number;
  readonly gap: number;
  /** After which a busy address is tried once more in its round; 0: not at all. */
  readonly busy: number;
  /** Whether an attempt in doubt is made once more in its round. */
  readonly dup: boolean;
  /** Whether the run asks for a confirmation: being told is not enough then. */
  readonly confirms: boolean;
}

export type Next =
  | { readonly final: Result }
  /** Another attempt: where, and when at the earliest. */
  | { readonly progress: Progress; readonly dueAt: number };

/** Channels that may fail in a row before it counts as an attempt. */
const MOST_CHANNEL_FAULTS = 5;
/** Before the same address is tried over another channel. Milliseconds. */
const CHANNEL_PAUSE = 1_000;

/** Whether this is what the run wants of everybody. */
export const succeeds = (result: Result, { confirms }: Pick<Manner, 'confirms'>): boolean =>
  result === RESULT.confirmed || (result === RESULT.notified && !confirms);

const bit = (place: number): number => 1 << place;
const has = (bits: number, place: number): boolean => (bits & bit(place)) !== 0;
const held = (notBefore: readonly number[], at: number, until: number): readonly number[] =>
  until === 0
    ? notBefore
    : Array.from({ length: Math.max(at + 1, notBefore.length) }, (_, place) => (place === at ? until : (notBefore[place] ?? 0)));

/**
 * What follows from an attempt.
 * @param progress before it
 * @param addresses how many there are, at most 20
 * @param now milliseconds since 1970
 * @param heldUntil milliseconds since 1970 before which this address is not to be tried again; 0: it may be
 */
export function after(progress: Progress, result: Result, addresses: number, manner: Manner, now: number, heldUntil = 0): Next {
  const { round, at, pass } = progress;
  const notBefore = held(progress.notBefore, at, heldUntil);
  const goOn = (next: Progress, dueAt: number): Next => ({ progress: next, dueAt: Math.max(dueAt, notBefore[next.at] ?? 0) });
  if (result === RESULT.cancelled) return { final: result };
  // A late word about an earlier attempt may have settled it already.
  for (const reached of [result, progress.best]) if (succeeds(reached, manner)) return { final: bestOf(progress.best, result) };
  if (result === RESULT.channelError && progress.channelFaults + 1 < MOST_CHANNEL_FAULTS) {
    const channelFaults = progress.channelFaults + 1;
    return goOn({ ...progress, notBefore, channelFaults }, now + CHANNEL_PAUSE * 2 ** (channelFaults - 1));
  }
  const best = bestOf(progress.best, result);
  const invalid = result === RESULT.refused ? progress.invalid | bit(at) : progress.invalid;
  const foundBusy = result === RESULT.busy && manner.busy > 0 && pass === 1;
  const busy = foundBusy ? progress.busy | bit(at) : progress.busy;
  const moved = { ...progress, invalid, busy, busyAt: foundBusy ? now : progress.busyAt, notBefore, channelFaults: 0, best };
  // In doubt, and a copy does no harm: the same address, one time a round.
  if (result === RESULT.unknown && manner.dup && !has(progress.again, at))
    return goOn({ ...moved, again: progress.again | bit(at) }, now + manner.gap);
  const places = Array.from({ length: addresses }, (_, place) => place).filter((place) => !has(invalid, place));
  const following = pass === 1 ? places.find((place) => place > at) : undefined;
  if (following !== undefined) return goOn({ ...moved, at: following }, now + manner.gap);
  const engaged = places.find((place) => has(busy, place));
  if (engaged !== undefined) {
    const dueAt = Math.max(now + manner.gap, moved.busyAt + manner.busy);
    return goOn({ ...moved, pass: 2, at: engaged, busy: busy & ~bit(engaged) }, dueAt);
  }
  const [first] = places;
  if (first === undefined || round >= manner.rounds) return { final: best };
  return goOn({ ...moved, round: round + 1, at: first, pass: 1, busy: 0, again: 0, busyAt: 0 }, now + manner.pause);
}
