import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createFolder } from '../../../test/support/folder.ts';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

const folder = createFolder('run-commands');
let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
  await bench.hub();
});
afterAll(async () => {
  await bench.end();
  folder.remove();
});

const alerts = moduleCommands('alerts', addCommands, () => ({ database: bench.db.database, secretKey: bench.act.secretKey }));
const vestnik = async (...words: string[]): Promise<string> => (await alerts(words)).trimEnd();
const audited = (action: string) => bench.rows('SELECT login, object, after FROM audit WHERE action = $1', action);

test('a task is started, watched, stopped and reported from the command line', async () => {
  const task = await bench.task(await bench.list([{ name: 'Иванов', phones: ['+79160000001'] }]));
  await expect(vestnik('report', `${task}`, '--out', folder.at('early.html'))).rejects.toMatchObject({ reason: 'never_run' });
  expect(await vestnik('task', 'start', `${task}`)).toBe(`task ${task} runs, run 1`);
  await vi.waitFor(async () => {
    const { items } = JSON.parse(await vestnik('task', 'runs', `${task}`, '--json'));
    expect(items).toMatchObject([{ number: 1, status: 'finished', notified: 1, started_by: { login: 'cli:alice', how: 'cli', from: '' } }]);
  }, PATIENCE);
  expect(await vestnik('task', 'runs', `${task}`)).toMatch(/RUN +STATUS[\s\S]*1 +finished/);
  expect(await vestnik('task', 'stop', `${task}`)).toBe(`task ${task} does not run`);
  expect(await vestnik('report', `${task}`, '--run', '1', '--out', folder.at('run.html'))).toContain('run.html');
  expect(readFileSync(folder.at('run.html'), 'utf8')).toMatch(/Иванов[\s\S]*<\/html>\n$/);
  await vestnik('report', `${task}`, '--format', 'xlsx', '--out', folder.at('run.xlsx'));
  expect(readFileSync(folder.at('run.xlsx')).subarray(0, 2).toString()).toBe('PK');
  await expect(vestnik('report', `${task}`, '--out', folder.at('run.html'))).rejects.toMatchObject({ code: 'CONFLICT', reason: 'file' });
  await expect(vestnik('report', `${task}`, '--run', '9', '--out', folder.at('nine.html'))).rejects.toMatchObject({
    reason: 'unknown_run',
  });
});

test('a report speaks the language of the command line, and is audited', async () => {
  const task = await bench.task(await bench.list([{ name: 'Сидоров', phones: ['+79160000003'] }]));
  await vestnik('task', 'start', `${task}`);
  await alerts(['report', task, '--format', 'html', '--out', folder.at('ru.html')], 'ru');
  await alerts(['report', task, '--format', 'html', '--out', folder.at('en.html')], 'en');
  expect(readFileSync(folder.at('ru.html'), 'utf8')).toContain('Отчёт об оповещении');
  expect(readFileSync(folder.at('en.html'), 'utf8')).toContain('Report of an alert');
  expect((await audited('alerts.report.read')).slice(-2)).toEqual([
    { login: 'cli:alice', object: `${task}`, after: { run: 1, format: 'html' } },
    { login: 'cli:alice', object: `${task}`, after: { run: 1, format: 'html' } },
  ]);
});

test('a task that runs is stopped and continued', async () => {
  const held = Promise.withResolvers<void>();
  bench.sms.answer = async () => {
    await held.promise;
    return { result: 'done', code: '', detail: '', channel: 0, messageIds: [], notBefore: undefined };
  };
  const task = await bench.task(await bench.list([{ name: 'Петров', phones: ['+79160000002'] }]));
  expect(JSON.parse(await vestnik('task', 'start', `${task}`, '--json'))).toMatchObject({ status: 'running', changed: true });
  expect(await vestnik('task', 'start', `${task}`)).toBe(`task ${task} runs already, run 1`);
  expect(await vestnik('task', 'stop', `${task}`)).toBe(`task ${task} is stopped`);
  expect(await vestnik('task', 'start', `${task}`)).toBe(`task ${task} runs, run 1`);
  expect(await vestnik('task', 'start', `${task}`, '--restart')).toBe(`task ${task} runs, run 2`);
  held.resolve();
});
