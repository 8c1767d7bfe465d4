import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { type CompatData, compatData } from './support/compat-data.ts';
import { basicOf, type Faces, openFaces, passwordOf } from './support/faces.ts';

// The call console (spec billing 9.9): calls of the three protocols over REST, and what they begin from.

let faces: Faces;
let data: CompatData;
beforeAll(async () => {
  faces = await openFaces({ VESTNIK_BILLING__PROFILES: 'new=9.2501' });
  data = await compatData(faces);
  await faces.operator('reader', 'billing.call.ContractService.contractGet');
});
afterAll(() => faces.stop());

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
const rest = async (method: string, path: string, body?: unknown, login = 'alice'): Promise<{ status: number; body: any }> => {
  const headers = { authorization: basicOf(login), 'content-type': 'application/json' };
  const answer = await faces.send(`/api/v1/billing${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: answer.status, body: JSON.parse(answer.text) };
};
const call = (wanted: object, login?: string) => rest('POST', '/calls', wanted, login);
const get = { service: 'ContractService', operation: 'contractGet' };

describe('a call shows the request and the answer of its protocol', () => {
  test('JSON', async () => {
    const { status, body } = await call({ protocol: 'json', ...get, arguments: { contractId: data.contract } });
    expect(status).toBe(200);
    const { request, answer } = body;
    expect(request).toEqual({
      method: 'POST',
      url: `${faces.url}/executer/json/ru.bitel.bgbilling.kernel.contract.api/ContractService`,
      headers: [['content-type', 'application/json;charset=utf-8']],
      body: JSON.stringify({ method: 'contractGet', user: { user: 'alice', pswd: '***' }, params: { contractId: data.contract } }, null, 2),
    });
    expect(answer).toMatchObject({ status: 200, cut: false });
    const direct = await faces.json('ru.bitel.bgbilling.kernel.contract.api/ContractService', 'contractGet', { contractId: data.contract });
    expect(JSON.parse(answer.body)).toEqual(direct);
  });

  test('SOAP', async () => {
    const { body } = await call({ protocol: 'soap', ...get, arguments: { contractId: data.contract } });
    expect(body.request.url).toBe(`${faces.url}/executer/ru.bitel.bgbilling.kernel.contract.api/ContractService`);
    expect(Object.fromEntries(body.request.headers)).toMatchObject({ authorization: 'Basic ***', soapaction: '""' });
    expect(body.request.body).toContain(`<b:contractGet><contractId>${data.contract}</contractId></b:contractGet>`);
    expect(body.answer.body).toContain('contractGetResponse');
    expect(body.answer.bytes).toBe(Buffer.byteLength(body.answer.body));
  });

  test.each(['GET', 'POST'])('XML actions by %s', async (method) => {
    const { body } = await call({
      protocol: 'action',
      module: 'contract',
      action: 'ContractInfo',
      arguments: { cid: data.contract },
      method,
    });
    const pairs = `module=contract&action=ContractInfo&user=alice&pswd=***&authToSession=0&cid=${data.contract}`;
    if (method === 'GET') expect(body.request).toMatchObject({ url: `${faces.url}/executer?${pairs}`, body: '' });
    else expect(body.request).toMatchObject({ url: `${faces.url}/executer`, body: pairs });
    expect(body.answer.body).toMatch(/^<\?xml .*<data status="ok">/s);
  });

  test('what is shown can be sent: with the password in place of *** it answers the same', async () => {
    for (const protocol of ['json', 'soap'] as const) {
      const { request, answer } = (await call({ protocol, ...get, arguments: { contractId: data.contract } })).body;
      const headers = { ...Object.fromEntries(request.headers), ...(protocol === 'soap' && { authorization: basicOf('alice') }) };
      const again = await fetch(request.url, { method: 'POST', headers, body: request.body.replace('***', passwordOf('alice')) });
      expect(await again.text()).toBe(answer.body);
    }
  });

  test('a prefix chooses the release, a language the texts', async () => {
    const list = { protocol: 'json', service: 'ContractService', operation: 'contractList', arguments: { title: '.*' } };
    expect(JSON.parse((await call(list)).body.answer.body).data.return).toBeInstanceOf(Array);
    expect(JSON.parse((await call({ ...list, prefix: '/new' })).body.answer.body).data.return.list).toBeInstanceOf(Array);
    const { body } = await call({ protocol: 'json', ...get, arguments: { contractId: 999_999 }, language: 'en' });
    expect(JSON.parse(body.answer.body).message).toBe('there is no contract 999999');
  });

  test('errors of the protocol are its answers: a fault, an error of an action', async () => {
    const soap = await call({ protocol: 'soap', ...get, arguments: {} });
    expect(soap.status).toBe(200);
    expect(soap.body.answer).toMatchObject({ status: 500, body: expect.stringContaining('<faultstring>') });
    const action = await call({ protocol: 'action', module: 'no', action: 'such' });
    expect(action.body.answer.body).toContain('Action not found: no/such');
  });

  test('a body of one’s own goes as it is, and no other login than one’s own', async () => {
    const broken = await call({ protocol: 'json', service: 'ContractService', body: '{"method":' });
    expect(broken.body.request.body).toBe('{"method":');
    expect(Object.fromEntries(broken.body.request.headers).authorization).toBe('Basic ***');
    expect(JSON.parse(broken.body.answer.body)).toMatchObject({ status: 'error' });
    const own = { method: 'contractGet', params: { contractId: data.contract } };
    const plain = await call({ protocol: 'json', service: 'ContractService', body: JSON.stringify(own) });
    expect(JSON.parse(plain.body.answer.body).data.return.id).toBe(data.contract);
    const other = JSON.stringify({ ...own, user: { user: 'alice', pswd: passwordOf('alice') } });
    const stolen = await call({ protocol: 'json', service: 'ContractService', body: other }, 'reader');
    expect(JSON.parse(stolen.body.answer.body).message).toBe('Неправильный пароль.');
  });
});

describe('it is the caller who calls', () => {
  test('with the rights of the caller', async () => {
    expect(
      JSON.parse((await call({ protocol: 'json', ...get, arguments: { contractId: data.contract } }, 'reader')).body.answer.body).status,
    ).toBe('ok');
    const refused = await call(
      { protocol: 'action', module: 'contract', action: 'ContractInfo', arguments: { cid: data.contract } },
      'reader',
    );
    expect(refused.body.answer.body).toContain('Нет прав на contract/ContractInfo');
  });

  test('within the fence of the caller; changes are audited under the name of the caller', async () => {
    await faces.operator('fenced', 'billing.call.*', 'billing.action.*');
    await faces.rows(
      "INSERT INTO billing_operator (operator_id, groups, groups_mode) SELECT operator_id, 4611686018427387904, 0 FROM operator WHERE login = 'fenced'",
    );
    const { body } = await call({ protocol: 'json', ...get, arguments: { contractId: data.contract } }, 'fenced');
    expect(JSON.parse(body.answer.body).message).toContain('Договор не найден');
    await call({
      protocol: 'action',
      module: 'contract',
      action: 'UpdateContractTitleAndComment',
      arguments: { cid: data.other, comment: 'from the console' },
    });
    const [audited] = await faces.rows<{ login: string; face: string }>(
      `SELECT login, face FROM audit WHERE object = '${data.other}' ORDER BY id DESC LIMIT 1`,
    );
    expect(audited).toEqual({ login: 'alice', face: 'action' });
  });

  test('nobody calls without a login; a ticket opens no door of the hub', async () => {
    const stranger = await faces.send('/api/v1/billing/calls', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ protocol: 'json', ...get }),
    });
    expect(stranger.status).toBe(401);
    const { body } = await call({ protocol: 'json', ...get, arguments: { contractId: data.contract } });
    expect(JSON.stringify(body)).not.toContain(passwordOf('alice'));
    expect(
      (
        await faces.json(
          'ru.bitel.bgbilling.kernel.contract.api/ContractService',
          'contractGet',
          {},
          { user: { user: 'alice', pswd: '***' } },
        )
      ).status,
    ).toBe('error');
  });
});

describe('arguments over SOAP are those of JSON', () => {
  const soapBody = async (service: string, operation: string, given: object): Promise<string> => {
    const { status, body } = await call({ protocol: 'soap', service, operation, arguments: given });
    expect(status, JSON.stringify(body)).toBe(200);
    return body.request.body;
  };

  test('attributes, lists, descendants, escaping', async () => {
    expect(
      await soapBody('PaymentService', 'paymentUpdate', {
        payment: { contractId: 1, typeId: 2, date: '2026-03-01', sum: '1.50', comment: '<a> & "b"' },
      }),
    ).toMatch(/<payment[^>]* contractId="1"[^>]* sum="1.50"[^>]*>|<sum>1.50<\/sum>/);
    const filter = [{ type: 'Text', entitySpecAttrIds: [1, 2], value: 'Ив & "а"' }];
    const text = await soapBody('ContractService', 'contractList', { title: '.*', entityFilter: filter });
    expect(text).toContain('<entityFilter xsi:type="b:filterEntityAttrText" entitySpecAttrIds="1 2" value="Ив &amp; &quot;а&quot;"/>');
  });

  test.each([
    [{ contractIdd: 1 }, '/arguments/contractIdd', 'contractGet has no parameter contractIdd'],
    [{ contractId: { a: 1 } }, '/arguments/contractId', 'a text, a number or a flag is needed'],
  ])('%j is refused with its place', async (given, path, message) => {
    const { status, body } = await call({ protocol: 'soap', ...get, arguments: given });
    expect(status).toBe(422);
    expect(body.details ?? body.errors).toEqual([expect.objectContaining({ path, message: expect.stringContaining(message) })]);
  });

  test('a field that no bean has, a descendant that is none', async () => {
    const unknown = await call({
      protocol: 'soap',
      service: 'PaymentService',
      operation: 'paymentUpdate',
      arguments: { payment: { amount: 1 } },
    });
    expect(unknown.body.detail ?? unknown.body.message).toContain('/arguments/payment/amount: payment has no field amount');
    const filter = await call({
      protocol: 'soap',
      service: 'ContractService',
      operation: 'contractList',
      arguments: { entityFilter: [{ value: 'x' }] },
    });
    expect(filter.body.detail ?? filter.body.message).toContain('/arguments/entityFilter/0/type: one of ');
  });
});

describe('what cannot be put into a request is refused', () => {
  test.each([
    [{ protocol: 'json', service: 'NoService', operation: 'x' }, 404],
    [{ protocol: 'json', service: 'ContractService', operation: 'noSuch' }, 404],
    [{ protocol: 'json', service: 'NPayService', operation: 'serviceObjectList' }, 422],
    [{ protocol: 'json', ...get, module_id: 3 }, 422],
    [{ protocol: 'action', module: 'contract', action: 'ContractInfo', arguments: { pswd: 'x' } }, 422],
    [{ protocol: 'action', module: 'contract', action: 'ContractInfo', arguments: { cid: [1] } }, 422],
    [{ protocol: 'json', ...get, prefix: '/a/../b' }, 422],
    [{ protocol: 'json', ...get, prefix: 'http://elsewhere' }, 422],
    [{ protocol: 'xml', ...get }, 422],
    [{ protocol: 'json', ...get, more: 1 }, 422],
  ])('%j: %i', async (wanted, status) => expect((await call(wanted)).status).toBe(status));
});

describe('what can be called', () => {
  test('all of the catalogue, page by page, with what the caller may', async () => {
    const all: { name: string; allowed: boolean; of: string }[] = [];
    for (let after = ''; ; ) {
      const { body } = await rest('GET', `/calls/targets?limit=200${after}`, undefined, 'reader');
      all.push(...body.items);
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    const count = CATALOGUE.actions.length + CATALOGUE.services.reduce((sum, { operations }) => sum + operations.length, 0);
    expect(all).toHaveLength(count);
    expect(new Set(all.map(({ name }) => name)).size).toBe(count);
    expect(all.filter(({ allowed }) => allowed).map(({ name }) => name)).toEqual(['ContractService.contractGet']);
  });

  test('found by a part of the name or the title', async () => {
    const names = async (query: string): Promise<string[]> =>
      (await rest('GET', `/calls/targets?${query}`)).body.items.map(({ name }: { name: string }) => name);
    expect(await names('search=contractget&of=operation')).toContain('ContractService.contractGet');
    expect(await names('search=CONTRACTINFO&of=action')).toContain('contract/ContractInfo');
    expect(await names(`search=${encodeURIComponent('приход')}`)).not.toEqual([]);
    expect(await names('search=no-such-thing')).toEqual([]);
    expect((await rest('GET', '/calls/targets?after=abc')).status).toBe(400);
  });

  test('a template of every one of them makes a request of its protocol', async () => {
    const wrong: string[] = [];
    let after = '';
    for (;;) {
      const { body } = await rest('GET', `/calls/targets?limit=500${after}`);
      for (const { name, of } of body.items) {
        const template = await rest('GET', `/calls/template?name=${encodeURIComponent(name)}`);
        const protocols = template.body.calls?.map(({ call: { protocol } }: { call: { protocol: string } }) => protocol);
        if (template.status !== 200 || String(protocols) !== (of === 'action' ? 'action' : 'json,soap'))
          wrong.push(`${name}: ${template.status}`);
      }
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test('a template can be called as it is given', async () => {
    const { body } = await rest('GET', '/calls/template?name=ContractService.contractGet');
    expect(body).toMatchObject({ of: 'operation', kind: 'read', served: true, allowed: true, result: 'contract' });
    expect(body.parameters).toEqual([
      { name: 'contractId', type: 'int', optional: false, doc: { ru: expect.any(String), en: expect.any(String) } },
    ]);
    for (const { call: wanted, request } of body.calls) {
      const done = await call(wanted);
      expect(done.status).toBe(200);
      expect(done.body.request).toEqual(request);
    }
    expect((await rest('GET', '/calls/template?name=No.such')).status).toBe(404);
  });
});
