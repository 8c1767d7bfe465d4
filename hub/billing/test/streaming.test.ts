import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LongList } from '../catalogue/long-list.ts';
import { PORTION } from '../portions.ts';
import { createLongLists } from '../wire/long-lists.ts';
import { type CompatData, compatData } from './support/compat-data.ts';
import { basicOf, type Faces, openFaces, passwordOf } from './support/faces.ts';

// Large lists (spec billing 11): sent from their beginning while the rest is read, in no more memory than a portion takes.

const API = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const PAYMENTS = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const MANY = 100_000;
const SOME = 1_000;
const MOST_LOOKS = 8;

let faces: Faces;
let data: CompatData;
beforeAll(async () => {
  faces = await openFaces({ VESTNIK_BILLING__PROFILES: 'new=9.2501', VESTNIK_BILLING__MOST_ROWS: String(MANY) });
  data = await compatData(faces);
  const pay = (contract: number, count: number): Promise<unknown> =>
    faces.rows(
      `INSERT INTO contract_payment (contract_id, type_id, day, sum, comment, login)
       SELECT ${contract}, ${data.paymentType}, DATE '2020-01-01' + n % 1000, 1 + n % 7, 'платёж <' || n || '>', 'alice' FROM generate_series(1, ${count}) n`,
    );
  await pay(data.contract, MANY);
  await pay(data.other, SOME);
  await faces.rows(`INSERT INTO contract (title, date_from) SELECT 'Д-' || n, '2020-01-01' FROM generate_series(1, 2000) n`);
}, 60_000);
afterAll(() => faces.stop());

const inside = (contract: number): string => `<contractId>${contract}</contractId><members>1</members>`;
const idsIn = (text: string): string[] => [...text.matchAll(/<(?:return|list) id="(\d+)"/g)].map(([, id = '']) => id);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Bytes that are in use: nothing of it is garbage. */
function inUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Received {
  /** Milliseconds to the first byte and to the last one. */
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  readonly looks: number;
  /** The most that this process, hub and caller, had in use beyond what it had before, while the answer came. */
  readonly held: number;
  readonly tail: string;
}

/** Takes an answer in and throws it away, so that what is held is the hub's. */
async function receive(path: string, body: string, type: string): Promise<Received> {
  const before = inUse();
  let most = before;
  let looks = 0;
  const look = setInterval(() => {
    looks += 1;
    // Each look stops everything for a while.
    if (looks <= MOST_LOOKS) most = Math.max(most, inUse());
  }, 200);
  const began = performance.now();
  let first = 0;
  let bytes = 0;
  let tail = Buffer.alloc(0);
  const answer = await fetch(`${faces.url}${path}`, {
    method: 'POST',
    body,
    headers: { authorization: basicOf('alice'), 'content-type': type },
  });
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    if (first === 0) first = performance.now() - began;
    bytes += chunk.length;
    tail = Buffer.concat([tail, chunk]).subarray(-200);
  }
  clearInterval(look);
  return { first, last: performance.now() - began, bytes, looks, held: most - before, tail: tail.toString() };
}

const soapCall = (contract: number): string =>
  `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><paymentList xmlns="">${inside(contract)}</paymentList></S:Body></S:Envelope>`;
const jsonCall = (contractId: number): string => JSON.stringify({ method: 'paymentList', params: { contractId, members: 1 } });

describe('what comes in portions is the whole list', () => {
  test(`${SOME} payments over SOAP, each once, in order, with their total`, async () => {
    const { text, headers } = await faces.soap(PAYMENTS, 'paymentList', inside(data.other));
    expect(headers.get('transfer-encoding')).toBe('chunked');
    const rows = await faces.rows<{ id: number }>(
      `SELECT payment_id AS id FROM contract_payment WHERE contract_id = ${data.other} ORDER BY day, 1`,
    );
    expect(idsIn(text)).toEqual(rows.map(({ id }) => String(id)));
    expect(text).toContain('<comment>платёж &lt;1000&gt;</comment>');
    const [sum] = await faces.rows<{ sum: string }>(`SELECT sum(sum)::text AS sum FROM contract_payment WHERE contract_id = ${data.other}`);
    expect(text).toContain(`<holderTotalSum>${sum?.sum}</holderTotalSum></ns1:paymentListResponse>`);
  });

  test('the same over JSON, and inside the object of the release 9.2501', async () => {
    const { data: seven } = await faces.json(PAYMENTS, 'paymentList', { contractId: data.other, members: 1 });
    expect(seven.return).toHaveLength(SOME);
    const { data: nine } = await faces.json(PAYMENTS, 'paymentList', { contractId: data.other, members: 1 }, { prefix: '/new' });
    expect(nine.return.list).toEqual(seven.return);
    expect(nine.return.sum).toBe(seven.holderTotalSum);
    const { text } = await faces.soap(PAYMENTS, 'paymentList', inside(data.other), { prefix: '/new' });
    expect(idsIn(text)).toEqual(seven.return.map(({ id }: { id: number }) => String(id)));
  });

  test('contracts, all of them and a page that is longer than a portion', async () => {
    const search = { title: '.*', fc: -1, groupMask: 0, subContracts: false, closed: true, hidden: false };
    const all = (await faces.json(API, 'contractList', search)).data;
    expect(all.page.recordCount).toBe(2_002);
    const titles = await faces.rows<{ title: string }>('SELECT title FROM contract ORDER BY lower(title) COLLATE "C", contract_id');
    expect(all.return.map(({ title }: { title: string }) => title)).toEqual(titles.map(({ title }) => title));
    const page = (await faces.json(API, 'contractList', { ...search, page: { pageIndex: 2, pageSize: 700 } })).data;
    expect(page.return).toEqual(all.return.slice(700, 1_400));
    expect(page.page).toMatchObject({ pageCount: 3, recordCount: 2_002, pageFirstRecordNumber: 700 });
    const nine = (await faces.json(API, 'contractList', search, { prefix: '/new' })).data.return;
    expect(nine.list.at(-1)).toEqual({ contractId: all.return.at(-1).id, contractTitle: titles.at(-1)?.title, contractComment: '' });
  });

  test('one more than is answered at once is refused before anything is sent', async () => {
    await faces.rows(
      `INSERT INTO contract_payment (contract_id, type_id, day, sum, login) VALUES (${data.contract}, ${data.paymentType}, '2020-01-01', 1, 'x')`,
    );
    const { status, message } = await faces.json(PAYMENTS, 'paymentList', { contractId: data.contract, members: 1 });
    expect([status, message]).toEqual(['error', expect.stringContaining('100000')]);
    await faces.rows(`DELETE FROM contract_payment WHERE login = 'x'`);
  });
});

describe(`${MANY} rows`, () => {
  test.each([
    ['SOAP', `/executer/${PAYMENTS}`, soapCall, 'text/xml', '</S:Envelope>'],
    ['JSON', `/executer/json/${PAYMENTS}`, jsonCall, 'application/json', '}}'],
  ] as const)(
    'over %s: the first byte long before the last, memory at most three times the answer',
    async (_, path, call, type, end) => {
      await receive(path, call(data.other), type);
      const { first, last, bytes, looks, held, tail } = await receive(path, call(data.contract), type);
      expect(bytes).toBeGreaterThan(15_000_000);
      expect(tail.endsWith(end)).toBe(true);
      expect(first).toBeLessThan(last / 2);
      expect(looks).toBeGreaterThan(0);
      // The bound is three times the answer (spec 11); portions need no half of it.
      expect(held).toBeLessThan(bytes / 2);
    },
    60_000,
  );

  test('who takes nothing holds a portion or two, and the hub answers others meanwhile', async () => {
    const before = inUse();
    const socket = connect(faces.port, '127.0.0.1');
    await once(socket, 'connect');
    const body = soapCall(data.contract);
    socket.pause();
    socket.write(
      `POST /executer/${PAYMENTS} HTTP/1.1\r\nhost: x\r\nauthorization: ${basicOf('alice')}\r\ncontent-type: text/xml\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    for (let at = 0; at < 3; at += 1) {
      const { status } = await faces.json(PAYMENTS, 'paymentList', { contractId: data.other, members: 1 });
      expect(status).toBe('ok');
    }
    // What the sockets took is all that was made: the answer has 20 MB.
    expect(inUse() - before).toBeLessThan(10_000_000);
    socket.destroy();
    await once(socket, 'close');
    expect((await faces.json(API, 'contractGet', { contractId: data.contract })).status).toBe('ok');
  });
});

test('HTTP/1.0 gets it without chunks, ended by the end of the connection', async () => {
  const socket = connect(faces.port, '127.0.0.1');
  await once(socket, 'connect');
  const body = JSON.stringify({
    method: 'paymentList',
    user: { user: 'alice', pswd: passwordOf('alice') },
    params: { contractId: data.other, members: 1 },
  });
  socket.write(`POST /executer/json/${PAYMENTS} HTTP/1.0\r\nhost: x\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk;
  const [head = '', answer = ''] = text.split('\r\n\r\n');
  expect(head.toLowerCase()).not.toContain('transfer-encoding');
  expect(JSON.parse(answer).data.return).toHaveLength(SOME);
});

describe('the places of long lists', () => {
  const rows = Array.from({ length: 2 * PORTION + 1 }, (_, id) => ({ id }));
  const write = (some: readonly unknown[], first: boolean): string =>
    `${first ? '' : ','}${some.map((one) => (one as { id: number }).id).join()}`;
  const whole = async ({ body, rest }: { body: string; rest?: AsyncIterable<string> }): Promise<string> => {
    let text = body;
    for await (const piece of rest ?? []) text += piece;
    return text;
  };

  test('a second list is written as it is; a short one, too', async () => {
    const lists = createLongLists();
    const show = (list: readonly unknown[]): string => lists.defer(list, write) ?? write(list, true);
    const all = rows.map(({ id }) => id).join();
    expect(await whole(lists.answer(() => `[${show(rows)}][${show(rows)}]`))).toBe(`[${all}][${all}]`);
    expect(lists.answer(() => show(rows.slice(0, PORTION))).rest).toBeUndefined();
  });

  test('a list in portions is no text; what fails in it breaks off, and the next answer is whole', async () => {
    const lists = createLongLists();
    const failing = new LongList([{ id: 1 }], async function* () {
      yield [{ id: 2 }];
      throw new Error('away');
    });
    expect(() => lists.defer(failing, write)).toThrow('cannot be sent');
    const pieces: string[] = [];
    const { body, rest } = lists.answer(() => `<${lists.defer(failing, write)}>`);
    await expect(
      (async () => {
        for await (const piece of rest ?? []) pieces.push(piece);
      })(),
    ).rejects.toThrow('away');
    expect([body, ...pieces]).toEqual(['<1', ',2']);
    expect(lists.answer(() => 'x')).toEqual({ body: 'x' });
  });
});
