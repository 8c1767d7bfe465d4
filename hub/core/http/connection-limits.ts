import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What every HTTP listener of the hub grants a connection. Times in milliseconds. */
export const CONNECTION = {
  /** Bytes of all headers together, with the address. */
  headerBytes: 32 * 1024,
  headerTime: 10_000,
  requestTime: 120_000,
  /** Longer than the usual idle time of balancers, so that they close first. */
  keepAlive: 75_000,
  /** A connection on which nothing moves in either direction. */
  silence: 300_000,
} as const;

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,100}$/;

/** The id that a request brings, or one of our own. */
export const requestIdOf = (raw: { readonly headers: IncomingMessage['headers'] }): string => {
  const given = raw.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
};
