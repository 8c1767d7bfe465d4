import type { Database } from '@vestnik/hub/core/database/database.ts';
import { run as ask } from '@vestnik/hub/core/database/statement.ts';
import { addObjects, addPlans } from './accrual-data.ts';
import { administratorCall, type Ground, holds, JSON_PATH, median, say, withDatabase } from './ground.ts';
import { type Load, load, type Way } from './load.ts';
import { loopDelay } from './loop-delay.ts';

/**
 * The fees of a day for very many service objects, accrued by the hub itself as its clock does it, while calls go on (spec of billing 11): below ten minutes
 * for a million, p99 of the calls at most doubled.
 */
const CALLERS = 4;
/** Between two looks at whether the day is done. Milliseconds. */
const LOOK_EVERY = 100;
const LONGEST = 60 * 60_000;
const GOAL = { objects: 1_000_000, seconds: 600, p99: 2 };
/** Locks of billing's jobs, and that of the fees among them. */
const FEES_LOCK = [7_403_916, 3] as const;

/** Makes the day due again; the hub looks every ten seconds. */
const makeDue = ({ work }: Database): Promise<unknown> =>
  ask(work, 'INSERT INTO accrual_mark (day) VALUES (current_date - 1) ON CONFLICT (only_row) DO UPDATE SET day = excluded.day');

/** Seconds from the begin of the run to its end. */
async function runTime(database: Database): Promise<number> {
  const end = performance.now() + LONGEST;
  let begun: number | undefined;
  await makeDue(database);
  while (performance.now() < end) {
    const { rows } = await ask<{ done: boolean; running: boolean }>(
      database.work,
      `SELECT (SELECT day FROM accrual_mark) >= current_date AS done,
         EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = $1::oid AND objid = $2::oid) AS running`,
      [...FEES_LOCK],
    );
    const now = performance.now();
    if (rows[0]?.done) return (now - (begun ?? now)) / 1000;
    if (rows[0]?.running) begun ??= now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
  throw new Error(`the fees of the day are not accrued after ${LONGEST / 60_000} minutes`);
}

export async function accrual({ hub, seconds }: Ground, contracts: number, objects: number): Promise<void> {
  const call = administratorCall(hub);
  const way: Way = {
    name: 'contractGet',
    address: hub.rest,
    request: (n) => call(JSON_PATH, 'contractGet', { contractId: 1 + ((n * 7919) % contracts) }),
    check: holds('"status":"ok"', '"title":"D-'),
  };
  await withDatabase(hub, async (database) => {
    const priced = await addPlans(database);
    await addObjects(database, priced, objects);
    await load(way, CALLERS, 1);
    await loopDelay(hub);
    const alone = await load(way, CALLERS, seconds);
    const quiet = await loopDelay(hub);
    const runs: { readonly name: string; prepare(): Promise<unknown> }[] = [
      { name: 'the first day', prepare: async () => undefined },
      // Every row becomes another, as on each further day.
      { name: 'a day later', prepare: () => ask(database.work, 'UPDATE tariff_price SET price = price + 31') },
      { name: 'nothing changed', prepare: async () => undefined },
    ];
    say(`\nFees of ${objects} service objects, each on a contract of its own; ${CALLERS} callers of contractGet meanwhile`);
    say(
      `  without: calls p50 ${alone.p50.toFixed(2)} ms, p99 ${alone.p99.toFixed(2)} ms; loop delay p99 ${quiet.p99.toFixed(1)} ms; memory ${hub.mostMemory()} MiB`,
    );
    for (const { name, prepare } of runs) {
      await prepare();
      const seen: Load[] = [];
      const before = hub.processorSeconds();
      let isOver = false;
      const running = runTime(database).finally(() => {
        isOver = true;
      });
      // A failure of the run is told below.
      running.catch(() => undefined);
      while (!isOver) seen.push(await load(way, CALLERS, Math.min(seconds, 5)));
      const took = await running;
      const after = hub.processorSeconds();
      const delay = await loopDelay(hub);
      const p99 = median(seen.map((one) => one.p99));
      const goal = (GOAL.seconds * objects) / GOAL.objects;
      say(
        `  ${name.padEnd(16)} ${took.toFixed(1)} s (goal ${goal.toFixed(1)}), ${Math.round(objects / took)}/s; calls p99 ${p99.toFixed(2)} ms, ${(p99 / alone.p99).toFixed(2)} times (goal ${GOAL.p99}); loop delay p99 ${delay.p99.toFixed(1)} ms, longest ${delay.longest.toFixed(0)} ms`,
      );
      say(
        `  ${''.padEnd(16)} processor: hub ${(after.hub - before.hub).toFixed(1)} s, database ${(after.database - before.database).toFixed(1)} s with the calls; most memory of the hub ${hub.mostMemory()} MiB`,
      );
    }
    const { rows } = await ask<{ rows: number; wrong: number }>(
      database.work,
      `SELECT count(*)::int AS rows, count(*) FILTER (WHERE b.accounts IS DISTINCT FROM a.sum)::int AS wrong
       FROM contract_account a LEFT JOIN contract_balance b USING (contract_id, month)`,
    );
    say(`  ${rows[0]?.rows} rows accrued, ${rows[0]?.wrong} balances that differ`);
  });
}
