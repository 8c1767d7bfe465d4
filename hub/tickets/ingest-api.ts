import { z } from 'zod';
import { HubError, toHubError } from '../core/errors.ts';
import { type Route, route } from '../core/http/route.ts';
import { parseJson } from './control/json.ts';
import { ticketOperationJsonSchema } from './control/schema.ts';
import type { Ingest, Submitted } from './ingest.ts';
import type { RoutingTable } from './routing-table.ts';

const MAX_REQUEST = 16 * 1024 * 1024;
const MAX_OPERATION = 256 * 1024;
const MAX_LINES = 5_000;
/** Lines of one batch that wait for their commit at once; it keeps one sender from filling the batcher's queue. */
const WINDOW = 1_000;
/** How long a line waits for room in the batcher before the whole request is answered with BUSY. Milliseconds. */
const PATIENCE = 5_000;
/** Bytes of all requests under way. An operation takes several times its bytes while it is looked at. */
const MOST_UNDER_WAY = 128 * 1024 * 1024;

const documentAnswer = z.object({
  documentId: z.string().describe('UUID of the document in the hub'),
  type: z.string(),
  number: z.string(),
  clients: z.array(z.string()).describe('names of the clients that receive it'),
});
const detailAnswer = z.object({ code: z.string(), path: z.string().describe('JSON Pointer into the operation'), message: z.string() });
const operationAnswer = z.object({
  id: z.string().describe('the id of the control message'),
  operationId: z.string().describe('UUID of the operation in the hub'),
  status: z.enum(['created', 'duplicate']),
  documents: z.array(documentAnswer),
  warnings: z.array(detailAnswer),
});

type Answer = z.infer<typeof operationAnswer>;

/** One line of a batch's answer. */
type LineAnswer =
  | ({ line: number } & Answer)
  | { line: number; id: string | null; status: 'rejected'; errors: { code: string; path: string; message: string }[] };

const LF = 0x0a;
const CR = 0x0d;
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === CR;

/**
 * The lines of a body with their numbers from 1; blank ones are counted and skipped, CRLF is accepted.
 * @throws HubError TOO_LARGE over 5,000 lines with something on them, MALFORMED_JSON without any.
 */
function splitLines(body: Buffer): { line: number; bytes: Buffer }[] {
  const lines: { line: number; bytes: Buffer }[] = [];
  let start = 0;
  for (let line = 1; start < body.length; line += 1) {
    const found = body.indexOf(LF, start);
    const end = found < 0 ? body.length : found;
    let first = start;
    while (first < end && isBlank(body[first])) first += 1;
    if (first < end) {
      if (lines.length === MAX_LINES) throw new HubError('TOO_LARGE', `a batch has at most ${MAX_LINES} operations: split it`);
      lines.push({ line, bytes: body.subarray(first, body[end - 1] === CR ? end - 1 : end) });
    }
    start = end + 1;
  }
  if (lines.length === 0) throw new HubError('MALFORMED_JSON', 'the batch has no operation: send 1 to 5,000, one a line');
  return lines;
}

function parseBytes(bytes: Buffer): unknown {
  if (bytes.length > MAX_OPERATION)
    throw new HubError('TOO_LARGE', `one operation has at most ${MAX_OPERATION} bytes, this one has ${bytes.length}`);
  const parsed = parseJson(bytes);
  if (!parsed.ok) throw new HubError('MALFORMED_JSON', parsed.fault.message);
  return parsed.value;
}

/** Errors that are about one line and stay so when it is repeated; every other one concerns the whole request. */
const LINE_ERRORS = new Set(['MALFORMED_JSON', 'VALIDATION', 'OPERATION_CONFLICT', 'TOO_LARGE']);

function rejection(line: number, value: unknown, error: HubError): LineAnswer {
  const id = typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id.slice(0, 100) : null;
  const errors =
    error.details.length > 0 ? error.details.map((detail) => ({ ...detail })) : [{ code: error.code, path: '', message: error.message }];
  return { line, id, status: 'rejected', errors };
}

/**
 * Routes of the control message (spec 2.1). A batch answers one line an operation in the order sent. When the database goes away in the
 * middle, the whole request fails with 503: the sender repeats it and finds what was stored as duplicates.
 */
export function ingestRoutes(ingest: Ingest, routing: RoutingTable): Record<'tickets' | 'schemas', readonly Route[]> {
  const answerOf = ({ id, operationId, status, documents, warnings }: Submitted): Answer => ({
    id,
    operationId,
    status,
    documents: [...documents]
      .sort((a, b) => a.position - b.position)
      .map(({ documentId, type, number, clients }) => ({ documentId, type, number, clients: clients.map(routing.nameOf) })),
    warnings: warnings.map(({ code, path, message }) => ({ code, path, message })),
  });

  const submitLine = async (line: number, bytes: Buffer, login: string): Promise<LineAnswer> => {
    let value: unknown;
    try {
      value = parseBytes(bytes);
      return { line, ...answerOf(await ingest.submit(value, login, PATIENCE)) };
    } catch (thrown) {
      const error = toHubError(thrown);
      if (!LINE_ERRORS.has(error.code)) throw error;
      ingest.rejected(error, value, login);
      return rejection(line, value, error);
    }
  };

  /** The lines of the answer as text, so that what a line was made of does not wait for the last one. */
  const submitBatch = async (body: Buffer, login: string): Promise<string> => {
    const lines = splitLines(body);
    const answers: string[] = [];
    for (let start = 0; start < lines.length; start += WINDOW) {
      const window = await Promise.allSettled(
        lines.slice(start, start + WINDOW).map(async ({ line, bytes }) => `${JSON.stringify(await submitLine(line, bytes, login))}\n`),
      );
      for (const settled of window) {
        if (settled.status === 'rejected') throw settled.reason;
        answers.push(settled.value);
      }
    }
    return answers.join('');
  };

  const submitOne = async (body: Buffer, login: string): Promise<Answer> => {
    let value: unknown;
    try {
      value = parseBytes(body);
      return answerOf(await ingest.submit(value, login));
    } catch (thrown) {
      const error = toHubError(thrown);
      if (LINE_ERRORS.has(error.code)) ingest.rejected(error, value, login);
      throw error;
    }
  };

  let underWay = 0;
  /** Counts a body while it is worked on. @throws HubError BUSY when too much is under way. */
  const admitted = async <T>(body: Buffer, work: (body: Buffer) => Promise<T>): Promise<T> => {
    if (underWay > 0 && underWay + body.length > MOST_UNDER_WAY)
      throw new HubError('BUSY', 'too many bytes of control messages are being looked at: repeat it', { retryAfter: 1 });
    underWay += body.length;
    try {
      return await work(body);
    } finally {
      underWay -= body.length;
    }
  };

  const schema = route({
    method: 'GET',
    path: '/ticket-operation.json',
    right: 'login',
    summary: 'JSON Schema of the control message',
    async handle({ reply }) {
      return reply.type('application/schema+json; charset=utf-8').send(JSON.stringify(ticketOperationJsonSchema(), null, 2));
    },
  });
  const operations = [
    route({
      method: 'POST',
      path: '/operations',
      right: 'tickets.ingest',
      summary: 'Take in one control message (application/json) or up to 5,000, one a line (application/x-ndjson)',
      raw: ['application/json', 'application/x-ndjson'],
      bodyLimit: MAX_REQUEST,
      answer: operationAnswer,
      status: 201,
      also: { 200: 'stored before with the same content; or, for a batch, one result a line in the order sent' },
      produces: ['application/x-ndjson'],
      errors: ['OPERATION_CONFLICT'],
      async handle({ request, reply, caller }) {
        // A request without a body comes with none, whatever its type says.
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        if (/^application\/x-ndjson\b/i.test(request.headers['content-type'] ?? '')) {
          const text = await admitted(body, (bytes) => submitBatch(bytes, caller.login));
          return reply.code(200).type('application/x-ndjson; charset=utf-8').send(text);
        }
        const answer = await admitted(body, (bytes) => submitOne(bytes, caller.login));
        if (answer.status === 'duplicate') reply.code(200);
        return answer;
      },
    }),
  ];
  return { tickets: operations, schemas: [schema] };
}
