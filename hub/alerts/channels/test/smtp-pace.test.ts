import { describe, expect, test, vi } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import { createMailPace } from '../smtp/mail-pace.ts';
import { makeOrder } from './conformance.ts';
import { QUICK, sinkAndDriver } from './support/smtp.ts';

const never = new AbortController().signal;

/** Turns that are given within a span of pretended time. */
async function turnsIn(
  seconds: number,
  perMinute: number,
  wanted: number,
  during: (pace: ReturnType<typeof createMailPace>) => void = () => undefined,
) {
  vi.useFakeTimers();
  try {
    const pace = createMailPace(perMinute, () => Date.now());
    let given = 0;
    for (let one = 0; one < wanted; one++) void pace.turn(never).then((may) => (given += may ? 1 : 0));
    during(pace);
    await vi.advanceTimersByTimeAsync(seconds * 1_000);
    const { perSecond } = pace;
    pace.close();
    return { given, perSecond };
  } finally {
    vi.useRealTimers();
  }
}

describe('the pace of mails', () => {
  test.each([
    [1, 1],
    [30, 30],
    [60, 60],
    [600, 600],
  ])('%i a minute are begun in a minute, and a second of them at once at most', async (perMinute, most) => {
    const { given } = await turnsIn(60, perMinute, 2_000);
    expect(given).toBeGreaterThanOrEqual(most);
    expect(given).toBeLessThanOrEqual(most + Math.max(1, Math.ceil(perMinute / 60)));
  });

  test('without a limit nobody waits', async () => {
    const pace = createMailPace(undefined);
    expect(await Promise.all(Array.from({ length: 1_000 }, () => pace.turn(never)))).not.toContain(false);
    pace.slower();
    expect(pace.perSecond).toBeUndefined();
  });

  test('"not so fast" halves it, down to one a second, and it grows by a tenth each second', async () => {
    const halved = await turnsIn(1, 600, 0, (pace) => pace.slower());
    expect(halved.perSecond).toBeCloseTo(5.5, 1);
    const often = await turnsIn(0, 600, 0, (pace) => {
      for (let one = 0; one < 20; one++) pace.slower();
    });
    expect(often.perSecond).toBeCloseTo(1, 6);
    const back = await turnsIn(60, 600, 0, (pace) => pace.slower());
    expect(back.perSecond).toBe(10);
    // What is slower than that anyway stays as it is.
    const slow = await turnsIn(0, 6, 0, (pace) => pace.slower());
    expect(slow.perSecond).toBeCloseTo(0.1, 6);
  });

  test('whoever is taken back, or waits when it closes, goes away empty; the others keep their order', async () => {
    const pace = createMailPace(1);
    const back = new AbortController();
    expect(await pace.turn(never)).toBe(true);
    const waits = [pace.turn(back.signal), pace.turn(never), pace.turn(never)];
    back.abort();
    expect(await waits[0]).toBe(false);
    pace.close();
    expect(await Promise.all(waits.slice(1))).toEqual([false, false]);
    expect(await pace.turn(never)).toBe(false);
  });
});

describe('a group with a limit', () => {
  test('begins no more mails than that, and lets go what waits when it is stopped', async () => {
    await using both = await sinkAndDriver({}, { perMinute: 60, connections: 5 });
    const { driver, sink } = both;
    const made = Array.from({ length: 4 }, (_, one) => driver.attempt(makeOrder(`p${one}@example.org`, 'Сбор'), never));
    const begin = performance.now();
    expect((await made[0])?.result).toBe('done');
    expect((await made[1])?.result).toBe('done');
    expect(performance.now() - begin).toBeGreaterThan(900);
    await driver.stop(1_000);
    const results = (await Promise.all(made)).map(({ result }) => result);
    expect(results.slice(0, 2)).toEqual(['done', 'done']);
    expect(results.filter((result) => result === 'canceled').length).toBeGreaterThanOrEqual(1);
    expect(sink.mails).toHaveLength(results.filter((result) => result === 'done').length);
  });

  test.each([
    [6, 1],
    [30, 3],
    [600, 8],
    [undefined, 8],
  ])('of %s a minute takes %i at once: no more than a few seconds may wait in it', async (perMinute, capacity) => {
    await using both = await sinkAndDriver({}, { perMinute, connections: 8 });
    expect(both.driver.capacity()).toBe(capacity);
  });

  test('takes back a mail that waits for its turn, and begins none of it', async () => {
    await using both = await sinkAndDriver({}, { perMinute: 1 }, QUICK);
    const back = new AbortController();
    expect((await both.driver.attempt(makeOrder('first@example.org', 'Сбор'), never)).result).toBe('done');
    const waits = both.driver.attempt(makeOrder('second@example.org', 'Сбор'), back.signal);
    back.abort();
    expect(await waits).toMatchObject({ result: 'canceled', channel: undefined });
    await until(() => expect(both.sink.mails).toHaveLength(1));
  });
});
