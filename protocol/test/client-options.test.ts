import { describe, expect, test } from 'vitest';
import { CLIENT_OPTIONS, FEED_PORT, renderExampleConfiguration } from '../client-options.ts';

const values = {
  connect: 'hub.example.org:8443',
  caCert: 'ca.crt',
  clientCert: 'agency-17.pem',
  storage: 'D:\\Билеты xml',
  logger: 'Client.out',
};

describe('the table of keys', () => {
  test('has the keys, defaults and limits of spec online-ticket 7.2', () => {
    expect(CLIENT_OPTIONS.filter((option) => option.required).map((option) => option.key)).toEqual([
      'Connect',
      'Ca_cert',
      'Client_cert',
      'Storage',
      'Logger',
    ]);
    const presets = Object.fromEntries(CLIENT_OPTIONS.filter((option) => !option.required).map((option) => [option.key, option.preset]));
    expect(presets).toEqual({
      Proxy: 'none',
      Wait: '25',
      Batch: '100',
      File_name: undefined,
      Encoding: 'UTF-8',
      On_message: 'none',
      Log_level: 'info',
      Log_size: '10',
      Log_files: '5',
      Language: undefined,
      Min_free: '50',
      Renew_days: '0',
    });
    expect(FEED_PORT).toBe(8443);
  });

  test('every key is explained in both languages on one line, and its name occurs once in any case', () => {
    for (const { key, en, ru, example } of CLIENT_OPTIONS) {
      expect(en, key).toMatch(/^[^\r\n]{15,}$/);
      expect(ru, key).toMatch(/^[^\r\n]{15,}$/);
      expect(ru, key).toMatch(/[а-я]{4}/);
      expect(example, key).not.toBe('');
    }
    expect(new Set(CLIENT_OPTIONS.map((option) => option.key.toLowerCase())).size).toBe(CLIENT_OPTIONS.length);
  });
});

describe('renderExampleConfiguration', () => {
  const lines = renderExampleConfiguration(values).split('\r\n');

  test('fills in the five required keys and gives every other one as a commented example', () => {
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'Connect = hub.example.org:8443',
      'Ca_cert = ca.crt',
      'Client_cert = agency-17.pem',
      'Storage = D:\\Билеты xml',
      'Logger = Client.out',
    ]);
    for (const { key, required, example } of CLIENT_OPTIONS) if (!required) expect(lines).toContain(`#${key} = ${example}`);
  });

  test('explains each key in Russian and in English', () => {
    for (const { key, en, ru } of CLIENT_OPTIONS) {
      const at = lines.indexOf(`# ${key}: ${ru}.`);
      expect(at, key).toBeGreaterThan(0);
      expect(lines[at + 1]).toBe(`# ${key}: ${en}.`);
    }
  });

  test('has no bare line feeds and ends with a line end', () => {
    const text = renderExampleConfiguration(values);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text.endsWith('\r\n')).toBe(true);
  });

  test.each(['a\nLogger = x', 'a\rb', '"quoted"', ' outer', 'outer ', ''])(
    'refuses a value that the syntax would change: %j',
    (storage) => {
      expect(() => renderExampleConfiguration({ ...values, storage })).toThrow(RangeError);
    },
  );
});
