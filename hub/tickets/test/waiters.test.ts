import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type Alarm, createWaiters, type Reason, type Waiters } from '../feed/waiters.ts';

const LONG = 60_000;

describe('an alarm', () => {
  test('a ring between arming and waiting is not lost', async () => {
    const waiters = createWaiters();
    const alarm = waiters.arm(1, waiters.rings, 1);
    waiters.ring([1], 'wake');
    expect(await alarm.wait(LONG)).toBe('wake');
    alarm.disarm();
  });

  test('a ring in the turn in which another one woke the pull is heard by the next wait', async () => {
    const waiters = createWaiters();
    const alarm = waiters.arm(1, waiters.rings, 1);
    const waiting = alarm.wait(LONG);
    // Two notifications of one packet: both are dealt with before the pull goes on.
    waiters.ring([1], 'wake');
    waiters.ring([1], 'changed');
    expect(await waiting).toBe('wake');
    expect(await alarm.wait(LONG)).toBe('changed');
    alarm.disarm();
  });

  test('a stronger reason hides a weaker one, never the other way round', () => {
    const waiters = createWaiters();
    const alarm = waiters.arm(1, waiters.rings, 1);
    waiters.ring([1], 'changed');
    waiters.ring([1], 'wake');
    expect(alarm.heard()).toBe('changed');
    waiters.ring([1], 'wake');
    waiters.stop();
    waiters.ring([1], 'changed');
    expect(alarm.heard()).toBe('stop');
    expect(alarm.heard()).toBeUndefined();
    alarm.disarm();
  });

  test('it is over by time, and disarming ends a wait', async () => {
    const waiters = createWaiters();
    const short = waiters.arm(1, waiters.rings, 1);
    expect(await short.wait(1)).toBe('time');
    expect(await short.wait(0)).toBe('time');
    const waiting = short.wait(LONG);
    expect(waiters.waiting).toBe(1);
    short.disarm();
    short.disarm();
    expect(await waiting).toBe('time');
    expect(await short.wait(LONG)).toBe('time');
    expect([waiters.waiting, waiters.armed(1)]).toEqual([0, 0]);
  });

  test('a change after the client was read and before the alarm was armed rings at once', async () => {
    const waiters = createWaiters();
    const before = waiters.rings;
    waiters.ring([7], 'changed');
    const late = waiters.arm(7, before, 1);
    const other = waiters.arm(8, before, 1);
    const fresh = waiters.arm(7, waiters.rings, 1);
    expect([late, other, fresh].map((alarm) => alarm.heard())).toEqual(['changed', undefined, undefined]);
    waiters.changedAll();
    expect(waiters.arm(9, before, 1).heard()).toBe('changed');
    expect(waiters.arm(9, waiters.rings, 1).heard()).toBeUndefined();
  });

  test('a message that came after the client was read and before the alarm was armed wakes at once', () => {
    const waiters = createWaiters();
    const before = waiters.rings;
    waiters.ring([7, 8], 'wake');
    expect(waiters.arm(7, before, 1).heard()).toBe('wake');
    expect(waiters.arm(9, before, 1).heard()).toBeUndefined();
    waiters.ring([8], 'changed');
    expect(waiters.arm(8, before, 1).heard()).toBe('changed');
    expect(waiters.arm(7, waiters.rings, 1).heard()).toBeUndefined();
  });

  test.each(['changed', 'wake'] as const)('what is forgotten of old rings counts as rung: %s', (reason) => {
    const waiters = createWaiters();
    const before = waiters.rings;
    for (let client = 1; client <= 20_002; client += 1) waiters.ring([client], reason);
    expect(waiters.arm(99_999, before, 1).heard()).toBe(reason);
    expect(waiters.arm(99_999, waiters.rings - 5_000, 1).heard()).toBeUndefined();
  });

  test('after stop() every alarm rings, also one that is armed later', async () => {
    const waiters = createWaiters();
    const early = waiters.arm(1, waiters.rings, 1);
    const waiting = early.wait(LONG);
    waiters.stop();
    expect(await waiting).toBe('stop');
    expect(await waiters.arm(2, waiters.rings, 1).wait(LONG)).toBe('stop');
  });
});

describe('heal', () => {
  test('rings those whose mailbox has moved on, once for each step', async () => {
    const waiters = createWaiters();
    const moved = waiters.arm(1, waiters.rings, 5);
    const still = waiters.arm(2, waiters.rings, 5);
    const counters = vi.fn(
      async () =>
        new Map([
          [1, 6],
          [2, 5],
        ]),
    );
    await waiters.heal(counters);
    expect(counters).toHaveBeenCalledWith([1, 2]);
    expect([moved.heard(), still.heard()]).toEqual(['wake', undefined]);
    await waiters.heal(counters);
    expect(moved.heard()).toBeUndefined();
  });

  test('asks nothing when nobody waits, and leaves unknown clients alone', async () => {
    const waiters = createWaiters();
    const counters = vi.fn(async () => new Map<number, number>());
    await waiters.heal(counters);
    expect(counters).not.toHaveBeenCalled();
    const alarm = waiters.arm(1, waiters.rings, 5);
    await waiters.heal(counters);
    expect(alarm.heard()).toBeUndefined();
  });
});

const STRENGTH = { wake: 1, changed: 2, stop: 3 } as const;
type Ring = keyof typeof STRENGTH;

/** What must be true of one alarm, kept beside the real one. */
interface Twin {
  readonly client: number;
  readonly alarm: Alarm;
  due: Ring | undefined;
  wait: { answer: Reason | undefined; expected: Ring | undefined } | undefined;
}

const clients = fc.integer({ min: 1, max: 3 });
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('arm' as const),
      client: clients,
      between: fc.array(fc.record({ client: clients, reason: fc.constantFrom('wake', 'changed') }), { maxLength: 2 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('ring' as const), client: clients, reason: fc.constantFrom('wake', 'changed') }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('wait' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('disarm' as const), which: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('changedAll' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('stop' as const) }) },
);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('in any order of arming, ringing, waiting and disarming no reason is lost and nothing is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      const waiters: Waiters = createWaiters();
      const twins: Twin[] = [];
      let stopped = false;
      const ringTwin = (twin: Twin, reason: Ring): void => {
        if (twin.wait && twin.wait.expected === undefined) twin.wait.expected = reason;
        else if (twin.due === undefined || STRENGTH[twin.due] < STRENGTH[reason]) twin.due = reason;
      };
      const settle = async (): Promise<void> => {
        await turn();
        for (const twin of twins) {
          if (!twin.wait) continue;
          expect(twin.wait.answer).toBe(twin.wait.expected);
          if (twin.wait.answer !== undefined) twin.wait = undefined;
        }
        expect(waiters.waiting).toBe(twins.filter(({ wait }) => wait).length);
        for (const client of [1, 2, 3]) expect(waiters.armed(client)).toBe(twins.filter((twin) => twin.client === client).length);
      };
      for (const step of commands) {
        const twin = 'which' in step && twins.length > 0 ? twins[step.which % twins.length] : undefined;
        if (step.act === 'arm') {
          const since = waiters.rings;
          for (const { client, reason } of step.between as { client: number; reason: 'wake' | 'changed' }[]) {
            waiters.ring([client], reason);
            for (const other of twins) if (other.client === client) ringTwin(other, reason);
          }
          const missed = step.between.filter(({ client }) => client === step.client).map(({ reason }) => reason);
          const alarm = waiters.arm(step.client, since, 1);
          twins.push({
            client: step.client,
            alarm,
            due: stopped ? 'stop' : missed.includes('changed') ? 'changed' : missed.length > 0 ? 'wake' : undefined,
            wait: undefined,
          });
        } else if (step.act === 'ring') {
          const reason = step.reason as 'wake' | 'changed';
          waiters.ring([step.client], reason);
          for (const each of twins) if (each.client === step.client) ringTwin(each, reason);
        } else if (step.act === 'changedAll' || step.act === 'stop') {
          waiters[step.act]();
          stopped ||= step.act === 'stop';
          for (const each of twins) ringTwin(each, step.act === 'stop' ? 'stop' : 'changed');
        } else if (step.act === 'turn') await settle();
        else if (twin && step.act === 'wait' && !twin.wait) {
          const wait: NonNullable<Twin['wait']> = { answer: undefined, expected: twin.due };
          twin.due = undefined;
          twin.wait = wait;
          void twin.alarm.wait(LONG).then((answer) => {
            wait.answer = answer;
          });
        } else if (twin && step.act === 'disarm') {
          twin.alarm.disarm();
          twins.splice(twins.indexOf(twin), 1);
        }
      }
      await settle();
      for (const { alarm } of twins.splice(0)) alarm.disarm();
      await settle();
    }),
    { numRuns: 300 },
  );
});
