import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawSocket } from '../../core/http/test/support/raw-socket.ts';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { TypeRef } from '../catalogue/descriptor.ts';
import { createRegistry, packageOf } from '../catalogue/registry.ts';
import { type CompatData, compatData } from './support/compat-data.ts';
import { basicOf, type Faces, openFaces, passwordOf } from './support/faces.ts';

// Spec billing 10.2, row by row.

const CONTRACTS = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const PAYMENTS = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const MIB = 1024 * 1024;

let faces: Faces;
let data: CompatData;
beforeAll(async () => {
  faces = await openFaces();
  data = await compatData(faces);
});
afterAll(() => faces.stop());

const soap = (body: string | Buffer, headers: Record<string, string> = {}) =>
  faces.send(`/executer/${CONTRACTS}`, {
    method: 'POST',
    body,
    headers: { authorization: basicOf('alice'), 'content-type': 'text/xml', ...headers },
  });
const json = (body: string | Buffer) => faces.send(`/executer/json/${CONTRACTS}`, { method: 'POST', body });
const inEnvelope = (inside: string): string =>
  `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${inside}</S:Body></S:Envelope>`;
const contractGet = (more = ''): string => inEnvelope(`<contractGet><contractId>${data.contract}</contractId>${more}</contractGet>`);

describe('XML', () => {
  test.each([
    ['a file of this machine', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
    ['an address of the network', '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">'],
    ['a bomb', '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'],
  ])('a DOCTYPE with %s is refused', async (_, doctype) => {
    const { status, text } = await soap(`${doctype}${contractGet('<x>&x;&b;</x>')}`);
    expect(status).toBe(500);
    expect(text).toContain('<faultcode>S:Client</faultcode>');
    expect(text).not.toContain('root:');
  });

  test.each([
    ['an entity of nowhere', () => contractGet('<x>&nbsp;</x>')],
    ['XInclude', () => contractGet('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>')],
    ['65 levels', () => contractGet('<a>'.repeat(70) + '</a>'.repeat(70))],
    ['more than 100 000 nodes', () => contractGet('<a/>'.repeat(100_001))],
    ['more than 1 000 attributes', () => contractGet(`<a ${Array.from({ length: 1_001 }, (_, n) => `a${n}=""`).join(' ')}/>`)],
    ['more than 200 namespaces', () => contractGet(Array.from({ length: 201 }, (_, n) => `<p${n}:a xmlns:p${n}="urn:${n}"/>`).join(''))],
    ['two roots', () => contractGet() + contractGet()],
    ['no end', () => contractGet().slice(0, -3)],
    ['nothing', () => ''],
    ['no envelope', () => '<a/>'],
    ['an empty Body', () => inEnvelope('')],
    ['bytes that are no UTF-8', () => Buffer.concat([Buffer.from(contractGet()), Buffer.from([0xff, 0xfe])])],
    ['an unknown charset', () => `<?xml version="1.0" encoding="x-unknown"?>${contractGet()}`],
  ])('%s is refused as the caller’s fault', async (_, body) => {
    const { status, text } = await soap(body());
    expect(status).toBe(500);
    expect(text).toContain('<faultcode>S:Client</faultcode>');
    expect(text).toContain('</S:Envelope>');
  });

  test('what is within the bounds passes', async () => {
    expect((await soap(contractGet('<a/>'.repeat(50_000)))).status).toBe(200);
    expect((await soap(contractGet('<a>'.repeat(60) + '</a>'.repeat(60)))).status).toBe(200);
  });
});

describe('JSON', () => {
  const call = (params: string): string =>
    `{"method":"contractGet","user":{"user":"alice","pswd":"${passwordOf('alice')}"},"params":${params}}`;

  test('of a key that is there twice the last counts; special names are names', async () => {
    const { text } = await json(call(`{"contractId":999,"contractId":${data.contract},"__proto__":{"a":1},"constructor":null}`));
    expect(JSON.parse(text).status).toBe('ok');
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  test.each([
    ['too deep', () => call(`{"contractId":${'['.repeat(65)}1${']'.repeat(65)}}`)],
    ['very deep', () => '['.repeat(500_000)],
    ['no UTF-8', () => Buffer.from([0x7b, 0xff, 0x7d])],
    ['a NUL', () => call('{"contractId":"1\\u0000"}')],
  ])('%s', async (_, body) => {
    const answer = await json(body());
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'error', data: {} });
  });

  test('a BOM is skipped', async () => {
    const { text } = await json(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(call(`{"contractId":${data.contract}}`))]));
    expect(JSON.parse(text).status).toBe('ok');
  });
});

describe('numbers, amounts and days', () => {
  const pay = (more: object) =>
    faces.json(PAYMENTS, 'paymentUpdate', {
      payment: { contractId: data.contract, typeId: data.paymentType, date: '2020-01-01', sum: 1, ...more },
    });

  test.each(['2147483648', 1e300, 'NaN', '1.5', '0x10', '٣', {}, [[1]], '1 OR 1=1'])(
    'contractId %j is refused by name',
    async (contractId) => {
      const answer = await faces.json(CONTRACTS, 'contractGet', { contractId });
      expect(answer).toMatchObject({ status: 'error', exception: 'ru.bitel.bgbilling.common.BGException' });
      expect(answer.message).toContain('contractId');
    },
  );

  test.each(['1e3', 'NaN', 'Infinity', '1.005', '99999999999999', '--1', '0'])('an amount of %j is refused by name', async (sum) => {
    const answer = await pay({ sum });
    expect(answer.status).toBe('error');
    expect(answer.message).toContain('sum');
  });

  test('an exponent without quotes is none, either, and every digit counts', async () => {
    const send = async (sum: string) => {
      const body = `{"method":"paymentUpdate","user":{"user":"alice","pswd":"${passwordOf('alice')}"},"params":{"payment":{"contractId":${data.contract},"typeId":${data.paymentType},"date":"2020-01-01","sum":${sum}}}}`;
      return JSON.parse((await faces.send(`/executer/json/${PAYMENTS}`, { method: 'POST', body })).text);
    };
    expect((await send('1e3')).message).toContain('sum');
    expect((await send('1.0000000000000001')).message).toContain('sum');
    const [id] = (await send('9999999999999.99')).data.return;
    expect((await faces.rows<{ sum: string }>(`SELECT sum FROM contract_payment WHERE payment_id = ${id}`))[0]?.sum).toBe(
      '9999999999999.99',
    );
  });

  test.each(['2020-02-30', '2020-13-01', '31.02.2020', '1899-12-31', '2201-01-01', 'yesterday', '2020-01-01T25:00:00', '2020-1-1'])(
    'the day %j is refused by name',
    async (date) => {
      const answer = await pay({ date });
      expect(answer.status).toBe('error');
      expect(answer.message).toContain('date');
    },
  );

  test('the first day behind the last is refused', async () => {
    const { text } = await faces.action('contract', 'ContractPayments', {
      cid: String(data.contract),
      date1: '02.01.2020',
      date2: '01.01.2020',
    });
    expect(text).toContain('status="error"');
  });
});

describe('bodies and addresses', () => {
  test.each(['/executer', `/executer/${CONTRACTS}`, `/executer/json/${CONTRACTS}`])(
    'more than 8 MiB to %s: 413, in the form of the face',
    async (path) => {
      const { status, text, headers } = await faces.send(path, { method: 'POST', body: Buffer.alloc(8 * MIB + 1, 0x61) });
      expect(status).toBe(413);
      expect(headers.get('connection')).not.toBe('keep-alive, close');
      expect(text).toMatch(/status="error"|"status":"error"|<S:Fault>/);
    },
  );

  test('more than 1 000 pairs', async () => {
    const body = Array.from({ length: 1_001 }, (_, n) => `a${n}=1`).join('&');
    expect((await faces.send('/executer', { method: 'POST', body })).text).toContain('1000');
  });

  test('headers above 32 KiB: 431; below they pass', async () => {
    const ask = async (size: number): Promise<string> => {
      const raw = await rawSocket(faces.port);
      raw.write(`GET /executer?module=a HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-large: ${'a'.repeat(size)}\r\n\r\n`);
      return raw.ended();
    };
    expect(await ask(40_000)).toContain(' 431 ');
    expect(await ask(25_000)).toContain(' 200 ');
  });
});

describe('SQL in texts is data', () => {
  const ATTACKS = [
    "'; DROP TABLE contract; --",
    "' OR '1'='1",
    '\\',
    '%',
    '$1',
    '(((((',
    '[[:alpha:]',
    'a'.repeat(257),
    '\u202e',
    '0); SELECT pg_sleep(9)--',
  ];

  test('in every text of every operation and action', async () => {
    const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
    const textOf = (type: TypeRef, attack: string): unknown =>
      'scalar' in type
        ? type.scalar === 'string'
          ? attack
          : type.scalar === 'boolean'
            ? false
            : type.scalar === 'dateTime' || type.scalar === 'date'
              ? '2020-01-01'
              : 1
        : 'list' in type
          ? [textOf(type.list, attack)]
          : null;
    const [before] = await faces.rows<{ count: number }>('SELECT count(*)::int AS count FROM contract');
    const told: string[] = [];
    let round = 0;
    for (const { service, operations } of registry.services) {
      const { name, ofModule } = packageOf(service.package);
      for (const { operation, run } of operations.values()) {
        if (!run || /Delete$/.test(operation.name) || operation.parameters.length === 0) continue;
        const attack = ATTACKS[round++ % ATTACKS.length] ?? '';
        const params = Object.fromEntries(operation.parameters.map((one) => [one.name, textOf(one.type, attack)]));
        const answer = await faces.json(`${name}${ofModule ? `/${data.npay}` : ''}/${service.name}`, operation.name, params);
        if (/Внутренняя ошибка/.test(answer.message)) told.push(`${service.name}.${operation.name}`);
      }
    }
    for (const { action, run } of registry.actions) {
      if (!run || /^Delete/.test(action.name)) continue;
      const attack = ATTACKS[round++ % ATTACKS.length] ?? '';
      const { text } = await faces.action(
        action.module,
        action.name,
        Object.fromEntries(action.parameters.map(({ name }) => [name, attack])),
      );
      if (/Внутренняя ошибка/.test(text)) told.push(`${action.module}/${action.name}`);
    }
    expect(told).toEqual([]);
    const [after] = await faces.rows<{ count: number }>('SELECT count(*)::int AS count FROM contract');
    expect(after?.count).toBeGreaterThanOrEqual(before?.count ?? 0);
  }, 60_000);
});

test('an operator without the right is told so, in each face, and audited', async () => {
  await faces.operator('eve', 'billing.call.PaymentService.paymentGet', 'billing.action.contract.ContractFace');
  const user = { user: 'eve', pswd: passwordOf('eve') };
  const refused = await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract }, { user });
  expect(refused).toMatchObject({ status: 'error', exception: 'ru.bitel.bgbilling.common.BGMessageException' });
  expect(refused.message).toContain('ContractService.contractGet');
  expect((await soap(contractGet(), { authorization: basicOf('eve') })).text).toContain('BGMessageException');
  const query = new URLSearchParams({ ...user, module: 'contract', action: 'ContractInfo', cid: String(data.contract) });
  expect((await faces.send(`/executer?${query}`)).text).toContain('status="error"');
  query.set('action', 'ContractFace');
  expect((await faces.send(`/executer?${query}`)).text).toContain('status="ok"');
  await expect
    .poll(async () => (await faces.rows<{ face: string }>("SELECT face FROM audit WHERE login = 'eve'")).map(({ face }) => face).sort())
    .toEqual(['action', 'json']);
});

test('a fence hides contracts, and a changed one counts at once', async () => {
  const operatorId = await faces.operator('frank', 'billing.call.*');
  await faces.rows(`UPDATE contract SET groups = 4 WHERE contract_id = ${data.contract}`);
  const user = { user: 'frank', pswd: passwordOf('frank') };
  const get = () => faces.json(CONTRACTS, 'contractGet', { contractId: data.contract }, { user });
  expect((await get()).status).toBe('ok');
  await faces.rows(`INSERT INTO billing_operator (operator_id, groups, groups_mode) VALUES (${operatorId}, 4, 1)`);
  await expect.poll(async () => (await get()).status).toBe('error');
  expect((await get()).message).toMatch(/не найден/);
  await faces.rows(`UPDATE billing_operator SET groups_mode = 0`);
  await expect.poll(async () => (await get()).status).toBe('ok');
});
