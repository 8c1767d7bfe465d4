import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createThrottle, networkOf } from '../throttle.ts';
import { manualClock } from './support/manual-clock.ts';

const MINUTE = 60_000;

function throttled() {
  const clock = manualClock();
  const slept: number[] = [];
  const throttle = createThrottle({ clock, sleep: async (time) => slept.push(time) });
  /** The delay that an attempt meets, or how many seconds it is refused. */
  const attempt = async (login: string, address: string): Promise<string> => {
    slept.length = 0;
    try {
      await throttle.enter(login, address);
      return `${(slept[0] ?? 0) / 1_000} s`;
    } catch (error) {
      return `refused ${(error as { retryAfter: number }).retryAfter} s`;
    }
  };
  const fail = (login: string, address: string, times = 1): void => {
    for (let count = 0; count < times; count += 1) throttle.failed(login, address);
  };
  return { clock, throttle, attempt, fail };
}

/** A pace at which ten failures never fall into one minute. */
const SLOW = 7_000;

describe('failures at one address', () => {
  test('are free up to five, then delay by 1, 2, 4 ... 30 s; the twentieth in ten minutes refuses for 15 minutes', async () => {
    const { clock, attempt, fail } = throttled();
    const met: string[] = [];
    for (let count = 0; count < 21; count += 1) {
      met.push(await attempt(`user${count}`, '192.0.2.1'));
      fail(`user${count}`, '192.0.2.1');
      if (count < 19) clock.advance(SLOW);
    }
    const expected = [
      '0 s',
      '0 s',
      '0 s',
      '0 s',
      '0 s',
      '1 s',
      '2 s',
      '4 s',
      '8 s',
      '16 s',
      ...Array<string>(10).fill('30 s'),
      'refused 900 s',
    ];
    expect(met).toEqual(expected);
    clock.advance(899_500);
    expect(await attempt('x', '192.0.2.1')).toBe('refused 1 s');
    clock.advance(500);
    expect(await attempt('x', '192.0.2.1')).toBe('0 s');
  });

  test('ten within a minute refuse for 30 s, and each further one for twice as long, up to 15 minutes', async () => {
    const { clock, attempt, fail } = throttled();
    fail('a', '192.0.2.1', 9);
    expect(await attempt('a', '192.0.2.1')).toBe('16 s');
    const met: string[] = [];
    for (let count = 0; count < 8; count += 1) {
      fail('a', '192.0.2.1');
      met.push(await attempt('a', '192.0.2.1'));
      clock.advance(Number(/refused (\d+) s/.exec(met.at(-1) ?? '')?.[1]) * 1_000);
    }
    expect(met).toEqual([30, 60, 120, 240, 480, 900, 900, 900].map((seconds) => `refused ${seconds} s`));
    // Ten quiet minutes after a refusal and it is as before.
    clock.advance(10 * MINUTE);
    fail('a', '192.0.2.1');
    expect(await attempt('a', '192.0.2.1')).toBe('0 s');
  });

  test('that were still at work when the refusal began do not prolong it', async () => {
    const { clock, attempt, fail } = throttled();
    fail('a', '192.0.2.1', 12);
    expect(await attempt('a', '192.0.2.1')).toBe('refused 30 s');
    clock.advance(30_000);
    expect(await attempt('a', '192.0.2.1')).toBe('30 s');
  });

  test('are forgotten after ten minutes, one by one', async () => {
    const { clock, attempt, fail } = throttled();
    fail('a', '192.0.2.1', 3);
    clock.advance(5 * MINUTE);
    fail('b', '192.0.2.1', 3);
    expect(await attempt('c', '192.0.2.1')).toBe('2 s');
    clock.advance(5 * MINUTE + 1);
    expect(await attempt('c', '192.0.2.1')).toBe('0 s');
  });

  test('touch no other address', async () => {
    const { attempt, fail } = throttled();
    fail('a', '192.0.2.1', 20);
    expect(await attempt('b', '192.0.2.2')).toBe('0 s');
  });

  test('a day on the wall clock changes nothing', async () => {
    const { clock, attempt, fail } = throttled();
    fail('a', '192.0.2.1', 10);
    clock.setInstant(clock.instant().add({ hours: 24 }));
    expect(await attempt('b', '192.0.2.1')).toBe('refused 30 s');
    clock.setInstant(clock.instant().subtract({ hours: 96 }));
    clock.advance(600_001);
    expect(await attempt('b', '192.0.2.1')).toBe('0 s');
  });
});

describe('failures of one login from many addresses', () => {
  test('delay it but never refuse it', async () => {
    const { attempt, fail } = throttled();
    for (let count = 0; count < 100; count += 1) fail('victim', `192.0.2.${count}`);
    expect(await attempt('victim', '198.51.100.1')).toBe('30 s');
    expect(await attempt('other', '198.51.100.1')).toBe('0 s');
  });

  test('do not delay its owner where they have logged in before, whoever else fails there', async () => {
    const { throttle, attempt, fail } = throttled();
    throttle.succeeded('victim', '203.0.113.7');
    for (let count = 0; count < 100; count += 1) fail('victim', `192.0.2.${count}`);
    for (let count = 0; count < 30; count += 1) fail(`nobody${count}`, '203.0.113.7');
    expect(await attempt('victim', '203.0.113.7')).toBe('0 s');
    expect(await attempt('stranger', '203.0.113.7')).toBe('refused 30 s');
    fail('victim', '203.0.113.7', 5);
    expect(await attempt('victim', '203.0.113.7')).toBe('1 s');
    fail('victim', '203.0.113.7', 5);
    expect(await attempt('victim', '203.0.113.7')).toBe('refused 30 s');
  });
});

describe('a remembered password', () => {
  test('is suspected when its login was guessed at a hundred times from its own address, refused guesses included', async () => {
    const { clock, throttle, attempt, fail } = throttled();
    throttle.succeeded('desk', '203.0.113.7');
    fail('desk', '203.0.113.7', 10);
    for (let count = 10; count < 99; count += 1) expect(await attempt('desk', '203.0.113.7')).toMatch(/^refused/);
    expect(throttle.suspects('desk', '203.0.113.7')).toBe(false);
    await attempt('desk', '203.0.113.7');
    expect(throttle.suspects('desk', '203.0.113.7')).toBe(true);
    expect(throttle.suspects('desk', '203.0.113.8')).toBe(false);
    expect(throttle.suspects('other', '203.0.113.7')).toBe(false);
    clock.advance(10 * MINUTE + 1);
    expect(throttle.suspects('desk', '203.0.113.7')).toBe(false);
  });
});

describe('a right password', () => {
  test('takes back the failures of the same login and address', async () => {
    const { throttle, attempt, fail } = throttled();
    fail('clumsy', '192.0.2.1', 6);
    expect(await attempt('clumsy', '192.0.2.1')).toBe('2 s');
    throttle.succeeded('clumsy', '192.0.2.1');
    expect(await attempt('clumsy', '192.0.2.1')).toBe('0 s');
    expect(await attempt('colleague', '192.0.2.1')).toBe('0 s');
  });

  test('of an own account buys no fresh guesses at another', async () => {
    const { throttle, attempt, fail } = throttled();
    fail('victim', '192.0.2.1', 9);
    throttle.succeeded('attacker', '192.0.2.1');
    expect(await attempt('victim', '192.0.2.1')).toBe('16 s');
    fail('victim', '192.0.2.1');
    throttle.succeeded('attacker', '192.0.2.1');
    expect(await attempt('victim', '192.0.2.1')).toBe('refused 30 s');
    expect(await attempt('attacker', '192.0.2.1')).toBe('0 s');
  });
});

test('only so many attempts wait at once: of one address and in all', async () => {
  const clock = manualClock();
  const open: (() => void)[] = [];
  const throttle = createThrottle({ clock, sleep: () => new Promise<void>((resolve) => open.push(resolve)) });
  for (let address = 0; address < 60; address += 1) for (let count = 0; count < 6; count += 1) throttle.failed('x', `192.0.2.${address}`);
  const entered = (address: number) => throttle.enter('y', `192.0.2.${address}`);
  const waiting = Array.from({ length: 20 }, () => entered(0));
  await expect(entered(0)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfter: 2 });
  for (let address = 1; address < 50; address += 1) waiting.push(...Array.from({ length: 20 }, () => entered(address)));
  expect(open).toHaveLength(1_000);
  await expect(entered(55)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  for (const release of open) release();
  await Promise.all(waiting);
  expect(open).toHaveLength(1_000);
});

test('who waited while the address became refused is refused', async () => {
  const clock = manualClock();
  let release: (() => void) | undefined;
  const throttle = createThrottle({
    clock,
    sleep: () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  });
  for (let count = 0; count < 5; count += 1) throttle.failed('x', '192.0.2.1');
  const waiting = throttle.enter('y', '192.0.2.1');
  for (let count = 0; count < 15; count += 1) throttle.failed('x', '192.0.2.1');
  release?.();
  await expect(waiting).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfter: 30 });
});

describe('the network of an address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['local', 'local'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test('is short and never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.ipV6(), fc.ipV4()), (address) => {
        expect(networkOf(address).length).toBeLessThanOrEqual(64);
      }),
    );
    fc.assert(
      fc.property(
        fc.ipV6().filter((address) => !address.includes('.')),
        (address) => {
          expect(networkOf(address)).toMatch(/^([0-9a-f]{1,4}:){4}:\/64$/);
        },
      ),
    );
  });
});
