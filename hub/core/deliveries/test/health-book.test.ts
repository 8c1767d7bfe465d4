import { expect, test } from 'vitest';
import { createBreaker } from '../breaker.ts';
import { createHealthBook } from '../health-book.ts';
import type { Outcome } from '../outcome.ts';

const alive: Outcome<null> = { result: 'delivered', status: 200, code: null, health: 'alive', record: null };
const dead: Outcome<null> = { result: 'again', status: null, code: 'timeout', health: 'unreachable', record: null };

test('a turn is stored at once, what goes on only every few seconds', () => {
  const book = createHealthBook();
  const breaker = createBreaker(undefined);
  book.observe(1, 10_000, alive, breaker, false);
  expect(book.toStore(10_000)).toMatchObject([{ target: 1, succeeded: 10_000, failures: 0 }]);
  book.observe(1, 10_100, alive, breaker, false);
  expect(book.toStore(10_100)).toEqual([]);
  book.observe(1, 10_200, dead, breaker, false);
  expect(book.toStore(10_200)).toMatchObject([{ target: 1, failingSince: 10_200, failures: 1, code: 'timeout' }]);
  book.observe(1, 10_300, dead, breaker, false);
  expect(book.toStore(10_300)).toEqual([]);
  expect(book.toStore(15_200)).toMatchObject([{ target: 1, failingSince: 10_200, failures: 2 }]);
});

test('what could not be stored is stored with the next, as it is by then', () => {
  const book = createHealthBook();
  const breaker = createBreaker(undefined);
  book.observe(1, 10_000, dead, breaker, false);
  book.observe(2, 10_000, alive, breaker, false);
  const refused = book.toStore(10_000);
  expect(refused).toHaveLength(2);
  book.observe(1, 10_050, alive, breaker, false);
  book.forget(2);
  book.notStored(refused);
  expect(book.toStore(10_100)).toMatchObject([{ target: 1, failingSince: null, succeeded: 10_050 }]);
  expect(book.toStore(10_100)).toEqual([]);
});
