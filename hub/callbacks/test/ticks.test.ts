import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTicks, nextTicks, TICK_SLOTS, ticksAt } from '../ticks.ts';

/** Spec callbacks 5.7. */
test('ticks of 100 ns since year 1, in UTC or by the clock of a zone', () => {
  expect(ticksAt(0)).toBe(621_355_968_000_000_000n);
  expect(ticksAt(Date.parse('2026-11-22T09:30:00.123Z'))).toBe(639_309_366_001_230_000n);
  expect(ticksAt(0, 'Europe/Moscow')).toBe(621_355_968_000_000_000n + 3n * 36_000_000_000n);
  expect(ticksAt(Date.parse('2026-07-01T00:00:00Z'), 'Europe/Berlin')).toBe(ticksAt(Date.parse('2026-07-01T02:00:00Z')));
});

test('the next number of a slot is the least that fits', () => {
  const big = fc.bigInt({ min: 0n, max: 10n ** 19n });
  fc.assert(
    fc.property(big, big, fc.bigInt({ min: 0n, max: 63n }), (clock, last, slot) => {
      const ticks = nextTicks(clock, last, slot);
      expect(ticks % TICK_SLOTS).toBe(slot);
      expect(ticks).toBeGreaterThan(last);
      expect(ticks).toBeGreaterThanOrEqual(clock);
      const least = clock > last ? clock : last + 1n;
      expect(ticks - least).toBeLessThan(TICK_SLOTS);
    }),
  );
});

/** A store of the mark that lives longer than the sources do. */
function memory() {
  const held = { mark: 0n, writes: 0 };
  return {
    held,
    storeMark: async (mark: bigint): Promise<void> => {
      held.mark = mark;
      held.writes += 1;
    },
  };
}

test('numbers rise while the clock stands, steps back and jumps; none is above the stored mark', async () => {
  const { held, storeMark } = memory();
  let time = Date.parse('2026-11-22T09:30:00Z');
  const source = createTicks({ slot: 5, mark: 0n, storeMark, now: () => time });
  let last = 0n;
  for (const step of [0, 0, 0, 1, -3_600_000, 0, 10, 3_700_000, -10_000, 0]) {
    time += step;
    const ticks = await source.next();
    expect(ticks).toBeGreaterThan(last);
    expect(ticks % 64n).toBe(5n);
    expect(ticks).toBeLessThanOrEqual(held.mark);
    last = ticks;
  }
});

test('many numbers under a running clock need few writes', async () => {
  const { held, storeMark } = memory();
  let time = 0;
  const source = createTicks({ slot: 0, mark: 0n, storeMark, now: () => Math.floor(time++ / 100) });
  for (let at = 0; at < 200_000; at++) await source.next();
  // Two seconds of the clock, ten are stored ahead.
  expect(held.writes).toBeLessThanOrEqual(2);
});

test('a restart goes on above the mark, also when the clock went back; slots never meet', async () => {
  const { held, storeMark } = memory();
  const time = Date.parse('2026-11-22T09:30:00Z');
  const first = createTicks({ slot: 5, mark: 0n, storeMark, now: () => time });
  const before = await first.next();
  const second = createTicks({ slot: 5, mark: held.mark, storeMark, now: () => time - 3_600_000 });
  expect(await second.next()).toBeGreaterThan(before);
  const other = createTicks({ slot: 6, mark: 0n, storeMark: memory().storeMark, now: () => time });
  const numbers = new Set<bigint>();
  for (let at = 0; at < 100; at++) {
    numbers.add(await second.next());
    numbers.add(await other.next());
  }
  expect(numbers.size).toBe(200);
});

test('callers that come while the mark is raised wait for the one write, and get different numbers in order', async () => {
  let release = (): void => {};
  let writes = 0;
  const storeMark = (): Promise<void> => {
    writes += 1;
    return new Promise((resolve) => {
      release = resolve;
    });
  };
  const source = createTicks({ slot: 1, mark: 0n, storeMark, now: () => 0 });
  const waiting = Array.from({ length: 10 }, () => source.next());
  release();
  const numbers = await Promise.all(waiting);
  expect(writes).toBe(1);
  expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
  expect(new Set(numbers).size).toBe(10);
});

test('a mark that cannot be stored is told to the caller, and tried again by the next', async () => {
  let isAway = true;
  const storeMark = async (): Promise<void> => {
    if (isAway) throw new Error('the database is away');
  };
  const source = createTicks({ slot: 0, mark: 0n, storeMark });
  await expect(source.next()).rejects.toThrow('the database is away');
  isAway = false;
  expect(await source.next()).toBeGreaterThan(0n);
});

test.each([-1, 64, 1.5, Number.NaN])('slot %s does not exist', (slot) => {
  expect(() => createTicks({ slot, mark: 0n, storeMark: memory().storeMark })).toThrow(RangeError);
});
