import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';

/**
 * The key under which secrets lie in the database: private keys, passwords that must be read back. Every hub on one database has the same.
 * From it comes one AES-256-GCM key a purpose (HKDF-SHA-256), so that what was sealed for one purpose cannot be opened for another.
 * Keys that were in use before open what was sealed with them; sealing is done with the present one.
 */
export interface SecretKey {
  /**
   * Seals bytes or text: version (1), mark of the key (4), nonce (12), tag (16), then the ciphertext.
   * @param context what the value belongs to, such as the id of its record; the same must be given to open it. (Default: nothing)
   */
  seal(purpose: string, plaintext: Uint8Array | string, context?: string): Buffer;
  /** @throws HubError INTERNAL when these bytes were not sealed with this key for this purpose and context, or were changed since. */
  open(purpose: string, sealed: Uint8Array, context?: string): Buffer;
  /** 16 bytes derived one-way from the key, to compare keys without showing them. */
  readonly checkValue: Buffer;
  /** The same of the keys that were in use before. */
  readonly earlierCheckValues: readonly Buffer[];
}

const notes = notesOf('identity.secret-key');
/** Version 1 had neither mark nor context. */
const VERSION = 2;
const MARK = 4;
const NONCE = 12;
const TAG = 16;
const KEY_FORM = /^[A-Za-z0-9_-]{43}$/;
const VARIABLE = 'VESTNIK_SECRET_KEY';
const EARLIER_VARIABLE = 'VESTNIK_SECRET_KEY_PREVIOUS';

function keyFrom(text: string, where: string): Buffer {
  const bytes = KEY_FORM.test(text) ? Buffer.from(text, 'base64url') : undefined;
  // The last character carries four bits only: another spelling of the same key would be taken for a typing error.
  if (bytes?.toString('base64url') === text) return bytes;
  throw new HubError('CONFLICT', `${where} is not a secret key: it must be 32 random bytes in base64url, 43 characters`);
}

interface OneKey {
  readonly checkValue: Buffer;
  of(purpose: string): Buffer;
}

function oneKey(key: Buffer): OneKey {
  if (key.length !== 32) throw new HubError('INTERNAL', `a secret key has 32 bytes, not ${key.length}`);
  const derive = (info: string, length: number): Buffer => Buffer.from(hkdfSync('sha256', key, 'vestnik', info, length));
  const keys = new Map<string, Buffer>();
  return {
    checkValue: derive('check', 16),
    of(purpose) {
      const present = keys.get(purpose);
      if (present) return present;
      const derived = derive(`seal:${purpose}`, 32);
      keys.set(purpose, derived);
      return derived;
    },
  };
}

/** @returns undefined when the tag does not fit. @param head what stands before the nonce and is bound to the value. */
function decrypt(key: Buffer, sealed: Uint8Array, head: number, context: string): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(head, head + NONCE), { authTagLength: TAG });
  decipher.setAuthTag(sealed.subarray(head + NONCE, head + NONCE + TAG));
  if (head > 1) decipher.setAAD(Buffer.concat([sealed.subarray(0, head), Buffer.from(context)]));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(head + NONCE + TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/**
 * Builds the sealing functions over 32 key bytes.
 * @param earlier keys that were in use before, for opening only. (Default: none)
 */
export function createSecretKey(key: Buffer, earlier: readonly Buffer[] = []): SecretKey {
  const present = oneKey(key);
  const before = earlier.map(oneKey);
  const prefix = Buffer.concat([Buffer.of(VERSION), present.checkValue.subarray(0, MARK)]);
  return {
    checkValue: present.checkValue,
    earlierCheckValues: before.map(({ checkValue }) => checkValue),
    seal(purpose, plaintext, context = '') {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', present.of(purpose), nonce);
      cipher.setAAD(Buffer.concat([prefix, Buffer.from(context)]));
      const body = Buffer.concat([
        cipher.update(typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext),
        cipher.final(),
      ]);
      return Buffer.concat([prefix, nonce, cipher.getAuthTag(), body]);
    },
    open(purpose, sealed, context = '') {
      const head = sealed[0] === 1 ? 1 : 1 + MARK;
      if (sealed.length < head + NONCE + TAG || (sealed[0] !== 1 && sealed[0] !== VERSION))
        throw new HubError('INTERNAL', `a sealed value for ${purpose} is damaged`);
      const mark = sealed.subarray(1, 1 + MARK);
      for (const candidate of [present, ...before]) {
        if (head > 1 && !candidate.checkValue.subarray(0, MARK).equals(mark)) continue;
        const opened = decrypt(candidate.of(purpose), sealed, head, context);
        if (opened) return opened;
      }
      throw new HubError('INTERNAL', `a sealed value for ${purpose} was changed, or sealed with another secret key`);
    },
  };
}

async function readKey(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new HubError('CONFLICT', `the secret key ${path} cannot be read (${error.code}): it must belong to the user of the hub`, {
      cause: error,
    });
  });
  if (!file) return undefined;
  try {
    const { mode, size } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(3, '0');
      throw new HubError('CONFLICT', `the secret key ${path} can be read by others (mode ${shown}): run chmod 600 on it`);
    }
    if (size > 1_024) throw new HubError('CONFLICT', `${path} is not a secret key: it has ${size} bytes`);
    return (await file.readFile('utf8')).trim();
  } finally {
    await file.close();
  }
}

/** Makes the file whole or not at all: of several hubs that start at once one makes it and the others read it. */
async function createKey(folder: string, path: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.secret.key.${randomUUID()}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
    notes.info('secret key created: keep a copy of it apart from the copies of the database', { path });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
}

const linesOf = (text: string, separator: RegExp): string[] =>
  text
    .split(separator)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/**
 * The key from the environment variable VESTNIK_SECRET_KEY, else from the first line of `secret.key` in the data folder, which is created
 * (mode 0600) when it is not there. Keys that were in use before, which still open what they sealed: the further lines, and those of
 * VESTNIK_SECRET_KEY_PREVIOUS, separated by commas.
 * @throws HubError CONFLICT when a key is malformed or its file can be read by others.
 */
export async function openSecretKey(
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SecretKey> {
  const earlier = linesOf(environment[EARLIER_VARIABLE] ?? '', /,/).map((key) =>
    keyFrom(key, `the environment variable ${EARLIER_VARIABLE}`),
  );
  const given = environment[VARIABLE];
  if (given !== undefined && given !== '') return createSecretKey(keyFrom(given.trim(), `the environment variable ${VARIABLE}`), earlier);
  const path = join(dataFolder, 'secret.key');
  let text = await readKey(path);
  if (text === undefined) {
    await createKey(dataFolder, path);
    text = await readKey(path);
  }
  const [present = '', ...further] = linesOf(text ?? '', /\n/);
  return createSecretKey(keyFrom(present, path), [...further.map((key) => keyFrom(key, path)), ...earlier]);
}
