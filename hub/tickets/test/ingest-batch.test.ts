import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOperationSource } from '../samples/operation-source.ts';
import { openWholeHub, type WholeHub } from './support/whole-hub.ts';

let whole: WholeHub;
beforeAll(async () => {
  whole = await openWholeHub();
});
afterAll(() => whole?.drop());

const NDJSON = 'application/x-ndjson';
type Line = {
  line: number;
  id: string | null;
  status: string;
  documents?: unknown[];
  warnings?: unknown[];
  errors?: { code: string; path: string }[];
};
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
const codeOf = (text: string): string => (JSON.parse(text) as { code: string }).code;
let seed = 500;
const operations = (count: number): { id: string }[] => {
  seed += 1;
  const source = createOperationSource({ seed, history: false });
  return Array.from({ length: count }, () => source.next() as unknown as { id: string });
};
const stored = async (id: string): Promise<number> =>
  (
    await whole.database.database.work.query<{ n: number }>({
      text: 'SELECT count(*) AS n FROM ticket_operation WHERE external_id = $1',
      values: [id],
    })
  ).rows[0]?.n ?? 0;

test('one operation: 201 when it is created, 200 when it is sent again, 409 with other content', async () => {
  const [operation] = operations(1);
  if (!operation) throw new Error('an operation was expected');
  const first = await whole.send(JSON.stringify(operation));
  expect([first.status, (JSON.parse(first.text) as Line).status]).toEqual([201, 'created']);
  const again = await whole.send(JSON.stringify(operation));
  expect([again.status, (JSON.parse(again.text) as Line).status]).toEqual([200, 'duplicate']);
  expect((JSON.parse(again.text) as Line).documents).toEqual((JSON.parse(first.text) as Line).documents);
  const other = await whole.send(JSON.stringify({ ...operation, deal: { agency: 'OTHER' } }));
  expect([other.status, codeOf(other.text)]).toEqual([409, 'OPERATION_CONFLICT']);
});

test('a batch with a blank line, CRLF, tabs, a broken line and no line feed at its end: one result a line, in order, by its number', async () => {
  const [a, b, c, d] = operations(4).map((operation) => JSON.stringify(operation));
  const answer = await whole.send(`${a}\r\n\n   \t\r\n{"id": broken\n${b}\n\t${c}  \r\n${d}`, NDJSON);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
  const lines = linesOf(answer.text);
  expect(lines.map(({ line, status }) => [line, status])).toEqual([
    [1, 'created'],
    [4, 'rejected'],
    [5, 'created'],
    [6, 'created'],
    [7, 'created'],
  ]);
  expect(lines[1]).toMatchObject({ id: null, errors: [{ code: 'MALFORMED_JSON' }] });
});

test('lines are independent: bad, conflicting, repeated, too large and not UTF-8 ones stop nobody', async () => {
  const [good, known, last] = operations(3);
  if (!good || !known || !last) throw new Error('operations were expected');
  await whole.send(JSON.stringify(known));
  const bytes = Buffer.concat([
    Buffer.from(`${JSON.stringify(good)}\n`),
    Buffer.from(`${JSON.stringify({ ...known, deal: { agency: 'OTHER' } })}\n`),
    Buffer.from(`${JSON.stringify(known)}\n`),
    Buffer.from(`${JSON.stringify({ ...good, id: 'bad', kind: 'sale' })}\n`),
    Buffer.from(`{"id":"large","x":"${'x'.repeat(256 * 1024)}"}\n`),
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d, 0x0a]),
    Buffer.from('[1,2]\nnull\n"text"\n'),
    Buffer.from(`${JSON.stringify(good)}\n`),
    Buffer.from(`${JSON.stringify(last)}\n`),
  ]);
  const lines = linesOf((await whole.send(bytes, NDJSON)).text);
  expect(lines.map(({ status, errors }) => [status, errors?.[0]?.code])).toEqual([
    ['created', undefined],
    ['rejected', 'OPERATION_CONFLICT'],
    ['duplicate', undefined],
    ['rejected', 'BAD_FORMAT'],
    ['rejected', 'TOO_LARGE'],
    ['rejected', 'MALFORMED_JSON'],
    ['rejected', expect.any(String)],
    ['rejected', expect.any(String)],
    ['rejected', expect.any(String)],
    ['duplicate', undefined],
    ['created', undefined],
  ]);
  expect(lines.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(lines[3]?.id).toBe('bad');
});

test('a sale and what happens to it later may stand in one batch', async () => {
  const [sale] = operations(1) as unknown as { id: string; documents: { number: string }[] }[];
  if (!sale) throw new Error('a sale was expected');
  const refund = {
    id: `refund-${sale.id}`,
    kind: 'refund',
    time: '2026-11-22T12:00:00+03:00',
    system: { id: '1H' },
    deal: { agency: '17МОВ' },
    documents: [{ from: 'history', role: 'refunded', number: sale.documents[0]?.number }],
  };
  const body = [sale, refund, { ...refund, id: 'second' }, refund].map((line) => JSON.stringify(line)).join('\n');
  const lines = linesOf((await whole.send(body, NDJSON)).text);
  expect(lines.map(({ status, errors }) => errors?.[0]?.code ?? status)).toEqual(['created', 'created', 'HISTORY_TAKEN_BACK', 'duplicate']);
});

test('2,500 operations, more than wait for their commit at once, come back in the order sent', async () => {
  const sent = operations(2_500);
  const lines = linesOf((await whole.send(sent.map((operation) => JSON.stringify(operation)).join('\n'), NDJSON)).text);
  expect(lines.map(({ id, status }) => `${id} ${status}`)).toEqual(sent.map(({ id }) => `${id} created`));
});

test('5,001 operations, a body over 16 MiB and an operation over 256 KiB are refused with 413, and nothing of them is stored', async () => {
  const [first] = operations(1);
  const many = await whole.send(`${JSON.stringify(first)}\n${'{}\n'.repeat(5_000)}`, NDJSON);
  expect([many.status, codeOf(many.text)]).toEqual([413, 'TOO_LARGE']);
  expect(await stored(first?.id ?? '')).toBe(0);
  expect(linesOf((await whole.send(`\n\r\n${'\n'.repeat(6_000)}${'{}\n'.repeat(5_000)}`, NDJSON)).text)).toHaveLength(5_000);
  const large = await whole.send(Buffer.alloc(16 * 1024 ** 2 + 1, 0x20), NDJSON);
  expect([large.status, codeOf(large.text)]).toEqual([413, 'TOO_LARGE']);
  const one = await whole.send(`{"id":"x","y":"${'y'.repeat(256 * 1024)}"}`);
  expect([one.status, codeOf(one.text)]).toEqual([413, 'TOO_LARGE']);
});

test('16 MiB of empty lines, and of blanks, are refused quickly: no operation is in them', async () => {
  for (const byte of [0x0a, 0x20]) {
    const before = process.cpuUsage();
    const answer = await whole.send(Buffer.alloc(16 * 1024 ** 2, byte), NDJSON);
    const { user } = process.cpuUsage(before);
    expect([answer.status, codeOf(answer.text)]).toEqual([400, 'MALFORMED_JSON']);
    expect(user).toBeLessThan(5_000_000);
  }
});

test('no body, an empty one and JSON that is no object are answered with 400 or 422', async () => {
  for (const type of ['application/json', NDJSON]) {
    for (const body of ['', undefined]) {
      const answer = await whole.send(body, type);
      expect([answer.status, codeOf(answer.text)]).toEqual([400, 'MALFORMED_JSON']);
    }
  }
  for (const body of ['null', '[]', '"x"', '1']) expect([400, 422]).toContain((await whole.send(body)).status);
});

test('the content type counts in any case and with parameters; another one is refused with 415', async () => {
  const [a, b] = operations(2).map((operation) => JSON.stringify(operation));
  const answer = await whole.send(`${a}\n${b}\n`, 'Application/X-NDJSON; charset=UTF-8');
  expect(linesOf(answer.text).map(({ status }) => status)).toEqual(['created', 'created']);
  expect((await whole.send(a, 'text/plain')).status).toBe(415);
  expect((await whole.send(a, 'application/json; charset=windows-1251')).status).toBe(415);
});

test('hostile keys and texts are refused, and remembered for the console without disturbing each other', async () => {
  const work = whole.database.database.work;
  const count = async (): Promise<number> =>
    (await work.query<{ n: number }>({ text: 'SELECT count(*) AS n FROM ticket_rejection' })).rows[0]?.n ?? 0;
  const before = await count();
  const hostile = [
    '{"\\u0000":1}',
    '{"\\ud800":1,"id":"\\udfff"}',
    '{"id":"\\u0000","source":"\\u0000"}',
    '{"__proto__":{"x":1}}',
    `${'['.repeat(1_000)}${']'.repeat(1_000)}`,
  ];
  const lines = linesOf((await whole.send(hostile.join('\n'), NDJSON)).text);
  expect(lines.map(({ status }) => status)).toEqual(hostile.map(() => 'rejected'));
  await expect.poll(count).toBe(before + hostile.length);
  expect(({} as { x?: number }).x).toBeUndefined();
});

test('a sender that goes away in the middle of its body leaves nothing behind', async () => {
  const [operation] = operations(1);
  const text = JSON.stringify(operation);
  const { hostname, port } = new URL(whole.hub.addresses['http'] ?? '');
  await new Promise<void>((resolve) => {
    const cut = request({
      hostname,
      port,
      method: 'POST',
      path: '/api/v1/tickets/operations',
      headers: { 'content-type': NDJSON, 'content-length': text.length + 100, authorization: `Basic ${btoa('grs:grs-password')}` },
    });
    cut.on('error', () => resolve());
    cut.on('close', () => resolve());
    cut.write(`${text}\n`, () => setImmediate(() => cut.destroy()));
  });
  const [other] = operations(1);
  expect((await whole.send(JSON.stringify(other))).status).toBe(201);
  expect(await stored(operation?.id ?? '')).toBe(0);
});
