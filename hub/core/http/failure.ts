import type { FastifyReply, FastifyRequest } from 'fastify';
import { HubError, toHubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { challengeFor } from './authenticate.ts';
import { type Language, languageOf, PROBLEM_TYPE, problemOf } from './problem.ts';
import { routeOf } from './router.ts';

const notes = notesOf('http');

/** The path of a request without its query, which may hold names and numbers of people. */
export const pathOf = (url: string): string => {
  const end = url.indexOf('?');
  return (end < 0 ? url : url.slice(0, end)).slice(0, 500);
};

/** Errors of the framework, by its codes, in the words of our table. */
function fromFramework(error: Error & { code?: unknown; statusCode?: unknown }): HubError | undefined {
  if (typeof error.code !== 'string' || !error.code.startsWith('FST_')) return undefined;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new HubError('TOO_LARGE', 'the body is larger than this route takes', { cause: error });
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new HubError('UNSUPPORTED_MEDIA', 'the content-type is malformed', { cause: error });
  if (error.code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new HubError('BAD_REQUEST', 'the body is shorter or longer than content-length says', { cause: error });
  if (error.code === 'FST_ERR_BAD_URL') return new HubError('BAD_REQUEST', 'the path has a malformed % sequence', { cause: error });
  if (typeof error.statusCode === 'number' && error.statusCode < 500) return new HubError('BAD_REQUEST', error.message, { cause: error });
  return undefined;
}

/** Bytes of a body that is too large which are still taken in, and thrown away. */
const MOST_DISCARDED = 64 * 1024 * 1024;

/**
 * A body that was announced and not read: what is left of it cannot be told from the next request, so the connection is closed. Only of a
 * caller with a right to send (TOO_LARGE comes after it) the rest is read and thrown away, which Node does by itself when the connection
 * stays: a sender that writes everything before it reads would else meet a reset instead of the answer that tells it to split the body.
 */
function leavesUnread(error: HubError, request: FastifyRequest): boolean {
  if (request.raw.readableEnded) return false;
  if (request.headers['transfer-encoding'] !== undefined) return true;
  const length = Number(request.headers['content-length'] ?? 0);
  return error.code === 'TOO_LARGE' ? length > MOST_DISCARDED : length > 0;
}

/** Answers whatever was thrown as problem details. @returns the status. */
export function sendFailure(thrown: unknown, request: FastifyRequest, reply: FastifyReply, fallback: Language): number {
  const error = (thrown instanceof Error ? fromFramework(thrown) : undefined) ?? toHubError(thrown);
  const about = { requestId: request.id, method: request.method, path: pathOf(request.url) };
  if (error.code === 'INTERNAL') notes.error('a request failed', about, error.cause ?? error);
  else if (error.status >= 500)
    notes.warn('a request could not be served', { ...about, code: error.code, why: error.message }, error.cause);
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return error.status;
  }
  if (error.status === 401) reply.header('www-authenticate', challengeFor(request));
  if (error.retryAfter !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfter))));
  if (leavesUnread(error, request)) reply.header('connection', 'close');
  const language = languageOf(request.headers['accept-language'], fallback);
  const lineCode = routeOf(request)?.lineCode?.(error);
  const problem = problemOf(error, { language, path: about.path, requestId: request.id, lineCode });
  reply.code(problem.status).header('content-language', language).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  return problem.status;
}
