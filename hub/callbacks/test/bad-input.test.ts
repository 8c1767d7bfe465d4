import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../test/support/module-rest.ts';
import { SAMPLE_HEADERS } from '../profiles.ts';
import { certificatePair, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

// The rows of spec 7.2 that concern endpoints, each through the whole way: REST, use case, rules.
let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});

const GOOD = { family: 'order', name: 'SAP', url: 'https://a.ru/in' };

const add = (settings: object, language = 'en'): Promise<Answer> =>
  bench.rest.send('POST', '/callbacks/endpoints', { body: { ...GOOD, ...settings }, headers: { 'accept-language': language } });

/** Nothing was stored of what was refused. */
async function refused(settings: object, reason: string): Promise<Answer['json']> {
  const before = await bench.rows('SELECT endpoint_id FROM callback_endpoint');
  const { status, json } = await add(settings);
  expect({ status, reason: json.reason, code: json.code }).toEqual({ status: 400, reason, code: 'BAD_REQUEST' });
  expect(json.details[0]).toMatchObject({ code: reason });
  expect(await bench.rows('SELECT endpoint_id FROM callback_endpoint')).toEqual(before);
  return json;
}

describe('B1: the method', () => {
  test.each(['"POST"', 'PUT', '', "'GET'", 'POST GET', 'POST\u0000'])('%j is refused with a hint', async (method) => {
    expect((await refused({ method }, 'method')).detail).toBe('method: must be POST or GET, without quotes');
    const { json } = await add({ method }, 'ru');
    expect(json.detail).toBe('method: нужно ввести POST или GET без кавычек');
  });

  test.each([
    [' post ', 'POST'],
    ['Get', 'GET'],
  ])('%j is forgiven', async (method, stored) => {
    const { status, json } = await add({ method, ...(stored === 'GET' && { body: '' }) });
    expect({ status, method: json.method }).toEqual({ status: 201, method: stored });
  });
});

describe('B2: the address', () => {
  test.each([
    ['empty', ''],
    ['blank', '  '],
    ['relative', '/in'],
    ['without a scheme', 'a.ru/in'],
    ['of another scheme', 'ftp://a.ru/in'],
    ['with backslashes', 'http:\\\\a.ru\\in'],
    ['over 2,048 characters', `https://a.ru/${'x'.repeat(2_036)}`],
    ['with a user', 'https://user:pw@a.ru/in'],
    ['with a fragment', 'https://a.ru/in#x'],
    ['of this machine', 'http://localhost/in'],
    ['with a port of the system', 'http://a.ru:22/in'],
    ['with a variable for the host', 'https://@OuterId/'],
  ])('%s is refused', async (_, url) => {
    const { json, status } = await add({ url });
    expect(status).toBe(400);
    expect(['url', 'position']).toContain(json.reason);
  });

  test('of 2,048 characters is taken', async () => {
    expect((await add({ url: `https://a.ru/${'x'.repeat(2_035)}` })).status).toBe(201);
  });

  test('missing is refused as an empty one is; so is http where only https is allowed', async () => {
    expect((await refused({ url: undefined }, 'url')).detail).toMatch(/an address is needed/);
    expect((await refused({ url: 'http://a.ru/in', profile: 'modern' }, 'url')).detail).toMatch(/only https/);
    expect((await add({ url: 'http://a.ru/in', profile: 'modern', https_only: false })).status).toBe(201);
  });
});

describe('B3: a header line', () => {
  test.each([
    ['without colon', 'X-A b', 1],
    ['with an empty name', 'X-A: b\n: c', 2],
    ['with a space in the name', 'X-A: b\n\nX B: c', 3],
    ['with a variable in the name', 'X-@OuterId: c', 1],
  ])('%s is refused with its line', async (_, headers, line) => {
    const json = await refused({ headers }, 'headers');
    expect(json.details[0].message).toMatch(new RegExp(`^line ${line}, column`));
  });
});

describe('B4: a header of the hub itself', () => {
  test.each([
    'Host: a.ru',
    'content-length: 5',
    'Transfer-Encoding: chunked',
    'Connection: close',
    'Proxy-Authorization: x',
    'TE: trailers',
  ])('%s is refused', async (headers) => {
    await refused({ headers }, 'header_forbidden');
  });

  test('webhook-* is refused while signing is on, and only then', async () => {
    await refused({ headers: 'webhook-id: 5', signing: true }, 'header_forbidden');
    expect((await add({ headers: 'webhook-id: 5', signing: false })).status).toBe(201);
  });
});

describe('B5: a header value', () => {
  test.each(['X-A: a\u0000b', 'X-A: Команда', 'X-A: a\u0007', 'Authorization: Basic пароль', 'X-A: \ud800'])(
    '%j is refused',
    async (headers) => {
      const json = await refused({ headers }, 'header_value');
      expect(json.details[0].path).toBe('/headers');
    },
  );
});

describe('B6: the content type', () => {
  test.each([
    ['given twice', 'Content-Type: text/xml\ncontent-type: application/json'],
    ['with an unknown charset', 'Content-Type: text/xml;charset=KOI8-R'],
  ])('%s is refused', async (_, headers) => {
    await refused({ headers }, 'content_type');
  });

  test('windows-1251 is taken', async () => {
    expect((await add({ headers: 'Content-Type: text/xml; charset=windows-1251' })).status).toBe(201);
  });
});

describe('B7: the template', () => {
  test('over 256 KiB is refused; 256 KiB are taken', async () => {
    const text = { headers: 'Content-Type: text/plain' };
    await refused({ ...text, body: 'x'.repeat(262_145) }, 'template');
    await refused({ ...text, body: 'ж'.repeat(131_073) }, 'template');
    expect((await add({ ...text, body: 'x'.repeat(262_144) })).status).toBe(201);
  });

  test.each([
    ['an unclosed expression', '<a>\n <b>@{id_Reserve</b></a>', 'line 2, column 5'],
    ['an unknown filter', '<a>@{OuterId|nope}</a>', 'line 1, column'],
    ['an unknown name', '<a>@{Nope}</a>', 'line 1, column 4'],
  ])('%s is refused with line and column', async (_, body, place) => {
    const json = await refused({ body }, 'template');
    expect(json.details[0]).toMatchObject({ path: '/body', message: expect.stringContaining(place) });
  });
});

describe('B8: XML that is none', () => {
  test.each(['<a>@OuterId</b>', '<a>@OuterId', '<!DOCTYPE a><a>@OuterId</a>', '<a/><b/>', 'text'])('%s is refused', async (body) => {
    await refused({ body }, 'template_xml');
  });
});

describe('B9: what counts as success', () => {
  test.each([[[]], [''], [['2x']], [[99]], [[600]], [['200', 'ok']], [['3xx']], ['200;204']])('%j is refused', async (success) => {
    await refused({ success }, 'success');
  });

  test('codes and classes are kept in one form', async () => {
    expect((await add({ success: [200, '2XX', '200'] })).json.success).toEqual(['200', '2xx']);
    expect((await add({ success: '200, 204' })).json.success).toEqual(['200', '204']);
  });
});

describe('B10: the schedule', () => {
  test.each([
    [{}],
    [{ kind: 'list', seconds: [] }],
    [{ kind: 'fixed', seconds: -1 }],
    [{ kind: 'fixed', seconds: 400_000 }],
    [{ kind: 'list', seconds: [5, -5] }],
  ])('%j is refused', async (schedule) => {
    await refused({ schedule }, 'schedule');
  });

  test('more attempts may make a schedule too long', async () => {
    const schedule = { kind: 'fixed', seconds: 86_400, jitter: 0 };
    expect((await add({ schedule, max_attempts: 10 })).json.schedule).toEqual(schedule);
    await refused({ schedule, max_attempts: 50 }, 'schedule');
  });
});

describe('B11: a variable of the other family', () => {
  test('bare: a warning, and it is kept as text', async () => {
    const { status, json } = await add({ body: '<a>@After @Type</a>' });
    expect(status).toBe(201);
    const warned = json.findings.filter(
      ({ path, severity }: { path: string; severity: string }) => path === '/body' && severity === 'warning',
    );
    expect(warned.map(({ line, column }: { line: number; column: number }) => [line, column])).toEqual([
      [1, 4],
      [1, 11],
    ]);
    const preview = await bench.rest.send('POST', `/callbacks/endpoints/${json.id}/preview`, { body: {} });
    expect(preview.json.preview.body).toBe('<a>@After @Type</a>');
  });

  test('bare with unknown=error, and the explicit form, are errors', async () => {
    for (const settings of [{ body: '<a>@{After}</a>' }, { body: '<a>@After</a>', unknown: 'error' }]) {
      expect(await add(settings)).toMatchObject({ status: 400, json: { details: [{ path: '/body' }] } });
    }
  });
});

describe('B12: fragments in a GET', () => {
  test('in the body, which becomes the query, and in the address itself', async () => {
    await refused({ family: 'static', method: 'GET', body: 'a=@Before' }, 'get_fragment');
    await refused({ family: 'static', method: 'GET', body: '', url: 'https://a.ru/?a=@After' }, 'position');
  });
});

describe('B13: the client certificate', () => {
  test('without its key, expired, not yet valid, or no certificate at all is refused', async () => {
    const [good, other] = [await certificatePair(), await certificatePair()];
    const long = { from: Temporal.Now.instant().subtract({ hours: 24 * 60 }), days: 30 };
    const early = { from: Temporal.Now.instant().add({ hours: 24 * 60 }), days: 30 };
    const mixed = await refused({ client_cert: { certificate: good.certificate, key: other.key } }, 'client_cert');
    expect(mixed.detail).toMatch(/does not belong/);
    expect((await refused({ client_cert: await certificatePair(long) }, 'client_cert')).detail).toMatch(/has expired on \d{4}-/);
    expect((await refused({ client_cert: await certificatePair(early) }, 'client_cert')).detail).toMatch(/not valid before/);
    for (const client_cert of [
      { certificate: 'no PEM', key: good.key },
      { certificate: good.certificate, key: 'no PEM' },
      { certificate: good.certificate, key: '***' },
      { certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', key: good.key },
    ])
      await refused({ client_cert }, 'client_cert');
    await refused({ ca: 'no PEM' }, 'ca');
    const { status, json } = await add({ client_cert: good, ca: other.certificate });
    expect({ status, key: json.client_cert.key }).toEqual({ status: 201, key: '***' });
    expect(json.client_cert_until).toMatch(/^\d{4}-/);
  });
});

describe('B22: two dictionaries of one name', () => {
  test('a warning, and the save goes on', async () => {
    await bench.dictionary(1, 'Команда');
    await bench.dictionary(2, 'Команда');
    const { status, json } = await add({ body: '<a>@DIC:Команда</a>' });
    expect(status).toBe(201);
    expect(json.findings).toContainEqual(expect.objectContaining({ severity: 'warning', code: 'dic_ambiguous', path: '/body' }));
    await bench.dictionary(2, null);
    expect((await add({ body: '<a>@DIC:Команда</a>' })).json.findings.map(({ code }: { code: string }) => code)).not.toContain(
      'dic_ambiguous',
    );
  });
});

describe('further rules', () => {
  test.each([
    ['name', { name: '' }],
    ['name', { name: 'a\nb' }],
    ['events', { events: [] }],
    ['events', { events: ['NoSuchEvent'] }],
    ['events', { events: ['CallbackTest'] }],
    ['sources', { sources: [] }],
    ['actions', { family: 'static', actions: [] }],
    ['event_names', { event_names: { NoSuchEvent: '2' } }],
    ['event_names', { event_names: { __proto__x: '2' } }],
    ['event_names', { family: 'static', event_names: { Person: '2' } }],
    ['success_body', { success_body: { contains: '' } }],
    ['retention_days', { retention_days: { bodies: 90, log: 30 } }],
    ['headers', { secret_headers: ['no name'] }],
    ['headers', { headers: 'X-Api-Key: ***' }],
    ['get_body_not_query', { method: 'GET', body: '<a/>' }],
  ])('%s: %j', async (reason, settings) => {
    await refused(settings, reason);
  });

  test('a wrong type or an unknown field is told before the rules', async () => {
    for (const settings of [
      { concurrency: 257 },
      { rate: 0 },
      { timeout: 121 },
      { max_attempts: 51 },
      { nonsense: 1 },
      { ordering: 'x' },
    ]) {
      expect((await add(settings)).status).toBe(422);
    }
  });

  test('a text that no database can hold is refused wherever it stands', async () => {
    for (const settings of [
      { success_body: { contains: 'a\u0000' } },
      { event_names: { ReserveIssued: '\ud800' } },
      { secret_headers: ['\u0000'] },
    ]) {
      expect((await add(settings)).status).toBeGreaterThanOrEqual(400);
      expect((await add(settings)).status).toBeLessThan(500);
    }
  });

  test("the source's header sample is taken unchanged", async () => {
    const { status, json } = await add({ headers: SAMPLE_HEADERS });
    expect(status).toBe(201);
    expect(json.headers).toBe(SAMPLE_HEADERS.replace('$Version=1', '***').replace('Basic QsdfgSDGHFasdfSADFxaWM=', '***'));
  });

  test('several faults are told together', async () => {
    const { json } = await add({ method: 'PUT', success: [], schedule: {} });
    expect(json.details.map(({ code }: { code: string }) => code)).toEqual(['method', 'success', 'schedule']);
    expect(json.detail).toMatch(/\(and 2 more\)$/);
  });
});
