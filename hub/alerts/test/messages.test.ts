import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Act } from '../act.ts';
import { addMessage } from '../add-message.ts';
import { addTask } from '../add-task.ts';
import { changeMessage } from '../change-message.ts';
import { deleteFile } from '../delete-file.ts';
import { deleteMessage } from '../delete-message.ts';
import { deleteTask } from '../delete-task.ts';
import { listFiles, readFile } from '../list-files.ts';
import { listMessages, showMessage } from '../list-messages.ts';
import type { NewMessageInput } from '../message.ts';
import { saveFile } from '../save-file.ts';
import { type DirectoryBench, openDirectoryBench } from './support/directory-bench.ts';
import { wav } from './support/wav.ts';

let bench: DirectoryBench;
beforeAll(async () => {
  bench = await openDirectoryBench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.events();
});

const TEXT: NewMessageInput = { type: 3, name: 'Сбор', text: 'Уважаемый {name}, сбор в {time}. {{это не подстановка}' };
const add = (input: Partial<NewMessageInput> = {}, more: Partial<Act> = {}) =>
  bench.write((tx, act) => addMessage(tx, act, { ...TEXT, ...input }), more);
const refused = (input: object, more: Partial<Act> = {}) =>
  bench.refused((tx, act) => addMessage(tx, act, { ...TEXT, ...input } as NewMessageInput), more);
const save = (name: string, content = wav()) => bench.write((tx, act) => saveFile(tx, act, { name, content }));
const licence = (changes: object): Partial<Act> => {
  const { settings } = bench.act();
  return { settings: { ...settings, licence: { ...settings.licence, ...changes } } };
};

describe('a message', () => {
  test('is added, changed under its version, listed, deleted', async () => {
    const made = await add();
    expect(made).toMatchObject({ ...TEXT, file: null, voice: '', length_ms: null, version: 1 });
    const changed = await bench.write((tx, act) => changeMessage(tx, act, { id: made.id, change: { text: 'Отбой' }, version: 1 }));
    expect(changed).toMatchObject({ text: 'Отбой', name: 'Сбор', version: 2 });
    expect(await bench.write((tx, act) => changeMessage(tx, act, { id: made.id, change: { text: 'Отбой' } }))).toEqual(changed);
    expect((await listMessages(bench.database.work, { limit: 1_000 })).items).toContainEqual(changed);
    for (const work of [
      bench.refused((tx, act) => changeMessage(tx, act, { id: made.id, change: {}, version: 1 })),
      bench.refused((tx, act) => deleteMessage(tx, act, made.id, 1)),
    ])
      expect(await work).toMatchObject({ code: 'STALE_VERSION' });
    await bench.write((tx, act) => deleteMessage(tx, act, made.id, 2));
    expect((await bench.events()).map(({ type, data }) => [type, data.message_id])).toEqual([
      ['message.added', made.id],
      ['message.changed', made.id],
      ['message.deleted', made.id],
    ]);
    for (const id of [made.id, 0, 2 ** 31]) {
      expect(await bench.refused((tx, act) => deleteMessage(tx, act, id))).toMatchObject({ reason: 'unknown_message' });
      expect(await bench.refused((tx, act) => changeMessage(tx, act, { id, change: {} }))).toMatchObject({ reason: 'unknown_message' });
      await expect(showMessage(bench.database.work, id)).rejects.toMatchObject({ reason: 'unknown_message' });
    }
  });

  test.each([
    [{ name: '' }, undefined],
    [{ name: 'x'.repeat(256) }, undefined],
    [{ type: 4 }, undefined],
    [{ text: 'x'.repeat(4_001) }, undefined],
    [{ text: ' ' }, 'empty_text'],
    [{ text: 'Привет, {nmae}' }, 'bad_placeholder'],
    [{ text: 'Привет, {name' }, 'bad_placeholder'],
    [{ text: '{event.}' }, 'bad_placeholder'],
    [{ type: 0 }, 'no_file'],
    [{ type: 0, file: 'none.wav' }, 'unknown_file'],
    [{ file: 'none.wav' }, 'unknown_file'],
    [{ type: 1 }, 'no_speech'],
    [{ type: 2, text: '{nmae}' }, 'bad_placeholder'],
  ])('%j is refused', async (input, reason) => {
    expect(await refused(input)).toMatchObject({ reason });
  });

  test('what is no template may hold braces', async () => {
    await save('braces.wav');
    expect(await add({ type: 0, file: 'braces.wav', text: '{nmae}' })).toMatchObject({ type: 0, length_ms: 1_000 });
    expect(await add({ type: 1, file: 'braces.wav', text: '{nmae}' })).toMatchObject({ type: 1 });
  });

  test('dynamic speech needs the licence for it', async () => {
    for (const changes of [{ dynamicTts: 'no' }, { present: 'no' }, { validTo: '2020-01-01' }])
      expect(await refused({ type: 2 }, licence(changes))).toMatchObject({ code: 'CONFLICT', reason: 'no_licence' });
    expect(await add({ type: 2 }, licence({ validTo: '2099-01-01' }))).toMatchObject({ type: 2 });
    expect(await add({}, licence({ present: 'no' }))).toMatchObject({ type: 3 });
  });

  test('one that a task tells stays, and stays of a type that the task can tell', async () => {
    await save('task.wav');
    const { id } = await add();
    const list = await bench.list();
    const task = await bench.write((tx, act) => addTask(tx, act, { type: 2, name: 'T', list_id: list, message_id: id }));
    expect(await bench.refused((tx, act) => deleteMessage(tx, act, id))).toMatchObject({ code: 'CONFLICT', reason: 'message_in_use' });
    expect(await bench.refused((tx, act) => changeMessage(tx, act, { id, change: { type: 0, file: 'task.wav' } }))).toMatchObject({
      reason: 'type_mismatch',
    });
    await bench.write((tx, act) => deleteTask(tx, act, task.id));
    await bench.write((tx, act) => deleteMessage(tx, act, id));
  });
});

describe('files', () => {
  test('are stored under their names, equal contents once; replaced, read with a trace, deleted', async () => {
    const content = wav({ data: 4_000 });
    const first = await save('Пожар (1).wav', content);
    expect(first).toMatchObject({
      name: 'Пожар (1).wav',
      size: content.length,
      length_ms: 500,
      sha256: createHash('sha256').update(content).digest('hex'),
      created_by: 'alice',
    });
    expect(await save('Пожар (1).wav', content)).toEqual(first);
    await save('copy.wav', content);
    const contents = async () =>
      (await bench.rows('SELECT 1 FROM alerts_content WHERE sha256 = $1', [createHash('sha256').update(content).digest()])).length;
    expect(await contents()).toBe(1);
    expect((await save('copy.wav', wav())).length_ms).toBe(1_000);
    expect(await contents()).toBe(1);
    const read = await bench.write((tx, act) => readFile(tx, act, 'Пожар (1).wav'));
    expect(read.content.equals(content)).toBe(true);
    expect(await bench.rows("SELECT login FROM audit WHERE action = 'alerts.file.read'")).toEqual([{ login: 'alice' }]);
    await bench.write((tx, act) => deleteFile(tx, act, 'Пожар (1).wav'));
    expect(await contents()).toBe(0);
    for (const name of ['Пожар (1).wav', '../x', ''])
      for (const work of [bench.refused((tx, act) => readFile(tx, act, name)), bench.refused((tx, act) => deleteFile(tx, act, name))])
        expect(await work).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_file' });
    expect((await bench.events()).map(({ type, data }) => [type, data.name])).toEqual([
      ['file.added', 'Пожар (1).wav'],
      ['file.added', 'copy.wav'],
      ['file.changed', 'copy.wav'],
      ['file.deleted', 'Пожар (1).wav'],
    ]);
  });

  test('nothing is stored of what is no sound or no name', async () => {
    const before = await bench.rows('SELECT name FROM alerts_file');
    const refusedFile = (name: string, content: Buffer) => bench.refused((tx, act) => saveFile(tx, act, { name, content }));
    for (const name of ['../x.wav', 'a/b.wav', '.x.wav', '', 'a\nb'])
      expect(await refusedFile(name, wav())).toMatchObject({ code: 'VALIDATION', reason: 'bad_file_name' });
    for (const content of [Buffer.from('PK'), wav().subarray(0, -1), Buffer.alloc(0)])
      expect(await refusedFile('x.wav', content)).toMatchObject({ code: 'VALIDATION', reason: 'bad_sound' });
    expect(await bench.rows('SELECT name FROM alerts_file')).toEqual(before);
  });

  test('one that a message has stays', async () => {
    await save('used.wav');
    const { id } = await add({ type: 0, file: 'used.wav' });
    expect(await bench.refused((tx, act) => deleteFile(tx, act, 'used.wav'))).toMatchObject({ code: 'CONFLICT', reason: 'file_in_use' });
    await bench.write((tx, act) => deleteMessage(tx, act, id));
    await bench.write((tx, act) => deleteFile(tx, act, 'used.wav'));
  });

  test('pages go on by name, of any letters', async () => {
    for (const name of ['Я.wav', 'а.wav', 'z 1.wav', 'z_1.wav', 'Z.wav']) await save(name);
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await listFiles(bench.database.work, { after, limit: 2 });
      seen.push(...page.items.map(({ name }) => name));
      if (page.next === null) break;
      after = page.next;
    }
    const all = await bench.rows<{ name: string }>('SELECT name FROM alerts_file ORDER BY name');
    expect(seen).toEqual(all.map(({ name }) => name));
    await expect(listFiles(bench.database.work, { after: '../x', limit: 2 })).rejects.toMatchObject({ reason: 'cursor' });
  });
});
