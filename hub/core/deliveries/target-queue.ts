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
  readonly place: number;
  /** How often the place was put back. */
  readonly rewinds: number;
  /** Puts the place back: something before it is to be claimed. */
  rewind(to: number): void;
  /** Puts the place forward after a claim that was asked for when so many rewinds had been; one that was put back meanwhile stays. */
  advance(to: number, rewinds: number): void;
  /** There may be first attempts beyond the place. */
  dirty: boolean;
  /** When the next later attempt is due, in milliseconds of the process's clock; undefined: none is known of. */
  laterAt: number | undefined;
  /** It is being handed over: nothing begins any more. */
  leaving: boolean;
  /** A statement that claims of it, or looks through what is held of it, is under way. */
  busy: boolean;
  /** First attempts of it are being claimed: what is handed over meanwhile waits here, as earlier ones may be on their way. */
  asking: boolean;
  delayed: DueItem[];
  /** When all that is held of it in the database was last looked through, in milliseconds of the process's clock. */
  lookedAt: number;
  /** How many of its items are held in the name of this hub: from the claim until they are stored or given back. */
  inHand: number;
  /** How often the engine has looked at it without being told to. */
  looks: number;
  /** First attempts that were offered room and have not come yet. */
  promised: number;
  /** The newest first attempt that was handed over; all before it are in the database for everyone to see. */
  handed: number;
  readonly underWay: number;
  readonly held: number;
  push(items: readonly DueItem[], policy: Policy): void;
  /** Whether a first attempt that is being stored can be taken over: there is room, and none before it is left in the database. */
  offers(policy: Policy): boolean;
  /** How many more items of a lane are worth claiming. @param most of them, so that many targets together do not fill the memory. */
  room(lane: 0 | 1, policy: Policy, most: number): number;
  /** Whether an item of the lane waits that is not parked. */
  waits(lane: 0 | 1): boolean;
  /**
   * Begins the next item that may begin; or tells how long to wait for one (milliseconds), or `slot` when it lacks a slot of the hub, of
   * which `has` knows, or undefined when nothing waits or only an end can help.
   */
  next(policy: Policy, now: number, has: (lane: 0 | 1) => boolean): DueItem | number | 'slot' | undefined;
  ended(item: DueItem): void;
  /** Keys of which so many items are parked that no more should be claimed; asking means that claims leave them out from now on. */
  crowded(): number[];
  /** Strict order: the oldest item of the key has ended, so that the next one may be claimed. */
  free(key: number): void;
  /** Those keys, once. */
  takeFreed(): number[];
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
  let place = 0;
  let rewinds = 0;
  let parked = 0;
  /** Keys that claims have left out since `leftFrom`, the place at the first of those: theirs must be claimed from there, before any later ones. */
  const leftOut = new Set<number>();
  let leftFrom = 0;
  const freed = new Set<number>();
  let lately: 0 | 1 = 1;

  const orders = ({ lane, key }: DueItem, policy: Policy): boolean => policy.ordering !== 'none' && lane === 0 && key !== 0;

  const aheadOf = ({ capacity }: Policy): number => Math.min(Math.max(capacity * AHEAD, LEAST_AHEAD), MOST_AHEAD);

  const queue: TargetQueue = {
    target,
    breaker,
    get place() {
      return place;
    },
    get rewinds() {
      return rewinds;
    },
    rewind(to) {
      place = Math.min(place, to);
      rewinds += 1;
      queue.dirty = true;
    },
    advance(to, since) {
      if (since === rewinds && to > place) place = to;
    },
    dirty: true,
    busy: false,
    asking: false,
    delayed: [],
    lookedAt: performance.now(),
    inHand: 0,
    looks: 0,
    promised: 0,
    handed: 0,
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
    offers(policy) {
      if (queue.dirty || queue.asking || queue.leaving || leftOut.size > 0 || policy.ordering === 'strict') return false;
      return waiting[0].length + parked + queue.promised < aheadOf(policy);
    },
    waits: (lane) => waiting[lane].length > 0,
    room(lane, policy, most) {
      if (queue.leaving || queue.busy) return 0;
      const ahead = Math.min(aheadOf(policy), most);
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
      if (!leftOut.has(item.key)) return;
      // What was left out lies before the place; keys that are crowded still are left out again.
      leftOut.clear();
      queue.rewind(leftFrom);
    },
    crowded() {
      if (leftOut.size === 0) leftFrom = place;
      // One that was left out stays so until nothing of it waits here: otherwise its later items would overtake those.
      for (const [key, behind] of keys) if (behind.length >= CROWD) leftOut.add(key);
      return [...leftOut];
    },
    free(key) {
      if (key !== 0) freed.add(key);
      queue.dirty = true;
    },
    takeFreed() {
      const keys = [...freed];
      freed.clear();
      return keys;
    },
    drain() {
      const all = [...waiting[0], ...waiting[1], ...[...keys.values()].flat()];
      for (const item of all) if (item.lane === 0) queue.rewind(item.id - 1);
      if (leftOut.size > 0) queue.rewind(leftFrom);
      leftOut.clear();
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
