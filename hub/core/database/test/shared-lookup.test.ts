import { describe, expect, test } from 'vitest';
import { sharedLookup } from '../shared-lookup.ts';
import type { Queryable } from '../statement.ts';

const POOL = {} as Queryable;
const OTHER = {} as Queryable;

interface Row {
  readonly id: number;
  readonly text: string;
}

/** A look-up whose statements are answered when the test says so. */
function heldLookup() {
  const asked: { db: Queryable; keys: readonly number[]; shared: string; answer: (rows: Row[]) => void; fail: (error: Error) => void }[] =
    [];
  const find = sharedLookup<string, Row>({
    load: (db, keys, shared) => new Promise((answer, fail) => asked.push({ db, keys, shared, answer, fail })),
    keyOf: ({ id }) => id,
    groupOf: (shared) => shared,
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { asked, find, turn };
}

const row = (id: number): Row => ({ id, text: `row ${id}` });

describe('a shared look-up', () => {
  test('what comes in one turn is asked for together, each key once, and each call gets its own row', async () => {
    const { asked, find, turn } = heldLookup();
    const found = Promise.all([find(POOL, 1, 'a'), find(POOL, 2, 'a'), find(POOL, 1, 'a'), find(POOL, 9, 'a')]);
    await turn();
    expect(asked.map(({ keys }) => keys)).toEqual([[1, 2, 9]]);
    asked[0]?.answer([row(2), row(1)]);
    expect(await found).toEqual([row(1), row(2), row(1), undefined]);
  });

  test('a call is never answered by a statement that began before it', async () => {
    const { asked, find, turn } = heldLookup();
    const before = find(POOL, 1, 'a');
    await turn();
    const after = find(POOL, 1, 'a');
    await turn();
    expect(asked).toHaveLength(2);
    asked[0]?.answer([{ id: 1, text: 'old' }]);
    asked[1]?.answer([{ id: 1, text: 'new' }]);
    expect([(await before)?.text, (await after)?.text]).toEqual(['old', 'new']);
  });

  test('at most two statements run; what comes meanwhile shares the next', async () => {
    const { asked, find, turn } = heldLookup();
    const found: Promise<Row | undefined>[] = [];
    for (const key of [1, 2, 3, 4, 5]) {
      found.push(find(POOL, key, 'a'));
      await turn();
    }
    expect(asked.map(({ keys }) => keys)).toEqual([[1], [2]]);
    asked[0]?.answer([row(1)]);
    await expect.poll(() => asked.length).toBe(3);
    expect(asked.map(({ keys }) => keys)).toEqual([[1], [2], [3, 4, 5]]);
    asked[1]?.answer([row(2)]);
    asked[2]?.answer([row(3), row(4), row(5)]);
    expect((await Promise.all(found)).map((one) => one?.id)).toEqual([1, 2, 3, 4, 5]);
  });

  test('other questions and other pools are never mixed', async () => {
    const { asked, find, turn } = heldLookup();
    const found = Promise.all([find(POOL, 1, 'a'), find(POOL, 1, 'b'), find(OTHER, 1, 'a')]);
    await turn();
    expect(asked.map(({ db, shared }) => [db === POOL, shared])).toEqual([
      [true, 'a'],
      [true, 'b'],
      [false, 'a'],
    ]);
    for (const [at, { answer }] of asked.entries()) answer([{ id: 1, text: String(at) }]);
    expect((await found).map((one) => one?.text)).toEqual(['0', '1', '2']);
  });

  test('a failure is told to those it served, and the next statement begins all the same', async () => {
    const { asked, find, turn } = heldLookup();
    const lost = [find(POOL, 1, 'a'), find(POOL, 2, 'a')].map((one) => one.catch((error: Error) => error.message));
    await turn();
    asked[0]?.fail(new Error('the server went away'));
    expect(await Promise.all(lost)).toEqual(['the server went away', 'the server went away']);
    const found = find(POOL, 1, 'a');
    await turn();
    asked[1]?.answer([row(1)]);
    expect(await found).toEqual(row(1));
  });

  test('a thousand keys go in statements of five hundred', async () => {
    const { asked, find, turn } = heldLookup();
    const found = Promise.all(Array.from({ length: 1_000 }, (_, key) => find(POOL, key, 'a')));
    await turn();
    await turn();
    expect(asked.map(({ keys }) => keys.length)).toEqual([500, 500]);
    for (const { keys, answer } of asked) answer(keys.map(row));
    expect((await found).map((one) => one?.id)).toEqual(Array.from({ length: 1_000 }, (_, key) => key));
  });
});
