import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMENT, type CompatData, compatData, TITLE } from './support/compat-data.ts';
import { basicOf, type Faces, namespaceOf, openFaces, passwordOf } from './support/faces.ts';

// The checklist of compatibility (spec billing 7): what concerns SOAP.

const API = 'ru.bitel.bgbilling.kernel.contract.api';
const CONTRACTS = `${API}/ContractService`;
const PAYMENTS = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const MONITOR = 'ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService';
const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const AUTH = 'http://ws.base.kernel.bgbilling.bitel.ru';

let faces: Faces;
let data: CompatData;
beforeAll(async () => {
  faces = await openFaces();
  data = await compatData(faces);
});
afterAll(() => faces.stop());

const post = (service: string, body: string, headers: Record<string, string> = { authorization: basicOf('alice') }) =>
  faces.send(`/executer/${service}`, { method: 'POST', body, headers: { 'content-type': 'text/xml', ...headers } });
const envelope = (inside: string, header = ''): string =>
  `<S:Envelope xmlns:S="${ENVELOPE}">${header && `<S:Header>${header}</S:Header>`}<S:Body>${inside}</S:Body></S:Envelope>`;
const getContract = (): string => `<n:contractGet xmlns:n="${namespaceOf(API)}"><contractId>${data.contract}</contractId></n:contractGet>`;

describe('5: the login', () => {
  test.each([`${AUTH}/`, AUTH])('by header in %s', async (namespace) => {
    const header = `<a:auth xmlns:a="${namespace}" user="alice" pswd="${passwordOf('alice')}"/>`;
    expect((await post(CONTRACTS, envelope(getContract(), header), {})).status).toBe(200);
    const wrong = await post(CONTRACTS, envelope(getContract(), header.replace('pswd="', 'pswd="x')), {});
    expect(wrong.status).toBe(500);
    expect(wrong.text).toContain('<faultcode>S:Client</faultcode><faultstring>Неправильный пароль.');
  });

  test('by Basic, the header counting first', async () => {
    const header = `<a:auth xmlns:a="${AUTH}" user="alice" pswd="${passwordOf('alice')}"/>`;
    expect((await post(CONTRACTS, envelope(getContract()))).status).toBe(200);
    expect((await post(CONTRACTS, envelope(getContract(), header), { authorization: basicOf('no', 'no') })).status).toBe(200);
    expect((await post(CONTRACTS, envelope(getContract()), {})).status).toBe(401);
  });

  test('Basic in windows-1251', async () => {
    await faces.operator('carol', '*');
    const bytes = Buffer.concat([Buffer.from('carol:carol-'), Buffer.from([0xef, 0xe0, 0xf0, 0xee, 0xeb, 0xfc])]);
    expect((await post(CONTRACTS, envelope(getContract()), { authorization: `Basic ${bytes.toString('base64')}` })).status).toBe(200);
  });
});

test.each(['?wsdl', '?WSDL', '?Wsdl', '?x=1&wsdl'])('6: %s without a login and with a wrong one', async (query) => {
  for (const headers of [{}, { authorization: basicOf('no', 'no') }]) {
    const { status, text } = await faces.send(`/billing/executer/${CONTRACTS}${query}`, { headers });
    expect(status).toBe(200);
    expect(text).toContain('<wsdl:definitions name="ContractService"');
    expect(text).toContain(`<soap:address location="${faces.url}/billing/executer/${CONTRACTS}"/>`);
  }
});

test('7: a fault has both details, the class by its full name', async () => {
  const { status, text } = await faces.soap(CONTRACTS, 'contractGet', '<contractId>999</contractId>');
  expect(status).toBe(500);
  expect(text).toContain('<faultcode>S:Server</faultcode>');
  expect(text).toMatch(/<nsT:BGMessageException xmlns:nsT="http:\/\/service\.common\.api\.contract[^"]*"><message>[^<]+<\/message>/);
  expect(text).toMatch(
    /<nsE:exception xmlns:nsE="http:\/\/jax-ws\.dev\.java\.net\/" class="ru\.bitel\.bgbilling\.common\.BGMessageException" note="[^"]+"><message>/,
  );
});

test('?xsd=n is a schema by itself; other numbers and other GETs show the operations', async () => {
  const { text, headers } = await faces.send(`/executer/${CONTRACTS}?xsd=3`);
  expect(headers.get('content-type')).toContain('text/xml');
  expect(text).toMatch(/^<\?xml[^>]*\?><xs:schema xmlns:xs="[^"]+" xmlns:tns="http:\/\/service\.common\.api\.contract/);
  for (const query of ['?xsd=9', ''])
    expect((await faces.send(`/executer/${CONTRACTS}${query}`)).text).toContain('<code>contractGet</code>');
});

test('9: every schema imports each namespace that it refers to', async () => {
  const { text } = await faces.send(`/executer/${CONTRACTS}?wsdl`);
  const prefixes: Record<string, string> = { com: 'http://common.bitel.ru', arr: 'http://jaxb.dev.java.net/array', tns: namespaceOf(API) };
  const schemas = [...text.matchAll(/<xs:schema targetNamespace="([^"]+)".*?<\/xs:schema>/g)];
  expect(schemas.length).toBe(3);
  for (const [schema, target] of schemas)
    for (const [, prefix = ''] of schema.matchAll(/(?:type|base)="(com|arr|tns):/g))
      if (prefixes[prefix] !== target) expect(schema).toContain(`<xs:import namespace="${prefixes[prefix]}"/>`);
});

test.each([undefined, '""', '"http://wrong/action"'])('10: SOAPAction %j makes no difference', async (action) => {
  const headers: Record<string, string> = { authorization: basicOf('alice') };
  if (action !== undefined) headers['soapaction'] = action;
  expect((await post(CONTRACTS, envelope(getContract()), headers)).status).toBe(200);
});

describe('11 and 12: namespaces as they come', () => {
  test.each([
    [
      'the default of Body, children in it',
      (id: number) =>
        `<E:Envelope xmlns:E="${ENVELOPE}"><E:Body xmlns="${namespaceOf(API)}"><contractGet><contractId>${id}</contractId></contractGet></E:Body></E:Envelope>`,
    ],
    [
      'children in none',
      (id: number) =>
        `<E:Envelope xmlns:E="${ENVELOPE}"><E:Body><contractGet xmlns="${namespaceOf(API)}"><contractId xmlns="">${id}</contractId></contractGet></E:Body></E:Envelope>`,
    ],
    [
      'two prefixes for the envelope',
      (id: number) =>
        `<A:Envelope xmlns:A="${ENVELOPE}" xmlns:B="${ENVELOPE}"><B:Header/><A:Body><contractGet><contractId>${id}</contractId></contractGet></A:Body></A:Envelope>`,
    ],
    [
      'a wrong namespace of the wrapper',
      (id: number) =>
        `<Envelope xmlns="${ENVELOPE}"><Body><contractGet xmlns="urn:x"><contractId>${id}</contractId></contractGet></Body></Envelope>`,
    ],
  ])('%s', async (_, body) => {
    expect((await post(CONTRACTS, body(data.contract))).text).toContain(`id="${data.contract}"`);
  });
});

test('13: addressing headers are ignored, others that must be understood are not', async () => {
  const action = `<w:Action xmlns:w="http://www.w3.org/2005/08/addressing" S:mustUnderstand="1">x</w:Action>`;
  expect((await post(CONTRACTS, envelope(getContract(), action))).status).toBe(200);
  expect((await post(CONTRACTS, envelope(getContract(), '<x:y xmlns:x="urn:x"/>'))).status).toBe(200);
  const must = await post(CONTRACTS, envelope(getContract(), '<x:y xmlns:x="urn:x" S:mustUnderstand="1"/>'));
  expect(must.status).toBe(500);
  expect(must.text).toContain('<faultcode>S:MustUnderstand</faultcode>');
});

test.each(['application/xop+xml', 'application/soap+xml', 'application/xml', 'nonsense'])('14: content type %s', async (type) => {
  expect((await post(CONTRACTS, envelope(getContract()), { authorization: basicOf('alice'), 'content-type': type })).status).toBe(200);
});

test.each([
  ['the header', 'text/xml;charset=windows-1251', ''],
  ['the declaration', 'text/xml', '<?xml version="1.0" encoding="windows-1251"?>'],
])('the charset by %s', async (_, type, declaration) => {
  const text = declaration + envelope(`<contractByTitle><contractTitle>~</contractTitle></contractByTitle>`);
  const [before = '', after = ''] = text.split('~');
  const title = Buffer.from([0xc1, 0x2d, 0x32]);
  const body = Buffer.concat([Buffer.from(before), title, Buffer.from(after)]);
  const answer = await faces.send(`/executer/${CONTRACTS}`, {
    method: 'POST',
    body,
    headers: { authorization: basicOf('alice'), 'content-type': type },
  });
  expect(answer.text).toContain('title="Б-2"');
});

test('15: an empty period is none', async () => {
  const { status } = await faces.soap(
    PAYMENTS,
    'paymentList',
    `<contractId>${data.contract}</contractId><period></period><members>1</members>`,
  );
  expect(status).toBe(200);
});

describe('16, 17 and 19: payments', () => {
  const payment = (attributes: string, inside = ''): string =>
    `<payment contractId="${data.contract}" typeId="${data.paymentType}" ${attributes}>${inside}</payment>`;

  test('a new one without id, its time with microseconds and no zone, without a distribution', async () => {
    const made = await faces.soap(
      PAYMENTS,
      'paymentUpdate',
      payment('date="2020-05-06T11:12:13.123456" sum=" 100.50 "', '<comment>а &lt;б&gt;</comment>'),
    );
    expect(made.status).toBe(200);
    const id = /<return>(\d+)<\/return>/.exec(made.text)?.[1];
    const got = await faces.soap(PAYMENTS, 'paymentGet', `<paymentId>${id}</paymentId>`);
    expect(got.text).toContain(`contractId="${data.contract}"`);
    expect(got.text).toContain('date="2020-05-06T00:00:00+03:00"');
    expect(got.text).toContain('sum="100.50"');
    expect(got.text).toContain('summa="100.50"');
    expect(got.text).toContain('<comment>а &lt;б&gt;</comment>');
  });

  test('fields may come as elements, too', async () => {
    const inside = `<contractId>${data.contract}</contractId><typeId>${data.paymentType}</typeId><date>2020-05-07</date><summa>1</summa><comment/>`;
    expect((await faces.soap(PAYMENTS, 'paymentUpdate', `<payment>${inside}</payment>`)).status).toBe(200);
  });

  test('the list tells its total behind the rows, the newest row last', async () => {
    const { text } = await faces.soap(PAYMENTS, 'paymentList', `<contractId>${data.contract}</contractId><members>1</members>`);
    expect(text).toContain('<holderTotalSum>101.50</holderTotalSum></ns1:paymentListResponse>');
    expect(text.indexOf('2020-05-06')).toBeLessThan(text.indexOf('2020-05-07'));
    expect((await faces.send(`/executer/${PAYMENTS}?wsdl`)).text).toMatch(
      /<xs:element name="paymentListResponse">.*?<xs:element name="return" [^>]*\/><xs:element name="holderTotalSum" type="xs:decimal" minOccurs="0"\/>/,
    );
  });
});

test('18: cid of a status change once and repeated', async () => {
  const change = (cids: string) =>
    faces.soap(
      MONITOR,
      'changeContractStatus',
      `${cids}<statusId>4</statusId><dateFrom>2020-06-01T00:00:00</dateFrom><dateTo>2020-06-10</dateTo><comment>x</comment>`,
    );
  expect((await change(`<cid>${data.contract}</cid>`)).status).toBe(200);
  expect((await change(`<cid>${data.contract}</cid><cid>${data.other}</cid>`)).status).toBe(200);
  const rows = await faces.rows<{ id: number }>('SELECT DISTINCT contract_id AS id FROM contract_status WHERE status = 4');
  expect(rows.map(({ id }) => id).sort()).toEqual([data.contract, data.other].sort());
});

test('32 in SOAP: arguments keep the names arg0 and arg1', async () => {
  await faces.rows(`INSERT INTO contract_module VALUES (${data.contract}, ${data.npay})`);
  const has = await faces.soap(CONTRACTS, 'hasModuleInstance', `<arg0>${data.contract}</arg0><arg1>${data.npay}</arg1>`);
  expect(has.text).toContain('<return>true</return>');
});

describe('35, 44 and 45 in SOAP: filters', () => {
  const list = (filter: string) =>
    faces.soap(
      CONTRACTS,
      'contractList',
      `<title>.*</title><fc>-1</fc><groupMask>0</groupMask>${filter}<subContracts>false</subContracts><closed>true</closed><hidden>false</hidden>`,
    );
  const text = (ids: string): string =>
    `<entityFilter xmlns:x="http://www.w3.org/2001/XMLSchema-instance" xmlns:q="urn:any" x:type="q:filterEntityAttrText" entitySpecAttrIds="${ids}" value="4509"/>`;

  test('by xsi:type in whatever prefix, ids as a list parted by spaces', async () => {
    await faces.json(CONTRACTS, 'contractParameterTextUpdate', {
      contractId: data.contract,
      parameter: { entitySpecAttrId: data.textParameter, value: 'серия 4509 №1' },
    });
    const found = await list(text(`999 ${data.textParameter}`));
    expect(found.text).toContain(`title="${TITLE}"`);
    expect(found.text).not.toContain('title="Б-2"');
    expect((await list(text('999'))).text).not.toContain(`title="${TITLE}"`);
  });

  test('without a type the permitted ones are named', async () => {
    const { status, text: fault } = await list('<entityFilter entitySpecAttrIds="1" value="x"/>');
    expect(status).toBe(500);
    expect(fault).toContain('filterEntityAttrText');
  });
});

test('63 in SOAP: quotes, ampersands and both alphabets survive', async () => {
  const { text } = await faces.soap(CONTRACTS, 'contractGet', `<contractId>${data.contract}</contractId>`);
  expect(text).toContain('<comment>Иванов "И" &amp; &lt;сыновья&gt;</comment>');
  expect((await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract })).data.return.comment).toBe(COMMENT);
  const action = await faces.action('contract', 'ContractInfo', { cid: String(data.contract) });
  expect(action.text).toContain('comment="Иванов &quot;И&quot; &amp; &lt;сыновья&gt;"');
});

test('an unknown operation, an unknown service, a service of another release', async () => {
  const operation = await faces.soap(CONTRACTS, 'contractFly');
  expect(operation.status).toBe(500);
  expect(operation.text).toContain('<faultcode>S:Client</faultcode>');
  const service = await faces.soap(`${API}/NoService`, 'contractGet');
  expect(service.status).toBe(404);
  expect(service.text).toContain('<S:Fault>');
  const alias = await faces.soap(`${API}/ContractLimitService`, 'contractLimitGet', `<contractId>${data.contract}</contractId>`);
  expect(alias.text).toContain('<return>0.00</return>');
});

test('the profile decides about the empty header', async () => {
  const newer = await openFaces({ VESTNIK_BILLING__PROFILES: 'bgbilling=8' });
  try {
    expect((await newer.soap(CONTRACTS, 'contractGet', '<contractId>1</contractId>')).text).toContain('<S:Header/>');
    expect((await newer.soap(CONTRACTS, 'contractGet', '<contractId>1</contractId>', { prefix: '/bgbilling' })).text).not.toContain(
      '<S:Header/>',
    );
  } finally {
    await newer.stop();
  }
});

describe('the release 9.2501', () => {
  let newer: Faces;
  let own: CompatData;
  beforeAll(async () => {
    newer = await openFaces({ VESTNIK_BILLING__PROFILES: 'new=9.2501' });
    own = await compatData(newer);
  });
  afterAll(() => newer.stop());
  const call = (service: string, operation: string, inside: string, prefix = '/new') => newer.soap(service, operation, inside, { prefix });

  test('a list and what goes with it are one object, and rows of contractList are short', async () => {
    const search =
      '<title>.*</title><fc>-1</fc><groupMask>0</groupMask><subContracts>0</subContracts><closed>1</closed><hidden>0</hidden><page pageIndex="1" pageSize="1"/>';
    const { text } = await call(CONTRACTS, 'contractList', search);
    expect(text).toContain(
      `<return><list contractId="${own.contract}" contractTitle="${TITLE}" contractComment="Иванов &quot;И&quot; &amp; &lt;сыновья&gt;"/><page `,
    );
    expect(text).toMatch(/<page [^>]*recordCount="2"[^>]*\/><\/return><\/ns1:contractListResponse>/);
    expect((await call(CONTRACTS, 'contractList', search, '')).text).toContain('</return><page ');
  });

  test('payments and charges with their sum', async () => {
    const payment = `<payment contractId="${own.contract}" typeId="${own.paymentType}" date="2020-05-06" sum="10.50" externalId="N-1" source="касса"/>`;
    expect((await call(PAYMENTS, 'paymentUpdate', payment)).status).toBe(200);
    const list = `<contractId>${own.contract}</contractId><members>1</members>`;
    const { text } = await call(PAYMENTS, 'paymentList', list);
    expect(text).toMatch(/<return><list [^>]*sum="10.50"[^>]*externalId="N-1" source="касса"[^>]*\/?>.*<sum>10.50<\/sum><\/return>/);
    const charges = PAYMENTS.replace('PaymentService', 'ChargeService');
    expect((await call(charges, 'chargeList', `${list}<type>0</type>`)).text).toContain('<return><sum>0.00</sum></return>');
  });

  test('the WSDL of its addresses declares these shapes, that of others does not', async () => {
    const wsdl = async (prefix: string, service: string) => (await newer.send(`${prefix}/executer/${service}?wsdl`)).text;
    const inside = '<xs:element name="list" type="tns:contractListItem" minOccurs="0" maxOccurs="unbounded"/>';
    expect(await wsdl('/new', CONTRACTS)).toContain(inside);
    expect(await wsdl('', CONTRACTS)).not.toContain(inside);
    const names = '<xs:element name="contractId" type="xs:int" minOccurs="0" maxOccurs="unbounded"/>';
    expect(await wsdl('/new', MONITOR)).toContain(names);
    expect(await wsdl('', MONITOR)).toContain(names.replace('contractId', 'cid'));
  });

  test.each(['/new', ''])('a status change takes its contracts by both names, at %j', async (prefix) => {
    for (const name of ['cid', 'contractId']) {
      await newer.rows('DELETE FROM contract_status WHERE status = 4');
      const { status } = await call(
        MONITOR,
        'changeContractStatus',
        `<${name}>${own.contract}</${name}><${name}>${own.other}</${name}><statusId>4</statusId><dateFrom>2020-06-01</dateFrom><dateTo>2020-06-10</dateTo>`,
        prefix,
      );
      expect(status).toBe(200);
      const rows = await newer.rows<{ id: number }>('SELECT contract_id AS id FROM contract_status WHERE status = 4 ORDER BY 1');
      expect(rows.map(({ id }) => id)).toEqual([own.contract, own.other]);
      const json = await newer.json(
        MONITOR,
        'changeContractStatus',
        { [name]: [own.other], statusId: 0, dateFrom: '2020-07-01' },
        { prefix },
      );
      expect(json.status).toBe('ok');
    }
  });
});
