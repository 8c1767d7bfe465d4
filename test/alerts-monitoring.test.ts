import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LineClient } from '../hub/alerts/line/test/support/line-client.ts';
import { createSmsc, type Smsc } from '../hub/alerts/smsc/smsc.ts';
import { addOperator } from '../hub/core/identity/add-operator.ts';
import { SYSTEM } from '../hub/core/identity/caller.ts';
import { type AlertsDuty, alertsDuty, PATIENCE } from './support/alerts-duty.ts';
import { alertsSession } from './support/alerts-session.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { basic } from './support/hub-process.ts';

/** What sessions of two hubs are told of one run, of channels and of edits while it happens (specification of alerts 3.2 and 3.12). */

const PEOPLE = 60;
const ACCOUNT = { systemId: 'monitoring', password: 'secret' };
const PASSWORD = 'Secret-123';
/** Milliseconds between two lines of a run, and of a channel; what arrives may be a little closer than what was sent. */
const [RUN_REST, CHANNEL_REST] = [1_000, 200];

let store: TestDatabase;
let hubs: readonly [CallbacksHub, CallbacksHub];
let smsc: Smsc;
let duty: AlertsDuty;
const sessions: LineClient[] = [];
beforeAll(async () => {
  // Both must have the same key.
  process.env['VESTNIK_SECRET_KEY'] = randomBytes(32).toString('base64url');
  smsc = createSmsc({ accounts: [ACCOUNT] });
  await smsc.start();
  store = await createTestDatabase();
  const first = await openCallbacksHub([], { database: store });
  hubs = [first, await openCallbacksHub([], { database: store })];
  duty = alertsDuty(() => first, store);
  await duty.channel('smpp', 'Centre', { host: '127.0.0.1', port: smsc.port, ...ACCOUNT, window: 10, tps: 25 });
  await duty.working(1);
  const { identity } = first.hub;
  const password = await identity.hashPassword(PASSWORD);
  for (const [login, rights] of [
    ['viewer', ['alerts.view']],
    ['nobody', []],
  ] as const)
    await identity.change((tx) => addOperator(tx, SYSTEM, { login, rights, password }, identity.rights));
});
afterAll(async () => {
  delete process.env['VESTNIK_SECRET_KEY'];
  for (const session of sessions) session.end();
  for (const hub of hubs ?? []) await hub.stop();
  await store?.drop();
  await smsc?.stop();
});

/** A session at a hub. @param login (Default: the administrator) */
async function session(hub: CallbacksHub, login?: string): Promise<LineClient> {
  const authorization = login === undefined ? hubs[0].authorization : basic(login, PASSWORD);
  const made = await alertsSession({ hub: hub.hub, authorization });
  sessions.push(made);
  return made;
}
async function watcher(hub: CallbacksHub, mask: number, login?: string): Promise<LineClient> {
  const made = await session(hub, login);
  expect(await made.ask(`MONITORING ${mask}`)).toBe(`MONITORING OK ${mask}`);
  return made;
}

interface Heard {
  readonly line: string;
  readonly at: number;
}
/** Everything until each of these lines has come, in whatever order, with the moments at which they came. */
async function hearUntil(client: LineClient, ...wanted: readonly RegExp[]): Promise<Heard[]> {
  const heard: Heard[] = [];
  const missing = new Set(wanted);
  while (missing.size > 0) {
    const line = await client.line();
    heard.push({ line, at: performance.now() });
    for (const form of missing) if (form.test(line)) missing.delete(form);
  }
  return heard;
}
const ofForm = (heard: readonly Heard[], form: RegExp) => heard.filter(({ line }) => form.test(line));
/** No more lines than one in each `rest` milliseconds, and one that the machine held up beside the next. */
function expectApart(heard: readonly Heard[], rest: number): void {
  const span = (heard.at(-1)?.at ?? 0) - (heard[0]?.at ?? 0);
  expect(heard.length).toBeLessThanOrEqual(span / rest + 2);
}

test('a run, watched at two hubs: its start, progress once a second, each result once, its end, the report; to each what it may see', async () => {
  const [first, second] = hubs;
  const task = await duty.task(await duty.list(PEOPLE, (at) => `+79181${String(at).padStart(6, '0')}`));
  const watchers = [await watcher(first, 1), await watcher(second, 1), await watcher(second, 1, 'viewer')];
  const plain = await session(second, 'viewer');
  const nobody = await session(second, 'nobody');
  const channels = await watcher(second, 2, 'viewer');
  expect(await nobody.ask('MONITORING 1')).toMatch(/^MONITORING ERR_NOACCESS /);
  const starter = await session(first);
  const channelWork = hearUntil(channels, new RegExp(`^GETCHANINFO OK 1 3 Centre 1 1 .* ${PEOPLE} 0 `));
  expect(await starter.ask(`STARTTASK ${task} 1`)).toMatch(new RegExp(`^UPDATETASK OK ${task} \\S+ 2 2$`));

  const over = [new RegExp(`^GETTASKINFO OK ${task} 1 4 `), /^REPORTREADY /, new RegExp(`^UPDATETASK OK ${task} \\S+ 2 4$`)];
  for (const heard of await Promise.all(watchers.map((client) => hearUntil(client, ...over)))) {
    const lines = heard.map(({ line }) => line);
    const statuses = lines.filter((line) => line.startsWith('UPDATETASK OK '));
    expect(statuses.map((line) => line.split(' ').at(-1))).toEqual(['2', '4']);
    expect(lines[0]).toBe(statuses[0]);
    const results = lines.filter((line) => line.startsWith('GETTASKINFO ABON '));
    expect(results).toHaveLength(PEOPLE);
    for (const line of results)
      expect(line).toMatch(new RegExp(`^GETTASKINFO ABON ${task} 1 \\d+ 2 1 \\d{4}-\\d\\d-\\d\\dT\\S{8} \\+79181\\d{6} 1$`));
    expect(new Set(results.map((line) => line.split(' ')[4])).size).toBe(PEOPLE);
    expect(lines.filter((line) => line.startsWith('REPORTREADY '))).toEqual([`REPORTREADY ${task} 1`]);
    // The report is ready when every result is there.
    expect(lines.indexOf(`REPORTREADY ${task} 1`)).toBeGreaterThan(lines.lastIndexOf(results.at(-1) ?? ''));

    const progress = ofForm(heard, /^GETTASKINFO OK /);
    expectApart(progress, RUN_REST);
    expect(progress.length).toBeGreaterThan(1);
    let before = 0;
    for (const { line } of progress) {
      const [, , id, run, status, , total = 0, done = 0, notified = 0, confirmed = 0, failed = 0, left = 0] = line.split(' ').map(Number);
      expect([id, run, total, done + left, notified + confirmed + failed]).toEqual([task, 1, PEOPLE, PEOPLE, done]);
      expect([2, 4]).toContain(status);
      expect(done).toBeGreaterThanOrEqual(before);
      before = done;
    }
    expect(before).toBe(PEOPLE);
    expect(lines.filter((line) => !/^(UPDATETASK OK|GETTASKINFO (OK|ABON)|REPORTREADY) /.test(line))).toEqual([]);
  }
  expect((await plain.lines(2)).map((line) => line.split(' ').at(-1))).toEqual(['2', '4']);
  // What the channel does: it is free or sending, and counts what it has sent.
  const work = ofForm(await channelWork, /^GETCHANINFO /);
  expectApart(work, CHANNEL_REST);
  for (const { line } of work) expect(line).toMatch(/^GETCHANINFO OK 1 3 Centre 1 [15] {4}\S{19} \d+ 0 {2}inflight=\d+;window=10$/);
  const sent = work.map(({ line }) => Number(line.split(' ')[10]));
  expect(sent).toEqual(sent.toSorted((a, b) => a - b));
  expect(sent.length).toBeGreaterThan(1);
  await Promise.all([plain, nobody, starter].map((client) => client.ask('PING last')));
  for (const client of [plain, nobody]) expect(client.heard()).toEqual([]);
});

test('an edit at one hub is told at the other: with the PIN to those who may see it, in the log to those who may read that', async () => {
  const [first, second] = hubs;
  const [open, masked, log] = [await watcher(second, 8), await watcher(second, 8, 'viewer'), await watcher(second, 4)];
  expect(await (await session(second, 'viewer')).ask('MONITORING 4')).toMatch(/^MONITORING ERR_NOACCESS /);
  const editor = await session(first);
  const [, group = ''] = /^ADDGROUP OK (\d+) /.exec(await editor.ask('ADDGROUP Смена x')) ?? [];
  editor.say('ADDABONENT BEGIN', `ADDABONENT DATA ${group} 0 Петров    4321${' '.repeat(5)}·`, 'ADDABONENT END');
  const [answer = ''] = await editor.lines(2);
  expect(answer).toContain(' 4321 ');
  for (const [client, told] of [
    [open, answer],
    [masked, answer.replace(' 4321 ', '  ')],
  ] as const)
    expect(await client.lines(3)).toEqual([`ADDGROUP OK ${group} Смена x`, told, 'ADDABONENT END']);
  const lines = await log.lines(2);
  expect(lines[0]).toMatch(/^GETLOG DATA \d\d:\d\d:\d\d info admin Добавлена%20группа%20«Смена»/);
  expect(lines[1]).toMatch(/^GETLOG DATA \d\d:\d\d:\d\d info admin Добавлен/);
  expect(lines.join()).not.toContain('4321');
  await vi.waitFor(() => expect(editor.heard()).toEqual([]), PATIENCE);
});
