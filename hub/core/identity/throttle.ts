import { isIPv4, isIPv6 } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';

/**
 * Slows the guessing of passwords down (spec alerts 8.3.2, billing 10.1).
 *
 * Failures of the last 10 minutes are counted for the login, for the address and for the two together. A login or an address is
 * free (below 5) -> delayed (1, 2, 4 ... 30 s before the password is looked at); an address is then refused (at 20, for 15 minutes) -> free.
 * A login is never refused, because strangers could lock its owner out; and where its owner has logged in before, only the failures of
 * that address delay them. A right password takes back the failures of the same login at the same address and of nobody else, so that
 * an own account does not buy fresh guesses at another.
 */
export interface Throttle {
  /** Waits as long as this login at this address must wait. @throws HubError TOO_MANY_REQUESTS with retryAfter when it is refused. */
  enter(login: string, address: string): Promise<void>;
  /** @throws HubError TOO_MANY_REQUESTS when the address is refused by now. */
  check(address: string): void;
  /** True when this login was guessed at from this very address so often that even a remembered password must queue up. */
  suspects(login: string, address: string): boolean;
  failed(login: string, address: string): void;
  succeeded(login: string, address: string): void;
}

const WINDOW = 600_000;
const FREE = 5;
const REFUSED_AT = 20;
const REFUSED_FOR = 900_000;
const LONGEST_DELAY = 30_000;
const LIMIT = 20_000;
/** Attempts that may be waiting out a delay: in all, and of one address. */
const MOST_WAITING = 1_000;
const MOST_WAITING_AT_ADDRESS = 20;

interface Record_ {
  /** Ticks of the failures, oldest first, at most REFUSED_AT. */
  failures: number[];
  refusedUntil: number;
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
    const since = clock.ticks() - WINDOW;
    while ((record.failures[0] ?? since) < since) record.failures.shift();
    if (record.failures.length === 0 && record.waiting === 0 && record.refusedUntil <= clock.ticks()) records.delete(key);
    return record.failures.length;
  };

  const recordOf = (key: string): Record_ => {
    const record = records.get(key) ?? { failures: [], refusedUntil: 0, waiting: 0 };
    records.set(key, record);
    return record;
  };

  const refuse = (milliseconds: number): never => {
    throw new HubError('TOO_MANY_REQUESTS', 'too many failed logins', { retryAfter: Math.ceil(milliseconds / 1_000) });
  };

  const check = (address: string): void => {
    const left = (records.get(ofAddress(address))?.refusedUntil ?? 0) - clock.ticks();
    if (left > 0) refuse(left);
  };

  const wait = async (address: string, delay: number): Promise<void> => {
    const record = recordOf(ofAddress(address));
    if (waiting >= MOST_WAITING || record.waiting >= MOST_WAITING_AT_ADDRESS) refuse(delay);
    waiting += 1;
    record.waiting += 1;
    try {
      await sleep(delay);
    } finally {
      waiting -= 1;
      record.waiting -= 1;
    }
  };

  return {
    check,
    async enter(login, address) {
      check(address);
      const pair = ofPair(login, address);
      const count = Math.max(failuresOf(ofAddress(address)), failuresOf(trusted.get(pair) ? pair : ofLogin(login)));
      const delay = delayOf(count);
      if (delay === 0) return;
      await wait(address, delay);
      check(address);
    },
    suspects: (login, address) => records.size > 0 && failuresOf(ofPair(login, address)) >= FREE,
    failed(login, address) {
      const now = clock.ticks();
      for (const key of [ofLogin(login), ofAddress(address), ofPair(login, address)]) {
        const { failures } = recordOf(key);
        failures.push(now);
        if (failures.length > REFUSED_AT) failures.shift();
      }
      const record = recordOf(ofAddress(address));
      if (failuresOf(ofAddress(address)) < REFUSED_AT || record.refusedUntil > now) return;
      record.refusedUntil = now + REFUSED_FOR;
      record.failures = [];
      notes.warn('logins from this address are refused for 15 minutes after too many failures', { address: networkOf(address) });
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
      }
    },
  };
}
