import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMANDS, type CommandName } from '../codec/commands.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData, workingChannel } from './support/standard-data.ts';

let bench: LineBench;
let admin: LineClient;
beforeAll(async () => {
  bench = await openLineBench();
  await standardData(bench);
  await workingChannel(bench, 4, 'Почта');
  admin = await bench.client();
});
afterAll(() => bench.stop());

const all = [...COMMANDS.values()];
const single = all.filter(({ request, name }) => request && name !== 'QUIT');
const AT_REST = 'PING rest';
/** What comes for these lines, up to the answer to a PING behind them. */
async function answers(client: LineClient, ...lines: string[]): Promise<string[]> {
  client.say(...lines, AT_REST);
  const found = await client.until(/^PING OK rest$/);
  return found.slice(0, -1);
}

const leastOf = (name: string): number => COMMANDS.get(name as CommandName)?.request?.least ?? 0;
const mostOf = (name: string): number => COMMANDS.get(name as CommandName)?.request?.most ?? 0;
const names = single.map(({ name }) => name as string);
const asking = names.filter((name) => mostOf(name) > 0 && name !== 'LOGIN');

test.each(names)('%s with one parameter too many', async (name) => {
  const [answer, ...more] = await answers(admin, `${name}${' 1'.repeat(mostOf(name) + 1)}`);
  expect(answer).toMatch(new RegExp(`^${name} ERR_BADARGUMENT_COUNT `));
  expect(more).toEqual([]);
});

test.each(names.filter((name) => leastOf(name) > 0))('%s with one parameter too few, and with none', async (name) => {
  for (const line of [`${name}${' 1'.repeat(leastOf(name) - 1)}`, name])
    expect(await answers(admin, line)).toEqual([expect.stringMatching(new RegExp(`^${name} ERR_BADARGUMENT_COUNT `))]);
});

test.each(asking)('%s with every parameter empty', async (name) => {
  const found = await answers(admin, `${name}${' '.repeat(mostOf(name) - 1)}·`);
  // Those that may all be missing answer as without them; the others refuse, once.
  if (leastOf(name) === 0) expect(found.at(-1)).toMatch(new RegExp(`^${name} (OK|END)`));
  else expect(found).toEqual([expect.stringMatching(new RegExp(`^${name} ERR_`))]);
});

/** Codes that every command may answer. */
const OF_ALL: readonly string[] = ['ERR_BADARGUMENT_COUNT', 'ERR_BADSYNTAX', 'ERR_NOACCESS'];
const LARGE = ['2147483648', '9223372036854775808', '9'.repeat(30)];
const HOSTILE = ['-1', '1e3', '0', ...LARGE, '%', '%2', '%zz', 'abc', '\u00a0', "';%20DROP%20TABLE%20operator;%20--"];
test.each(asking)('%s with hostile values', async (name) => {
  for (const value of HOSTILE) {
    const found = await answers(admin, `${name}${` ${value}`.repeat(Math.max(leastOf(name), 1))}`);
    // Whatever it is, it is answered, and only once.
    const last = found.filter((line) => / (ERR_|OK|END)/.test(line) && !line.startsWith('HASP '));
    expect(last.length, `${value}: ${found.join(' | ')}`).toBe(1);
    const code = / (ERR_[A-Z_]+) /.exec(last[0] ?? '')?.[1];
    if (code !== undefined) expect([...OF_ALL, ...COMMANDS.get(name as CommandName)!.errors], value).toContain(code);
  }
});

test('LOGIN with empty values is refused, and logs out', async () => {
  const client = await bench.client();
  expect(await client.ask('LOGIN ·')).toMatch(/^LOGIN ERR_BADLOGIN /);
  expect(await client.ask('GETTASKS')).toMatch(/^GETTASKS ERR_NOACCESS /);
});
