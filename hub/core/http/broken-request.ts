import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { HubError } from '../errors.ts';
import { measure, notesOf } from '../telemetry/channels.ts';
import { type Language, PROBLEM_TYPE, problemOf } from './problem.ts';

const notes = notesOf('http');

function meaningOf(error: Error & { code?: string; reason?: string }): HubError | undefined {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return undefined;
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return new HubError('REQUEST_TIMEOUT');
  if (error.code === 'HPE_HEADER_OVERFLOW') return new HubError('HEADERS_TOO_LARGE');
  return new HubError('BAD_REQUEST', `this is not HTTP/1.1: ${error.reason ?? error.code ?? 'it cannot be read'}`);
}

/**
 * Answers what never became a request: broken HTTP, headers without end, a body that does not come. The connection is closed.
 * @param current the answer under way on this connection, if there is one.
 */
export function answerBrokenRequest(error: Error, socket: Socket, current: ServerResponse | undefined, language: Language): void {
  const meaning = meaningOf(error);
  if (!meaning || !socket.writable || current?.headersSent) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  notes.debug('a request could not be read', { requestId, address: socket.remoteAddress, code: meaning.code, why: error.message });
  measure('vestnik_http_requests_total', 1, { method: 'unread', route: 'unread', status: String(meaning.status) });
  const body = JSON.stringify(problemOf(meaning, { language, path: '', requestId }));
  socket.end(
    `HTTP/1.1 ${meaning.status} ${STATUS_CODES[meaning.status]}\r\nconnection: close\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\n\r\n${body}`,
  );
}
