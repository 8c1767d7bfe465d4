import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { type AlertsBench, alertsBench } from '../alerts/test/support/alerts-bench.ts';
import { alertFindings } from '../commands/doctor/alerts.ts';
import type { Finding } from '../commands/doctor/finding.ts';
import { lineFindings } from '../commands/doctor/line.ts';
import { translator } from '../commands/language.ts';
import { loadConfiguration } from '../config.ts';
import { run } from '../core/database/statement.ts';
import { newFolder } from './support/command.ts';

/** What `vestnik doctor` says of the alerts. */
let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
});
afterAll(() => bench.end());

const configured = (environment: Record<string, string> = {}) => loadConfiguration({ environment, cwd: newFolder() });
const look = async (environment: Record<string, string> = {}, language: 'en' | 'ru' = 'en', now = Temporal.Now.instant()) =>
  alertFindings(bench.db.database, configured(environment), { t: translator(language) }, now);
const about = (findings: readonly Finding[], name: string) => findings.filter((finding) => finding.name === `alerts ${name}`);
const hubs = (seconds: number) =>
  bench.rows(
    `INSERT INTO delivery_hub VALUES (1, '00000000-0000-0000-0000-000000000001', now() + make_interval(secs => $1))
     ON CONFLICT (engine, hub) DO UPDATE SET alive_until = excluded.alive_until`,
    seconds,
  );

test.each(['DROP TABLE alerts_rule CASCADE', 'ALTER TABLE alerts_channel_group DROP COLUMN memory'])(
  'before its migrations, %s, there is nothing to say',
  async (without) => {
    const empty = await createTestDatabase();
    await run(empty.database.work, without);
    expect(await alertFindings(empty.database, configured(), { t: translator('en') })).toEqual([]);
    await empty.drop();
  },
);

test('where nothing is wrong each line is ok, in both languages', async () => {
  await bench.task(await bench.list([{ name: 'Иванов', phones: ['+79160000001'] }]));
  await hubs(60);
  expect(await look()).toEqual([
    { level: 'ok', name: 'alerts licence', text: 'without an end' },
    { level: 'ok', name: 'alerts channels', text: '2 are on, none is in fault' },
    { level: 'ok', name: 'alerts tasks', text: '1 enabled, all can be started' },
  ]);
  for (const { name, text } of await look({}, 'ru')) expect(name + text).toMatch(/[а-я]/);
});

describe('the licence', () => {
  test('ends soon, has ended, was taken away: also by operators while hubs run', async () => {
    const at = Temporal.Instant.from('2027-06-10T10:00:00Z');
    const licence = async (validTo: string) => about(await look({ VESTNIK_ALERTS__LICENCE__VALID_TO: validTo }, 'en', at), 'licence');
    expect(await licence('2027-12-31')).toMatchObject([{ level: 'ok', text: 'until 2027-12-31' }]);
    expect(await licence('2027-06-30')).toMatchObject([{ level: 'warn', text: 'ends on 2027-06-30, 20 days left' }]);
    expect(await licence('2027-06-10')).toMatchObject([{ level: 'warn', text: 'ends on 2027-06-10, 0 days left' }]);
    expect(await licence('2027-06-09')).toMatchObject([{ level: 'fail', text: expect.stringContaining('ended on 2027-06-09') }]);
    await bench.rows(`INSERT INTO alerts_setting (key, value, changed_by) VALUES ('licence.present', '"no"', 'anna')`);
    const findings = await look();
    expect(about(findings, 'licence')).toMatchObject([{ level: 'fail', text: expect.stringContaining('there is none') }]);
    expect(about(findings, 'tasks')).toMatchObject([
      { level: 'warn', text: expect.stringMatching(/^1 of 1 cannot be started: \d+ «Task» \(.*no licence\)/) },
    ]);
    await bench.rows('DELETE FROM alerts_setting');
  });

  test('has fewer modems than are on', async () => {
    await bench.rows(`INSERT INTO alerts_channel_group (kind, name, enabled, settings) VALUES (1, 'Modem', true, '{}')`);
    await bench.rows(
      `INSERT INTO alerts_channel (number, group_id, place, name, state) SELECT 50 + n, group_id, n, 'M' || n, 1 FROM alerts_channel_group, generate_series(0, 2) n WHERE name = 'Modem'`,
    );
    const findings = await look({ VESTNIK_ALERTS__LICENCE__GSM_MODEMS: '2' });
    expect(about(findings, 'licence')).toMatchObject([{ level: 'ok' }, { level: 'warn', text: '3 GSM modems are on, 2 are allowed' }]);
    await bench.rows(`DELETE FROM alerts_channel WHERE number >= 50`);
    await bench.rows(`DELETE FROM alerts_channel_group WHERE name = 'Modem'`);
  });
});

test('channels in fault, as long as a hub runs that knows it', async () => {
  await bench.rows(`UPDATE alerts_channel SET state = 6, info = 'the SIM did not take the PIN' WHERE number = 1`);
  const text = '1 of 2 are in fault: 1 «SMS 1» (SMS: the SIM did not take the PIN)';
  expect(about(await look(), 'channels')).toMatchObject([{ level: 'warn', text }]);
  expect(about(await look(), 'tasks')).toMatchObject([
    { level: 'warn', text: expect.stringContaining('no channel that it may use works') },
  ]);
  await bench.rows('UPDATE alerts_channel SET state = 6 WHERE number = 2');
  expect(about(await look(), 'channels')).toMatchObject([{ level: 'fail', text: expect.stringContaining('2 of 2') }]);
  await hubs(-1);
  expect(about(await look(), 'channels')).toMatchObject([{ level: 'ok', text: expect.stringContaining('no hub runs') }]);
  expect(about(await look(), 'tasks')).toMatchObject([{ level: 'ok' }]);
  await hubs(60);
  await bench.rows('UPDATE alerts_channel_group SET enabled = false');
  expect(about(await look(), 'channels')).toMatchObject([{ level: 'warn', text: 'none is switched on' }]);
  await bench.rows('UPDATE alerts_channel_group SET enabled = true');
  await bench.rows(`UPDATE alerts_channel SET state = 1, info = ''`);
});

test('modems whose SIM did not take the PIN, also while no hub runs', async () => {
  const [modem] = await bench.rows<{ group_id: number }>(
    `INSERT INTO alerts_channel_group (kind, name, enabled, settings, memory) VALUES (1, 'Modem', true, '{}', 'spent') RETURNING group_id`,
  );
  expect(about(await look(), 'channels')).toMatchObject([
    { level: 'ok' },
    { level: 'warn', text: `the SIM did not take its PIN, which is not given again: ${modem?.group_id} «Modem»` },
  ]);
  await bench.rows('DELETE FROM alerts_channel_group WHERE group_id = $1', modem?.group_id ?? 0);
});

test('tasks whose last start was refused, and mails that nobody can confirm', async () => {
  const task = await bench.task(await bench.list([{ name: 'A', emails: ['a@example.org'] }]), { type: 3, confirmation: { kind: 'key' } });
  await bench.rows('UPDATE alerts_task SET status = 5 WHERE task_id = $1', task);
  expect(about(await look(), 'tasks')).toMatchObject([
    { level: 'warn', text: `the last start by itself was refused: ${task} «Task»` },
    { level: 'warn', text: `mails ask for a confirmation and carry no link: ${task} «Task»`, next: 'set alerts.publicUrl' },
  ]);
  expect(about(await look({ VESTNIK_ALERTS__PUBLIC_URL: 'https://alerts.example.org' }), 'tasks')).toHaveLength(1);
  await bench.rows('UPDATE alerts_task SET enabled = false WHERE task_id = $1', task);
});

test('schedules that nobody can read, that start nothing any more, and that are late', async () => {
  const planned = async (schedule: unknown, next: string | null) => {
    const task = await bench.task(await bench.list([]));
    await bench.rows(
      `UPDATE alerts_task SET schedule = $2::jsonb, next_start_at = NULLIF($3, '')::timestamptz WHERE task_id = $1`,
      task,
      JSON.stringify(schedule),
      next ?? '',
    );
    return task;
  };
  const weekly = { start: { kind: 'weekly', days: [1], times: ['09:00'] }, windows: [] };
  const unread = await planned('9;daily;!', null);
  const past = await planned({ start: { kind: 'once', at: '2020-01-01T09:00:00' }, windows: [] }, null);
  const late = await planned(weekly, '2026-01-05T06:00:00Z');
  await planned(weekly, '2099-01-05T06:00:00Z');
  expect(about(await look(), 'schedules').map(({ level, text }) => [level, text])).toEqual([
    ['warn', `cannot be read, and start nothing: ${unread} «Task»`],
    ['warn', `will never start, their time has passed: ${past} «Task»`],
    ['warn', `late: ${late} «Task» (2026-01-05T06:00:00Z)`],
  ]);
  await bench.rows(`UPDATE alerts_task SET enabled = false WHERE task_id IN ($1, $2, $3)`, unread, past, late);
});

test('people without an address or a PIN, by task, members of groups included', async () => {
  const list = await bench.list([
    { name: 'With', phones: ['+79160000001'] },
    { name: 'Mail', emails: ['a@example.org'] },
    { name: 'None' },
  ]);
  const group = await bench.rows<{ group_id: number }>(`INSERT INTO alerts_group (name) VALUES ('Linked') RETURNING group_id`);
  await bench.rows(`INSERT INTO alerts_person (group_id, name) VALUES ($1, 'Of the group')`, group[0]?.group_id ?? 0);
  await bench.rows('INSERT INTO alerts_list_group VALUES ($1, $2)', list, group[0]?.group_id ?? 0);
  const sms = await bench.task(list, { confirmation: { kind: 'pin' } });
  const mail = await bench.task(list, { type: 3 });
  await bench.rows(`UPDATE alerts_person SET pin = 'x' WHERE name = 'With'`);
  expect(about(await look(), 'people').map(({ text }) => text)).toEqual([
    `without an address that fits, by task: ${sms} «Task» (3), ${mail} «Task» (3)`,
    `without the PIN that is asked for, by task: ${sms} «Task» (3)`,
  ]);
  await bench.rows('UPDATE alerts_task SET enabled = false WHERE task_id IN ($1, $2)', sms, mail);
});

test('texts outside of windows-1251, counted up to a thousand, and only where the line protocol is served', async () => {
  const text = 'Ёлка №5 «Заря» — €100\tи\u0098 [x]^\\-';
  await bench.rows('INSERT INTO alerts_list (name, description) VALUES ($1, $2)', 'Plain', text);
  expect(about(await look(), 'texts')).toEqual([]);
  const [made] = await bench.rows<{ list_id: number }>(`INSERT INTO alerts_list (name) VALUES ('Қазақ ₽') RETURNING list_id`);
  expect(about(await look(), 'texts')).toMatchObject([
    { level: 'warn', text: `1 with signs outside of windows-1251: ${made?.list_id} «Қазақ ₽» (list)` },
  ]);
  await bench.rows(`INSERT INTO alerts_list (name) SELECT 'Қ' || n FROM generate_series(1, 1100) n`);
  expect(about(await look(), 'texts')[0]?.text).toMatch(/^more than 1000 with .* and 996 more$/);
  expect(about(await look({ VESTNIK_ALERTS__LINE__ENABLED: 'no' }), 'texts')).toEqual([]);
  await bench.rows(`DELETE FROM alerts_list WHERE name LIKE 'Қ%'`);
});

test('rules whose tasks are disabled or deleted', async () => {
  const task = await bench.task(await bench.list([]));
  const [rule] = await bench.rows<{ rule_id: number }>(
    `INSERT INTO alerts_rule (name, enabled, filter, task_id, restart, cooldown, allow_own) VALUES ('Fire', true, '{"type":"vestnik.test.Fire"}', $1, false, 0, false) RETURNING rule_id`,
    task,
  );
  expect(about(await look(), 'rules')).toEqual([]);
  await bench.rows('UPDATE alerts_task SET enabled = false WHERE task_id = $1', task);
  expect(about(await look(), 'rules')).toMatchObject([
    { level: 'warn', text: `start nothing, their tasks are disabled or deleted: ${rule?.rule_id} «Fire»` },
  ]);
});

test('the line protocol: TLS 1.0 is a standing warning, half a certificate and one that cannot be read are faults', () => {
  const line = (environment: Record<string, string>) =>
    lineFindings(
      configured(Object.fromEntries(Object.entries(environment).map(([key, value]) => [`VESTNIK_ALERTS__LINE__${key}`, value]))),
      {
        t: translator('en'),
      },
    );
  expect(line({})).toEqual([]);
  expect(line({ OLD_TLS_HOST: '192.0.2.1' })).toMatchObject([{ level: 'warn', name: 'alerts.line.oldTlsHost 192.0.2.1' }]);
  expect(line({ OLD_TLS_HOST: '192.0.2.1', ENABLED: 'no' })).toEqual([]);
  const folder = newFolder();
  const path = join(folder, 'c.pem');
  writeFileSync(path, 'x');
  expect(line({ CERTIFICATE: path })).toMatchObject([{ level: 'fail', text: 'only one of the two files is set' }]);
  expect(line({ CERTIFICATE: path, KEY: path })).toMatchObject([{ level: 'fail', name: 'line certificate' }]);
  expect(line({ CLIENT_CA: join(folder, 'none.pem') })).toMatchObject([{ level: 'fail', text: expect.stringContaining('ENOENT') }]);
});
