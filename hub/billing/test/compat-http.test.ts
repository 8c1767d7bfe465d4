import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawSocket } from '../../core/http/test/support/raw-socket.ts';
import { type CompatData, compatData } from './support/compat-data.ts';
import { basicOf, type Faces, openFaces, passwordOf } from './support/faces.ts';

// The checklist of compatibility (spec billing 7): what concerns addresses, methods, bodies and logins.

const CONTRACTS = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const PREFIXES = ['', '/bgbilling', '/billing', '/any/depth'];

let faces: Faces;
let data: CompatData;
beforeAll(async () => {
  faces = await openFaces();
  data = await compatData(faces);
});
afterAll(() => faces.stop());

const login = { user: 'alice', pswd: passwordOf('alice') };
const query = (params: Record<string, string>): string => `${new URLSearchParams(params)}`;
const listOf = { ...login, module: 'contract.status', action: 'StatusList' };

test('1: the HTTP status is 200 for every action and every JSON error', async () => {
  for (const path of ['/executer', '/executer?module=no&action=no', `/executer?${query(login)}`]) {
    const { status, text } = await faces.send(path);
    expect(status).toBe(200);
    expect(text).toContain('status="error"');
  }
  for (const body of ['', '{', '[]', '{"method":"no"}', '{"method":"contractGet","user":{"user":"alice","pswd":"no"}}']) {
    const { status, text } = await faces.send(`/executer/json/${CONTRACTS}`, { method: 'POST', body });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ status: 'error', data: {} });
  }
});

test.each(['application/x-www-form-urlencoded', 'text/plain', 'application/json', 'application/json;charset=cp1251', 'nonsense', ''])(
  '2: JSON under the content type %j',
  async (type) => {
    const body = JSON.stringify({ method: 'contractGet', user: login, params: { contractId: data.contract } });
    const raw = await rawSocket(faces.port);
    const header = type === '' ? '' : `content-type: ${type}\r\n`;
    raw.write(
      `POST /executer/json/${CONTRACTS} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${header}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    expect(await raw.ended()).toContain(`"id":${data.contract}`);
  },
);

test.each(PREFIXES)('3: the same calls below %j/executer', async (prefix) => {
  expect((await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract }, { prefix })).data.return.id).toBe(data.contract);
  expect((await faces.soap(CONTRACTS, 'contractGet', `<contractId>${data.contract}</contractId>`, { prefix })).status).toBe(200);
  expect((await faces.action('contract', 'ContractInfo', { cid: String(data.contract) }, { prefix })).text).toContain('status="ok"');
});

test('4: a slash behind the name of a service', async () => {
  expect((await faces.json(`${CONTRACTS}/`, 'contractGet', { contractId: data.contract })).status).toBe('ok');
  expect((await faces.soap(`${CONTRACTS}/`, 'contractGet', `<contractId>${data.contract}</contractId>`)).status).toBe(200);
  expect((await faces.send(`/executer/?${query(listOf)}`)).text).toContain('status="ok"');
});

test('24: POST with everything in the query and an empty body', async () => {
  const raw = await rawSocket(faces.port);
  raw.write(`POST /executer?${query(listOf)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  expect(await raw.ended()).toContain('status="ok"');
});

describe('25: form bodies', () => {
  test('without a charset, percent-encoded UTF-8, with a trailing &', async () => {
    const title = 'Ё-№ 1';
    const body = `${query({ ...login, module: 'contract', action: 'UpdateContractTitleAndComment', cid: String(data.other), comment: title })}&`;
    const answer = await faces.send('/executer', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.text).toContain('status="ok"');
    expect((await faces.json(CONTRACTS, 'contractGet', { contractId: data.other })).data.return.comment).toBe(title);
  });

  test('what is no UTF-8 is windows-1251', async () => {
    const body = `${query({ ...login, module: 'contract', action: 'UpdateContractTitleAndComment', cid: String(data.other) })}&comment=%CF%F0%E8%E2%E5%F2`;
    await faces.send('/executer', { method: 'POST', body });
    expect((await faces.json(CONTRACTS, 'contractGet', { contractId: data.other })).data.return.comment).toBe('Привет');
  });

  test('query and body are merged, and the query counts first', async () => {
    const answer = await faces.send(`/executer?module=contract.status&action=StatusList`, {
      method: 'POST',
      body: query({ ...login, action: 'No' }),
    });
    expect(answer.text).toContain('status="ok"');
  });

  test('multipart is refused', async () => {
    const form = new FormData();
    form.set('module', 'contract');
    expect((await faces.send(`/executer?${query(listOf)}`, { method: 'POST', body: form })).text).toContain('status="error"');
  });
});

test('26: Basic instead of user and pswd', async () => {
  const headers = { authorization: basicOf('alice') };
  expect((await faces.send('/executer?module=contract.status&action=StatusList', { headers })).text).toContain('status="ok"');
});

test('27: a junk BGBillingSecret beside credentials is ignored', async () => {
  expect((await faces.send(`/executer?${query({ ...listOf, BGBillingSecret: 'junk' })}`)).text).toContain('status="ok"');
});

describe('28: sessions', () => {
  const opened = async () => {
    const { headers, text } = await faces.send(`/executer?${query(listOf)}`);
    return {
      cookie: /JSESSIONID=[0-9A-F]{32}/.exec(headers.get('set-cookie') ?? '')?.[0] ?? '',
      secret: / secret="([0-9A-F]{32})"/.exec(text)?.[1] ?? '',
    };
  };
  const withSession = (cookie: string, secret: string) =>
    faces.send(`/executer?${query({ module: 'contract.status', action: 'StatusList', BGBillingSecret: secret })}`, { headers: { cookie } });

  test('authToSession=0 makes none', async () => {
    const { headers, text } = await faces.send(`/executer?${query({ ...listOf, authToSession: '0' })}`);
    expect(headers.get('set-cookie')).toBeNull();
    expect(text).not.toContain('secret=');
  });

  test('cookie and last secret are a login, each secret once', async () => {
    const { cookie, secret } = await opened();
    const first = await withSession(cookie, secret);
    expect(first.text).toContain('status="ok"');
    const next = / secret="([0-9A-F]{32})"/.exec(first.text)?.[1] ?? '';
    expect(next).not.toBe(secret);
    expect((await withSession(cookie, secret)).text).toContain('status="error"');
    expect((await withSession(cookie, next)).text).toContain('status="ok"');
  });

  test('a secret without its cookie is none', async () => {
    const { secret } = await opened();
    expect((await withSession('JSESSIONID=0123456789ABCDEF0123456789ABCDEF', secret)).text).toContain('Неправильный пароль.');
  });

  test('calls without the flag do not fill the memory: an operator keeps 50', async () => {
    await faces.operator('bob', 'billing.action.*');
    const before = Number(/vestnik_billing_action_sessions (\d+)/.exec(await pageOfMetrics())?.[1] ?? 0);
    for (let made = 0; made < 60; made += 1) await faces.send(`/executer?${query({ ...listOf, user: 'bob', pswd: passwordOf('bob') })}`);
    const after = Number(/vestnik_billing_action_sessions (\d+)/.exec(await pageOfMetrics())?.[1] ?? 0);
    expect(after - before).toBe(50);
  });
});

const pageOfMetrics = async (): Promise<string> => (await faces.metrics.page()) ?? '';

test('54: the text of an error is the text of the root', async () => {
  const { text } = await faces.send(`/executer?${query({ ...login, authToSession: '0', module: 'no', action: 'Such' })}`);
  expect(text).toBe('<?xml version="1.0" encoding="UTF-8"?><data status="error">Action not found: no/Such</data>');
});

test('60: the text of a wrong password, the same for an unknown login, in all faces', async () => {
  const TEXT = 'Неправильный пароль.';
  for (const user of ['alice', 'nobody']) {
    expect((await faces.json(CONTRACTS, 'contractGet', { contractId: 1 }, { user: { user, pswd: 'no' } })).message).toBe(TEXT);
    expect((await faces.send(`/executer?${query({ ...listOf, user, pswd: 'no' })}`)).text).toContain(`>${TEXT}</data>`);
    const soap = await faces.soap(CONTRACTS, 'contractGet', '<contractId>1</contractId>', {
      headers: { authorization: basicOf(user, 'no') },
    });
    expect(soap.status).toBe(401);
    expect(soap.headers.get('www-authenticate')).toBe('Basic realm="billing", charset="UTF-8"');
    expect(soap.text).toContain(`<faultstring>${TEXT}</faultstring>`);
  }
});

describe('61: old HTTP', () => {
  test.each([
    ['HTTP/1.0', 'GET %s HTTP/1.0\r\n\r\n'],
    ['HTTP/1.0 with keep-alive', 'GET %s HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'],
    ['connection: close', 'GET %s HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ['lower-case headers', 'GET %s HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\nuser-agent: old\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    const raw = await rawSocket(faces.port);
    raw.write(bytes.replace('%s', `/executer?${query(listOf)}`));
    const answer = await raw.until((text) => text.includes('</data>'));
    expect(answer).toContain('200 OK');
    expect(answer).toContain('status="ok"');
    raw.socket.destroy();
  });
});

test('the headers of an action say that nothing is kept', async () => {
  const { headers } = await faces.send(`/executer?${query(listOf)}`);
  expect(headers.get('content-type')).toBe('text/xml;charset=UTF-8');
  expect(headers.get('cache-control')).toBe('no-cache, no-store, must-revalidate');
  expect(headers.get('expires')).toBe('Thu, 01 Jan 1970 00:00:01 GMT');
  expect(headers.get('last-modified')).toBe('Thu, 01 Jan 1970 00:00:01 GMT');
});

test('other methods and addresses', async () => {
  expect((await faces.send('/executer', { method: 'PUT', body: 'x' })).status).toBe(405);
  for (const path of ['/executer/no', '/executer/a.b/..%2fService', '/executer/a.b/9/8/Service', '/executer/a.b/x/Service'])
    expect((await faces.send(path)).status).toBe(404);
  expect((await faces.send('/executer/docs')).text).toContain('ContractService');
  expect((await faces.send(`/x/executer/json/${CONTRACTS}`)).text).toContain('contractGet');
  expect((await faces.send('/executer/upload', { method: 'POST', body: 'x' })).text).toContain('not supported by this server');
});

test('a port of its own, where the configuration names one', async () => {
  const other = await openFaces({ VESTNIK_BILLING__PORT: '0' });
  try {
    const address = other.addresses['billing'] ?? '';
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const answer = await fetch(`${address}/executer?${query(listOf)}`);
    expect(await answer.text()).toContain('status="ok"');
    expect((await fetch(`${address}/healthz`)).status).toBe(404);
  } finally {
    await other.stop();
  }
  expect(faces.addresses).toEqual({});
});

test('1 000 payments at once on one contract are all there, and the balance is exact', async () => {
  const payment = { contractId: data.other, typeId: data.paymentType, date: '2021-01-01', sum: '0.01' };
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, () =>
      faces.json('ru.bitel.bgbilling.kernel.contract.balance/PaymentService', 'paymentUpdate', { payment }),
    ),
  );
  expect(new Set(answers.map(({ data: { return: ids } }) => ids?.[0])).size).toBe(1_000);
  const [row] = await faces.rows<{ payments: string }>(
    `SELECT payments FROM contract_balance WHERE contract_id = ${data.other} AND month = '2021-01-01'`,
  );
  expect(row?.payments).toBe('10.00');
}, 60_000);
