import { isIPv4, isIPv6 } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';

/**
 * Slows the guessing of passwords down (spec alerts 8.3.2, billing 10.1).
 *
 * Failures of the last 10 minutes are counted for the login, for the address and for the two together. An address is
 * free (below 5) -> delayed (1, 2, 4 ... 30 s before the password is looked at) -> refused: at the 10th failure within a minute for 30 s, and by
 * each further failure of the next 10 minutes for twice as long, up to 15 minutes; by the 20th in 10 minutes for 15 minutes at once -> free.
 * A login is delayed and never refused, because strangers could lock its owner out. Where its owner has logged in before, neither what
 * strangers do elsewhere nor what they do there at other logins counts: only failures of this login at this address. A right password takes back
 * the failures of the same login at the same address and of nobody else, so that an own account does not buy fresh guesses at another.
 */
export interface Throttle {
  /** Waits as long as this login at this address must wait. @throws HubError TOO_MANY_REQUESTS with retryAfter when it is refused. */
  enter(login: string, address: string): Promise<void>;
  /** @throws HubError TOO_MANY_REQUESTS when this login is refused at this address by now. */
  check(login: string, address: string): void;
  /**
   * True when this login was guessed at from this very address so often that even a remembered password must queue up: whoever is answered at once only
   * when right could try passwords without end. Below that a remembered password is never delayed.
   */
  suspects(login: string, address: string): boolean;
  failed(login: string, address: string): void;
  succeeded(login: string, address: string): void;
}

const MINUTE = 60_000;
const WINDOW = 10 * MINUTE;
const FREE = 5;
const BURST = 10;
const REFUSED_AT = 20;
const FIRST_REFUSAL = 30_000;
const LONGEST_REFUSAL = 15 * MINUTE;
const LONGEST_DELAY = 30_000;
/** Wrong passwords for one login at one address in 10 minutes, refused ones included (NIST SP 800-63B: at most 100 in a row). */
const MOST_GUESSES = 100;
const LIMIT = 20_000;
/** Attempts that may be waiting out a delay: in all, and of one address. */
const MOST_WAITING = 1_000;
const MOST_WAITING_AT_ADDRESS = 20;

interface Record_ {
  /** Ticks of the failures, oldest first, at most REFUSED_AT. */
  failures: number[];
  refusedUntil: number;
  /** Refusals in a row, and until when a failure makes it one more. */
  refusals: number;
  watchedUntil: number;
  /** Guesses since a tick, failed or refused; of login and address together alone. */
  guesses: number;
  guessesSince: number;
  waiting: number;
}

const notes = notesOf('identity.throttle');

/** IPv6 by its /64, which is what one subscriber has; an IPv4 address inside IPv6 as itself. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return plain.slice(0, 64);
  const [head = '', tail] = plain.split('%', 1).join('').split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const full = [...groups, ...Array<string>(Math.max(missing, 0)).fill('0'), ...(tail ? tail.split(':') : [])];
  return `${full
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

const delayOf = (count: number): number => (count < FREE ? 0 : Math.min(1_000 * 2 ** (count - FREE), LONGEST_DELAY));

export interface ThrottleOptions {
  readonly clock: Pick<Clock, 'ticks'>;
  /** Milliseconds. (Default: a timer that does not keep the process alive) */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

export function createThrottle({ clock, sleep = (time) => sleepFor(time, undefined, { ref: false }) }: ThrottleOptions): Throttle {
  const records = createBoundedMap<string, Record_>(LIMIT);
  const trusted = createBoundedMap<string, true>(LIMIT);
  let waiting = 0;

  const ofLogin = (login: string): string => `l ${login}`;
  const ofAddress = (address: string): string => `a ${networkOf(address)}`;
  const ofPair = (login: string, address: string): string => `p ${login} ${networkOf(address)}`;

  const failuresOf = (key: string): number => {
    const record = records.get(key);
    if (!record) return 0;
    const now = clock.ticks();
    const since = now - WINDOW;
    while ((record.failures[0] ?? since) < since) record.failures.shift();
    if (record.failures.length === 0 && record.waiting === 0 && record.watchedUntil <= now && record.guessesSince <= since)
      records.delete(key);
    return record.failures.length;
  };

  const recordOf = (key: string): Record_ => {
    const record = records.get(key) ?? {
      failures: [],
      refusedUntil: 0,
      refusals: 0,
      watchedUntil: 0,
      guesses: 0,
      guessesSince: Number.NEGATIVE_INFINITY,
      waiting: 0,
    };
    records.set(key, record);
    return record;
  };

  /** By which record a login is judged at an address: by its own where its owner is known there. */
  const judgeOf = (login: string, address: string): string => {
    const pair = ofPair(login, address);
    return trusted.get(pair) ? pair : ofAddress(address);
  };

  /** Counted where a remembered password may lie; elsewhere strangers' logins would fill the memory. */
  const guessed = (pair: string): void => {
    if (!trusted.get(pair)) return;
    const record = recordOf(pair);
    const now = clock.ticks();
    if (record.guessesSince + WINDOW < now) {
      record.guesses = 0;
      record.guessesSince = now;
    }
    record.guesses += 1;
  };

  const refuse = (login: string, address: string, milliseconds: number): never => {
    guessed(ofPair(login, address));
    throw new HubError('TOO_MANY_REQUESTS', 'too many failed logins', { retryAfter: Math.ceil(milliseconds / 1_000) });
  };

  const check = (login: string, address: string): void => {
    const left = (records.get(judgeOf(login, address))?.refusedUntil ?? 0) - clock.ticks();
    if (left > 0) refuse(login, address, left);
  };

  const wait = async (login: string, address: string, delay: number): Promise<void> => {
    const record = recordOf(judgeOf(login, address));
    if (waiting >= MOST_WAITING || record.waiting >= MOST_WAITING_AT_ADDRESS) refuse(login, address, delay);
    waiting += 1;
    record.waiting += 1;
    try {
      await sleep(delay);
    } finally {
      waiting -= 1;
      record.waiting -= 1;
    }
  };

  /** After one more failure. @returns for how long it refuses from now on, in milliseconds; 0: it does not. */
  const judge = (record: Record_): number => {
    const now = clock.ticks();
    if (record.refusedUntil > now) return 0;
    if (record.watchedUntil <= now) record.refusals = 0;
    const burst = (record.failures.at(-BURST) ?? Number.NEGATIVE_INFINITY) > now - MINUTE;
    const many = record.failures.length >= REFUSED_AT;
    if (!many && !burst && record.refusals === 0) return 0;
    const time = many ? LONGEST_REFUSAL : Math.min(FIRST_REFUSAL * 2 ** record.refusals, LONGEST_REFUSAL);
    record.refusals += 1;
    record.refusedUntil = now + time;
    record.watchedUntil = record.refusedUntil + WINDOW;
    return time;
  };

  return {
    check,
    async enter(login, address) {
      check(login, address);
      const pair = ofPair(login, address);
      const count = trusted.get(pair) ? failuresOf(pair) : Math.max(failuresOf(ofAddress(address)), failuresOf(ofLogin(login)));
      const delay = delayOf(count);
      if (delay === 0) return;
      await wait(login, address, delay);
      check(login, address);
    },
    suspects(login, address) {
      if (records.size === 0) return false;
      const record = records.get(ofPair(login, address));
      return record !== undefined && record.guesses >= MOST_GUESSES && record.guessesSince + WINDOW >= clock.ticks();
    },
    failed(login, address) {
      const now = clock.ticks();
      const pair = ofPair(login, address);
      for (const key of [ofLogin(login), ofAddress(address), pair]) {
        const { failures } = recordOf(key);
        failures.push(now);
        if (failures.length > REFUSED_AT) failures.shift();
      }
      guessed(pair);
      failuresOf(pair);
      judge(recordOf(pair));
      failuresOf(ofAddress(address));
      const time = judge(recordOf(ofAddress(address)));
      if (time > 0)
        notes.warn('logins from this address are refused for a while after too many failures', {
          address: networkOf(address),
          seconds: time / 1_000,
        });
    },
    succeeded(login, address) {
      const pair = ofPair(login, address);
      trusted.set(pair, true);
      const own = records.get(pair)?.failures ?? [];
      if (own.length === 0) return;
      records.delete(pair);
      for (const key of [ofLogin(login), ofAddress(address)]) {
        const record = records.get(key);
        if (!record) continue;
        for (const tick of own) {
          const at = record.failures.indexOf(tick);
          if (at >= 0) record.failures.splice(at, 1);
        }
        if (record.failures.length === 0) record.refusals = 0;
      }
    },
  };
}
