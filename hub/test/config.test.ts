import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nearest } from '../config/nearest.ts';
import { ConfigurationError } from '../config/source.ts';
import { type Configuration, describeConfiguration, loadConfiguration } from '../config.ts';
import { newFolder } from './support/command.ts';

function withFile(text: string, environment: Record<string, string> = {}): Configuration {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'vestnik.yaml'), text);
  return loadConfiguration({ environment, cwd });
}

function faultsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map((fault) => fault.replace(/^.*vestnik\.yaml/, 'vestnik.yaml'));
    throw error;
  }
  return [];
}

describe('defaults', () => {
  test('nothing at all is a whole configuration', () => {
    const cwd = newFolder();
    const configuration = loadConfiguration({ environment: {}, cwd });
    expect(configuration.dataFolder).toBe(join(cwd, 'vestnik-data'));
    expect(configuration.http).toEqual({ host: '127.0.0.1', port: 8080, trustProxy: false, bodyLimit: 1_048_576 });
    expect(configuration.tickets.warnAgeDays).toEqual([1, 7, 20, 27]);
    expect(configuration.database.url).toBeUndefined();
  });

  test('an empty file and empty sections are the same as none', () => {
    expect(withFile('').http.port).toBe(8080);
    expect(withFile('http:\ntickets:\n  # feedPort: 1\n').tickets.feedPort).toBe(8443);
  });
});

describe('sources', () => {
  test('the environment wins over the file; lists are comma separated; sizes have units', () => {
    const configuration = withFile('tickets:\n  feedPort: 1\n  batchBytes: 3 MiB\n  warnQueued: 5\n', {
      VESTNIK_TICKETS__FEED_PORT: '2',
      VESTNIK_TICKETS__FEED_NAMES: 'hub.example.org, 10.0.0.1',
      VESTNIK_TICKETS__WARN_AGE_DAYS: '2,3',
      VESTNIK_TICKETS__MIN_FREE_BYTES: '0',
      VESTNIK_HTTP__BODY_LIMIT: '64KiB',
      VESTNIK_HTTP__TRUST_PROXY: '10.0.0.0/8',
    });
    expect(configuration.tickets).toMatchObject({
      feedPort: 2,
      feedNames: ['hub.example.org', '10.0.0.1'],
      warnAgeDays: [2, 3],
      warnQueued: 5,
      batchBytes: 3_145_728,
      minFreeBytes: 0,
    });
    expect(configuration.http).toMatchObject({ bodyLimit: 65_536, trustProxy: ['10.0.0.0/8'] });
  });

  test('relative paths come from the folder of the file, those of variables from the current one', () => {
    const cwd = newFolder();
    const elsewhere = newFolder();
    writeFileSync(join(elsewhere, 'hub.yaml'), 'dataFolder: data\nhttp:\n  tls: { certificate: a.pem, key: /k.pem }\n');
    const fromFile = loadConfiguration({ file: join(elsewhere, 'hub.yaml'), environment: {}, cwd });
    expect(fromFile.dataFolder).toBe(join(elsewhere, 'data'));
    expect(fromFile.http.tls).toEqual({ certificate: join(elsewhere, 'a.pem'), key: '/k.pem' });
    const named = loadConfiguration({ environment: { VESTNIK_CONFIG: join(elsewhere, 'hub.yaml'), VESTNIK_DATA_FOLDER: 'here' }, cwd });
    expect(named.dataFolder).toBe(join(cwd, 'here'));
  });

  test('an empty variable counts as not set, and what others set is left alone', () => {
    const environment = {
      VESTNIK_DATABASE__URL: '',
      VESTNIK_SECRET_KEY: 'secret',
      VESTNIK_PORT: 'tcp://10.0.0.1:80',
      VESTNIK_SERVICE_HOST: '10.0.0.1',
    };
    expect(loadConfiguration({ environment, cwd: newFolder() }).database.url).toBeUndefined();
  });
});

describe('faults name the place and what would be right', () => {
  test('of the file: line, key, value', () => {
    const text =
      'http:\n  prot: 1\n  port: 99999\n  tls:\n    certificate: a.pem\ntickets:\n  queueDays: 31\n  warnAgeDays: [1, x]\n  nothingLikeThat: 1\ndatabse: {}\n';
    expect(new Set(faultsOf(() => withFile(text)))).toEqual(
      new Set([
        'vestnik.yaml:2: unknown key "prot" in http; did you mean "port"?',
        'vestnik.yaml:3: http.port is 99999; expected 0..65535',
        'vestnik.yaml:4: http.tls.key is missing; expected path',
        'vestnik.yaml:7: tickets.queueDays is 31; expected 1..30',
        'vestnik.yaml:8: tickets.warnAgeDays.1 is "x"; expected list of 1..30',
        expect.stringContaining('vestnik.yaml:9: unknown key "nothingLikeThat" in tickets; known keys: feedHost, feedPort,'),
        'vestnik.yaml:10: unknown key "databse"; did you mean "database"?',
      ]),
    );
  });

  test('of the environment: the variable', () => {
    const environment = { VESTNIK_TICKETS__FEED_PORT: 'many', VESTNIK_TICKETS__FEED_PROT: '1', VESTNIK_HTTP__TRUST_PROXY: 'everybody' };
    expect(new Set(faultsOf(() => loadConfiguration({ environment, cwd: newFolder() })))).toEqual(
      new Set([
        'variable VESTNIK_TICKETS__FEED_PROT: no setting has this name; did you mean VESTNIK_TICKETS__FEED_PORT?',
        'variable VESTNIK_TICKETS__FEED_PORT: tickets.feedPort is "many"; expected 0..65535',
        'variable VESTNIK_HTTP__TRUST_PROXY: http.trustProxy is ["everybody"]; expected false, or addresses and networks',
      ]),
    );
  });

  test('a password in a wrong database URL is not shown', () => {
    const [fault] = faultsOf(() => withFile('database:\n  url: mysql://me:secret@host/db\n'));
    expect(fault).toContain('mysql://me:***@host/db');
    expect(fault).not.toContain('secret');
  });

  test.each([
    ['http: [', /vestnik\.yaml:\d+: not YAML/],
    ['- a\n- b\n', /vestnik\.yaml:1: must hold keys/],
    ['a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n', /alias/i],
    ['http: 5\n', /vestnik\.yaml:1: http is 5; expected keys of this section/],
    ['http:\n  port: 1\n  port: 2\n', /vestnik\.yaml:3: not YAML: Map keys must be unique/],
    ['__proto__: { polluted: true }\n', /unknown key "__proto__"/],
  ])('%j', (text, expected) => {
    expect(faultsOf(() => withFile(text)).join('\n')).toMatch(expected);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('a named file that is not there', () => {
    expect(faultsOf(() => loadConfiguration({ file: 'no.yaml', environment: {}, cwd: newFolder() }))[0]).toMatch(
      /no\.yaml: cannot be read \(ENOENT\)/,
    );
  });
});

describe('the reference', () => {
  const rows = describeConfiguration();

  test('has a row with type, variable and description for every setting of a loaded configuration', () => {
    const loaded = loadConfiguration({ environment: {}, cwd: newFolder() });
    const leaves = (value: unknown, path: readonly string[]): string[] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
        : [path.join('.')];
    const keys = leaves(loaded, []);
    expect(keys).toContain('alerts.line.port');
    expect(rows.map((row) => row.key)).toEqual(expect.arrayContaining(keys));
    for (const row of rows) {
      expect(row.description, row.key).toMatch(/\.$/);
      expect(row.type, row.key).not.toBe('undefined');
    }
    expect(rows.map((row) => row.key)).toEqual(
      expect.arrayContaining(['database.url', 'http.publicUrl', 'http.tls.key', 'tickets.feedAddress']),
    );
  });

  test('every variable it names is taken', () => {
    for (const row of rows) {
      const faults = faultsOf(() => loadConfiguration({ environment: { [row.environment]: '\u0001' }, cwd: newFolder() }));
      expect(
        faults.filter((fault) => fault.includes('no setting has this name')),
        row.environment,
      ).toEqual([]);
    }
  });
});

test('nearest: a swap, a missing letter, another case; not just anything', () => {
  expect(nearest('prot', ['host', 'port'])).toBe('port');
  expect(nearest('FEEDPORT', ['feedPort', 'feedHost'])).toBe('feedPort');
  expect(nearest('zzzz', ['host', 'port'])).toBeUndefined();
  expect(nearest('x'.repeat(10_000), ['host'])).toBeUndefined();
});
