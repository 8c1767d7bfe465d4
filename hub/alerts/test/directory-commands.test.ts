import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { type DirectoryBench, openDirectoryBench } from './support/directory-bench.ts';
import { wav } from './support/wav.ts';

let bench: DirectoryBench;
const folder = mkdtempSync(join(tmpdir(), 'vestnik-alerts-'));
beforeAll(async () => {
  bench = await openDirectoryBench();
});
afterAll(() => bench.drop());
afterEach(() => {
  process.exitCode = undefined;
});

const vestnik = moduleCommands('alerts', addCommands, () => ({
  database: bench.database,
  secretKey: bench.secretKey,
  hubId: randomUUID(),
}));
const json = async (...words: string[]) => JSON.parse(await vestnik([...words, '--json']));
const path = (name: string, content?: string | Buffer): string => {
  const full = join(folder, name);
  if (content !== undefined) writeFileSync(full, content);
  return full;
};

test('groups, lists and people from their adding to their end', async () => {
  const group = await json('group', 'add', '--set', 'name=Цех 2');
  expect(group).toMatchObject({ name: 'Цех 2', version: 1 });
  const other = await json(
    'group',
    'add',
    '--from',
    path('group.json', '{"name":"Цех 3","description":"из файла"}'),
    '--set',
    'description=иначе',
  );
  expect(other).toMatchObject({ name: 'Цех 3', description: 'иначе' });
  const list = await json('list', 'add', '--set', 'name=Дежурные');
  const person = await json(
    ...['person', 'add', '--set', `group_id=${group.id}`, '--set', 'name=Иванов', '--set', 'phones=[{"number":"8 916 123-45-67"}]'],
  );
  expect(person).toMatchObject({ remote: 'person', phones: [{ number: '8 916 123-45-67', type: 'mobile', enabled: true }] });
  expect(await vestnik(['person', 'list', '--search', '8916'])).toContain('8 916 123-45-67');
  expect(await vestnik(['person', 'list', '--search', 'nobody'])).not.toContain('Иванов');
  expect(await vestnik(['group', 'move', String(other.id), String(person.id)], 'ru')).toBe('перемещено: 1\n');
  expect(await vestnik(['list', 'members', String(list.id), '--add', String(person.id), '--add-groups', `${group.id},${other.id}`])).toBe(
    'people: 1, groups: 2\n',
  );
  await expect(vestnik(['list', 'members', String(list.id), '--add', '1,x'])).rejects.toThrow(/1,2,3/);
  expect(await vestnik(['list', 'clear', String(list.id)])).toBe(`list ${list.id} is empty\n`);
  expect(await json('person', 'set', String(person.id), '--set', 'rank=майор', '--version', '2')).toMatchObject({
    rank: 'майор',
    version: 3,
  });
  await expect(vestnik(['person', 'set', String(person.id), '--set', 'rank=x', '--version', '2'])).rejects.toMatchObject({
    code: 'STALE_VERSION',
  });
  await expect(vestnik(['person', 'set', String(person.id), '--set', 'colour=red'])).rejects.toMatchObject({ code: 'VALIDATION' });
  await expect(vestnik(['person', 'set', String(person.id), '--set', 'rank'])).rejects.toMatchObject({ reason: 'fields' });
  await expect(vestnik(['group', 'add', '--from', path('none.json')])).rejects.toMatchObject({ reason: 'fields' });
  expect(JSON.parse(await vestnik(['person', 'show', String(person.id)]))).toMatchObject({ id: person.id });
  for (const [noun, id] of [
    ['person', person.id],
    ['group', group.id],
    ['list', list.id],
  ])
    expect(await vestnik([noun, 'delete', String(id)], 'ru')).toBe(`удалено: ${noun} ${id}\n`);
  expect(await bench.rows("SELECT DISTINCT login, face FROM audit WHERE action LIKE 'alerts.%'")).toEqual([
    { login: 'cli:alice', face: 'cli' },
  ]);
});

test('files, messages and tasks', async () => {
  expect(await vestnik(['file', 'put', path('fire.wav', wav()), '--name', 'Пожар.wav'])).toBe('Пожар.wav: 1.0 s\n');
  expect(await vestnik(['file', 'list'])).toMatch(/Пожар\.wav +8044 +1\.0/);
  await vestnik(['file', 'get', 'Пожар.wav', '--out', path('back.wav')]);
  expect(readFileSync(path('back.wav')).equals(wav())).toBe(true);
  await expect(vestnik(['file', 'get', 'Пожар.wav', '--out', path('back.wav')])).rejects.toMatchObject({ reason: 'file' });
  await expect(vestnik(['file', 'put', path('none.wav')])).rejects.toMatchObject({ reason: 'file' });
  const message = await json('message', 'add', '--set', 'type=text', '--set', 'name=Сбор', '--set', 'text={name}, сбор!');
  expect(await vestnik(['message', 'list'])).toContain('{name}, сбор!');
  const list = await bench.list();
  const fields = [
    'type=sms',
    'name=Сбор',
    `list_id=${list}`,
    `message_id=${message.id}`,
    'schedule={"start":{"kind":"monthly","day":31,"time":"09:00"}}',
  ];
  const task = await json('task', 'add', ...fields.flatMap((field) => ['--set', field]));
  expect(task).toMatchObject({ type: 'sms', status: 'waiting' });
  expect(await vestnik(['task', 'list'])).toMatch(/sms +waiting/);
  const preview = await json('task', 'preview', String(task.id), '--count', '3');
  expect(preview.starts).toHaveLength(3);
  expect(preview.starts[0].local).toBe(task.next_local);
  expect(await json('task', 'set', String(task.id), '--set', 'enabled=false')).toMatchObject({ status: 'disabled' });
  await vestnik(['task', 'delete', String(task.id)]);
  await vestnik(['message', 'delete', String(message.id)]);
  expect(await vestnik(['file', 'delete', 'Пожар.wav'])).toBe('file Пожар.wav is deleted\n');
});

test('people come from a table and go into one', async () => {
  const file = path('people.csv', 'group;name;phones\nНочная;Первый;+79160000001\nНочная;Второй;нет\n');
  const preview = await vestnik(['import', file, '--make-groups'], 'ru');
  expect(preview).toMatch(/3 +ошибка +Второй/);
  expect(preview).toMatch(/2 +новый +Первый +создаёт группу Ночная/);
  expect(preview).toContain('Ничего не сохранено. новых 1, изменено 0, без изменений 0, с ошибкой 1');
  expect(process.exitCode).toBe(1);
  expect(await vestnik(['import', file, '--make-groups', '--apply'])).toContain('new 1, changed 0, unchanged 0, failed 1');
  const lines = (await vestnik(['import', file, '--json'])).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { result: 'unchanged' },
    { result: 'failed' },
    { dry_run: true, unchanged: 1 },
  ]);
  await expect(vestnik(['import', path('none.csv')])).rejects.toMatchObject({ reason: 'file' });
  for (const ending of ['csv', 'xlsx', 'xls']) {
    expect(await vestnik(['export', path(`out.${ending}`)])).toMatch(/: \d+ people\n$/);
    process.exitCode = undefined;
    expect(await vestnik(['import', path(`out.${ending}`)])).toMatch(/new 0, changed 0, unchanged [1-9]\d*, failed 0/);
    expect(process.exitCode).toBeUndefined();
  }
  await expect(vestnik(['export', path('out.csv')])).rejects.toMatchObject({ reason: 'file' });
});
