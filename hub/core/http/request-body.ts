import type { FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import { parseJsonBody } from './parse-json.ts';
import type { Route } from './route.ts';

const JSON_TYPES = ['application/json'];

/** Content types that a route takes. */
export const takenTypes = (route: Pick<Route, 'raw' | 'body'>): readonly string[] =>
  route.raw === 'any' ? ['*/*'] : (route.raw ?? JSON_TYPES);

const hasBody = (request: FastifyRequest): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/** The media type and charset of a Content-Type header, in lower case. */
function mediaType(header: string): { type: string; charset: string | undefined } {
  const [type = '', ...parameters] = header.split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(parameter)?.[1])
    .find((found) => found !== undefined);
  return { type: type.trim().toLowerCase(), charset: charset?.toLowerCase() };
}

/**
 * Refuses a body by its headers, before a byte of it is read.
 * @throws HubError UNSUPPORTED_MEDIA (type, charset or encoding), TOO_LARGE.
 */
export function checkBodyHeaders(request: FastifyRequest, route: Pick<Route, 'raw' | 'body'>, limit: number): void {
  if (!hasBody(request)) return;
  if (route.raw !== 'any') checkType(request, route);
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > limit) throw new HubError('TOO_LARGE', `the body has ${length} bytes, this takes at most ${limit}`);
}

function checkType(request: FastifyRequest, route: Pick<Route, 'raw' | 'body'>): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HubError(
      'UNSUPPORTED_MEDIA',
      `content-encoding ${JSON.stringify(encoding.slice(0, 40))} is not taken: send the body as it is`,
    );
  }
  const { type, charset } = mediaType(request.headers['content-type'] ?? '');
  const taken = takenTypes(route);
  if (!taken.includes(type)) {
    const given = type === '' ? 'no content-type' : `content-type ${JSON.stringify(type.slice(0, 60))}`;
    throw new HubError('UNSUPPORTED_MEDIA', `${given} is given, this takes ${taken.join(' or ')}`);
  }
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii' && /json|text|xml/.test(type)) {
    throw new HubError('UNSUPPORTED_MEDIA', `charset ${JSON.stringify(charset.slice(0, 40))} is not taken: send UTF-8`);
  }
}

/** The JSON value of a body that was read; undefined when none was sent. @throws HubError MALFORMED_JSON. */
export const jsonOf = (body: unknown): unknown => (Buffer.isBuffer(body) && body.length > 0 ? parseJsonBody(body) : undefined);
