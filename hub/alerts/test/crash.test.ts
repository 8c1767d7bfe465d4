import process from 'node:process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Smsc } from '../smsc/smsc.ts';
import type { AlertsBench } from './support/alerts-bench.ts';
import { type CrashGround, openCrashGround } from './support/crash-ground.ts';
import type { KillableHubs } from './support/killable-hubs.ts';

// SIGKILL in the middle of runs, with a message centre outside that remembers everything (specification of alerts 4.9). ALERTS_CRASH_ROUNDS and
// ALERTS_CRASH_PEOPLE make it longer; hubs that work at once are killed in turns.

const ROUNDS = Number(process.env['ALERTS_CRASH_ROUNDS'] || 2);
const PEOPLE = Number(process.env['ALERTS_CRASH_PEOPLE'] || 500);
const PATIENCE = { timeout: 60_000, interval: 50 };

let ground: CrashGround;
let bench: AlertsBench;
let smsc: Smsc;
let hubs: KillableHubs;
beforeAll(async () => {
  ground = await openCrashGround({ window: 20, tps: PEOPLE / 5 });
  ({ bench, smsc, hubs } = ground);
});
afterAll(() => ground.end());

test(
  `after ${ROUNDS} times kill -9 nobody is lost, and nobody has two messages but for those that the report calls unknown`,
  async () => {
    const list = await bench.list(
      Array.from({ length: PEOPLE }, (_, at) => ({ name: `P${at}`, phones: [`+7916${String(at).padStart(7, '0')}`] })),
    );
    // No repetition of what is in doubt: rounds would send it again on purpose.
    const task = await bench.task(list, { settings: { rounds: 1, receipt: 20 } });
    let worker = await hubs.start();
    await vi.waitFor(
      async () => expect(await bench.rows('SELECT FROM alerts_channel WHERE state = 1 AND group_id = 3')).toHaveLength(1),
      PATIENCE,
    );
    await bench.start(task);
    for (let round = 1; round <= ROUNDS; round += 1) {
      // Every other time somebody else is there to take over.
      const other = round % 2 === 0 ? await hubs.start() : undefined;
      const enough = Math.min(smsc.taken() + PEOPLE / (ROUNDS + 2), PEOPLE - PEOPLE / 20);
      await vi.waitUntil(() => smsc.taken() >= enough, PATIENCE);
      await hubs.kill(worker);
      worker = other ?? (await hubs.start());
    }
    await vi.waitFor(async () => expect(await bench.rows('SELECT FROM alerts_run WHERE status = 4')).toHaveLength(1), PATIENCE);
    await hubs.stop(worker);

    const targets = await bench.targets(task);
    expect(targets).toHaveLength(PEOPLE);
    expect(targets.every(({ state }) => state === 'f')).toBe(true);
    // Told, or in doubt, or told and the word about it came to nobody.
    const results = new Set(targets.map(({ result }) => result));
    expect([...results].filter((result) => ![2, 14, 15].includes(result))).toEqual([]);

    const messages = Map.groupBy(smsc.messages(), ({ to }) => to.slice(-7));
    const attempts = await bench.rows<{ phone: string; known: number; unknown: number }>(
      `SELECT right(address, 7) AS phone, count(*) FILTER (WHERE COALESCE(result, 2) NOT IN (0, 11, 12, 14))::int AS known,
         count(*) FILTER (WHERE result = 14)::int AS unknown
       FROM alerts_attempt GROUP BY 1`,
    );
    const doubtful = attempts.filter(({ unknown }) => unknown > 0);
    for (const { phone, known, unknown } of attempts) {
      const sent = messages.get(phone)?.length ?? 0;
      expect(sent, `messages to ${phone}`).toBeGreaterThanOrEqual(unknown > 0 ? 0 : 1);
      expect(sent, `messages to ${phone}`).toBeLessThanOrEqual(known + unknown);
    }
    // What was not in doubt went out once.
    expect(attempts.every(({ known }) => known <= 1)).toBe(true);
    // It was a crash: something was under way. And not more than the window and what was written down ahead.
    expect(doubtful.length).toBeGreaterThan(0);
    expect(doubtful.length).toBeLessThanOrEqual(ROUNDS * 200);
    // Whoever is called told was told.
    for (const { no, result, address } of targets) if (result === 2) expect(messages.has(address.slice(-7)), `target ${no}`).toBe(true);

    const [recount] = await bench.rows(
      `SELECT (SELECT jsonb_object_agg(result, n) FROM (SELECT result, count(*) AS n FROM alerts_target GROUP BY result) t)
            = (SELECT jsonb_object_agg(result, n) FROM (SELECT result, sum(count) AS n FROM alerts_run_count GROUP BY result HAVING sum(count) <> 0) c) AS same`,
    );
    expect(recount).toEqual({ same: true });
  },
  60_000 + ROUNDS * 30_000,
);
