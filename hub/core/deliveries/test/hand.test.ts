import { expect, test } from 'vitest';
import { createHand } from '../hand.ts';
import type { TargetQueue } from '../target-queue.ts';

const queueOf = (): TargetQueue => ({ inHand: 0 }) as TargetQueue;

test('a queue knows how many of its items are in hand, each counted once', () => {
  const hand = createHand();
  const queue = queueOf();
  hand.hold(queue, 1);
  hand.hold(queue, 1);
  hand.hold(queue, 2);
  expect(queue.inHand).toBe(2);
  expect([hand.has(1), hand.has(3)]).toEqual([true, false]);
  hand.release(1);
  hand.release(1);
  expect(queue.inHand).toBe(1);
  expect(hand.has(1)).toBe(false);
});

test('an item given up is told once, and forgotten when nobody can come with it any more', () => {
  let now = 0;
  const hand = createHand(() => now);
  hand.giveUp(1);
  hand.giveUp(2);
  expect([hand.wasGivenUp(1), hand.wasGivenUp(1)]).toEqual([true, false]);
  now = 200_000;
  hand.giveUp(3);
  now = 300_000;
  hand.giveUp(4);
  expect([2, 3, 4].map((id) => hand.wasGivenUp(id))).toEqual([false, true, true]);
});

test('given up again, it is remembered anew', () => {
  let now = 0;
  const hand = createHand(() => now);
  hand.giveUp(1);
  now = 200_000;
  hand.giveUp(1);
  now = 400_000;
  hand.giveUp(2);
  expect(hand.wasGivenUp(1)).toBe(true);
});
