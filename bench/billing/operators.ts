import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { run as ask } from '@vestnik/hub/core/database/statement.ts';
import { Pool } from 'undici';
import { administratorOf, type Ground, holds, JSON_HEADERS, JSON_PATH, median, say } from './ground.ts';
import { load, type Way } from './load.ts';

/** The password on each request, by one operator and by a thousand in turns, beside sessions: spec of billing 11, issue "within 10 % of a session". */
const OPERATORS = 1_000;
/** Logins at once while nothing is remembered yet. */
const COLD_AT_ONCE = 8;

const loginOf = (n: number): string => `desk-${n % OPERATORS}`;
const secretIn = (text: string): string | undefined => / secret="([0-9A-F]{32})"/.exec(text)?.[1];

export async function operators({ hub, connections, seconds, turns }: Ground, contracts: number): Promise<void> {
  const { login, password } = administratorOf(hub);
  const database = openDatabase({ url: hub.databaseUrl, poolSize: 1, queuePoolSize: 1, name: 'bench' });
  // They have one password, so one costly hash serves all; the hub knows nothing of that.
  await ask(
    database.work,
    `INSERT INTO operator (login, display_name, rights, password_hash)
     SELECT 'desk-' || n, 'Desk ' || n, rights, password_hash FROM operator, generate_series(0, $2::int) AS n WHERE login = $1`,
    [login, OPERATORS - 1],
  );
  await database.close();
  const idOf = (n: number): number => 1 + ((n * 7919) % contracts);
  const call = (user: string, n: number) => ({
    path: JSON_PATH,
    method: 'POST' as const,
    headers: JSON_HEADERS,
    body: JSON.stringify({ method: 'contractGet', user: { user, pswd: password }, params: { contractId: idOf(n) } }),
  });
  const action = (more: string, n: number, headers: Readonly<Record<string, string>>) => ({
    path: `/executer?module=contract&action=ContractInfo&cid=${idOf(n)}&${more}`,
    method: 'GET' as const,
    headers,
    body: null,
  });
  const credentials = (user: string): string => `user=${user}&pswd=${encodeURIComponent(password)}`;
  const sessions = Array.from({ length: connections }, () => ({ cookie: '', secret: '' }));
  const found = holds('status="ok"', 'title="D-');
  const ways: [Way, Way, Way, Way] = [
    {
      name: 'action, sessions',
      address: hub.rest,
      request: (n, connection) => {
        const { cookie = '', secret = '' } = sessions[connection] ?? {};
        return cookie === '' ? action(credentials(login), n, {}) : action(`BGBillingSecret=${secret}`, n, { cookie });
      },
      check: found,
      take: (connection, text, headers) => {
        const session = sessions[connection];
        if (!session) return;
        session.secret = secretIn(text) ?? '';
        session.cookie = String(headers['set-cookie'] ?? session.cookie).split(';', 1)[0] ?? '';
      },
    },
    {
      name: `action, ${OPERATORS} passwords`,
      address: hub.rest,
      request: (n) => action(`${credentials(loginOf(n))}&authToSession=0`, n, {}),
      check: found,
      take: () => undefined,
    },
    { name: 'JSON, one password', address: hub.rest, request: (n) => call(login, n), check: holds('"status":"ok"', '"title":"D-') },
    {
      name: `JSON, ${OPERATORS} passwords`,
      address: hub.rest,
      request: (n) => call(loginOf(n), n),
      check: holds('"status":"ok"', '"title":"D-'),
    },
  ];
  const pool = new Pool(hub.rest, { connections: COLD_AT_ONCE, pipelining: 1 });
  const cold = performance.now();
  await Promise.all(
    Array.from({ length: COLD_AT_ONCE }, async (_, from) => {
      for (let n = from; n < OPERATORS; n += COLD_AT_ONCE) {
        const { path, method, headers, body } = call(loginOf(n), n);
        const answer = await pool.request({ path, method, headers, body });
        holds('"status":"ok"')(await answer.body.text());
      }
    }),
  );
  await pool.close();
  say(`\n${OPERATORS} operators, first logins ${COLD_AT_ONCE} at once: ${((performance.now() - cold) / 1000).toFixed(1)} s`);
  for (const way of ways) await load(way, connections, 1);
  const seen = ways.map((): number[] => []);
  for (let turn = 0; turn < turns; turn += 1)
    for (const [at, way] of ways.entries()) seen[at]?.push((await load(way, connections, seconds)).rate);
  for (const [at, { name }] of ways.entries()) say(`  ${name.padEnd(24)} ${Math.round(median(seen[at] ?? []))}/s`);
  const ratio = (one: number, other: number): string =>
    median((seen[one] ?? []).map((rate, turn) => rate / (seen[other]?.[turn] ?? Number.NaN))).toFixed(2);
  say(`  passwords to sessions    ${ratio(1, 0)}, a thousand to one ${ratio(3, 2)} (goal 0.90)`);
}
