import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../config/source.ts';
import { loadSiteServices } from '../site-services/load.ts';
import { type Faces, openFaces, passwordOf } from './support/faces.ts';

// Services of the site (spec billing 3.4): the example that is shipped, then what goes wrong.

const EXAMPLE = fileURLToPath(new URL('../../../examples/billing-site-service/', import.meta.url));
const REQUESTS = 'com.example.site/ConnectionRequestService';

const folders: string[] = [];
function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'site-services-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const contract = async (faces: Faces, title: string, groups = 0): Promise<number> => {
  const [row] = await faces.rows<{ id: number }>(
    "INSERT INTO contract (title, groups, date_from) VALUES ($1, $2, '2020-01-01') RETURNING contract_id AS id",
    [title, groups],
  );
  return row?.id ?? 0;
};

describe('the example', () => {
  let faces: Faces;
  beforeAll(async () => {
    faces = await openFaces({ VESTNIK_BILLING__SITE_SERVICES: EXAMPLE });
  });
  afterAll(() => faces.stop());

  test('is served over JSON: made, listed, closed', async () => {
    const contractId = await contract(faces, 'Иванов');
    const made = await faces.json(REQUESTS, 'connectionRequestAdd', { contractId, text: 'Интернет', fee: '500.50' });
    expect(made).toMatchObject({ status: 'ok', data: { return: expect.any(Number) } });
    const listed = await faces.json(REQUESTS, 'connectionRequestList');
    expect(listed.data.return).toEqual([
      {
        id: made.data.return,
        contractId,
        contractTitle: 'Иванов',
        state: 'open',
        opened: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\+03:00$/),
        fee: 500.5,
        text: 'Интернет',
      },
    ]);
    expect(await faces.json(REQUESTS, 'connectionRequestClose', { id: made.data.return })).toMatchObject({ status: 'ok' });
    expect((await faces.json(REQUESTS, 'connectionRequestList')).data.return).toEqual([]);
  });

  test('is served over SOAP with a WSDL that names its operations, beans and documentation', async () => {
    const contractId = await contract(faces, 'Петров');
    const inside = `<contractId>${contractId}</contractId><text>ТВ</text><fee>10.00</fee>`;
    const { status, text } = await faces.soap(REQUESTS, 'connectionRequestAdd', inside);
    expect(status).toBe(200);
    const id = /<return>(\d+)<\/return>/.exec(text)?.[1];
    const listed = await faces.soap(REQUESTS, 'connectionRequestList');
    expect(listed.text).toContain(`xmlns:ns1="http://site.example.com/requests/"`);
    expect(listed.text).toMatch(new RegExp(`<return id="${id}"[^>]*contractTitle="Петров"[^>]*>.*<fee>10.00</fee>`));
    const { text: wsdl } = await faces.send(`/executer/${REQUESTS}?wsdl`);
    for (const part of ['connectionRequestAdd', 'connectionRequestList', 'name="connectionRequest"', 'http://site.example.com/requests/'])
      expect(wsdl).toContain(part);
    expect((await faces.send('/executer/docs')).text).toContain('Создаёт заявку на подключение');
    await faces.json(REQUESTS, 'connectionRequestClose', { id: Number(id) });
  });

  test('its rights are granted like others, and are listed for foreign programs', async () => {
    await faces.operator('lister', 'billing.call.ConnectionRequestService.connectionRequestList');
    const user = { user: 'lister', pswd: passwordOf('lister') };
    expect(await faces.json(REQUESTS, 'connectionRequestList', {}, { user })).toMatchObject({ status: 'ok' });
    expect(await faces.json(REQUESTS, 'connectionRequestClose', { id: 1 }, { user })).toMatchObject({
      status: 'error',
      message: 'Нет прав на ConnectionRequestService.connectionRequestClose',
    });
    const all = await faces.action('admin.bgsecure', 'GetAllModuleActions');
    expect(all.text).toContain('name="ConnectionRequestService" operation="connectionRequestAdd"');
  });

  test('a refusal is for the user, in the language of the call; nothing of the change stays', async () => {
    const contractId = await contract(faces, 'Сидоров');
    const answer = await faces.json(REQUESTS, 'connectionRequestAdd', { contractId });
    expect(answer).toMatchObject({
      status: 'error',
      message: 'text: укажите, что подключить',
      exception: 'ru.bitel.bgbilling.common.BGMessageException',
    });
    const english = await faces.json(REQUESTS, 'connectionRequestAdd', { contractId }, { headers: { 'accept-language': 'en' } });
    expect(english.message).toBe('text: say what is to be connected');
    const wrong = await faces.json(REQUESTS, 'connectionRequestAdd', { contractId, text: 'x', fee: 'a lot' });
    expect(wrong.message).toContain('fee');
    expect(await faces.json(REQUESTS, 'connectionRequestAdd', { text: 'x' })).toMatchObject({ status: 'error' });
  });

  test('contracts outside the fence do not exist for it, and changes are audited', async () => {
    await faces.operator('fenced', 'billing.call.*');
    await faces.rows(
      "INSERT INTO billing_operator (operator_id, groups, groups_mode) SELECT operator_id, 2, 0 FROM operator WHERE login = 'fenced'",
    );
    const user = { user: 'fenced', pswd: passwordOf('fenced') };
    const [inside, outside] = [await contract(faces, 'внутри', 2), await contract(faces, 'снаружи', 4)];
    expect(await faces.json(REQUESTS, 'connectionRequestAdd', { contractId: outside, text: 'x' }, { user })).toMatchObject({
      status: 'error',
      message: expect.stringContaining('Договор не найден'),
    });
    for (const contractId of [inside, outside]) await faces.json(REQUESTS, 'connectionRequestAdd', { contractId, text: 'x' });
    const { data } = await faces.json(REQUESTS, 'connectionRequestList', {}, { user });
    expect(data.return.map((one: { contractId: number }) => one.contractId)).toEqual([inside]);
    const audited = await faces.rows<{ login: string; face: string; object: string; after: unknown }>(
      "SELECT login, face, object, after FROM audit WHERE action = 'billing.site.call' ORDER BY id DESC LIMIT 1",
    );
    expect(audited).toEqual([
      { login: 'alice', face: 'json', object: 'ConnectionRequestService.connectionRequestAdd', after: { contractId: outside } },
    ]);
  });
});

/** A service with one operation; what is left out is as it should be. */
const described = (operation: string, more = ''): string => `
  const doc = { ru: 'р', en: 'e' };
  export default { name: 'SlowService', package: 'com.example.slow', ${more} operations: { go: { doc, ${operation} } } };`;

describe('what its code does wrong', () => {
  const SLOW = 'com.example.slow/SlowService';
  const serving = async (text: string, work: (faces: Faces) => Promise<void>): Promise<void> => {
    const folder = folderWith({ 'slow.service.mjs': text });
    const faces = await openFaces({ VESTNIK_BILLING__SITE_SERVICES: folder, VESTNIK_BILLING__SITE_SERVICE_SECONDS: '1' });
    try {
      await work(faces);
    } finally {
      await faces.stop();
    }
  };

  test('a call that takes too long is answered, undone, and can do nothing any more', () =>
    serving(
      described(
        `kind: 'write', result: 'string', run: async (call) => {
          await call.query("INSERT INTO site_note VALUES ('begun')");
          await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
          await call.query("INSERT INTO site_note VALUES ('late')").catch((error) => { globalThis.lateError = error.message; });
          return 'never seen';
        }`,
        "prepare: ({ query }) => query('CREATE TABLE IF NOT EXISTS site_note (text text)'),",
      ),
      async (faces) => {
        const began = performance.now();
        const answer = await faces.json(SLOW, 'go');
        expect(performance.now() - began).toBeLessThan(5_000);
        expect(answer).toMatchObject({ status: 'error', exception: 'ru.bitel.bgbilling.common.BGException' });
        expect(answer.message).toBe('SlowService.go: нет ответа в течение 1 с');
        expect((globalThis as { lateError?: string }).lateError).toContain('has ended');
        expect(await faces.rows('SELECT * FROM site_note')).toEqual([]);
      },
    ));

  test('a statement that takes too long is given up by the server, so that its connection is free again', () =>
    serving(described("kind: 'write', run: (call) => call.query('SELECT pg_sleep(30)')"), async (faces) => {
      const began = performance.now();
      expect(await faces.json(SLOW, 'go')).toMatchObject({ status: 'error' });
      expect(performance.now() - began).toBeLessThan(5_000);
      const running = await faces.rows(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active' AND pid <> pg_backend_pid()",
      );
      expect(running).toEqual([]);
    }));

  test('a defect is answered with a reference and tells nothing of the code; the hub goes on', () =>
    serving(described("run: async () => { throw new Error('secret of the site'); }"), async (faces) => {
      const answer = await faces.json(SLOW, 'go');
      expect(answer).toMatchObject({ status: 'error', exception: 'ru.bitel.bgbilling.common.BGException' });
      expect(answer.message).toMatch(/^Внутренняя ошибка: .+/);
      expect(JSON.stringify(answer)).not.toContain('secret of the site');
      const soap = await faces.soap(SLOW, 'go');
      expect(soap.status).toBe(500);
      expect(soap.text).not.toContain('secret of the site');
    }));

  test('an answer that is not of its type is a defect, too', () =>
    serving(described("result: 'date', run: async () => ({ no: 'day' })"), async (faces) => {
      expect((await faces.json(SLOW, 'go')).status).toBe('error');
      expect((await faces.soap(SLOW, 'go')).status).toBe(500);
    }));

  test('what the database refuses is worded as for built-in operations', () =>
    serving(described("run: (call) => call.query('SELECT 1/0')"), async (faces) => {
      expect(await faces.json(SLOW, 'go')).toMatchObject({ status: 'error', message: 'Значение вне допустимых пределов' });
    }));
});

describe('what stops the start, with its file and place', () => {
  const load = async (files: Record<string, string>): Promise<readonly string[]> => {
    const folder = folderWith(files);
    try {
      await loadSiteServices({ folder, seconds: 1 });
    } catch (error) {
      if (error instanceof ConfigurationError) return error.faults.map((fault) => fault.replaceAll(`${folder}/`, ''));
      throw error;
    }
    return [];
  };
  const service = (changes: Record<string, unknown>): string =>
    `const run = async () => 1; const doc = { ru: 'р', en: 'e' };
     const good = { name: 'TicketService', package: 'com.example.site', operations: { ticketGet: { doc, result: 'int', run } } };
     const changes = ${JSON.stringify(changes)};
     for (const operation of Object.values(changes.operations ?? {})) Object.assign(operation, { doc, run, ...operation });
     export default { ...good, ...changes };`;

  test.each([
    ['a name of a built-in service', { name: 'PaymentService' }, 'name: PaymentService is a service of the billing itself'],
    ['another name of one', { name: 'paymentService' }, 'name: must be a name such as TicketService'],
    ['a package that is none', { package: 'Com Example' }, 'package: must be a package such as com.example.site'],
    ['a package that is an address', { package: 'json' }, 'package: "json" is part of the addresses'],
    [
      'a namespace of the billing',
      { namespace: 'http://common.bitel.ru' },
      'namespace: http://common.bitel.ru belongs to the billing itself',
    ],
    ['no operation', { operations: {} }, 'operations: must hold an operation'],
    ['an unknown key', { operation: {} }, 'Unrecognized key: "operation"'],
    [
      'beans that cannot be read',
      { beans: 'ticket { id int }' },
      'beans: beans of TicketService, line 1, after "ticket { id ": ":" is needed, not "int"',
    ],
    ['a bean of the billing', { beans: 'payment { @id: int }' }, 'beans: payment is a bean of the billing itself'],
    ['a bean that nobody described', { beans: 'ticket { of: customer }' }, 'beans: ticket.of: customer is neither a scalar nor a bean'],
    ['a result of no type', { operations: { go: { result: 'integer' } } }, 'operations.go.result: integer is neither a scalar nor a bean'],
    [
      'a parameter of no type',
      { operations: { go: { parameters: { id: { type: 'int]', doc: { ru: 'р', en: 'e' } } } } } },
      'operations.go.parameters.id.type: a type, line 1, after "int": nothing more is understood here',
    ],
    [
      'a parameter without a text',
      { operations: { go: { parameters: { id: { type: 'int', doc: { ru: 'р', en: ' ' } } } } } },
      'operations.go.parameters.id.doc.en: Too small',
    ],
    [
      'an operation without code',
      { operations: { go: { run: 'SELECT 1' } } },
      'operations.go.run: must be a function that answers a promise',
    ],
  ])('%s', async (_, changes, fault) => {
    const faults = await load({ 'ticket.service.mjs': service(changes) });
    expect(faults[0]).toContain('ticket.service.mjs: ');
    expect(faults.join('\n')).toContain(fault);
  });

  test('two files of one name, a file without an export, one that is no program: each is told', async () => {
    const faults = await load({
      'a.service.mjs': service({}),
      'b.service.mjs': service({}),
      'c.service.mjs': 'export const other = 1;',
      'd.service.mjs': "throw new Error('no such table');",
      'e.service.mjs': 'const = 1;',
    });
    expect(faults).toHaveLength(4);
    expect(faults[0]).toMatch(/^b\.service\.mjs: name: TicketService is described in .*a\.service\.mjs, too$/);
    expect(faults[1]).toContain('c.service.mjs: export default: the description of the service is missing');
    expect(faults[2]).toContain('d.service.mjs: it cannot be loaded: line 1: no such table');
    expect(faults[3]).toContain('e.service.mjs: it cannot be loaded: ');
  });

  test('other files of the folder are left alone; types of TypeScript are taken', async () => {
    const folder = folderWith({
      'helper.mjs': "throw new Error('not to be loaded');",
      '.hidden.service.mjs': "throw new Error('not to be loaded');",
      'README.md': '',
      'typed.service.ts': `const doc: { ru: string; en: string } = { ru: 'р', en: 'e' };
        export default { name: 'TypedService', package: 'com.example.typed', operations: { go: { doc, run: async (): Promise<void> => undefined } } };`,
    });
    const services = await loadSiteServices({ folder, seconds: 1 });
    expect(services.map((one) => one.service.name)).toEqual(['TypedService']);
    expect(services[0]?.service.namespace).toBe('http://typed.example.com/');
  });

  test('a folder that is not there; tables that cannot be made', async () => {
    await expect(loadSiteServices({ folder: '/nowhere/at/all', seconds: 1 })).rejects.toThrow(
      'billing.siteServices: /nowhere/at/all cannot be read (ENOENT)',
    );
    const folder = folderWith({
      'slow.service.mjs': described('run: async () => 1', "prepare: ({ query }) => query('CREATE TABEL x ()'),"),
    });
    await expect(openFaces({ VESTNIK_BILLING__SITE_SERVICES: folder })).rejects.toThrow(/slow\.service\.mjs: prepare: .*syntax error/);
  });
});

test('without a folder there is none', async () => {
  expect(await loadSiteServices({ folder: undefined, seconds: 1 })).toEqual([]);
});
