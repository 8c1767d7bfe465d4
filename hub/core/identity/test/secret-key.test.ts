import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../database/statement.ts';
import { checkSecretKey } from '../check-secret-key.ts';
import { createSecretKey, openSecretKey } from '../secret-key.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vestnik-key-'));
  return () => rm(folder, { recursive: true });
});

describe('the file', () => {
  test('is created once, private, and read back', async () => {
    const first = await openSecretKey(join(folder, 'data'), {});
    const path = join(folder, 'data', 'secret.key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
    const again = await openSecretKey(join(folder, 'data'), {});
    expect(again.open('p', first.seal('p', 'hello')).toString()).toBe('hello');
    expect(again.checkValue).toEqual(first.checkValue);
  });

  test('made by twenty at once is one key, and no draft is left', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => openSecretKey(folder, {})));
    expect(new Set(keys.map((key) => key.checkValue.toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toEqual(['secret.key']);
  });

  test.each([0o640, 0o604, 0o660, 0o777])('with mode %o is refused and says what to do', async (mode) => {
    await openSecretKey(folder, {});
    await chmod(join(folder, 'secret.key'), mode);
    await expect(openSecretKey(folder, {})).rejects.toThrow(/read by others \(mode \d{3}\): run chmod 600/);
  });

  test.each([
    ['empty', ''],
    ['short', 'abc'],
    ['other letters', `${'a'.repeat(42)}!`],
    ['loose last bits', `${'A'.repeat(42)}B`],
    ['large', 'A'.repeat(5_000)],
  ])('that is %s is refused', async (_, content) => {
    await writeFile(join(folder, 'secret.key'), content, { mode: 0o600 });
    await expect(openSecretKey(folder, {})).rejects.toThrow(/is not a secret key/);
  });
});

describe('the environment', () => {
  test('wins over the file, and no file is made', async () => {
    const text = randomBytes(32).toString('base64url');
    const key = await openSecretKey(folder, { VESTNIK_SECRET_KEY: text });
    expect(key.checkValue).toEqual(createSecretKey(Buffer.from(text, 'base64url')).checkValue);
    expect(await readdir(folder)).toEqual([]);
  });

  test('with a malformed key is refused without repeating the key', async () => {
    const refused = openSecretKey(folder, { VESTNIK_SECRET_KEY: 'hunter2-hunter2' });
    await expect(refused).rejects.toThrow(/VESTNIK_SECRET_KEY is not a secret key/);
    await expect(refused).rejects.not.toThrow(/hunter2/);
  });
});

describe('sealing', () => {
  const key = createSecretKey(randomBytes(32));

  test('gives back what was sealed, never twice the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const sealed = key.seal('p', bytes);
        expect(key.open('p', sealed)).toEqual(Buffer.from(bytes));
        expect(key.seal('p', bytes)).not.toEqual(sealed);
      }),
    );
  });

  test('notices every changed byte, every cut and every other purpose and key', () => {
    const sealed = key.seal('p', 'secret text');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => key.open('p', changed)).toThrow(/sealed value/);
      expect(() => key.open('p', sealed.subarray(0, at))).toThrow(/sealed value/);
    }
    expect(() => key.open('q', sealed)).toThrow(/another secret key/);
    expect(() => createSecretKey(randomBytes(32)).open('p', sealed)).toThrow(/another secret key/);
  });
});

describe('a context', () => {
  const key = createSecretKey(randomBytes(32));

  test('binds a value to its record: under another id, or none, it does not open', () => {
    const sealed = key.seal('p', 'secret text', 'endpoint/5');
    expect(key.open('p', sealed, 'endpoint/5').toString()).toBe('secret text');
    for (const other of ['endpoint/6', 'endpoint/', '', 'endpoint/55'])
      expect(() => key.open('p', sealed, other)).toThrow(/was changed, or sealed/);
    expect(() => key.open('p', key.seal('p', 'x'), 'endpoint/5')).toThrow(/was changed, or sealed/);
  });
});

describe('another key in its place', () => {
  const old = randomBytes(32);
  const fresh = randomBytes(32);
  const text = (key: Buffer): string => key.toString('base64url');

  test('opens what the earlier one sealed, and seals what the earlier one alone cannot open', () => {
    const sealed = createSecretKey(old).seal('p', 'of before', 'id');
    const both = createSecretKey(fresh, [old]);
    expect(both.open('p', sealed, 'id').toString()).toBe('of before');
    expect(() => createSecretKey(old).open('p', both.seal('p', 'new'))).toThrow(/another secret key/);
    expect(() => createSecretKey(fresh).open('p', sealed, 'id')).toThrow(/another secret key/);
  });

  test('opens values of the first form, which named no key', () => {
    const nonce = randomBytes(12);
    const derived = Buffer.from(hkdfSync('sha256', old, 'vestnik', 'seal:p', 32));
    const cipher = createCipheriv('aes-256-gcm', derived, nonce);
    const body = Buffer.concat([cipher.update('first form'), cipher.final()]);
    const sealed = Buffer.concat([Buffer.of(1), nonce, cipher.getAuthTag(), body]);
    expect(createSecretKey(old).open('p', sealed).toString()).toBe('first form');
    expect(createSecretKey(fresh, [old]).open('p', sealed).toString()).toBe('first form');
  });

  test('is the first line of the file, the earlier ones follow; or two variables', async () => {
    await writeFile(join(folder, 'secret.key'), `${text(fresh)}\n${text(old)}\n`, { mode: 0o600 });
    const sealed = createSecretKey(old).seal('p', 'x');
    expect((await openSecretKey(folder, {})).open('p', sealed).toString()).toBe('x');
    const environment = { VESTNIK_SECRET_KEY: text(fresh), VESTNIK_SECRET_KEY_PREVIOUS: `${text(randomBytes(32))}, ${text(old)}` };
    const key = await openSecretKey(folder, environment);
    expect(key.open('p', sealed).toString()).toBe('x');
    expect(key.checkValue).toEqual(createSecretKey(fresh).checkValue);
    await expect(openSecretKey(folder, { ...environment, VESTNIK_SECRET_KEY_PREVIOUS: 'hunter2' })).rejects.toThrow(
      /VESTNIK_SECRET_KEY_PREVIOUS is not a secret key/,
    );
  });
});

describe('the mark in the database', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  test('lets hubs with the same key in and says precisely what is wrong with another', async () => {
    const key = createSecretKey(randomBytes(32));
    await Promise.all(Array.from({ length: 5 }, () => checkSecretKey(db.database.work, key)));
    await checkSecretKey(db.database.work, key);
    const other = createSecretKey(randomBytes(32));
    const mark = (value: Buffer): string => value.toString('hex', 0, 4);
    await expect(checkSecretKey(db.database.work, other)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(new RegExp(`mark ${mark(other.checkValue)}.*mark ${mark(key.checkValue)}.*copy secret.key`)),
    });
    const { rows } = await run(db.database.work, 'SELECT * FROM secret_check');
    expect(rows).toHaveLength(1);
  });

  test('moves on to a key that has the earlier one beside it, and then refuses the earlier one', async () => {
    await run(db.database.work, 'DELETE FROM secret_check');
    const old = randomBytes(32);
    const fresh = randomBytes(32);
    await checkSecretKey(db.database.work, createSecretKey(old));
    await expect(checkSecretKey(db.database.work, createSecretKey(fresh))).rejects.toThrow(/is not the one/);
    await checkSecretKey(db.database.work, createSecretKey(fresh, [randomBytes(32), old]));
    await checkSecretKey(db.database.work, createSecretKey(fresh));
    await expect(checkSecretKey(db.database.work, createSecretKey(old))).rejects.toThrow(/is not the one/);
  });
});
