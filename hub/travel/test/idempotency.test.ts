import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.events();
});

const send = (key: string, body: unknown = { Name: 'Ветер' }, more: { as?: string; method?: string; path?: string } = {}) =>
  bench.send(more.method ?? 'POST', more.path ?? '/organizations', {
    body,
    headers: { 'idempotency-key': key },
    ...(more.as !== undefined && { as: more.as }),
  });

describe('a call with an Idempotency-Key', () => {
  test('that is repeated gets the first answer, byte for byte, and makes no second event', async () => {
    const first = await send('k-1');
    const second = await send('k-1');
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.bytes.equals(first.bytes)).toBe(true);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
    expect(await bench.events()).toHaveLength(1);
    // The first answer is told also when the object has changed since.
    await bench.ok('PATCH', `/organizations/${first.json.id_Organization}`, { Name: 'Буря' });
    expect((await send('k-1')).json).toEqual(first.json);
  });

  test('that is sent twenty times at once is made once (F4)', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('k-parallel')));
    expect(new Set(answers.map(({ status, bytes }) => `${status} ${bytes}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(await bench.events()).toHaveLength(1);
  });

  test('is one of its login: another one may use the same key', async () => {
    const one = await send('k-login', undefined, { as: '*' });
    const other = await send('k-login', undefined, { as: 'static.*' });
    expect(other.status).toBe(201);
    expect(other.json.id_Organization).not.toBe(one.json.id_Organization);
  });

  test('is refused when the key was used for something else', async () => {
    await send('k-other');
    for (const answer of [await send('k-other', { Name: 'Другое' }), await send('k-other', undefined, { path: '/dictionaries' })]) {
      expect([answer.status, answer.json.reason]).toEqual([422, 'idempotency_key']);
    }
    expect(await bench.events()).toHaveLength(1);
  });

  test('that failed leaves its key free, and nothing else', async () => {
    expect((await send('k-failed', { Name: '' })).status).toBe(422);
    expect((await send('k-failed', { Name: 'Ветер', id_Parent: 999_999 })).status).toBe(404);
    expect((await send('k-failed')).status).toBe(201);
  });

  test('answers a change and a deletion again, too', async () => {
    const { id_Organization: id } = await bench.ok('POST', '/organizations', { Name: 'x' });
    await bench.events();
    const change = { method: 'PATCH', path: `/organizations/${id}` };
    const first = await send('k-change', { Name: 'y', version: 1 }, change);
    expect((await send('k-change', { Name: 'y', version: 1 }, change)).json).toEqual(first.json);
    const deletion = { method: 'DELETE', path: `/organizations/${id}` };
    expect((await send('k-delete', undefined, deletion)).status).toBe(204);
    expect((await send('k-delete', undefined, deletion)).status).toBe(204);
    expect((await bench.events()).map(({ data }) => data.action)).toEqual(['update', 'delete']);
  });

  test('must have a key of visible signs', async () => {
    for (const key of ['two words', 'x'.repeat(256)]) expect([key, (await send(key)).status]).toEqual([key, 400]);
    expect((await send('x'.repeat(255))).status).toBe(201);
  });

  test('may be made again after a day; old keys are swept away', async () => {
    const first = await send('k-old');
    for (let at = 0; at < 5; at += 1) await send(`k-old-${at}`);
    await bench.rows("UPDATE travel_idempotency SET created_at = created_at - interval '25 hours' WHERE key LIKE 'k-old%'");
    const second = await send('k-old', { Name: 'Новое' });
    expect(second.status).toBe(201);
    expect(second.json.id_Organization).not.toBe(first.json.id_Organization);
    expect(await bench.rows("SELECT key FROM travel_idempotency WHERE key LIKE 'k-old%'")).toEqual([{ key: 'k-old' }]);
  });
});
