import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../core/database/database.ts';
import { type AllowList, startAllowList } from '../allow-list.ts';
import { type AllowBench, MACHINE, newHost, openAllowBench, SUPPORT } from './support/allow.ts';
import { policyOf, verdictOf } from './support/guard.ts';

/** Two hubs on one database; the second one hears no notifications. */
let bench: AllowBench;
let other: Database;
let hub: AllowList;
let deaf: AllowList;
beforeAll(async () => {
  bench = await openAllowBench();
  other = openDatabase({ url: bench.url, poolSize: 2, queuePoolSize: 1, name: 'other' });
  hub = await startAllowList(bench.database, policyOf());
  deaf = await startAllowList(
    { ...other, listener: { listening: false, subscribe: () => () => undefined, stop: async () => undefined } },
    policyOf(),
  );
  return async () => {
    await Promise.all([hub.stop(), deaf.stop()]);
    await other.close();
  };
});
afterAll(() => bench.drop());

test('an approval and a revocation are in force in all hubs within 5 s, with and without notifications', async () => {
  const url = `https://${newHost()}/in/1`;
  const verdicts = () => [hub, deaf].map((list) => verdictOf(list.judge(url, 12)));
  expect(verdicts()).toEqual(['3 address_not_allowed', '3 address_not_allowed']);
  const { allowId } = await bench.add(MACHINE, { address: url });
  await expect.poll(verdicts).toEqual(['permitted', 'permitted']);
  await bench.act(SUPPORT, allowId, 'revoke', { reason: 'x' });
  await expect.poll(verdicts).toEqual(['3 address_not_allowed', '3 address_not_allowed']);
});

test('a request changes nothing, and is not even read', async () => {
  const [before] = await bench.rows<{ version: number }>('SELECT version FROM callback_allow_version');
  const { allowId } = await bench.request(SUPPORT, { address: `https://${newHost()}` });
  await bench.act(SUPPORT, allowId, 'forward');
  expect((await bench.rows<{ version: number }>('SELECT version FROM callback_allow_version'))[0]).toEqual(before);
});

test('an entry whose time is over opens nothing, before anybody has marked it', async () => {
  const url = `https://${newHost()}/`;
  await bench.add(MACHINE, { address: url, valid_until: Temporal.Now.instant().add({ seconds: 5 }).toString() });
  await expect.poll(() => verdictOf(hub.judge(url, null))).toBe('permitted');
  await expect.poll(() => verdictOf(hub.judge(url, null))).toBe('3 address_not_allowed');
});

test('a list of 5,000 entries is judged as fast as a small one', async () => {
  await bench.rows(
    `INSERT INTO callback_allow (state, scheme, host, port, reason, created_by, step_by, proof_token)
     SELECT 'approved', 'https', 'many' || n || '.example.com', 443, 'x', 'x', 'x', 'x' FROM generate_series(1, 5000) n`,
  );
  await expect.poll(() => verdictOf(hub.judge('https://many5000.example.com/', null))).toBe('permitted');
  const began = performance.now();
  for (let at = 0; at < 100_000; at += 1) hub.judge(`https://many${(at % 5_000) + 1}.example.com/x/${at}`, null);
  expect(performance.now() - began).toBeLessThan(10_000);
});
