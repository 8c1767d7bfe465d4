import { afterAll, beforeAll, expect, test } from 'vitest';
import { RIGHTS_BY_BIT } from '../../api-rights.ts';
import { COMMANDS } from '../codec/commands.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';

let bench: LineBench;
let admin: LineClient;
const all = [...COMMANDS.values()];

/** What comes for these lines, up to the answer to a PING behind them. */
async function answers(client: LineClient, lines: readonly string[]): Promise<string[]> {
  client.say(...lines, 'PING rest');
  return (await client.until(/^PING OK rest$/)).slice(0, -1);
}

const bits = RIGHTS_BY_BIT.map((_, place) => 1 << place);
const clients = new Map<number, LineClient>();
beforeAll(async () => {
  bench = await openLineBench();
  admin = await bench.client();
  for (const [place, right] of RIGHTS_BY_BIT.entries()) {
    await bench.operator(`only${1 << place}`, [right]);
    clients.set(1 << place, await bench.client(`only${1 << place}`));
  }
});
afterAll(() => bench.stop());

const requestOf = ({ name, request, block }: (typeof all)[number]): string[] =>
  block ? [`${name} BEGIN${' 1'.repeat(block.get('BEGIN')?.least ?? 0)}`, `${name} END`] : [`${name}${' 0'.repeat(request?.least ?? 0)}`];

test.each(all.filter(({ beforeLogin }) => !beforeLogin))('$name needs $rights', async (command) => {
  for (const bit of bits) {
    const [answer = ''] = await answers(clients.get(bit) as LineClient, requestOf(command));
    const refused = answer.startsWith(`${command.name} ERR_NOACCESS `);
    // USER and USERCHG look closer by themselves: of oneself they need no right.
    if (command.name === 'USERCHG') expect(refused, `${bit}: ${answer}`).toBe(bit !== 32);
    else expect(refused, `${bit}: ${answer}`).toBe((command.rights & bit) !== command.rights);
  }
});

test('the log is monitored with its own right only', async () => {
  expect(await clients.get(1)?.ask('MONITORING 4')).toMatch(/^MONITORING ERR_NOACCESS /);
  expect(await admin.ask('MONITORING 4')).toBe('MONITORING OK 4');
  expect(await admin.ask('MONITORING 0')).toBe('MONITORING OK 0');
});

test('USER: oneself without a right, others with 32', async () => {
  const viewer = clients.get(1) as LineClient;
  expect(await viewer.ask('USER')).toMatch(/^USER OK only1 only1 1 1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  expect(await viewer.ask('USER only1')).toMatch(/^USER OK only1 /);
  expect(await viewer.ask('USER admin')).toMatch(/^USER ERR_NOACCESS /);
  expect(await clients.get(32)?.ask('USER admin')).toMatch(/^USER OK admin Анна 127 1 /);
  expect(await clients.get(32)?.ask('USER nobody')).toMatch(/^USER ERR_BADLOGIN /);
});
