import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { directoryRoutes } from '../api/directory.ts';
import { type DirectoryBench, openDirectoryBench } from './support/directory-bench.ts';
import { wav } from './support/wav.ts';

let bench: DirectoryBench;
let rest: ModuleRest;
beforeAll(async () => {
  bench = await openDirectoryBench();
  rest = await startModuleRest(bench.database, {
    alerts: directoryRoutes({ database: bench.database, act: (caller) => bench.act({ caller }) }),
  });
});
afterAll(async () => {
  await rest.stop();
  await bench.drop();
});

const send = (method: string, path: string, options: Parameters<ModuleRest['send']>[2] = {}) =>
  rest.send(method, `/alerts${path}`, options);
const made = async (path: string, body: object): Promise<{ id: number }> => {
  const answer = await send('POST', path, { body });
  expect(answer.status, JSON.stringify(answer.json)).toBe(201);
  expect(answer.headers.get('location')).toBe(`/api/v1/alerts${path}/${answer.json.id}`);
  return answer.json;
};

describe('the directory over REST', () => {
  test('a group, a list, a person: made, changed under their ETags, put together, deleted', async () => {
    const group = await made('/groups', { name: 'Охрана' });
    const list = await made('/lists', { name: 'Дежурные', description: 'ночь' });
    const person = await made('/persons', {
      group_id: group.id,
      name: 'Иванов',
      pin: '4321',
      phones: [
        { number: '8 916 123-45-67', type: 'mobile' },
        { number: 'sip:ivanov@example.org', type: 'sip' },
      ],
      emails: [{ address: 'ivanov@example.org' }],
    });
    expect(person).toMatchObject({
      remote: 'person',
      phones: [
        { number: '8 916 123-45-67', type: 'mobile', enabled: true },
        { number: 'sip:ivanov@example.org', type: 'sip', enabled: true },
      ],
      emails: [{ address: 'ivanov@example.org', enabled: true }],
    });
    const shown = await send('GET', `/persons/${person.id}`, { as: 'alerts.view' });
    expect(shown.headers.get('etag')).toBe('"1"');
    expect(shown.json).toEqual({ ...person, pin: '' });
    const put = (body: object, version: string) => send('PUT', `/persons/${person.id}`, { body, headers: { 'if-match': version } });
    expect(await put({ remote: 'server_by_name', ip_address: '192.0.2.7' }, '"1"')).toMatchObject({
      status: 200,
      json: { remote: 'server_by_name', pin: '4321', version: 2 },
    });
    expect(await put({ name: 'Петров' }, '"1"')).toMatchObject({ status: 412, json: { code: 'STALE_VERSION', reason: 'version' } });
    expect(await send('PUT', `/groups/${group.id}`, { body: { name: 'Охрана-2' } })).toMatchObject({
      json: { name: 'Охрана-2', people: 1 },
    });
    expect(await send('PATCH', `/lists/${list.id}/members`, { body: { add: { people: [person.id], groups: [group.id] } } })).toMatchObject({
      status: 200,
      json: { people: 1, groups: 1, version: 2 },
    });
    expect((await send('GET', `/lists/${list.id}/members`)).json).toEqual({
      items: [{ id: person.id, name: 'Иванов', group_id: group.id }],
      next: null,
    });
    expect((await send('GET', `/lists/${list.id}/members?kind=groups`)).json.items).toEqual([{ id: group.id, name: 'Охрана-2' }]);
    expect((await send('GET', '/lists/999999/members')).json).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_list' });
    expect((await send('GET', `/persons?search=иван&list_id=${list.id}&group_id=${group.id}`)).json.items).toHaveLength(1);
    expect((await send('DELETE', `/groups/${group.id}`)).json).toMatchObject({ code: 'CONFLICT', reason: 'group_not_empty' });
    expect((await send('DELETE', `/lists/${list.id}/members`)).status).toBe(204);
    expect((await send('DELETE', `/persons/${person.id}`, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await send('DELETE', `/persons/${person.id}`, { headers: { 'if-match': '"2"' } })).status).toBe(204);
    expect((await send('DELETE', `/groups/${group.id}`)).status).toBe(204);
    expect((await send('DELETE', `/lists/${list.id}`)).status).toBe(204);
    expect((await send('GET', `/lists/${list.id}`)).json).toMatchObject({ reason: 'unknown_list' });
  });

  test('what the line protocol cannot show is warned of, field by field', async () => {
    const group = await made('/groups', { name: 'Пожар 🔥', description: 'обычное – «описание» №1' });
    expect(group).toMatchObject({ unsendable: ['name'] });
    const person = await made('/persons', {
      group_id: group.id,
      name: 'Żółw',
      rank: 'майор\u00a0',
      phones: [{ number: 'Цех 日', type: 'zone' }],
    });
    expect(person).toMatchObject({ unsendable: ['name', 'phones'] });
    expect((await send('GET', `/persons?group_id=${group.id}`)).json.items).toEqual([person]);
    const plain = String.fromCharCode(...Array.from({ length: 31 }, (_, code) => code + 1), 0x7f, 0x98, 0xa0);
    expect(await made('/messages', { type: 'text', name: 'Сбор', text: `{name}${plain}]\\^-` })).toMatchObject({ unsendable: [] });
    expect(await made('/messages', { type: 'text', name: 'Сбор ✓', text: '{name} ⚠' })).toMatchObject({ unsendable: ['name', 'text'] });
  });

  test('many people are moved and deleted at once, all or none', async () => {
    const [from, to] = [await bench.group(), await bench.group()];
    const people = [await bench.person({ group_id: from }), await bench.person({ group_id: from })];
    expect((await send('POST', `/groups/${to}/people`, { body: { people: [...people, 999_999] } })).json).toMatchObject({
      reason: 'unknown_person',
    });
    expect((await send('POST', `/groups/${to}/people`, { body: { people } })).json).toEqual({ moved: people });
    expect((await send('POST', '/persons/delete', { body: { people: [...people, 999_999] } })).json).toMatchObject({
      reason: 'unknown_person',
    });
    expect((await send('POST', '/persons/delete', { body: { people } })).status).toBe(204);
    expect((await send('GET', `/persons?group_id=${to}`)).json).toEqual({ items: [], next: null });
  });

  test('a repeat with an Idempotency-Key makes nothing twice', async () => {
    const twice = () => send('POST', '/groups', { body: { name: 'Один раз' }, headers: { 'idempotency-key': 'k-1' } });
    const first = await twice();
    const second = await twice();
    expect(first.status).toBe(201);
    expect(second).toMatchObject({ status: 201, json: first.json });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await send('POST', '/groups', { body: { name: 'Один раз' } })).json).toMatchObject({ code: 'CONFLICT', reason: 'name_taken' });
  });

  test('faults are told with their place and in Russian', async () => {
    const group = await bench.group();
    const wrong = await send('POST', '/persons', { body: { group_id: group, name: 'x', phones: [{ number: 'нет' }] } });
    expect(wrong).toMatchObject({ status: 422, json: { code: 'VALIDATION', reason: 'bad_phone' } });
    expect(wrong.json.details).toEqual([expect.objectContaining({ path: '/phones/0/number' })]);
    expect((await send('POST', '/persons', { body: { group_id: group, name: 'x', phones: [{ number: '1', type: 'fax' }] } })).status).toBe(
      422,
    );
    expect((await send('POST', '/persons', { body: { group_id: group } })).json.details).toEqual([
      expect.objectContaining({ code: 'REQUIRED', path: '/name' }),
    ]);
    expect((await send('GET', '/persons/0')).status).toBe(400);
    expect((await send('GET', '/persons/9007199254740991')).status).toBe(404);
    expect((await send('GET', '/persons?after=zzz')).json).toMatchObject({ reason: 'cursor' });
  });

  test.each([
    ['POST', '/groups', 'alerts.view'],
    ['PUT', '/persons/1', 'alerts.view'],
    ['DELETE', '/lists/1', 'alerts.tasks'],
    ['PATCH', '/lists/1/members', 'alerts.view'],
    ['POST', '/messages', 'alerts.tasks'],
    ['PUT', '/files/a.wav', 'alerts.view'],
    ['POST', '/tasks', 'alerts.directory'],
    ['DELETE', '/tasks/1', 'alerts.start'],
    ['GET', '/persons', 'alerts.directory'],
  ])('%s %s is not for %s', async (method, path, as) => {
    expect((await send(method, path, { as, ...(method !== 'GET' && method !== 'DELETE' && { body: {} }) })).status).toBe(403);
  });
});

describe('messages, files and tasks over REST', () => {
  test('a sound is stored, told about, fetched and deleted', async () => {
    const content = wav();
    const name = encodeURIComponent('Пожар (2).wav');
    const put = (body: Buffer, type = 'audio/wav') => send('PUT', `/files/${name}`, { body, headers: { 'content-type': type } });
    expect(await put(content)).toMatchObject({ status: 200, json: { name: 'Пожар (2).wav', size: content.length, length_ms: 1_000 } });
    expect((await put(Buffer.from('PK'))).json).toMatchObject({ code: 'VALIDATION', reason: 'bad_sound' });
    expect((await put(content, 'text/plain')).status).toBe(415);
    expect((await put(Buffer.alloc(20 * 1024 * 1024 + 1))).status).toBe(413);
    const got = await send('GET', `/files/${name}`, { as: 'alerts.view' });
    expect(got.bytes.equals(content)).toBe(true);
    expect(got.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''%D0%9F%D0%BE%D0%B6%D0%B0%D1%80%20%282%29.wav`);
    const message = await made('/messages', { type: 'sound', name: 'Пожар', file: 'Пожар (2).wav' });
    expect(message).toMatchObject({ type: 'sound', length_ms: 1_000 });
    expect((await send('DELETE', `/files/${name}`)).json).toMatchObject({ reason: 'file_in_use' });
    expect((await send('DELETE', `/messages/${message.id}`)).status).toBe(204);
    expect((await send('DELETE', `/files/${name}`)).status).toBe(204);
    expect((await send('GET', `/files/${encodeURIComponent('../x')}`)).status).toBe(404);
    expect(
      (await send('PUT', `/files/${encodeURIComponent('../x')}`, { body: content, headers: { 'content-type': 'audio/wav' } })).json,
    ).toMatchObject({
      reason: 'bad_file_name',
    });
  });

  test('a task with its schedule, previewed before', async () => {
    const list = await bench.list();
    const message = await made('/messages', { type: 'text', name: 'Сбор', text: '{name}, сбор!' });
    const schedule = { start: { kind: 'monthly', day: 31, time: '09:00' }, zone: 'Asia/Omsk' };
    const preview = await send('POST', '/tasks/preview', { body: { schedule, count: 2 }, as: 'alerts.view' });
    expect(preview.json).toMatchObject({ zone: 'Asia/Omsk', window: { open: true, changes_at: null } });
    expect(preview.json.starts).toHaveLength(2);
    expect(
      (await send('POST', '/tasks/preview', { body: { schedule: { start: { kind: 'monthly', day: 32, time: '09:00' } } } })).json,
    ).toMatchObject({
      reason: 'bad_value',
    });
    const task = await made('/tasks', { type: 'sms', name: 'Сбор', list_id: list, message_id: message.id, schedule });
    expect(task).toMatchObject({
      type: 'sms',
      status: 'waiting',
      next_local: preview.json.starts[0].local,
      next_start_at: preview.json.starts[0].at,
    });
    expect((await send('GET', '/tasks', { as: 'alerts.view' })).json.items).toContainEqual(task);
    expect(await send('PUT', `/tasks/${task.id}`, { body: { enabled: false }, headers: { 'if-match': '"1"' } })).toMatchObject({
      json: { status: 'disabled', next_local: null, version: 2 },
    });
    for (const body of [{ schedule: 'каждый день' }, { type: 'fax' }, { priority: 0 }, { pin_start: { pin: '1' } }])
      expect((await send('PUT', `/tasks/${task.id}`, { body })).status).toBe(422);
    expect((await send('PUT', `/tasks/${task.id}`, { body: { type: 'call' } })).json).toMatchObject({ reason: 'type_mismatch' });
    expect((await send('DELETE', `/lists/${list}`)).json).toMatchObject({ reason: 'list_in_use' });
    expect((await send('DELETE', `/messages/${message.id}`)).json).toMatchObject({ reason: 'message_in_use' });
    expect((await send('DELETE', `/tasks/${task.id}`)).status).toBe(204);
  });
});

describe('people as tables over REST', () => {
  const csv = (text: string, query = '', headers: Record<string, string> = {}) =>
    send('POST', `/persons/import${query}`, { body: Buffer.from(text), headers: { 'content-type': 'text/csv', ...headers } });

  test('are looked at, imported, and exported as they were', async () => {
    const table = 'external_id;group;name;phones\nR1;Загрузка;Первый;+79160000001\nR2;Загрузка;Второй;нет';
    const preview = await csv(table, '?make_groups=true');
    expect(preview).toMatchObject({ status: 200, json: { dry_run: true, added: 1, failed: 1, left_out: 0 } });
    expect(preview.json.rows).toMatchObject([
      { line: 2, result: 'added', makes_group: 'Загрузка' },
      { line: 3, result: 'failed', error: { code: 'bad_phone', column: 'phones' } },
    ]);
    expect((await send('GET', '/persons?search=R1')).json.items).toEqual([]);
    const lines = await csv(table, '?make_groups=true&dry_run=false', { accept: 'application/x-ndjson' });
    expect(
      lines.bytes
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { line: 2, result: 'added', id: expect.any(Number) },
      { line: 3, result: 'failed' },
      { dry_run: false, added: 1, changed: 0, unchanged: 0, failed: 1 },
    ]);
    const group = (await send('GET', '/persons?search=R1')).json.items[0].group_id;
    const exported = await send('GET', `/persons/export?group_id=${group}&language=en`);
    expect(exported.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(exported.bytes.toString().split('\r\n')[1]).toMatch(/^R1;Загрузка;Первый;/);
    expect((await csv(exported.bytes.toString())).json).toMatchObject({ unchanged: 1, added: 0, changed: 0, failed: 0 });
    const book = await send('GET', `/persons/export?group_id=${group}&format=xlsx`);
    expect(book.bytes.subarray(0, 2).toString()).toBe('PK');
    expect((await send('GET', '/persons/export?pins=true', { as: 'alerts.view' })).status).toBe(403);
  });

  test('a table that cannot be read is refused as a whole, also where lines are asked for', async () => {
    for (const accept of ['application/json', 'application/x-ndjson']) {
      expect(await csv('colour\nred', '', { accept })).toMatchObject({ status: 400, json: { reason: 'unknown_column' } });
      expect((await csv('name;"open', '', { accept })).status).toBe(400);
      expect((await csv('PK\x03\x04nonsense', '', { accept })).status).toBe(400);
    }
    expect((await csv('name\nx', '', { 'content-type': 'text/plain' })).status).toBe(415);
    expect(
      (await send('POST', '/persons/import', { body: Buffer.from('name'), headers: { 'content-type': 'text/csv' }, as: 'alerts.view' }))
        .status,
    ).toBe(403);
  });
});
