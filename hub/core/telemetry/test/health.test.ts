import { expect, test } from 'vitest';
import { createHealth } from '../health.ts';

const passing = { database: async () => undefined };

test('starting, ready, stopping; a stopping hub never becomes ready again', async () => {
  const health = createHealth(passing);
  expect(await health.report()).toMatchObject({ ready: false, state: 'starting' });
  health.started();
  expect(await health.report()).toMatchObject({ ready: true, state: 'ready', checks: [{ name: 'database', ok: true }] });
  health.stopping();
  health.started();
  expect(await health.report()).toMatchObject({ ready: false, state: 'stopping' });
});

test('a check that fails, and one that does not answer, are told with the reason', async () => {
  const health = createHealth(
    {
      database: async () => Promise.reject(new Error('connection refused')),
      slow: () => new Promise<void>(() => undefined),
      good: async () => undefined,
    },
    50,
  );
  health.started();
  const { ready, checks } = await health.report();
  expect(ready).toBe(false);
  expect(checks.map(({ name, ok, reason }) => [name, ok, reason])).toEqual([
    ['database', false, 'connection refused'],
    ['slow', false, 'no answer within 50 ms'],
    ['good', true, undefined],
  ]);
});

test('probes that come together share one round of checks, and a recovery is seen', async () => {
  let asked = 0;
  let broken = true;
  const health = createHealth({
    database: async () => {
      asked += 1;
      if (broken) throw new Error('away');
    },
  });
  health.started();
  const reports = await Promise.all(Array.from({ length: 50 }, () => health.report()));
  expect(asked).toBe(1);
  expect(reports.every((report) => !report.ready)).toBe(true);
  broken = false;
  await expect.poll(async () => (await health.report()).ready).toBe(true);
});
