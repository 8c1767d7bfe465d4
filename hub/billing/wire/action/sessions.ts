import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Credentials } from '../credentials.ts';

/**
 * Sessions of XML actions (spec billing 4): a cookie, and a secret that changes with every answer. They live in this process and may vanish.
 *
 * opened by a call with credentials -> used by calls with cookie and last secret, each of which gets the next secret -> gone: idle too long, pushed out
 * by newer ones. The credentials lie sealed under the secret, which only the caller has; so the login is proved again with each call, and a changed
 * password, a blocked operator or a lost right counts at once.
 */
export interface ActionSessions {
  /** @param present cookie of the request; the operator's own session goes on under it. */
  open(credentials: Credentials, present: string | undefined): OpenSession;
  /** The credentials of a session; undefined when there is none, or the secret is not the last one. */
  credentials(cookie: string, secret: string): Credentials | undefined;
  readonly size: number;
}

export interface OpenSession {
  readonly cookie: string;
  /** 32 upper-case hexadecimal digits. */
  readonly secret: string;
}

export interface SessionBounds {
  readonly most: number;
  readonly mostOfOperator: number;
  /** Milliseconds. */
  readonly idle: number;
  /** Milliseconds; it never goes back. */
  readonly ticks?: () => number;
}

interface Session {
  readonly login: string;
  readonly secretHash: Buffer;
  readonly sealed: Buffer;
  readonly usedAt: number;
}

const NONCE = 12;
const TAG = 16;
const SECRET = /^[0-9A-F]{32}$/;

const hashOf = (secret: string): Buffer => createHash('sha256').update(`hash ${secret}`).digest();
const keyOf = (secret: string): Buffer => createHash('sha256').update(`key ${secret}`).digest();

function seal(credentials: Credentials, secret: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(credentials), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function unseal(sealed: Buffer, secret: string): Credentials {
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), sealed.subarray(0, NONCE));
  decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
  const text = Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
  return JSON.parse(text.toString('utf8')) as Credentials;
}

export function createActionSessions({ most, mostOfOperator, idle, ticks = () => performance.now() }: SessionBounds): ActionSessions {
  // In the order of their last use, the oldest first.
  const sessions = new Map<string, Session>();
  const ofOperator = new Map<string, Set<string>>();

  const drop = (cookie: string): void => {
    const session = sessions.get(cookie);
    if (!session) return;
    sessions.delete(cookie);
    const own = ofOperator.get(session.login);
    own?.delete(cookie);
    if (own?.size === 0) ofOperator.delete(session.login);
  };
  const dropIdle = (): void => {
    const since = ticks() - idle;
    for (const [cookie, { usedAt }] of sessions) {
      if (usedAt >= since) return;
      drop(cookie);
    }
  };

  return {
    open(credentials, present) {
      dropIdle();
      const login = credentials.login.toLowerCase();
      const kept = present !== undefined && sessions.get(present)?.login === login ? present : undefined;
      const cookie = kept ?? randomBytes(16).toString('hex').toUpperCase();
      drop(cookie);
      const secret = randomBytes(16).toString('hex').toUpperCase();
      const own = ofOperator.get(login) ?? new Set<string>();
      // A set keeps the order of insertion, so its first is this operator's oldest.
      while (own.size >= mostOfOperator) drop(own.values().next().value as string);
      while (sessions.size >= most) drop(sessions.keys().next().value as string);
      sessions.set(cookie, { login, secretHash: hashOf(secret), sealed: seal(credentials, secret), usedAt: ticks() });
      own.add(cookie);
      ofOperator.set(login, own);
      return { cookie, secret };
    },
    credentials(cookie, secret) {
      dropIdle();
      const session = sessions.get(cookie);
      if (!session || !SECRET.test(secret) || !timingSafeEqual(session.secretHash, hashOf(secret))) return undefined;
      return unseal(session.sealed, secret);
    },
    get size() {
      return sessions.size;
    },
  };
}
