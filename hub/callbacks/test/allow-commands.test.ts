import { beforeAll, expect, test } from 'vitest';
import { newFolder, runCommand } from '../../test/support/command.ts';
import { type AllowBench, CLIENT, openAllowBench } from './support/allow.ts';

// The real program on the bench's database.
let bench: AllowBench;
const folder = newFolder();
const vestnik = (args: readonly string[], language = 'en') =>
  runCommand(['callbacks', 'allow', ...args, '--lang', language], { cwd: folder, environment: { VESTNIK_DATABASE__URL: bench.url } });

beforeAll(async () => {
  bench = await openAllowBench();
  return () => bench.drop();
});

test('add, list, show, revoke', async () => {
  expect((await vestnik(['list'])).out).toContain('the list is empty');
  const added = await vestnik(['add', 'https://sap.client.example/in', '--reason', 'SAP', '--organization', '12', '--organization', '7']);
  expect(added).toMatchObject({ err: '', out: 'https://sap.client.example/in is on the allow-list: entry 1\n' });
  expect((await vestnik(['list'], 'ru')).out).toMatch(/^ *1 +утверждён +https:\/\/sap\.client\.example\/in +7, 12 +- +cli:\S+ +SAP$/m);
  expect((await vestnik(['show', '1'])).out).toMatch(/^approved by +cli:/m);
  expect((await vestnik(['revoke', '1'])).code).not.toBe(0);
  expect((await vestnik(['revoke', '1', '--reason', 'over'])).out).toBe('https://sap.client.example/in: revoked\n');
  expect(JSON.parse((await vestnik(['list', '--state', 'revoked', '--json'])).out).items).toMatchObject([
    { allow_id: 1, step_reason: 'over' },
  ]);
}, 60_000);

test('a request of a client goes its way', async () => {
  const { allowId } = await bench.request(CLIENT, { address: 'https://b.client.example' });
  expect((await vestnik(['approve', String(allowId)])).err).toContain('after the agent has forwarded it');
  expect((await vestnik(['forward', String(allowId)])).out).toContain('forwarded');
  expect((await vestnik(['approve', String(allowId)], 'ru')).out).toContain('утверждён');
}, 60_000);

test('a wrong address is told in the language of the reader', async () => {
  const wrong = await vestnik(['add', 'https://localhost/', '--reason', 'x'], 'ru');
  expect(wrong.code).not.toBe(0);
  expect(wrong.err).toContain('узел должен быть публичным именем');
}, 60_000);
