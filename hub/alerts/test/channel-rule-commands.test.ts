import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createFolder } from '../../../test/support/folder.ts';
import { publish } from '../../core/events/publish.ts';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { type AlertsBench, alertsBench } from './support/alerts-bench.ts';

const folder = createFolder('channel-commands');
let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
});
afterAll(async () => {
  await bench.end();
  folder.remove();
});

const alerts = moduleCommands('alerts', addCommands, () => ({
  database: bench.db.database,
  events: bench.events,
  secretKey: bench.act.secretKey,
}));
const vestnik = async (...words: string[]): Promise<string> => (await alerts(words)).trimEnd();
const json = async (...words: string[]) => JSON.parse(await vestnik(...words, '--json'));

test('a channel group is made of a file, its channels are switched, it is tried and deleted', async () => {
  const file = folder.at('smpp.json');
  writeFileSync(file, JSON.stringify({ kind: 'smpp', settings: { host: '127.0.0.1', systemId: 'vestnik', password: 'Secret-1' } }));
  const group = await json('channel-group', 'add', '--from', file, '--set', 'name=Operator');
  expect(group).toMatchObject({ kind: 'smpp', name: 'Operator', enabled: true, settings: { password: '***' } });
  const [number] = group.channels;
  expect(await vestnik('channel', 'list')).toMatch(new RegExp(`${number} +smpp +Operator +\\+ +off`));
  expect(await vestnik('channel', 'disable', `${number}`)).toBe(`channel ${number} (Operator) is off`);
  expect((await json('channel', 'list')).items).toContainEqual(expect.objectContaining({ number, enabled: false }));
  expect(await vestnik('channel', 'enable', `${number}`)).toBe(`channel ${number} (Operator) is on`);
  await expect(vestnik('channel', 'enable', '999999')).rejects.toMatchObject({ reason: 'unknown_channel' });
  await expect(vestnik('channel-group', 'test', `${group.id}`, '+79161234567')).rejects.toMatchObject({ reason: 'channel_not_working' });
  await bench.rows('UPDATE alerts_channel SET state = 1 WHERE number = $1', number);
  const told = await vestnik('channel-group', 'test', `${group.id}`, '+79161234567', '--text', 'Проба', '--wait', '1');
  expect(told).toMatch(/\nnothing has been sent yet$/);
  const run = Number(/^run (\d+)/.exec(told)?.[1]);
  expect(await bench.rows('SELECT channels, total FROM alerts_run WHERE run_id = $1', run)).toEqual([
    { channels: `${'0'.repeat(number - 1)}1`, total: 1 },
  ]);
  await expect(vestnik('channel-group', 'delete', `${group.id}`)).rejects.toMatchObject({ reason: 'channel_group_enabled' });
  expect(await json('channel-group', 'set', `${group.id}`, '--set', 'enabled=false', '--version', `${group.version}`)).toMatchObject({
    enabled: false,
  });
  expect(await vestnik('channel-group', 'delete', `${group.id}`)).toContain('is deleted');
});

test('a rule is made, tried against the past, and its matches are listed', async () => {
  const task = await bench.task(await bench.list([]));
  const { database } = bench.db;
  for (const weight of [5, 50])
    await database.transaction((tx) => publish(tx, { type: 'vestnik.test.Weighed', subject: `box/${weight}`, data: { weight } }));
  const filter = '{"type":"vestnik.test.*","data":[{"path":"weight","greater":10}]}';
  const rule = await json('rule', 'add', '--set', 'name=Heavy', '--set', `task_id=${task}`, '--set', `filter=${filter}`);
  expect(rule).toMatchObject({ name: 'Heavy', task_id: task, enabled: true, cooldown: 0 });
  expect(await vestnik('rule', 'list')).toMatch(/Heavy +\+ +\d+ +vestnik\.test\.\*/);
  // Events are read once no older transaction is open on the server, of whatever database.
  const tried = await vi.waitFor(async () => {
    const said = await vestnik('rule', 'try', `${rule.id}`);
    expect(said).toContain('2 events looked at');
    return said;
  });
  expect(tried).toContain('box/50');
  expect(tried).not.toContain('box/5\n');
  await bench.rows("INSERT INTO alerts_rule_match (rule_id, event_id, outcome, reason) VALUES ($1, '1-1', 'limit', 'enough')", rule.id);
  expect(await vestnik('rule', 'matches', `${rule.id}`)).toMatch(/1-1 +limit +- +enough/);
  expect(await json('rule', 'set', `${rule.id}`, '--set', 'cooldown=60')).toMatchObject({ cooldown: 60, version: 2 });
  expect(await vestnik('rule', 'delete', `${rule.id}`)).toContain('is deleted');
});
