import { expect, test } from 'vitest';
import { createLook } from '../look.ts';

const WAIT = { timeout: 15_000, interval: 1 };

/** A look that lasts until it is told to end. */
function slow(rest = 1) {
  const open: (() => void)[] = [];
  let begun = 0;
  const look = createLook(rest, () => {
    begun += 1;
    return new Promise<void>((resolve) => open.push(resolve));
  });
  return { look, end: () => open.shift()?.(), begun: () => begun };
}

test('however often it is asked while it rests, it looks once', async () => {
  const { look, end, begun } = slow();
  for (let time = 0; time < 10; time += 1) look.later();
  await expect.poll(begun, WAIT).toBe(1);
  end();
  look.later();
  await expect.poll(begun, WAIT).toBe(2);
});

test('what is asked for during a look is looked at by one that follows, and by no more', async () => {
  const { look, end, begun } = slow();
  look.later();
  await expect.poll(begun, WAIT).toBe(1);
  look.later();
  look.later();
  end();
  await expect.poll(begun, WAIT).toBe(2);
  end();
  // Nobody has asked since: only this one brings a third.
  await new Promise((resolve) => setImmediate(resolve));
  look.later();
  await expect.poll(begun, WAIT).toBe(3);
});

test('one that fails is followed by others', async () => {
  let begun = 0;
  const look = createLook(1, async () => {
    begun += 1;
    throw new Error('on purpose');
  });
  look.later();
  await expect.poll(() => begun, WAIT).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  look.later();
  await expect.poll(() => begun, WAIT).toBe(2);
});

test('what could not be read because the database was away is looked at again by itself', async () => {
  let begun = 0;
  const look = createLook(1, async () => {
    begun += 1;
    if (begun < 3) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  });
  look.later();
  await expect.poll(() => begun, WAIT).toBe(3);
});

test('after stop() nothing is looked at any more, whatever was asked before', async () => {
  const { look, end, begun } = slow();
  const other = slow();
  look.later();
  await expect.poll(begun, WAIT).toBe(1);
  look.later();
  look.stop();
  end();
  // Another one that began later has had its time.
  other.look.later();
  await expect.poll(other.begun, WAIT).toBe(1);
  expect(begun()).toBe(1);
});
