import type { FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';

/**
 * The version that a change is meant for, from `If-Match` or, without that, from the body. Undefined: whatever version there is.
 * @param name what the header must be, for the message. (Default: `the version that was read`)
 * @throws HubError BAD_REQUEST with the reason `if_match` when the header is not a version.
 */
export function expectedVersion(
  request: Pick<FastifyRequest, 'headers'>,
  inBody?: number | undefined,
  name = 'the version that was read',
): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined) return inBody;
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header.trim())?.[1];
  if (version !== undefined) return Number(version);
  throw new HubError('BAD_REQUEST', `If-Match must be ${name}, such as "3", not ${header.slice(0, 40)}`, {
    reason: 'if_match',
    russian: `If-Match должен содержать прочитанную версию, например "3", а не ${header.slice(0, 40)}`,
  });
}
