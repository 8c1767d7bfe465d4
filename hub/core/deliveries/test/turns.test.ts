import { expect, test, vi } from 'vitest';
import type { DueItem } from '../outcome.ts';
import type { Policy } from '../policy.ts';
import { createSlots } from '../slots.ts';
import { createTargetQueue, type TargetQueue } from '../target-queue.ts';
import { createTurns } from '../turns.ts';
import { PATIENCE, POLICY, range } from './support/workshop.ts';

const itemOf = (target: number, id: number, lane: 0 | 1 = 0): DueItem => ({
  ...{ target, id, lane, key: 0, type: 'Test', ref: '', extra: null },
  ...{ number: 1, known: 0, spent: 0, createdAt: 0, dueAt: 0, begunAt: 0 },
});

/** Turns of which the test ends the attempts. */
function bench(total: number) {
  const slots = createSlots(total);
  const state = { alive: true, now: 0, room: true, policy: POLICY as Policy | undefined };
  const begun: DueItem[] = [];
  const returned: TargetQueue[] = [];
  const queues = new Map<number, TargetQueue>();
  const turns = createTurns({
    ownership: {
      get alive() {
        return state.alive;
      },
      now: () => state.now,
    },
    slots,
    policyOf: () => state.policy,
    hasRoom: () => state.room,
    async run(_, item) {
      slots.take(item.lane);
      begun.push(item);
    },
    async returnAll(queue) {
      returned.push(queue);
      queue.drain();
    },
    wantClaim: () => undefined,
    turn: () => turns.begin(),
  });
  return {
    ...{ turns, slots, state, begun, returned },
    /** The target's items were claimed. */
    push(target: number, ...items: DueItem[]): TargetQueue {
      const queue = queues.get(target) ?? createTargetQueue(target, undefined);
      queues.set(target, queue);
      queue.push(items, POLICY);
      turns.add(queue);
      return queue;
    },
    end(item: DueItem): void {
      slots.give(item.lane);
      const queue = queues.get(item.target);
      queue?.ended(item);
      if (queue && queue.held > 0) turns.add(queue);
      turns.begin();
    },
  };
}

test('one item of each target in turn, as many as there are slots; no more than the capacity of one', () => {
  const { turns, push, begun } = bench(12);
  push(1, ...range(1, 100).map((id) => itemOf(1, id)));
  push(2, itemOf(2, 101), itemOf(2, 102));
  push(3, itemOf(3, 103));
  turns.begin();
  expect(begun.map(({ target }) => target)).toEqual([1, 2, 3, 1, 2, 1, 1, 1, 1, 1, 1]);
});

test('a target that lacked a slot comes before the others when there is one', () => {
  const { turns, push, begun, end } = bench(4);
  push(1, ...range(1, 8).map((id) => itemOf(1, id)));
  turns.begin();
  // One slot is kept for later attempts.
  expect(begun).toHaveLength(3);
  push(2, itemOf(2, 20));
  turns.begin();
  push(3, itemOf(3, 30));
  // Target 1 found none first, then target 2 did; the newcomer, whose turn it would be, waits for both.
  for (const item of begun.slice(0, 3)) end(item);
  expect(begun.slice(3).map(({ target }) => target)).toEqual([1, 2, 3]);
});

test('later attempts have a slot when first ones have taken all that they may', () => {
  const { turns, push, begun } = bench(4);
  push(1, ...range(1, 8).map((id) => itemOf(1, id)));
  turns.begin();
  push(2, itemOf(2, 20, 1), itemOf(2, 21, 1));
  turns.begin();
  expect(begun.map(({ lane }) => lane)).toEqual([0, 0, 0, 1]);
});

test('nothing begins without a lease, without room for outcomes, or after the end', () => {
  const { turns, push, begun, state, end } = bench(4);
  push(1, ...range(1, 8).map((id) => itemOf(1, id)));
  state.alive = false;
  turns.begin();
  expect(begun).toEqual([]);
  state.alive = true;
  state.room = false;
  turns.begin();
  expect(begun).toEqual([]);
  state.room = true;
  turns.begin();
  expect(begun).toHaveLength(3);
  turns.stop();
  for (const item of begun.slice()) end(item);
  expect(begun).toHaveLength(3);
});

test('what is claimed of a target that is held is given back at its turn', () => {
  const { turns, push, begun, returned, state } = bench(4);
  const queue = push(1, itemOf(1, 1), itemOf(1, 2));
  state.policy = undefined;
  turns.begin();
  expect([begun, returned, queue.held]).toEqual([[], [queue], 0]);
});

test('a target whose rate is used up sleeps, and has its turn again by itself', async () => {
  const { turns, push, begun, state } = bench(64);
  state.policy = { ...POLICY, rate: 20, capacity: 40 };
  const queue = push(1, ...range(1, 40).map((id) => itemOf(1, id)));
  turns.begin();
  expect([begun.length, queue.held]).toEqual([20, 20]);
  state.now = 1_000;
  await vi.waitUntil(() => begun.length === 40, PATIENCE);
  turns.stop();
});
