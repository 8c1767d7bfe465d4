import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBinGate } from '../bin-gate.ts';
import { type Bins, startBins } from '../bins.ts';
import { eraseBinRequests } from '../erase-bin-requests.ts';
import { sweepRequests } from '../sql/bins.ts';
import { BIN_BASE, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
let bins: Bins;
beforeAll(async () => {
  bench = await openEndpointBench();
  bins = startBins({ database: bench.database, secretKey: bench.secretKey, keep: 3, days: 7 });
});
afterAll(async () => {
  await bins.stop();
  await bench.drop();
});

const add = async (body: object = {}, as = '*') => {
  const { status, json } = await bench.rest.send('POST', '/callbacks/bins', { body, as });
  expect(status).toBe(201);
  return { ...json, token: json.address.slice(BIN_BASE.length + 1) };
};
const request = (body: string, about: object = {}) => ({
  via: 'http' as const,
  personal: false,
  method: 'POST',
  url: `${BIN_BASE}/x?a=1`,
  headers: [['Content-Type', 'application/json']] as const,
  body: Buffer.from(body),
  ...about,
});
const get = (path: string, as = '*') => bench.rest.send('GET', `/callbacks/bins${path}`, { as });

describe('the life of a bin', () => {
  test('added, shown, changed under its version, emptied, deleted; each act is audited', async () => {
    const bin = await add({ name: ' SAP ', answer: { status: 503, delay: 1.5 } });
    expect(bin).toMatchObject({
      name: 'SAP',
      organization_id: null,
      kept: 0,
      taken: 0,
      last_at: null,
      version: 1,
      created_by: '*',
      answer: { status: 503, delay: 1.5, body: '', content_type: 'text/plain', retry_after: null, close: false },
    });
    // 32 bytes of chance.
    expect(bin.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const change = (version: string, body: object) =>
      bench.rest.send('PATCH', `/callbacks/bins/${bin.id}`, { body, headers: { 'if-match': version } });
    expect((await change('"1"', { answer: { close: true } })).json).toMatchObject({
      version: 2,
      answer: { status: 503, delay: 1.5, close: true },
    });
    expect(await change('"1"', { name: 'late' })).toMatchObject({ status: 412, json: { reason: 'version' } });
    await bins.take(bin.token, request('{}'));
    expect((await get(`/${bin.id}`)).json).toMatchObject({ kept: 1, taken: 1 });
    expect((await bench.rest.send('DELETE', `/callbacks/bins/${bin.id}/requests`)).status).toBe(204);
    expect((await get(`/${bin.id}`)).json).toMatchObject({ kept: 0, taken: 1 });
    expect((await bench.rest.send('DELETE', `/callbacks/bins/${bin.id}`)).status).toBe(204);
    expect((await get(`/${bin.id}`)).status).toBe(404);
    expect(await bins.take(bin.token, request('{}'))).toBeUndefined();
    const acts = await bench.rows("SELECT action FROM audit WHERE action LIKE 'callbacks.bin.%' AND object = $1 ORDER BY id", [
      String(bin.id),
    ]);
    expect(acts.map(({ action }) => action)).toEqual([
      'callbacks.bin.add',
      'callbacks.bin.change',
      'callbacks.bin.empty',
      'callbacks.bin.delete',
    ]);
  });

  test.each([
    [{ name: '' }],
    [{ answer: { status: 199 } }],
    [{ answer: { status: 600 } }],
    [{ answer: { delay: 30.1 } }],
    [{ answer: { delay: -1 } }],
    [{ answer: { content_type: 'text/html' } }],
    [{ answer: { body: 'x'.repeat(65_537) } }],
    [{ answer: { headers: {} } }],
    [{ organization_id: 0 }],
  ])('%j is refused', async (body) => {
    expect((await bench.rest.send('POST', '/callbacks/bins', { body })).status).toBe(422);
  });

  test('an owner has so many and no more, though added at once', async () => {
    await bench.organization(31, 'client');
    const as = 'callbacks.write@31';
    const statuses = await Promise.all(
      Array.from(
        { length: 53 },
        async () => (await bench.rest.send('POST', '/callbacks/bins', { body: { organization_id: 31 }, as })).status,
      ),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(50);
    expect(statuses.filter((status) => status === 409)).toHaveLength(3);
  });
});

describe('rights', () => {
  test('a bin of another organization is not there', async () => {
    await bench.organization(32, 'client');
    const bin = await add({ organization_id: 32 });
    await bins.take(bin.token, request('{"secret":1}'));
    for (const path of [`/${bin.id}`, `/${bin.id}/requests`, `/${bin.id}/requests/1`, `/${bin.id}/requests/1/body`])
      expect((await get(path, 'callbacks.read@33+callbacks.payload')).status).toBe(404);
    expect((await get('', 'callbacks.read@33')).json.items).toEqual([]);
    expect((await get('', 'callbacks.read@32')).json.items).toMatchObject([{ id: bin.id }]);
    for (const [method, path] of [
      ['PATCH', ''],
      ['DELETE', ''],
      ['DELETE', '/requests'],
    ] as const) {
      const options = { as: 'callbacks.read+callbacks.write@33', ...(method === 'PATCH' && { body: {} }) };
      expect((await bench.rest.send(method, `/callbacks/bins/${bin.id}${path}`, options)).status).toBe(404);
    }
    expect((await bench.rest.send('POST', '/callbacks/bins', { body: {}, as: 'callbacks.write@32' })).status).toBe(403);
  });

  test('content of a real event is for those with callbacks.payload, and each reading is audited', async () => {
    const bin = await add();
    await bins.take(bin.token, request('{"LastName":"Петрова"}', { via: 'delivery', personal: true }));
    const hidden = await get(`/${bin.id}/requests/1`, 'callbacks.read');
    expect(hidden.json).toMatchObject({ hidden: true, url: `${BIN_BASE}/x`, headers: [], body: null, bytes: 29 });
    expect((await get(`/${bin.id}/requests/1/body`, 'callbacks.read')).status).toBe(403);
    const reads = () => bench.rows("SELECT login FROM audit WHERE action = 'callbacks.bin.read' AND object = $1", [`${bin.id}/1`]);
    expect(await reads()).toEqual([]);
    const as = 'callbacks.read+callbacks.payload';
    expect((await get(`/${bin.id}/requests/1`, as)).json).toMatchObject({ hidden: false, body: { text: '{"LastName":"Петрова"}' } });
    expect(await reads()).toEqual([{ login: as }]);
    const [stored] = await bench.rows<{ sealed: Buffer }>('SELECT sealed FROM callback_bin_request WHERE bin_id = $1', [bin.id]);
    expect(stored?.sealed.includes('LastName')).toBe(false);
  });

  test('a person who is forgotten leaves nothing in bins; what was made up stays', async () => {
    const bin = await add();
    await bins.take(bin.token, request('{"LastName":"Петрова"}', { via: 'delivery', personal: true }));
    await bins.take(bin.token, request('{}'));
    await bench.database.transaction((tx) => eraseBinRequests(tx, [{ data: { erased: false } }]));
    expect((await get(`/${bin.id}`)).json.kept).toBe(2);
    await bench.database.transaction((tx) => eraseBinRequests(tx, [{ data: {} }, { data: { erased: true, id_Person: 5 } }]));
    expect((await get(`/${bin.id}/requests`)).json.items).toMatchObject([{ number: 2 }]);
  });
});

describe('what is kept', () => {
  test('the newest, in their order, of many at once; page by page', async () => {
    const [one, other] = [await add(), await add()];
    const taken = await Promise.all(Array.from({ length: 200 }, (_, at) => bins.take((at % 2 ? one : other).token, request(String(at)))));
    expect(taken.filter((bin) => bin?.binId === one.id).map((bin) => bin?.number)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    const first = (await get(`/${one.id}/requests?limit=2`)).json;
    expect(first.items.map(({ number }: { number: number }) => number)).toEqual([100, 99]);
    const second = (await get(`/${one.id}/requests?limit=2&after=${first.next}`)).json;
    expect(second).toMatchObject({ items: [{ number: 98 }], next: null });
    expect((await get(`/${one.id}/requests/98`)).json.body.text).toBe('195');
    expect((await get(`/${one.id}/requests/97`)).status).toBe(404);
    expect((await get(`/${one.id}/requests?after=zzz`)).status).toBe(400);
  });

  test('seven days: older ones are not shown, and removed by and by', async () => {
    const bin = await add();
    await bins.take(bin.token, request('1'));
    await bins.take(bin.token, request('2'));
    await bench.rows("UPDATE callback_bin_request SET received_at = now() - interval '169 hours' WHERE bin_id = $1 AND number = 1", [
      bin.id,
    ]);
    expect((await get(`/${bin.id}/requests`)).json.items).toMatchObject([{ number: 2 }]);
    expect((await get(`/${bin.id}`)).json.kept).toBe(1);
    expect((await get(`/${bin.id}/requests/1`)).status).toBe(404);
    expect(await sweepRequests(bench.database.work, 7, 100)).toEqual([{ number: 1 }]);
    expect(await bench.rows('SELECT number FROM callback_bin_request WHERE bin_id = $1', [bin.id])).toEqual([{ number: 2 }]);
  });

  test('requests of bins that are gone among others harm nobody', async () => {
    const bin = await add();
    const taken = await Promise.all(['A'.repeat(43), bin.token, 'B'.repeat(43)].map((token) => bins.take(token, request('x'))));
    expect(taken).toMatchObject([undefined, { binId: bin.id, number: 1 }, undefined]);
  });
});

describe('the gate of public addresses', () => {
  const TOKEN = 'T'.repeat(43);

  test('asks once for a token that many want at once, and no more once it is known', async () => {
    let asked = 0;
    const gate = createBinGate(async () => {
      asked += 1;
      return true;
    });
    await Promise.all(Array.from({ length: 10 }, () => gate.enter(TOKEN)));
    await gate.enter(TOKEN);
    expect(asked).toBe(1);
    gate.forget(TOKEN);
    await gate.enter(TOKEN);
    expect(asked).toBe(2);
  });

  test('lets in so many at once, whatever their bins', async () => {
    const gate = createBinGate(async () => true);
    const enter = (at: number) => gate.enter(String(Math.floor(at / 10)).padStart(43, 'x'));
    for (let at = 0; at < 64; at += 1) await enter(at);
    await expect(enter(64)).rejects.toMatchObject({ code: 'BUSY' });
    gate.leave();
    await enter(65);
  });

  test.each(['short', 'x'.repeat(87), 'ünguessable-ünguessable', '..%2f..%2f..%2f..%2f..%2f..'])('never asks for %j', async (token) => {
    const gate = createBinGate(() => Promise.reject(new Error('asked')));
    await expect(gate.enter(token)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('a pause ends with its time, with its signal, and with the stop', async () => {
  const own = startBins({ database: bench.database, secretKey: bench.secretKey, keep: 3, days: 7 });
  const { signal } = new AbortController();
  expect(await own.pause(1, signal)).toBe(true);
  expect(await own.pause(60_000, AbortSignal.abort())).toBe(false);
  const late = new AbortController();
  const cut = own.pause(60_000, late.signal);
  late.abort();
  expect(await cut).toBe(false);
  const stopped = own.pause(60_000, signal);
  await own.stop();
  expect(await stopped).toBe(false);
});
