import { afterAll, beforeAll, describe, expect, onTestFailed, test, vi } from 'vitest';
import { run } from '../hub/core/database/statement.ts';
import { air, type Message, message } from '../hub/tickets/test/control-messages.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { CONSISTENT, findInconsistencies } from './support/database-of-hub.ts';
import { startDatabaseProxy } from './support/database-proxy.ts';
import type { FaultProxy } from './support/fault-proxy.ts';
import { createFolder } from './support/folder.ts';
import { basic, createHubProcess, type HubProcess } from './support/hub-process.ts';
import { asNow, nowText } from './support/operations.ts';
import { type RestAnswer, rest } from './support/rest.ts';

/** What a sender is answered (spec 2.1), by a hub as a process; its way to the database can be broken. */
const folder = createFolder('answers');
const MIB = 1024 * 1024;
/** Small enough that a test can fill it. */
const QUEUE_BOUND = 5;
let store: TestDatabase;
let proxy: FaultProxy;
let hub: HubProcess;
beforeAll(async () => {
  store = await createTestDatabase();
  const way = await startDatabaseProxy(store.url);
  proxy = way.proxy;
  hub = createHubProcess({
    folder: folder.at('hub'),
    databaseUrl: way.url,
    environment: { VESTNIK_TICKETS__QUEUE_BOUND: String(QUEUE_BOUND) },
  });
  await hub.start();
  await rest(hub, 'POST', '/tickets/clients', { name: 'all', title: 'all', subscriptions: [{ everything: true }] }).expect(201);
});
afterAll(async () => {
  await hub?.stop();
  await proxy?.stop();
  await store?.drop();
  folder.remove();
});

const tellOnFailure = (): void => onTestFailed(() => void process.stderr.write(`--- hub\n${hub.tail()}\n`));

let numbers = 0;
const nextNumber = (): string => {
  numbers += 1;
  return `42142${String(numbers).padStart(8, '0')}`;
};
const sale = (id: string): Message => asNow(message('issue', air('ETICKET', 'issued', nextNumber())), id);
const post = (body: object | string | Uint8Array, type = 'application/json') =>
  rest(hub, 'POST', '/tickets/operations', body, { 'content-type': type });
const batch = (body: string | Uint8Array) => post(body, 'application/x-ndjson');
const linesOf = (answer: RestAnswer) =>
  answer.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; id: string | null; status: string; errors?: { code: string; path: string }[] });

const stored = async (): Promise<number> =>
  (await run<{ n: number }>(store.database.work, 'SELECT count(*) AS n FROM ticket_operation')).rows[0]?.n ?? -1;

describe('one operation', () => {
  test('201 created, then 200 duplicate with the original documents, then 409 for other content under the same id', async () => {
    const operation = sale('one');
    const created = (await post(operation).expect(201)).body;
    expect(created).toMatchObject({ id: 'one', status: 'created', warnings: [] });
    expect(created.documents).toEqual([
      { documentId: expect.any(String), type: 'ETICKET', number: (operation.documents[0] as { number: string }).number, clients: ['all'] },
    ]);
    const repeated = (await post(operation).expect(200)).body;
    expect(repeated).toEqual({ ...created, status: 'duplicate' });
    const before = await stored();
    const conflict = (await post({ ...operation, deal: { agency: 'OTHER' } }).expect(409)).body;
    expect(conflict.code).toBe('OPERATION_CONFLICT');
    expect(await stored()).toBe(before);
  });

  test('the same operation sent twice at once is stored once: one created, one duplicate', async () => {
    for (let pair = 0; pair < 20; pair += 1) {
      const operation = sale(`pair-${pair}`);
      const answers = await Promise.all([post(operation), post(operation)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
      expect(answers[0]?.body.documents).toEqual(answers[1]?.body.documents);
    }
  });

  test.each([
    ['not JSON', '{"id": ', 400, 'MALFORMED_JSON'],
    ['nothing', '', 400, 'MALFORMED_JSON'],
    ['not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 400, 'MALFORMED_JSON'],
    ['nested 1,000 deep', `${'['.repeat(1_000)}${']'.repeat(1_000)}`, undefined, undefined],
    ['a key __proto__', '{"__proto__": {"id": "x"}, "id": "x"}', undefined, undefined],
    ['a repeated key', '{"id": "a", "id": "b"}', undefined, undefined],
    ['an operation over 256 KiB', JSON.stringify({ id: 'x'.repeat(256 * 1024) }), 413, 'TOO_LARGE'],
    ['a request over 16 MiB', `"${'x'.repeat(16 * MIB)}"`, 413, 'TOO_LARGE'],
    ['a list', '[]', 422, 'VALIDATION'],
  ])('%s is refused and stores nothing', async (_, body, status, code) => {
    const before = await stored();
    const answer = await post(body);
    if (status === undefined) expect([400, 422]).toContain(answer.status);
    else expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await stored()).toBe(before);
    expect(({} as Record<string, unknown>)['id']).toBeUndefined();
    await post(sale(`after ${_}`.replace(/[^a-z0-9]/g, '-'))).expect(201);
  });

  test('422 lists every fault with its place', async () => {
    const operation = sale('faults') as unknown as { documents: Record<string, unknown>[] };
    const [document] = operation.documents;
    const answer = await post({
      ...operation,
      time: '2026-02-31T10:00:00+03:00',
      colour: 'red',
      documents: [{ ...document, fare: { amount: 5000 }, penalty: '-1', taxes: [{ code: 'ZZ', amount: '0.001' }], tourCode: 'a\u0000b' }],
    }).expect(422);
    expect(answer.body.details).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'BAD_FORMAT', path: '/time' }),
        expect.objectContaining({ code: 'UNKNOWN_FIELD', path: '/colour' }),
        expect.objectContaining({ code: 'BAD_TYPE', path: '/documents/0/fare/amount' }),
        expect.objectContaining({ code: 'BAD_FORMAT', path: '/documents/0/penalty' }),
        expect.objectContaining({ code: 'TEXT_NOT_ALLOWED', path: '/documents/0/tourCode' }),
      ]),
    );
    const many = await post({ ...operation, documents: Array.from({ length: 41 }, () => document) }).expect(422);
    expect(many.body.details.length).toBeLessThanOrEqual(100);
    expect(many.body.details.map(({ code }: { code: string }) => code)).toContain('TOO_MANY');
  });

  test.each(['../../x', 'CON', 'X'.repeat(300)])('a document number %j is rejected', async (number) => {
    const operation = asNow(message('issue', air('TICKET', 'issued', number)), 'number');
    const answer = await post(operation).expect(422);
    expect(answer.body.details[0].path).toBe('/documents/0/number');
  });

  test('415 for another content type, 401 without a login or with a wrong password, 403 without the right', async () => {
    expect((await post(JSON.stringify(sale('type')), 'text/plain').expect(415)).body.code).toBe('UNSUPPORTED_MEDIA');
    const as = (authorization: string) => rest({ http: hub.http, authorization }, 'POST', '/tickets/operations', sale('who'));
    const none = await as('').expect(401);
    expect(none.headers.get('www-authenticate')).toContain('Basic');
    expect((await as(basic('admin', 'wrong')).expect(401)).body.code).toBe('UNAUTHORIZED');
    const operator = { login: 'viewer', displayName: 'Viewer', password: 'a password for viewing', rights: ['tickets.view'] };
    await rest(hub, 'POST', '/identity/operators', operator).expect(201);
    expect((await as(basic('viewer', operator.password)).expect(403)).body.code).toBe('FORBIDDEN');
  });
});

describe('a batch', () => {
  test('blank lines are skipped, CRLF is taken, a bad line is rejected and stops no other', async () => {
    const [first, second, third, fourth] = ['l1', 'l2', 'l3', 'l4'].map((id) => sale(id));
    await post(fourth as Message).expect(201);
    const parts = [
      JSON.stringify(first),
      '',
      `${JSON.stringify(second)}\r`,
      '   \r',
      '{"broken": ',
      JSON.stringify({ ...third, kind: 'gift' }),
      JSON.stringify({ ...fourth, deal: { agency: 'OTHER' } }),
      `{"id":"${'x'.repeat(256 * 1024)}"}`,
    ].map((text) => Buffer.from(`${text}\n`));
    const bytes = Buffer.concat([...parts, Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]), Buffer.from(JSON.stringify(third))]);
    const answer = await batch(bytes).expect(200);
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    expect(linesOf(answer).map(({ line, id, status, errors }) => [line, id, status, errors?.[0]?.code])).toEqual([
      [1, 'l1', 'created', undefined],
      [3, 'l2', 'created', undefined],
      [5, null, 'rejected', 'MALFORMED_JSON'],
      [6, 'l3', 'rejected', expect.any(String)],
      [7, 'l4', 'rejected', 'OPERATION_CONFLICT'],
      [8, null, 'rejected', 'TOO_LARGE'],
      [9, null, 'rejected', 'MALFORMED_JSON'],
      [10, 'l3', 'created', undefined],
    ]);
    // What was refused is kept for the console.
    await vi.waitUntil(
      async () => {
        const { items } = (await rest(hub, 'GET', '/tickets/rejections').expect(200)).body;
        return JSON.stringify(items).includes('"l3"');
      },
      { timeout: 20_000, interval: 20 },
    );
  });

  test('5,000 lines are taken, 5,001 are not, nor is a byte over 16 MiB; a refused request stores nothing', async () => {
    const line = '{"broken"\n';
    expect(linesOf(await batch(line.repeat(5_000)).expect(200)).length).toBe(5_000);
    const before = await stored();
    const valid = `${JSON.stringify(sale('never'))}\n`;
    expect((await batch(valid + line.repeat(5_000)).expect(413)).body.code).toBe('TOO_LARGE');
    expect((await batch(valid + ' '.repeat(16 * MIB + 1 - valid.length)).expect(413)).body.code).toBe('TOO_LARGE');
    expect(await stored()).toBe(before);
    expect((await batch(valid + ' '.repeat(16 * MIB - Buffer.byteLength(valid))).expect(200)).text).toContain('"created"');
  });
});

describe('a hub that cannot store', () => {
  test('429 with Retry-After when the waiting line is full; what was refused was not stored, and a repeat is', async () => {
    tellOnFailure();
    proxy.set({ delay: 40 });
    const operations = Array.from({ length: 60 }, (_, n) => sale(`busy-${n}`));
    const answers = await Promise.all(operations.map((each) => post(each)));
    proxy.set({});
    const refused = answers.filter(({ status }) => status === 429);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 429]));
    expect(refused.map(({ body, headers }) => [body.code, Number(headers.get('retry-after')) > 0])).toEqual(
      refused.map(() => ['BUSY', true]),
    );
    for (const [at, { status }] of answers.entries()) {
      await post(operations[at] as Message).expect(status === 429 ? 201 : 200);
    }
  });

  test('503 with Retry-After while the database is away; it recovers without a restart', async () => {
    tellOnFailure();
    const { pid } = hub;
    await proxy.refuse();
    proxy.cut('reset');
    const operation = sale('away');
    // The login is remembered; the operation cannot be.
    const answer = await post(operation).expect(503);
    expect([answer.body.code, Number(answer.headers.get('retry-after')) > 0]).toEqual(['STORE_UNAVAILABLE', true]);
    expect((await batch(`${JSON.stringify(operation)}\n`)).status).toBe(503);
    expect((await fetch(`${hub.http}/readyz`)).status).toBe(503);
    expect((await fetch(`${hub.http}/healthz`)).status).toBe(200);
    await proxy.accept();
    await vi.waitUntil(async () => (await post(operation)).status === 201, { timeout: 10_000, interval: 20 });
    expect(hub.pid).toBe(pid);
    expect(hub.alive).toBe(true);
  });

  test('a connection to the database that is cut in the middle of any commit stores all of an operation or nothing', async () => {
    tellOnFailure();
    for (let round = 0; round < 25; round += 1) {
      const operations = Array.from({ length: 4 }, (_, n) => ({
        ...sale(`cut-${round}-${n}`),
        documents: [air('ETICKET', 'issued', nextNumber()), air('ETICKET', 'issued', nextNumber())],
      }));
      const passed = proxy.forwarded.up;
      const sending = Promise.all(operations.map((each) => post(each)));
      await vi.waitUntil(() => proxy.forwarded.up > passed + round * 400, { timeout: 200, interval: 1 }).catch(() => undefined);
      proxy.cut('reset');
      for (const [at, { status }] of (await sending).entries()) {
        expect([201, 503, 429]).toContain(status);
        await vi.waitUntil(
          async () => {
            const { status: now } = await post(operations[at] as Message);
            return now === 200 || now === 201;
          },
          { timeout: 10_000, interval: 10 },
        );
      }
    }
    expect(await findInconsistencies(store.database)).toEqual(CONSISTENT);
  });

  test('the times of an operation may lie far apart from the hub: only the future is refused', async () => {
    const shifted = (hours: number) => ({
      ...sale(`time-${hours}`),
      time: Temporal.Now.instant().add({ hours }).toString({ smallestUnit: 'second' }),
    });
    expect((await post(shifted(-24 * 31)).expect(201)).body.warnings.map(({ code }: { code: string }) => code)).toContain('TIME_OLD');
    await post(shifted(23)).expect(201);
    expect((await post(shifted(25)).expect(422)).body.details[0]).toMatchObject({ code: 'TIME_FUTURE', path: '/time' });
    await post({ ...sale('time-now'), time: nowText() }).expect(201);
  });
});
