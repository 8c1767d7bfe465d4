import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readListen, SECRETS, settingsSchema } from '../smtp/settings.ts';

const pem = (modulusLength: number): string =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const LEAST = { host: 'mail.example.org', from: 'duty@example.org' };
const faults = (more: object): string[] => {
  const parsed = settingsSchema.safeParse({ ...LEAST, ...more });
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
};

describe('settings of an e-mail group', () => {
  test('two are enough, the others have defaults', () => {
    expect(settingsSchema.parse(LEAST)).toEqual({
      ...LEAST,
      tls: 'starttls',
      verify: 'full',
      connections: 5,
      messagesPerConnection: 100,
      timeout: 30,
    });
  });

  test('numbers come as texts from the line protocol', () => {
    expect(settingsSchema.parse({ ...LEAST, port: '2525', connections: '10', timeout: '5' })).toMatchObject({
      port: 2525,
      connections: 10,
      timeout: 5,
    });
  });

  test('what must not be seen is named', () => {
    expect(SECRETS.every((key) => key in settingsSchema.shape)).toBe(true);
    expect(SECRETS).toEqual(['password', 'dkimKey']);
  });

  test('every key is explained', () => {
    expect(Object.entries(settingsSchema.shape).filter(([, schema]) => (schema.description ?? '').length < 10)).toEqual([]);
  });

  test.each([
    [{ host: 'mail example' }, ['host']],
    [{ host: 'http://mail' }, ['host']],
    [{ from: 'nobody' }, ['from']],
    [{ from: 'a@b.org\r\nBcc: c@d.org' }, ['from']],
    [{ port: 0 }, ['port']],
    [{ port: 65_536 }, ['port']],
    [{ port: 'smtp' }, ['port']],
    [{ tls: 'yes' }, ['tls']],
    [{ connections: 0 }, ['connections']],
    [{ connections: 101 }, ['connections']],
    [{ timeout: 1.5 }, ['timeout']],
    [{ unknown: 1 }, ['']],
    [{ ca: 'no certificate' }, ['ca']],
    [{ user: 'u' }, ['password']],
    [{ password: 'p' }, ['user']],
    [{ dkimDomain: 'example.org' }, ['dkimKey']],
    [{ dkimDomain: 'example.org', dkimSelector: 's', dkimKey: 'no key' }, ['dkimKey']],
    [{ dkimDomain: 'a b', dkimSelector: 's', dkimKey: pem(1024) }, ['dkimDomain']],
    [{ dkimDomain: 'example.org', dkimSelector: 's', dkimKey: pem(512) }, ['dkimKey']],
    [{ bounceListen: '0.0.0.0:2526' }, ['returnPath']],
    [{ bounceListen: '2526', returnPath: 'b@example.org' }, ['bounceListen']],
    [{ bounceListen: '0.0.0.0:2526', returnPath: `${'b'.repeat(30)}@example.org` }, ['returnPath']],
  ])('%j is refused, and where is said', (more, expected) => {
    expect(faults(more)).toEqual(expected);
  });

  test('all of them together are taken', () => {
    const dkim = { dkimDomain: 'example.org', dkimSelector: 'alerts.2026', dkimKey: pem(1024) };
    expect(
      faults({ ...dkim, returnPath: 'b@example.org', bounceListen: '[::]:2526', user: 'u', password: 'p', tlsName: 'a.b', helo: 'hub' }),
    ).toEqual([]);
  });

  test.each([
    ['0.0.0.0:2526', { host: '0.0.0.0', port: 2526 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['localhost:25', { host: 'localhost', port: 25 }],
    [':25', undefined],
    ['host', undefined],
    ['host:70000', undefined],
    ['::1:25', undefined],
  ])('%s', (text, expected) => {
    expect(readListen(text)).toEqual(expected);
  });
});

describe.each(['alerts-email.md', 'alerts-email.ru.md'])('the guide %s', (page) => {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8');

  test('explains every setting, and no other', () => {
    const table = text.slice(text.indexOf('| `host` |'), text.indexOf('\n\n', text.indexOf('| `host` |')));
    const keys = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key));
    expect(keys.sort()).toEqual(Object.keys(settingsSchema.shape).sort());
  });

  test('gives examples that are taken', () => {
    const examples = [...text.matchAll(/\bhost=[^`|\n]+/g)].map(([found]) => found.trim()).filter((found) => found.includes(';'));
    expect(examples.length).toBeGreaterThanOrEqual(4);
    for (const example of examples) {
      const settings = Object.fromEntries(
        example.split(';').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      );
      expect(settingsSchema.safeParse(settings).error, example).toBeUndefined();
    }
  });
});
