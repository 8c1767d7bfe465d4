import { channel } from 'node:diagnostics_channel';
import { type Database, openDatabase } from '../../../database/database.ts';
import { addOperator } from '../../add-operator.ts';
import type { Caller } from '../../caller.ts';
import { createIdentity, type Identity, type IdentityOptions } from '../../identity.ts';
import { createPasswordLine, deriveArgon2id } from '../../password-line.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

export const KNOWN = { 'tickets.view': 'See tickets', 'tickets.manage': 'Change tickets', 'alerts.start': 'Start tasks' };

/** The command line's user. */
export const ROOT: Caller = { login: 'cli:root', rights: ['*'], face: 'cli', address: undefined, requestId: undefined };

export const callerOf = (login: string, ...rights: string[]): Caller => ({
  login,
  rights,
  face: 'rest',
  address: '192.0.2.1',
  requestId: 'r-1',
});

export interface TestHub {
  readonly identity: Identity;
  readonly clock: ManualClock;
  /** How often argon2id was computed, with the memory that it took. */
  readonly work: { count: number; memory: number[] };
  /** Milliseconds that throttled logins waited. */
  readonly slept: number[];
  /** Adds an operator with the password `<login>-password`. */
  operator(login: string, ...rights: string[]): Promise<void>;
  password(login: string): string;
}

/** An identity on a clock that stands still, with argon2id counted and delays noted instead of waited. */
export function testHub(database: Database, options: Partial<IdentityOptions> = {}): TestHub {
  const clock = manualClock();
  const work = { count: 0, memory: [] as number[] };
  const slept: number[] = [];
  const line = createPasswordLine({
    derive(prepared, hash, length) {
      work.count += 1;
      work.memory.push(hash.memory);
      return deriveArgon2id(prepared, hash, length);
    },
  });
  const sleep = async (time: number): Promise<void> => void slept.push(time);
  const identity = createIdentity({ database, knownRights: KNOWN, clock, line, sleep, ...options });
  const password = (login: string): string => `${login}-password`;
  return {
    identity,
    clock,
    work,
    slept,
    password,
    async operator(login, ...rights) {
      const hash = await identity.hashPassword(password(login));
      await identity.change((tx) => addOperator(tx, ROOT, { login, rights, password: hash }, identity.rights));
      work.count = 0;
      work.memory = [];
    },
  };
}

/** The same database with connections of its own, as another hub has them. */
export const anotherHub = (url: string): Database => openDatabase({ url, poolSize: 3, queuePoolSize: 1, name: 'other hub' });

/** Everything that is said to the log while `body` runs, as JSON. */
export async function heard(body: () => Promise<void>): Promise<string> {
  const said: unknown[] = [];
  const listen = (note: unknown): void => void said.push(note);
  const log = channel('vestnik.note');
  const numbers = channel('vestnik.measure');
  log.subscribe(listen);
  numbers.subscribe(listen);
  try {
    await body();
  } finally {
    log.unsubscribe(listen);
    numbers.unsubscribe(listen);
  }
  return JSON.stringify(said, (_, value) => (value instanceof Error ? `${value.stack}` : value));
}
