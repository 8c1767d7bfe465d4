import type { FastifyRequest } from 'fastify';
import { HubError } from '../../core/errors.ts';

/** The version that a change is meant for, from `If-Match`. @throws HubError BAD_REQUEST when the header is not a version. */
export function expectedVersion(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined) return undefined;
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header.trim())?.[1];
  if (version !== undefined) return Number(version);
  throw new HubError('BAD_REQUEST', `If-Match must be the version that was read, such as "3", not ${header.slice(0, 40)}`, {
    reason: 'if_match',
    russian: `If-Match должен содержать прочитанную версию, например "3", а не ${header.slice(0, 40)}`,
  });
}
