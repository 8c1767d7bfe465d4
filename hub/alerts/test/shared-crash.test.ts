import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Smsc } from '../smsc/smsc.ts';
import type { AlertsBench } from './support/alerts-bench.ts';
import { type CrashGround, openCrashGround } from './support/crash-ground.ts';
import type { KillableHubs } from './support/killable-hubs.ts';

// SIGKILL in a run whose people share addresses (specification of alerts 4.2.4 and 4.9): one message to each address, and nobody is forgotten.

const FAMILIES = 150;
const PATIENCE = { timeout: 60_000, interval: 50 };

let ground: CrashGround;
let bench: AlertsBench;
let smsc: Smsc;
let hubs: KillableHubs;
beforeAll(async () => {
  ground = await openCrashGround({ window: 10, tps: 40 });
  ({ bench, smsc, hubs } = ground);
});
afterAll(() => ground.end());

test('killed twice: everybody has what came of the message to his home, which went out once but for what the report calls unknown', async () => {
  const home = (family: number) => `+7918${String(family).padStart(7, '0')}`;
  const list = await bench.list(
    Array.from({ length: FAMILIES * 3 }, (_, at) => {
      const family = Math.floor(at / 3);
      return { name: `P${String(at).padStart(4, '0')}`, phones: [home(family), `+7919${String(at).padStart(7, '0')}`] };
    }),
  );
  const task = await bench.task(list, { text: 'Сбор', settings: { rounds: 1, receipt: 20 } });
  let worker = await hubs.start();
  await vi.waitFor(
    async () => expect(await bench.rows('SELECT FROM alerts_channel WHERE state = 1 AND group_id = 3')).toHaveLength(1),
    PATIENCE,
  );
  await bench.start(task);
  for (const enough of [40, 80]) {
    await vi.waitUntil(() => smsc.taken() >= enough, PATIENCE);
    // Every other time somebody else is there to take over.
    const other = enough === 40 ? await hubs.start() : undefined;
    await hubs.kill(worker);
    worker = other ?? (await hubs.start());
  }
  await vi.waitFor(async () => expect(await bench.rows('SELECT FROM alerts_run WHERE status = 4')).toHaveLength(1), PATIENCE);
  await hubs.stop(worker);

  const targets = await bench.targets(task);
  expect(targets).toHaveLength(FAMILIES * 3);
  expect(targets.every(({ state, result }) => state === 'f' && [2, 14, 15].includes(result))).toBe(true);
  const attempts = await bench.rows<{ address: string; known: number; unknown: number; people: number }>(
    `SELECT address, count(*) FILTER (WHERE of_attempt IS NULL AND COALESCE(result, 2) NOT IN (0, 11, 12, 14))::int AS known,
       count(*) FILTER (WHERE of_attempt IS NULL AND result = 14)::int AS unknown, count(DISTINCT no)::int AS people
     FROM alerts_attempt WHERE address LIKE '+7918%' GROUP BY 1`,
  );
  expect(attempts).toHaveLength(FAMILIES);
  for (const { address, known, unknown, people } of attempts) {
    expect(known + unknown, `attempts at ${address}`).toBe(1);
    expect(people, `who shared ${address}`).toBe(3);
    const sent = smsc.messages().filter(({ to }) => to.endsWith(address.slice(1))).length;
    expect(sent, `messages to ${address}`).toBeGreaterThanOrEqual(known);
    expect(sent, `messages to ${address}`).toBeLessThanOrEqual(1);
  }
  // What came of it is everybody's; who was in doubt was tried at his own phone.
  const [apart] = await bench.rows(
    `SELECT count(*)::int AS count FROM alerts_attempt a JOIN alerts_attempt o ON o.attempt_id = a.of_attempt
     WHERE a.result IS DISTINCT FROM o.result OR a.ended_at IS NULL`,
  );
  expect(apart).toEqual({ count: 0 });
  const [recount] = await bench.rows(
    `SELECT (SELECT jsonb_object_agg(result, n) FROM (SELECT result, count(*) AS n FROM alerts_target GROUP BY result) t)
          = (SELECT jsonb_object_agg(result, n) FROM (SELECT result, sum(count) AS n FROM alerts_run_count GROUP BY result HAVING sum(count) <> 0) c) AS same`,
  );
  expect(recount).toEqual({ same: true });
}, 150_000);
