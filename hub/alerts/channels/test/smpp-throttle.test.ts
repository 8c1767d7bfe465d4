import { describe, expect, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import { createRate } from '../smpp/rate.ts';
import { makeRig } from './support/smpp.ts';

describe('the rate', () => {
  /** Parts that leave in a span of time, when somebody asks as soon as he may. */
  function leave(rate: ReturnType<typeof createRate>, from: number, to: number): number {
    let count = 0;
    for (let now = from; now < to; ) {
      const pause = rate.take(now);
      if (pause === 0) count++;
      else now += pause;
    }
    return count;
  }

  test.each([1, 3, 30, 500, 20_000])('is %i a second over a minute, and little more in any second', (limit) => {
    const rate = createRate(limit);
    const counts = Array.from({ length: 60 }, (_, second) => leave(rate, second * 1000, (second + 1) * 1000));
    const sum = counts.reduce((one, other) => one + other);
    expect(sum).toBeGreaterThan(60 * limit * 0.94);
    expect(sum).toBeLessThanOrEqual(60 * limit * 1.01 + 1);
    expect(Math.max(...counts)).toBeLessThanOrEqual(Math.ceil(limit * 1.06) + 1);
  });

  test('a pause does not save up more than a moment', () => {
    const rate = createRate(100);
    leave(rate, 0, 1_000);
    expect(leave(rate, 3_600_000, 3_600_001)).toBe(5);
  });

  test('halves at a throttle answer, down to 1, and grows by a tenth each second up to the limit', () => {
    const rate = createRate(100);
    rate.throttled(0, 1_000);
    expect(rate.current(1_000)).toBe(50);
    expect(rate.current(2_000)).toBeCloseTo(55, 6);
    expect(rate.current(3_500)).toBeCloseTo(55 * 1.1 ** 1.5, 6);
    expect(rate.current(60_000)).toBe(100);
    for (let now = 60_000; now < 60_100; now += 10) rate.throttled(now, now);
    expect(rate.current(60_100)).toBeCloseTo(1, 1);
    rate.throttled(60_200, 60_200);
    expect(rate.current(60_200)).toBe(1);
    expect(rate.current(110_000)).toBe(100);
  });

  test('an hour of throttle answers: it asks about once a second for all of it, and is back within a minute', () => {
    const rate = createRate(500);
    const hour = 3_600_000;
    let asked = 0;
    for (let now = 0; now < hour; ) {
      const pause = rate.take(now);
      if (pause > 0) now += pause;
      else {
        asked++;
        // Refused a tenth of a second later.
        rate.throttled(now, now + 100);
      }
    }
    expect(asked).toBeGreaterThan(3_600 * 0.8);
    expect(asked).toBeLessThan(3_600 * 1.3);
    expect(rate.current(hour + 100)).toBeLessThan(2);
    const back = Math.log(500) / Math.log(1.1);
    expect(rate.current(hour + 100 + back * 1_000)).toBe(500);
    // It is used, not only said.
    expect(leave(rate, hour + 70_000, hour + 80_000)).toBeGreaterThan(4_500);
  });

  test('answers to messages that were on their way together count once', () => {
    const rate = createRate(64);
    for (let answer = 0; answer < 20; answer++) rate.throttled(100, 200);
    expect(rate.current(200)).toBe(32);
    rate.throttled(199, 201);
    expect(rate.current(200)).toBe(32);
    rate.throttled(201, 202);
    expect(rate.current(202)).toBeCloseTo(16, 1);
  });
});

describe('a centre that throttles', () => {
  test.each([0x58, 0x14])('status %i: slow, nothing is said of the address, the capacity falls with the rate', async (status) => {
    const { attempt, driver, smsc } = await makeRig({ settings: { tps: 8 }, behaviour: { rules: [{ numbers: /99$/, status }] } });
    expect(driver.capacity()).toBe(8);
    expect(await attempt('x', '+79160000099')).toMatchObject({ result: 'slow', messageIds: [], channel: 0 });
    expect(driver.capacity()).toBeLessThanOrEqual(5);
    expect(driver.states()[0]).toMatchObject({ state: 'free', ok: 0, failed: 0 });
    expect((await attempt()).result).toBe('submitted');
    expect(smsc.taken()).toBe(1);
  });

  test('messages are lost by none of it: whoever is told to slow down comes again', async () => {
    const { attempt, smsc, driver } = await makeRig({ behaviour: { perSecond: 40 }, settings: { tps: 2_000, window: 50, binds: 2 } });
    let slow = 0;
    const persist = async (index: number): Promise<void> => {
      for (;;) {
        const { result } = await attempt('x', `+7916${String(index).padStart(7, '0')}`);
        if (result === 'submitted') return;
        expect(result).toBe('slow');
        slow++;
      }
    };
    await Promise.all(Array.from({ length: 80 }, (_, index) => persist(index)));
    expect(slow).toBeGreaterThan(0);
    expect(new Set(smsc.messages().map(({ to }) => to)).size).toBe(80);
    expect(smsc.taken()).toBe(80);
    expect(driver.states().reduce((sum, { failed }) => sum + failed, 0)).toBe(0);
  });

  test('a message of which parts were taken is finished: the parts that were throttled go again, and no other', async () => {
    const { attempt, smsc, news } = await makeRig({ behaviour: { perSecond: 2 }, settings: { tps: 100 } });
    const text = 'Ж'.repeat(67 * 6);
    const outcome = await attempt(text);
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ result: 'submitted' });
    expect(new Set(outcome.messageIds).size).toBe(6);
    expect(smsc.taken()).toBe(6);
    expect(smsc.messages().map((message) => message.text)).toEqual([text]);
    await until(() => expect(news.receipts.length).toBe(6));
  });

  test('aborted while the rest of a message waits: unknown, with the ids of what was taken', async () => {
    const { attempt, smsc } = await makeRig({ behaviour: { perSecond: 2 }, settings: { tps: 2 } });
    const controller = new AbortController();
    const pending = attempt('Ж'.repeat(67 * 6), '+79160000001', controller.signal);
    await until(() => expect(smsc.taken()).toBe(2));
    controller.abort();
    const outcome = await pending;
    expect(outcome).toMatchObject({ result: 'unknown', detail: expect.stringMatching(/of 6 parts were taken$/) });
    expect(outcome.messageIds.length).toBeGreaterThanOrEqual(2);
    expect(outcome.messageIds.length).toBeLessThan(6);
  });

  test('the rate counts parts: ten messages of three parts take as long as thirty', async () => {
    const { attempt } = await makeRig({ settings: { tps: 20 } });
    const begin = performance.now();
    await Promise.all(Array.from({ length: 10 }, () => attempt('Ж'.repeat(200))));
    expect(performance.now() - begin).toBeGreaterThan(1_300);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});

test('the window: no more messages wait for an answer than it says', async () => {
  const { attempt, smsc, driver } = await makeRig({
    settings: { window: 3 },
    behaviour: { rules: [{ numbers: /^/, answerAfter: 50, receipt: 'none' }] },
  });
  const pending = Array.from({ length: 12 }, () => attempt());
  let most = 0;
  await until(
    () => {
      const inflight = Number(/inflight=(\d+)/.exec(driver.states()[0]?.info ?? '')?.[1]);
      most = Math.max(most, inflight);
      expect(driver.states()[0]?.state).toBe('sending');
      expect(smsc.taken()).toBe(12);
    },
    { interval: 1 },
  );
  expect((await Promise.all(pending)).every(({ result }) => result === 'submitted')).toBe(true);
  expect(most).toBe(3);
  expect(driver.states()[0]?.state).toBe('free');
});

test('aborted in the queue: canceled, and never sent', async () => {
  const { attempt, smsc } = await makeRig({ settings: { window: 1 }, behaviour: { rules: [{ numbers: /^/, answerAfter: 200 }] } });
  const first = attempt('first');
  const controller = new AbortController();
  const second = attempt('second', '+79160000002', controller.signal);
  const third = attempt('third', '+79160000003');
  controller.abort();
  expect(await second).toMatchObject({ result: 'canceled', messageIds: [] });
  expect((await Promise.all([first, third])).map(({ result }) => result)).toEqual(['submitted', 'submitted']);
  expect(smsc.messages().map(({ text }) => text)).toEqual(['first', 'third']);
});
