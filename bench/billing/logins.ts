import { run as ask } from '@vestnik/hub/core/database/statement.ts';
import { Pool } from 'undici';
import { administratorCall, administratorOf, type Ground, holds, JSON_HEADERS, JSON_PATH, median, say, withDatabase } from './ground.ts';
import { load, type Way } from './load.ts';
import { loopDelay } from './loop-delay.ts';

/** First logins of many operators at once, and what they do to the calls of others (spec of billing 11): the loop delay p99 stays under 20 ms. */
const AT_ONCE = 100;
const CALLERS = 4;
const GOAL = 20;

export async function logins({ hub, seconds, turns }: Ground, contracts: number): Promise<void> {
  const { login, password } = administratorOf(hub);
  // They have one password, so one costly hash serves all; the hub knows nothing of that.
  await withDatabase(hub, ({ work }) =>
    ask(
      work,
      `INSERT INTO operator (login, display_name, rights, password_hash)
       SELECT 'cold-' || n, 'Cold ' || n, rights, password_hash FROM operator, generate_series(0, $2::int) AS n WHERE login = $1`,
      [login, AT_ONCE * turns - 1],
    ),
  );
  const idOf = (n: number): number => 1 + ((n * 7919) % contracts);
  const call = administratorCall(hub);
  const check = holds('"status":"ok"', '"title":"D-');
  const way: Way = {
    name: 'contractGet',
    address: hub.rest,
    request: (n) => call(JSON_PATH, 'contractGet', { contractId: idOf(n) }),
    check,
  };
  const pool = new Pool(hub.rest, { connections: AT_ONCE, pipelining: 1 });
  /** The first logins of the operators of a turn. @returns milliseconds of each */
  const come = (turn: number): Promise<number[]> =>
    Promise.all(
      Array.from({ length: AT_ONCE }, async (_, n) => {
        const begun = performance.now();
        const user = { user: `cold-${turn * AT_ONCE + n}`, pswd: password };
        const body = JSON.stringify({ method: 'contractGet', user, params: { contractId: idOf(n) } });
        const answer = await pool.request({ path: JSON_PATH, method: 'POST', headers: JSON_HEADERS, body });
        check(await answer.body.text());
        return performance.now() - begun;
      }),
    );
  try {
    await load(way, CALLERS, 2);
    const [alone, beside] = [[], []] as { p99: number; delay: number; longest: number }[][];
    const waits: number[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      await loopDelay(hub);
      const quiet = await load(way, CALLERS, seconds);
      const quietDelay = await loopDelay(hub);
      alone?.push({ p99: quiet.p99, delay: quietDelay.p99, longest: quietDelay.longest });
      const begun = performance.now();
      let isOver = false;
      const cold = come(turn).finally(() => {
        isOver = true;
      });
      cold.catch(() => undefined);
      // As long as the logins last: not a moment of quiet is in the figures.
      const p99s: number[] = [];
      while (!isOver) p99s.push((await load(way, CALLERS, 0.25)).p99);
      const each = await cold;
      waits.push((performance.now() - begun) / 1000, Math.max(...each) / 1000);
      const delay = await loopDelay(hub);
      beside?.push({ p99: median(p99s), delay: delay.p99, longest: delay.longest });
    }
    const shown = (of: { p99: number; delay: number; longest: number }[] = []): string =>
      `calls p99 ${median(of.map(({ p99 }) => p99)).toFixed(2)} ms; loop delay p99 ${median(of.map(({ delay }) => delay)).toFixed(1)} ms, longest ${Math.max(...of.map(({ longest }) => longest)).toFixed(0)} ms`;
    say(`\n${AT_ONCE} first logins at once, ${CALLERS} callers of contractGet meanwhile, medians of ${turns} turns`);
    say(`  without     ${shown(alone)}`);
    say(`  meanwhile   ${shown(beside)} (goal ${GOAL}); the last login was answered after ${Math.max(...waits).toFixed(1)} s`);
  } finally {
    await pool.close();
  }
}
