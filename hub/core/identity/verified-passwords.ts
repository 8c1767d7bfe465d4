import { createHmac, randomBytes } from 'node:crypto';
import { createBoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';

/**
 * Remembers which passwords argon2id has found right, for protocols that send the password with each request (spec billing 10.1).
 * An entry is known by an HMAC, under a key that lives and dies with this process, over login, password and stored hash: no password
 * can be read from memory, and a changed password misses by itself. It lasts 10 minutes from its check; who uses it in the last two is told once that it
 * is aging, so that it can be checked again in time.
 */
export interface VerifiedPasswords {
  /** The name of an entry. `stored` is the operator's present hash. */
  keyOf(login: string, prepared: string, stored: string): string;
  /** `here` when it was found right for this address, `aging` the first time that it is so near its end, `elsewhere` when only for others. */
  find(key: string, address: string): 'here' | 'aging' | 'elsewhere' | undefined;
  add(key: string, address: string): void;
  /** Another 10 minutes for an entry that was found right again. */
  renew(key: string): void;
}

const LIMIT = 10_000;
const LIFE = 600_000;
const AGING = 120_000;
/** Addresses remembered of one entry; an operator's program rarely has more. */
const ADDRESSES = 32;

export function createVerifiedPasswords(clock: Pick<Clock, 'ticks'>, limit = LIMIT): VerifiedPasswords {
  const secret = randomBytes(32);
  const entries = createBoundedMap<string, { until: number; aging: boolean; readonly addresses: Set<string> }>(limit);
  const present = (key: string) => {
    const entry = entries.get(key);
    if (entry && entry.until > clock.ticks()) return entry;
    if (entry) entries.delete(key);
    return undefined;
  };
  return {
    // Neither a login nor a prepared password can hold a NUL, so no two triples run together.
    keyOf: (login, prepared, stored) => createHmac('sha256', secret).update(`${login}\0${prepared}\0${stored}`).digest('base64'),
    find(key, address) {
      const entry = present(key);
      if (!entry) return undefined;
      if (!entry.addresses.has(address)) return 'elsewhere';
      if (entry.aging || entry.until - clock.ticks() > AGING) return 'here';
      entry.aging = true;
      return 'aging';
    },
    add(key, address) {
      const entry = present(key) ?? { until: clock.ticks() + LIFE, aging: false, addresses: new Set() };
      if (entry.addresses.size >= ADDRESSES) entry.addresses.delete(entry.addresses.values().next().value as string);
      entry.addresses.add(address);
      entries.set(key, entry);
    },
    renew(key) {
      const entry = present(key);
      if (!entry) return;
      entry.until = clock.ticks() + LIFE;
      entry.aging = false;
    },
  };
}
