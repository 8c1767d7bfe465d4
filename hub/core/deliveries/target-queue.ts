import { type Breaker, createBreaker } from './breaker.ts';
import type { DueItem } from './outcome.ts';
import type { Policy } from './policy.ts';
import { type Bucket, createBucket } from './rate.ts';

/**
 * What this hub holds of one target that it owns.
 *
 * An item comes in by `push` (claimed) -> waiting, or parked while an item of its key is before it -> `next` -> under way -> `ended`.
 * `drain` empties it: what has not begun goes back.
 */
export interface TargetQueue {
  readonly target: number;
  readonly breaker: Breaker;
  /** First attempts up to this id have been seen. */
  place: number;
  /** There may be first attempts beyond the place. */
  dirty: boolean;
  /** When the next later attempt is due, in milliseconds of the process's clock; undefined: none is known of. */
  laterAt: number | undefined;
  /** It is being handed over: nothing begins any more. */
  leaving: boolean;
  readonly underWay: number;
  readonly held: number;
  push(items: readonly DueItem[], policy: Policy): void;
  /** How many more items of a lane are worth claiming. */
  room(lane: 0 | 1, policy: Policy): number;
  /**
   * Begins the next item that may begin; or tells how long to wait for one (milliseconds), or `slot` when it lacks a slot of the hub, of
   * which `has` knows, or undefined when nothing waits or only an end can help.
   */
  next(policy: Policy, now: number, has: (lane: 0 | 1) => boolean): DueItem | number | 'slot' | undefined;
  ended(item: DueItem): void;
  /** Keys of which so many items are parked that no more should be claimed. */
  crowded(): number[];
  /** Everything that has not begun. */
  drain(): DueItem[];
}

/** Items of one key that are parked before claims leave the key out. */
const CROWD = 8;
/** Items claimed ahead, so that a free slot does not wait for the database. */
const AHEAD = 2;
const LEAST_AHEAD = 8;
const MOST_AHEAD = 64;

export function createTargetQueue(target: number, stored: { until: number; step: number } | undefined): TargetQueue {
  const waiting: [DueItem[], DueItem[]] = [[], []];
  const underWay: [number, number] = [0, 0];
  /** Keys with a first attempt that waits or is under way, and what is parked behind it. */
  const keys = new Map<number, DueItem[]>();
  const breaker = createBreaker(stored);
  const bucket: Bucket = createBucket();
  /** Those keys whose first attempt is under way. */
  const running = new Set<number>();
  let parked = 0;
  let skipped = false;
  let lately: 0 | 1 = 1;

  const orders = ({ lane, key }: DueItem, policy: Policy): boolean => policy.ordering !== 'none' && lane === 0 && key !== 0;

  const queue: TargetQueue = {
    target,
    breaker,
    place: 0,
    dirty: true,
    laterAt: 0,
    leaving: false,
    get underWay() {
      return underWay[0] + underWay[1];
    },
    get held() {
      return waiting[0].length + waiting[1].length + parked;
    },
    push(items, policy) {
      for (const item of items) {
        if (item.lane === 0 && item.id > queue.place) queue.place = item.id;
        const before = orders(item, policy) ? keys.get(item.key) : undefined;
        if (before) {
          before.push(item);
          parked += 1;
          continue;
        }
        if (orders(item, policy)) keys.set(item.key, []);
        waiting[item.lane].push(item);
      }
    },
    room(lane, policy) {
      if (queue.leaving) return 0;
      const ahead = Math.min(Math.max(policy.capacity * AHEAD, LEAST_AHEAD), MOST_AHEAD);
      const there = waiting[lane].length + (lane === 0 ? Math.floor(parked / CROWD) : 0);
      // Few large claims cost the database less than many small ones.
      return there * 2 > ahead ? 0 : ahead - there;
    },
    next(policy, now, has) {
      const lane = laneOfNext(policy, has);
      if (lane === undefined || lane === 'slot') return lane;
      if (policy.breaker === 'hold') {
        if (breaker.until !== undefined && now < breaker.until) return breaker.until - now;
        if (!breaker.admits(now)) return undefined;
      }
      const wait = policy.rate === undefined ? 0 : bucket.take(now, policy.rate);
      if (wait > 0) {
        breaker.takeBack();
        return wait;
      }
      const item = waiting[lane].shift() as DueItem;
      underWay[lane] += 1;
      lately = lane;
      if (lane === 0 && keys.has(item.key)) running.add(item.key);
      return item;
    },
    ended(item) {
      underWay[item.lane] -= 1;
      if (item.lane !== 0 || !running.delete(item.key)) return;
      const behind = keys.get(item.key);
      if (!behind) return;
      const following = behind.shift();
      if (following) {
        parked -= 1;
        waiting[0].unshift(following);
        return;
      }
      keys.delete(item.key);
      if (skipped && queue.crowded().length === 0) {
        // What was left out lies before the place.
        skipped = false;
        queue.place = 0;
        queue.dirty = true;
      }
    },
    crowded() {
      const found = [...keys].flatMap(([key, behind]) => (behind.length >= CROWD ? [key] : []));
      if (found.length > 0) skipped = true;
      return found;
    },
    drain() {
      const all = [...waiting[0], ...waiting[1], ...[...keys.values()].flat()];
      for (const item of all) if (item.lane === 0) queue.place = Math.min(queue.place, item.id - 1);
      waiting[0].length = 0;
      waiting[1].length = 0;
      keys.clear();
      for (const key of running) keys.set(key, []);
      parked = 0;
      return all;
    },
  };

  /** Later attempts take at most half of the target's slots while first ones wait, and take turns with them. */
  function laneOfNext(policy: Policy, has: (lane: 0 | 1) => boolean): 0 | 1 | 'slot' | undefined {
    if (queue.leaving || waiting[0].length + waiting[1].length === 0 || queue.underWay >= policy.capacity) return undefined;
    const first = waiting[0].length > 0 && has(0);
    const later = waiting[1].length > 0 && has(1);
    if (!first || !later) return first ? 0 : later ? 1 : 'slot';
    return underWay[1] < Math.max(1, Math.floor(policy.capacity / 2)) && lately === 0 ? 1 : 0;
  }
  return queue;
}
