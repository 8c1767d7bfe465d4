import { type Bucket, createBucket } from '../core/deliveries/rate.ts';
import { HubError } from '../core/errors.ts';

/**
 * What strangers may do at the public addresses of bins, decided before a byte of a body is read: requests of one bin in a second, requests at
 * once, and how often the database is asked for addresses that nobody has seen. In each hub process.
 *
 * A token is unknown -> enter() found its bin -> known (the latest thousand) -> forget(), or crowded out -> unknown.
 */
export interface BinGate {
  /** Lets a request in; each must leave() once. @throws HubError NOT_FOUND, TOO_MANY_REQUESTS, BUSY. */
  enter(token: string): Promise<void>;
  leave(): void;
  /** The bin is gone. */
  forget(token: string): void;
}

/** Requests a second. */
const RATE_OF_BIN = 20;
const RATE_OF_LOOKUPS = 50;
/** Each may hold a whole body, and wait for the delay of its answer. */
const MOST_AT_ONCE = 64;
const MOST_KNOWN = 1_000;
const TOKEN = /^[A-Za-z0-9_-]{22,86}$/;

export const noBin = (): HubError => new HubError('NOT_FOUND', 'there is no request bin at this address');

/** @param exists whether there is a bin of a token. */
export function createBinGate(exists: (token: string) => Promise<boolean>): BinGate {
  const known = new Map<string, Bucket>();
  const lookups = createBucket();
  const finding = new Map<string, Promise<Bucket>>();
  let inside = 0;

  const requireTurn = (bucket: Bucket, rate: number): void => {
    const wait = bucket.take(performance.now(), rate);
    if (wait === 0) return;
    throw new HubError('TOO_MANY_REQUESTS', `a request bin takes ${rate} requests a second`, { retryAfter: Math.ceil(wait / 1000) });
  };
  const find = async (token: string): Promise<Bucket> => {
    requireTurn(lookups, RATE_OF_LOOKUPS);
    if (!(await exists(token))) throw noBin();
    const bucket = createBucket();
    const [oldest] = known.keys();
    if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    known.set(token, bucket);
    return bucket;
  };
  /** Those who ask for one token at the same time ask once. */
  const look = (token: string): Promise<Bucket> => {
    const present = finding.get(token);
    if (present) return present;
    const found = find(token).finally(() => finding.delete(token));
    finding.set(token, found);
    return found;
  };
  return {
    async enter(token) {
      if (!TOKEN.test(token)) throw noBin();
      requireTurn(known.get(token) ?? (await look(token)), RATE_OF_BIN);
      if (inside >= MOST_AT_ONCE)
        throw new HubError('BUSY', `${MOST_AT_ONCE} requests are in the bins of this hub already`, { retryAfter: 1 });
      inside += 1;
    },
    leave() {
      inside -= 1;
    },
    forget(token) {
      known.delete(token);
    },
  };
}
