import type { FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import type { Caller, Face } from '../identity/caller.ts';
import { type Authentication, type Principal, SESSION_COOKIE } from '../identity/identity.ts';

/** Header that a browser adds only to requests of our own pages: with it a session cookie may change things. */
export const CONSOLE_HEADER = 'x-vestnik-request';

const SAFE_METHODS = new Set(['GET', 'HEAD']);

/** The remote address as identity and audit write it: IPv4 is not dressed up as IPv6. */
export const addressOf = (request: FastifyRequest): string => request.ip.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');

function basicCredentials(encoded: string): { login: string; password: string } {
  const text = /^[A-Za-z0-9+/]{1,4096}={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : '';
  const colon = text.indexOf(':');
  if (colon < 1) throw new HubError('UNAUTHORIZED', 'the Authorization header is not HTTP Basic with login:password in base64');
  return { login: text.slice(0, colon), password: text.slice(colon + 1) };
}

const callerFrom = ({ login, operatorId, rights }: Principal, face: Face, address: string, requestId: string): Caller => ({
  login,
  operatorId,
  rights,
  face,
  address,
  requestId,
});

/**
 * Recognises the caller: HTTP Basic, then a bearer token, then the console's session cookie. Whoever sends an Authorization header is
 * judged by it alone.
 * @throws HubError UNAUTHORIZED, CSRF (a cookie without the console's header on a request that changes things), and those of identity.
 */
export async function authenticate(request: FastifyRequest, identity: Authentication): Promise<Caller> {
  const address = addressOf(request);
  const header = request.headers.authorization;
  if (header !== undefined) {
    const [, scheme = '', value = ''] = /^(\S+) +(\S+) *$/.exec(header) ?? [];
    const kind = scheme.toLowerCase();
    if (kind !== 'basic' && kind !== 'bearer') throw new HubError('UNAUTHORIZED', 'the Authorization header must be Basic or Bearer');
    const basic = kind === 'basic' ? basicCredentials(value) : undefined;
    const principal = basic
      ? await identity.authenticateBasic(basic.login, basic.password, address)
      : await identity.authenticateToken(value, address);
    return callerFrom(principal, 'rest', address, request.id);
  }
  const cookie = request.cookies[SESSION_COOKIE];
  if (cookie === undefined || cookie === '') throw new HubError('UNAUTHORIZED');
  if (!SAFE_METHODS.has(request.method) && request.headers[CONSOLE_HEADER] === undefined) throw new HubError('CSRF');
  const principal = await identity.authenticateSession(cookie, address);
  return callerFrom(principal, 'console', address, request.id);
}

/** What WWW-Authenticate says. Browsers answer Basic with a window of their own, which must not cover the console's login page. */
export const challengeFor = (request: FastifyRequest): string =>
  request.headers[CONSOLE_HEADER] === undefined
    ? 'Basic realm="Vestnik", charset="UTF-8", Bearer realm="Vestnik"'
    : 'Bearer realm="Vestnik"';
