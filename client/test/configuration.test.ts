import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_OPTIONS, type ClientOptionKey, renderExampleConfiguration } from '@vestnik/protocol/client-options.ts';
import { encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../configuration.ts';
import { EXIT, ExitError } from '../exit.ts';
import { temporaryFolder } from './kit.ts';

const REQUIRED = ['Connect = hub', 'Ca_cert = ca.crt', 'Client_cert = a.pem', 'Storage = xml', 'Logger = Client.out'];
let folder: string;
let path: string;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'Stat_Client.conf');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(content: string | Uint8Array, values: Partial<Record<ClientOptionKey, string>> = {}) {
  writeFileSync(path, content);
  return loadConfiguration({
    file: path,
    values: new Map(Object.entries(values) as [ClientOptionKey, string][]),
    programFolder: '/nowhere',
    currentFolder: join(folder, 'elsewhere'),
  });
}

const settings = (...lines: string[]) => load([...REQUIRED, ...lines].join('\n')).settings;

function faultOf(content: string | Uint8Array, values: Partial<Record<ClientOptionKey, string>> = {}): ExitError {
  try {
    load(content, values);
  } catch (error) {
    if (error instanceof ExitError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('syntax', () => {
  test('the five required keys are enough; everything else has its default', () => {
    expect(settings()).toEqual({
      connect: [{ host: 'hub', port: 8443 }],
      caCert: join(folder, 'ca.crt'),
      clientCert: join(folder, 'a.pem'),
      storage: join(folder, 'xml'),
      logger: join(folder, 'Client.out'),
      proxy: undefined,
      waitSeconds: 25,
      batch: 100,
      fileName: undefined,
      encoding: 'UTF-8',
      onMessage: undefined,
      logLevel: 'info',
      logSize: 10,
      logFiles: 5,
      language: undefined,
      minFree: 50,
    });
  });

  test('= or space, any case, one leading dash, comments, quotes, tabs, CRLF and CR', () => {
    const { settings: read, unknown } = load(
      '\ufeff# comment\r\n; comment = too\r\n\r\n-CONNECT hub\r\n  ca_CERT\t=\tca.crt  \rClient_cert="my cert.pem"\n-storage D:\\xml\nlogger   =   Client.out\n',
    );
    expect(read.connect).toEqual([{ host: 'hub', port: 8443 }]);
    expect(read.caCert).toBe(join(folder, 'ca.crt'));
    expect(read.clientCert).toBe(join(folder, 'my cert.pem'));
    expect(read.storage).toBe(join(folder, 'D:\\xml'));
    expect(unknown).toEqual([]);
  });

  test('a backslash is an ordinary character, and = may stand in a value', () => {
    expect(settings('File_name = a=b\\c{seq}.xml'.replace('\\c', '')).fileName).toBe('a=b{seq}.xml');
    const { program } = settings('On_message = C:\\new\\tool.exe').onMessage ?? { program: '' };
    expect(program.endsWith('C:\\new\\tool.exe')).toBe(true);
  });

  test('what is not valid UTF-8 is read as windows-1251', () => {
    const text = [...REQUIRED.slice(0, 3), 'Storage = Билеты', 'Logger = Журнал.out'].join('\r\n');
    const { settings: read } = load(encodeWindows1251(text, '?'));
    expect(read.storage).toBe(join(folder, 'Билеты'));
    expect(load(text).settings.logger).toBe(join(folder, 'Журнал.out'));
  });

  test('an unknown key is a warning with its line', () => {
    const { unknown } = load([...REQUIRED, 'Colour = red', '-Shape round'].join('\n'));
    expect(unknown).toEqual([
      { file: path, line: 6, key: 'Colour' },
      { file: path, line: 7, key: 'Shape' },
    ]);
  });

  test('whatever the bytes, the answer is a configuration or exit 2', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(...REQUIRED, 'Wait = 3', 'On_message = "x', 'Proxy = http://[', 'File_name = {seq'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.array(line).map((lines) => Buffer.from(lines.join('\n'))),
        ),
        (content) => {
          try {
            load(content);
          } catch (error) {
            expect(error).toBeInstanceOf(ExitError);
            expect((error as ExitError).exit).toBe(EXIT.configuration);
          }
        },
      ),
    );
  });
});

describe('faults carry file and line, all at once', () => {
  test('missing required keys', () => {
    const fault = faultOf('Connect = hub\n');
    expect(fault.exit).toBe(2);
    expect(fault.text.en.split('\n').map((line) => /the key (\w+) is missing/.exec(line)?.[1])).toEqual([
      'Ca_cert',
      'Client_cert',
      'Storage',
      'Logger',
    ]);
    expect(fault.text.ru).toContain(`${path}: не указан параметр Storage`);
  });

  test('repeated key', () => {
    const fault = faultOf([...REQUIRED, '# x', '-STORAGE other'].join('\n'));
    expect(fault.text.en).toBe(`${path}:7: Storage stands already at ${path}:4`);
    expect(fault.text.ru).toContain(`${path}:7:`);
  });

  test('a line that is none', () => {
    expect(faultOf([...REQUIRED, '= value'].join('\n')).text.en).toContain(`${path}:6: this is not a line of a configuration`);
  });

  test.each([
    ['Wait', '0'],
    ['Wait', '56'],
    ['Wait', '2.5'],
    ['Wait', 'long'],
    ['Wait', '-1'],
    ['Batch', '1001'],
    ['Log_size', '0'],
    ['Log_files', '101'],
    ['Min_free', '1e3'],
    ['Encoding', 'koi8-r'],
    ['Log_level', 'loud'],
    ['Language', 'de'],
    ['File_name', 'x.xml'],
    ['File_name', '../{seq}.xml'],
    ['File_name', '{seq}.txt'],
    ['File_name', '{sequence}{seq}.xml'],
    ['On_message', '"unclosed'],
    ['On_message', '""'],
    ['Proxy', 'socks5://proxy:1080'],
    ['Proxy', 'proxy:3128'],
    ['Proxy', 'http://proxy:3128/path'],
    ['Proxy', 'http://us%ZZer@proxy'],
    ['Wait', ''],
    ['Renew_days', '30'],
  ])('%s = %s', (key, value) => {
    const fault = faultOf([...REQUIRED, `${key} = ${value}`].join('\n'));
    expect(fault.exit).toBe(EXIT.configuration);
    expect(fault.text.en.startsWith(`${path}:6: ${key}: `)).toBe(true);
    expect(fault.text.ru.startsWith(`${path}:6: ${key}: `)).toBe(true);
  });

  test('Renew_days says that only 0 is possible', () => {
    expect(faultOf([...REQUIRED, 'Renew_days = 30'].join('\n')).text.en).toContain('only 0 can be chosen');
  });

  test('a bad proxy is not repeated in the message, since it may hold a password', () => {
    const fault = faultOf([...REQUIRED, 'Proxy = http://user:geheim@proxy:3128/x'].join('\n'));
    expect(fault.text.en + fault.text.ru).not.toContain('geheim');
  });
});

describe('Connect', () => {
  const connect = (value: string) => load([`Connect = ${value}`, ...REQUIRED.slice(1)].join('\n')).settings.connect;

  test('host, host:port, https, IPv6, a list', () => {
    expect(connect('hub.example.org')).toEqual([{ host: 'hub.example.org', port: 8443 }]);
    expect(connect('https://hub.example.org:9443/')).toEqual([{ host: 'hub.example.org', port: 9443 }]);
    expect(connect('[::1]:8000, 10.0.0.1 ,хаб.рф')).toEqual([
      { host: '::1', port: 8000 },
      { host: '10.0.0.1', port: 8443 },
      { host: 'хаб.рф', port: 8443 },
    ]);
  });

  test.each([
    'http://hub',
    'hub:0',
    'hub:65536',
    'hub:port',
    'hub/path',
    'user@hub',
    'a b',
    ',',
    'hub,',
    '[hub]',
    '::1',
    'ftp://hub',
    'hub?x',
  ])('refused: %s', (value) => {
    expect(faultOf([`Connect = ${value}`, ...REQUIRED.slice(1)].join('\n')).text.en).toContain(':1: Connect: ');
  });
});

describe('command line over file', () => {
  test('wins, and its paths are taken from the current folder', () => {
    const { settings: read } = load(REQUIRED.join('\n'), { Storage: 'other', Wait: '5' });
    expect(read.storage).toBe(join(folder, 'elsewhere', 'other'));
    expect(read.waitSeconds).toBe(5);
  });

  test('a fault names the key', () => {
    expect(faultOf(REQUIRED.join('\n'), { Wait: '99' }).text.en).toBe('-Wait: Wait: 99 is not a whole number from 1 to 55');
  });

  test("without a file: the program's folder, then the current one", () => {
    const program = join(folder, 'program');
    const current = join(folder, 'current');
    mkdirSync(program);
    mkdirSync(current);
    const source = { file: undefined, values: new Map<ClientOptionKey, string>(), programFolder: program, currentFolder: current };
    expect(() => loadConfiguration(source)).toThrow(/no configuration file/);
    writeFileSync(join(current, 'Stat_Client.conf'), REQUIRED.join('\n'));
    expect(loadConfiguration(source).file).toBe(join(current, 'Stat_Client.conf'));
    writeFileSync(join(program, 'Stat_Client.conf'), REQUIRED.join('\n'));
    expect(loadConfiguration(source).file).toBe(join(program, 'Stat_Client.conf'));
    expect(() => loadConfiguration({ ...source, file: 'missing.conf' })).toThrow(/missing\.conf: there is no such/);
  });
});

test('the example file is read without a warning, with and without its comment marks', () => {
  const example = renderExampleConfiguration({
    connect: 'hub.example.org:8443',
    caCert: 'ca.crt',
    clientCert: 'a.pem',
    storage: 'xml',
    logger: 'Client.out',
  });
  expect(load(example).settings.connect).toEqual([{ host: 'hub.example.org', port: 8443 }]);
  expect(load(example).unknown).toEqual([]);
  const keys = CLIENT_OPTIONS.map((option) => option.key).join('|');
  const all = load(example.replaceAll(new RegExp(`^#(?=(?:${keys}) =)`, 'gm'), ''));
  expect(all.unknown).toEqual([]);
  expect(all.settings.proxy).toEqual({ origin: 'http://proxy.example.org:3128', credentials: { user: 'user', password: 'password' } });
  expect(all.settings.onMessage).toEqual({ program: '/opt/accounting/import', arguments: ['{file}'] });
});
