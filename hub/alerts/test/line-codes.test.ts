import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HubError } from '../../core/errors.ts';
import { lineCodeOf, ROUTE_CODES } from '../api/line-codes.ts';
import { ERRORS } from '../line/codec/errors.ts';
import { type AlertsBench, alertsBench } from './support/alerts-bench.ts';
import { type AlertsRest, alertsRest } from './support/alerts-rest.ts';

let bench: AlertsBench;
let rest: AlertsRest;
beforeAll(async () => {
  bench = await alertsBench();
  rest = await alertsRest(bench);
});
afterAll(async () => {
  await rest.stop();
  await bench.end();
});

const code = async (method: string, path: string, body?: unknown, as = '*') => {
  const answer = await rest.send(method, path, { as, ...(body !== undefined && { body }) });
  return answer.status < 300 ? `${answer.status}` : answer.json.lineCode;
};

test('each row of the table names a route, and each code is one of the 37', () => {
  const known = new Set(rest.routes.map(({ method, path }) => `${method} ${path}`));
  expect(Object.keys(ROUTE_CODES).filter((row) => !known.has(row))).toEqual([]);
  const codes = Object.values(ROUTE_CODES).flatMap((row) => (typeof row === 'string' ? [] : Object.values(row)));
  expect(codes.filter((one) => !(one in ERRORS))).toEqual([]);
});

describe('errors of REST carry the code of the line protocol', () => {
  test('what the contract of 3.11 provokes there', async () => {
    const list = await bench.list([]);
    const task = await bench.task(list, { type: 3 });
    const [{ message_id: message = 0 } = {}] = await bench.rows<{ message_id: number }>(
      'SELECT message_id FROM alerts_task WHERE task_id = $1',
      task,
    );
    const mail = { type: 'email', name: 'T', list_id: list, message_id: message };
    expect(await code('POST', '/groups', { name: 'A' })).toBe('201');
    expect(await code('POST', '/lists', { name: 'A' })).toBe('201');
    for (const [method, path, body, right] of [
      ['GET', '/tasks/abc', undefined, 'ERR_BADSYNTAX'],
      ['GET', '/tasks?limit=x', undefined, 'ERR_BADSYNTAX'],
      ['POST', '/groups', { name: 'A' }, 'ERR_ADDGROUP'],
      ['POST', '/groups', { name: '' }, 'ERR_ADDGROUP'],
      ['DELETE', '/groups/999999', undefined, 'ERR_DELGROUP'],
      ['PUT', '/groups/999999', { name: 'B' }, 'ERR_UPDATEGROUP'],
      ['POST', '/groups/1/people', { people: [999_999] }, 'ERR_GROUPADDABONENTS'],
      ['POST', '/lists', { name: 'A' }, 'ERR_ADDLIST'],
      ['PUT', '/lists/999999', { name: 'B' }, 'ERR_UPDATELIST'],
      ['PATCH', `/lists/${list}/members`, { add: { people: [999_999] } }, 'ERR_LISTADDABONENTS'],
      ['PATCH', `/lists/${list}/members`, { add: { groups: [999_999] } }, 'ERR_LISTADDGROUPS'],
      ['DELETE', '/lists/999999', undefined, 'ERR_DELLIST'],
      ['DELETE', '/lists/999999/members', undefined, 'ERR_LISTCLEAR'],
      ['DELETE', `/lists/${list}`, undefined, 'ERR_LISTUSE'],
      ['GET', '/persons/999999', undefined, 'ERR_GETABONENT'],
      ['POST', '/persons/delete', { people: [999_999] }, 'ERR_DELABONENTS'],
      ['POST', '/messages', { type: 'text', name: '', text: 'Hi' }, 'ERR_ADDMESSAGE'],
      ['PUT', '/messages/999999', { name: 'N' }, 'ERR_UPDATEMESSAGE'],
      ['DELETE', '/messages/999999', undefined, 'ERR_DELMESSAGE'],
      ['DELETE', `/messages/${message}`, undefined, 'ERR_MESSAGEUSE'],
      ['GET', '/files/none.wav', undefined, 'ERR_NOFILE'],
      ['POST', '/tasks', { ...mail, list_id: 999_999 }, 'ERR_ADDTASK'],
      ['PUT', `/tasks/${task}`, { list_id: 999_999 }, 'ERR_UPDATETASK'],
      ['GET', '/tasks/999999', undefined, 'ERR_GETTASK'],
      ['POST', '/tasks/999999/start', {}, 'ERR_GETTASK'],
      ['GET', '/runs/999999/report', undefined, 'ERR_GETREPORT'],
      ['GET', '/voices', undefined, 'ERR_GETTTS'],
      ['POST', '/tts', { voice: 'novoice', text: 'Hi' }, 'ERR_GETTTS'],
      ['GET', '/channels/999999', undefined, 'ERR_BADSYNTAX'],
      ['PUT', '/settings/nothing', { value: '1' }, 'ERR_BADSYNTAX'],
      ['POST', '/start-proofs', { password: 'wrong' }, 'ERR_CHECKPASSW'],
    ] as const)
      expect(await code(method, path, body), `${method} ${path}`).toBe(right);
    expect(await code('GET', '/tasks', undefined, 'tickets.view')).toBe('ERR_NOACCESS');
    expect(await code('POST', `/tasks/${task}/stop`, undefined, 'alerts.view')).toBe('ERR_NOACCESS');
  });

  test('those of the licence and of channels', async () => {
    const mail = await bench.task(await bench.list([]), { type: 3 });
    const sms = await bench.task(await bench.list([]), { channels: '0' });
    expect(await code('POST', `/tasks/${sms}/start`, {})).toBe('ERR_NOGSM');
    await code('PUT', '/licence', { email: false });
    expect(await code('POST', `/tasks/${mail}/start`, {})).toBe('ERR_NOHASPFORSTART');
    await code('PUT', '/licence', { present: false });
    expect(await code('POST', '/tts', { voice: 'ru', text: 'Hi' })).toBe('ERR_NOHASP');
    expect(await code('POST', '/messages', { type: 'template', name: 'N', text: 'Hi' })).toBe('ERR_NOHASP');
    expect(await code('POST', '/channel-groups', { kind: 'gsm', name: 'M', settings: { device: '/dev/x' } })).toBe('ERR_NOHASP');
    await code('PUT', '/licence', { present: true, email: true });
  });

  test('what the line does not know has none, and the code of the hub stays', async () => {
    const group = (await rest.send('POST', '/groups', { body: { name: 'V' } })).json;
    const stale = await rest.send('PUT', `/groups/${group.id}`, { body: { name: 'W' }, headers: { 'if-match': '"9"' } });
    expect(stale.json).toMatchObject({ code: 'STALE_VERSION', reason: 'version' });
    expect(stale.json).not.toHaveProperty('lineCode');
    const unknown = await rest.send('GET', '/tasks/999999');
    expect(unknown.json).toMatchObject({ status: 404, code: 'NOT_FOUND', reason: 'unknown_task', lineCode: 'ERR_GETTASK' });
    expect(lineCodeOf({ other: 'ERR_GETTASK' }, new HubError('STORE_UNAVAILABLE'))).toBeUndefined();
    expect(lineCodeOf({ other: 'ERR_GETTASK' }, new HubError('CONFLICT', 'x', { reason: 'under_way' }))).toBeUndefined();
    expect(lineCodeOf(undefined, new HubError('NOT_FOUND', 'x', { reason: 'unknown_rule' }))).toBeUndefined();
  });
});
