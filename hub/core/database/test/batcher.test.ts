import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { HubError } from '../../errors.ts';
import { type BatcherOptions, createBatcher } from '../batcher.ts';
import { run } from '../statement.ts';

/** A flush that ends when told; remembers what it was given. */
function manualFlush() {
  const flushes: { items: readonly number[]; answer(results?: readonly number[]): void; fail(error: Error): void }[] = [];
  return {
    flushes,
    flush: (items: readonly number[]): Promise<readonly number[]> =>
      new Promise((resolve, reject) => {
        flushes.push({ items, answer: (results = items.map((item) => item * 10)) => resolve(results), fail: reject });
      }),
  };
}

const LIMITS = { weightOf: () => 1, maxItems: 100, maxWeight: 1_000, maxInFlight: 2, queueBound: 1_000 };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('group commit', () => {
  test('producers of one turn share a flush and get each their own result', async () => {
    const manual = manualFlush();
    const batcher = createBatcher({ ...LIMITS, flush: manual.flush });
    const answers = Promise.all([3, 1, 2].map((item) => batcher.submit(item)));
    expect(batcher.waiting).toBe(3);
    await turn();
    expect(manual.flushes.map(({ items }) => items)).toEqual([[3, 1, 2]]);
    expect(batcher.waiting).toBe(0);
    manual.flushes[0]?.answer();
    expect(await answers).toEqual([30, 10, 20]);
  });

  test('while enough flushes are under way, the next one gathers', async () => {
    const manual = manualFlush();
    const batcher = createBatcher({ ...LIMITS, flush: manual.flush });
    const answers: Promise<number>[] = [];
    for (let item = 0; item < 6; item += 1) {
      answers.push(batcher.submit(item));
      await turn();
    }
    expect(manual.flushes.map(({ items }) => items)).toEqual([[0], [1]]);
    manual.flushes[1]?.answer();
    await turn();
    expect(manual.flushes.map(({ items }) => items)).toEqual([[0], [1], [2, 3, 4, 5]]);
    for (const flush of manual.flushes) flush.answer();
    expect(await Promise.all(answers)).toEqual([0, 10, 20, 30, 40, 50]);
  });

  describe('that gathers', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
    afterEach(() => void vi.useRealTimers());
    const begin = (more: Partial<BatcherOptions<number, number>> = {}) => {
      const manual = manualFlush();
      const batcher = createBatcher({ ...LIMITS, maxInFlight: 1, gather: { quiet: 3, longest: 20 }, flush: manual.flush, ...more });
      return { batcher, flushes: () => manual.flushes.map(({ items }) => items), manual };
    };
    const submit = async ({ submit }: ReturnType<typeof begin>['batcher'], ...items: number[]): Promise<void> => {
      for (const item of items) void submit(item);
      await turn();
    };

    test('waits until nothing more comes, and then no longer', async () => {
      const { batcher, flushes } = begin();
      await submit(batcher, 1);
      vi.advanceTimersByTime(2);
      await submit(batcher, 2);
      vi.advanceTimersByTime(2);
      expect(flushes()).toEqual([]);
      vi.advanceTimersByTime(2);
      expect(flushes()).toEqual([[1, 2]]);
    });

    test('lets nobody wait for longer than the longest, though more and more come', async () => {
      const { batcher, flushes } = begin();
      for (let item = 0; item < 15; item += 1) {
        await submit(batcher, item);
        vi.advanceTimersByTime(2);
      }
      expect(flushes().map((items) => items[0])).toEqual([0]);
      expect(flushes()[0]?.length).toBeGreaterThanOrEqual(9);
      expect(flushes()[0]?.length).toBeLessThanOrEqual(11);
    });

    test('begins at once with as many as a flush takes, and when it stops', async () => {
      const { batcher, flushes, manual } = begin({ maxItems: 2 });
      await submit(batcher, 1, 2, 3);
      expect(flushes()).toEqual([[1, 2]]);
      manual.flushes[0]?.answer();
      await turn();
      expect(flushes()).toEqual([[1, 2]]);
      const stopped = batcher.stop();
      expect(flushes()).toEqual([[1, 2], [3]]);
      manual.flushes[1]?.answer();
      await stopped;
    });
  });

  test('a flush ends at the limit of items, and at that of weight but never empty', async () => {
    const manual = manualFlush();
    const batcher = createBatcher({ ...LIMITS, weightOf: (item) => item, maxItems: 3, maxWeight: 10, maxInFlight: 9, flush: manual.flush });
    const all = [1, 1, 1, 1, 5, 5, 99, 4, 6, 1].map((item) => batcher.submit(item));
    await turn();
    expect(manual.flushes.map(({ items }) => items)).toEqual([[1, 1, 1], [1, 5], [5], [99], [4, 6], [1]]);
    for (const flush of manual.flushes) flush.answer();
    await Promise.all(all);
  });
});

describe('a full queue', () => {
  test('refuses with BUSY what is over the bound of items; those waiting are stored', async () => {
    const manual = manualFlush();
    const batcher = createBatcher({ ...LIMITS, maxInFlight: 1, queueBound: 2, flush: manual.flush });
    const first = batcher.submit(0);
    await turn();
    const waiting = [batcher.submit(1), batcher.submit(2)];
    await expect(batcher.submit(3)).rejects.toMatchObject({ code: 'BUSY', retryAfter: 1 });
    manual.flushes[0]?.answer();
    await first;
    await turn();
    manual.flushes[1]?.answer();
    expect(await Promise.all(waiting)).toEqual([10, 20]);
    expect(manual.flushes.flatMap(({ items }) => items)).toEqual([0, 1, 2]);
  });

  test('refuses with BUSY what is over the bound of weight; a lone item is taken whatever it weighs', async () => {
    const manual = manualFlush();
    const batcher = createBatcher({ ...LIMITS, weightOf: (item) => item, maxInFlight: 1, queueWeight: 10, flush: manual.flush });
    const first = batcher.submit(99);
    await expect(batcher.submit(1)).rejects.toMatchObject({ code: 'BUSY' });
    await turn();
    const second = batcher.submit(9);
    await expect(batcher.submit(2)).rejects.toMatchObject({ code: 'BUSY' });
    const third = batcher.submit(1);
    manual.flushes[0]?.answer();
    await first;
    await turn();
    manual.flushes[1]?.answer();
    expect(await Promise.all([second, third])).toEqual([90, 10]);
    const after = batcher.submit(10);
    await turn();
    manual.flushes[2]?.answer();
    expect(await after).toBe(100);
  });
});

describe('failure', () => {
  test('rejects every item of its flush and no other', async () => {
    const manual = manualFlush();
    const batcher = createBatcher({ ...LIMITS, maxItems: 2, maxInFlight: 9, flush: manual.flush });
    const settled = Promise.allSettled([1, 2, 3, 4].map((item) => batcher.submit(item)));
    await turn();
    const failure = new Error('disk full');
    manual.flushes[0]?.fail(failure);
    manual.flushes[1]?.answer();
    expect(await settled).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
      { status: 'fulfilled', value: 30 },
      { status: 'fulfilled', value: 40 },
    ]);
  });

  test('a wrong number of results is a defect, not somebody else’s answer', async () => {
    const batcher = createBatcher({ ...LIMITS, flush: async () => [1] });
    const settled = await Promise.allSettled([batcher.submit(1), batcher.submit(2)]);
    for (const result of settled) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'INTERNAL' } });
  });

  test('a flush that throws at once, or a weight that cannot be taken, rejects and leaves the batcher working', async () => {
    let broken = true;
    const batcher = createBatcher<number, number>({
      ...LIMITS,
      weightOf(item) {
        if (item < 0) throw new Error('no weight');
        return 1;
      },
      flush(items) {
        if (broken) throw new Error('not even begun');
        return Promise.resolve(items);
      },
    });
    await expect(batcher.submit(1)).rejects.toThrow('not even begun');
    await expect(batcher.submit(-1)).rejects.toThrow('no weight');
    broken = false;
    expect(await batcher.submit(2)).toBe(2);
  });
});

describe('stop', () => {
  test('takes nothing new, flushes what waits, resolves for everybody who called it', async () => {
    const manual = manualFlush();
    const batcher = createBatcher({ ...LIMITS, maxItems: 1, maxInFlight: 1, flush: manual.flush });
    const items = [batcher.submit(1), batcher.submit(2)];
    let stopped = 0;
    const stops = [batcher.stop(), batcher.stop()].map((stop) =>
      stop.then(() => {
        stopped += 1;
      }),
    );
    await expect(batcher.submit(3)).rejects.toMatchObject({ code: 'SHUTTING_DOWN', retryAfter: 1 });
    manual.flushes[0]?.answer();
    await turn();
    expect({ stopped, flushes: manual.flushes.length }).toEqual({ stopped: 0, flushes: 2 });
    manual.flushes[1]?.answer();
    await Promise.all(stops);
    expect(await Promise.all(items)).toEqual([10, 20]);
    await batcher.stop();
  });

  test('resolves also when the last flush fails', async () => {
    const batcher = createBatcher<number, number>({ ...LIMITS, flush: () => Promise.reject(new Error('away')) });
    const item = expect(batcher.submit(1)).rejects.toThrow('away');
    await batcher.stop();
    await item;
  });
});

test('model: whatever comes in whatever order, every item is settled once, in order, within all limits', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('submit' as const), weight: fc.integer({ min: 0, max: 12 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(9), fails: fc.boolean() }) },
    { weight: 2, arbitrary: fc.constant({ do: 'turn' as const }) },
  );
  const limits = fc.record({
    maxItems: fc.integer({ min: 1, max: 5 }),
    maxWeight: fc.integer({ min: 1, max: 15 }),
    maxInFlight: fc.integer({ min: 1, max: 3 }),
    queueBound: fc.integer({ min: 1, max: 8 }),
    queueWeight: fc.integer({ min: 1, max: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(limits, fc.array(step, { maxLength: 60 }), async (bounds, steps) => {
      interface Item {
        readonly number: number;
        readonly weight: number;
      }
      const underWay: { items: readonly Item[]; resolve(results: readonly number[]): void; reject(error: Error): void }[] = [];
      const flushed: number[] = [];
      const options: BatcherOptions<Item, number> = {
        ...bounds,
        weightOf: ({ weight }) => weight,
        flush: (items) =>
          new Promise((resolve, reject) => {
            underWay.push({ items, resolve, reject });
            flushed.push(...items.map(({ number }) => number));
            expect(underWay.length).toBeLessThanOrEqual(bounds.maxInFlight);
            expect(items.length).toBeLessThanOrEqual(bounds.maxItems);
            if (items.length > 1) expect(items.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(bounds.maxWeight);
          }),
      };
      const batcher = createBatcher(options);
      const outcomes = new Map<number, string>();
      const taken: number[] = [];
      const end = (index: number, fails: boolean): void => {
        const [flush] = underWay.splice(index, 1);
        if (fails) flush?.reject(new Error(`flush of ${flush.items.map(({ number }) => number)}`));
        else flush?.resolve(flush.items.map(({ number }) => number));
      };
      const submitted: Promise<void>[] = [];
      for (const [number, action] of steps.entries()) {
        if (action.do === 'turn') await turn();
        else if (action.do === 'end') end(action.which % Math.max(1, underWay.length), action.fails);
        else {
          const full = batcher.waiting >= bounds.queueBound;
          taken.push(number);
          submitted.push(
            batcher.submit({ number, weight: action.weight }).then(
              (result) => void outcomes.set(number, result === number ? 'stored' : `got the result of ${result}`),
              (error: Error) => {
                const busy = error instanceof HubError && error.code === 'BUSY';
                if (busy) taken.splice(taken.indexOf(number), 1);
                outcomes.set(number, busy ? 'busy' : error.message.startsWith('flush of') ? 'failed' : error.message);
              },
            ),
          );
          await Promise.resolve();
          await Promise.resolve();
          if (full) expect(outcomes.get(number)).toBe('busy');
          expect(batcher.waiting).toBeLessThanOrEqual(bounds.queueBound);
        }
      }
      const stopped = batcher.stop();
      while (batcher.waiting > 0 || underWay.length > 0) {
        end(0, false);
        await turn();
      }
      await Promise.all([stopped, ...submitted]);
      expect(flushed).toEqual(taken);
      for (const outcome of outcomes.values()) expect(['stored', 'failed', 'busy']).toContain(outcome);
    }),
    { numRuns: 150 },
  );
});

describe('on the database', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
    await run(db.database.work, 'CREATE TABLE word (text text PRIMARY KEY, place int GENERATED ALWAYS AS IDENTITY)');
  });
  afterAll(() => db.drop());

  const wordBatcher = (queueBound: number) =>
    createBatcher<string, number>({
      ...LIMITS,
      maxInFlight: 1,
      queueBound,
      flush: (items) =>
        db.database.transaction(async (tx) => {
          const { rows } = await run<{ place: number }>(
            tx,
            'INSERT INTO word (text) SELECT text FROM unnest($1::text[]) WITH ORDINALITY AS w (text, at) ORDER BY at RETURNING place',
            [items],
          );
          return rows.map(({ place }) => place);
        }),
    });

  test('what was answered is there, what was refused is not, a failing flush leaves nothing', async () => {
    const batcher = wordBatcher(50);
    const words = Array.from({ length: 80 }, (_, at) => `word ${at}`);
    const settled = await Promise.allSettled(words.map((word) => batcher.submit(word)));
    const stored = words.filter((_, at) => settled[at]?.status === 'fulfilled');
    expect(stored).toEqual(words.slice(0, 50));
    await expect(Promise.all([batcher.submit('fresh'), batcher.submit('word 0')])).rejects.toMatchObject({ code: '23505' });
    await batcher.stop();
    const { rows } = await run<{ text: string }>(db.database.work, 'SELECT text FROM word ORDER BY place');
    expect(rows.map(({ text }) => text)).toEqual(stored);
  });

  test('a thousand producers at once need few commits', async () => {
    const commits = vi.fn();
    const batcher = createBatcher<number, number>({
      ...LIMITS,
      flush: (items) =>
        db.database.transaction(async (tx) => {
          commits();
          await run(tx, 'SELECT 1');
          return items;
        }),
    });
    const numbers = Array.from({ length: 1_000 }, (_, at) => at);
    expect(await Promise.all(numbers.map((number) => batcher.submit(number)))).toEqual(numbers);
    expect(commits).toHaveBeenCalledTimes(10);
  });
});
