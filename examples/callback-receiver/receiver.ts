#!/usr/bin/env node
import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';

/**
 * Receives callbacks of a Vestnik hub: checks the signature, drops repeats, stores each callback once.
 *
 *     VESTNIK_SIGNING_SECRET=whsec_... node receiver.ts PORT JOURNAL
 *
 * JOURNAL gets one JSON line a callback: {"id", "event"}. A line there is both the work and the memory of it, so no moment of a crash can
 * part the two; with a database, store the id and the change in one transaction. Needs Node 22.18 or newer and nothing else.
 *
 * Answers: 200 stored, now or before (the hub is told so and stops); 400 not JSON; 401 the signature is wrong, missing or old; 413 too large; 500 it
 * could not be stored, send it again. While a secret is rotated, give both, separated by a comma.
 */
const MOST_BYTES = 1024 * 1024;
/** How far the hub's clock may be from ours, in seconds: an old request that was overheard cannot be sent again. */
const TOLERANCE = 300;

const [port, journal] = process.argv.slice(2);
const secrets = (process.env['VESTNIK_SIGNING_SECRET'] ?? '').split(',').filter((secret) => secret !== '');
if (!port || !journal || secrets.length === 0 || !secrets.every((secret) => /^whsec_[A-Za-z0-9+/]+=*$/.test(secret))) {
  process.stderr.write('use: VESTNIK_SIGNING_SECRET=whsec_... node receiver.ts PORT JOURNAL\n');
  process.exit(2);
}
const keys = secrets.map((secret) => Buffer.from(secret.slice('whsec_'.length), 'base64'));

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

/** Standard Webhooks: `v1,` and the HMAC-SHA256 of `id.timestamp.body`; several signatures are separated by blanks. */
function isAuthentic(request: IncomingMessage, body: Buffer): boolean {
  const [id, timestamp] = [header(request, 'webhook-id'), header(request, 'webhook-timestamp')];
  if (id === '' || !/^\d{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE) return false;
  const expected = keys.map((key) => createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest());
  return header(request, 'webhook-signature')
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'))
    .some((given) => expected.some((own) => given.length === own.length && timingSafeEqual(given, own)));
}

/** Opens the journal; a line that a crash has cut off was never answered 200, so it goes. */
function openJournal(path: string): { file: number; seen: Set<string> } {
  const text = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const whole = text.lastIndexOf('\n') + 1;
  const file = openSync(path, 'a');
  if (whole < text.length) ftruncateSync(file, whole);
  const lines = text.toString('utf8', 0, whole).split('\n').slice(0, -1);
  return { file, seen: new Set(lines.map((line) => String(JSON.parse(line).id))) };
}

const { file, seen } = openJournal(journal);

/** Everything is synchronous from the question to the answer, so two copies of one callback cannot both find it new. */
function store(id: string, event: unknown): 'stored' | 'duplicate' {
  if (seen.has(id)) return 'duplicate';
  writeSync(file, `${JSON.stringify({ id, event })}\n`);
  fsyncSync(file);
  seen.add(id);
  return 'stored';
}

/** The raw bytes, as they were signed; undefined when there are too many. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function take(request: IncomingMessage): Promise<[status: number, text: string]> {
  const body = await bodyOf(request);
  if (!body) return [413, 'too large'];
  if (!isAuthentic(request, body)) return [401, 'the signature is wrong, missing or old'];
  let event: unknown;
  try {
    event = JSON.parse(body.toString('utf8'));
  } catch {
    return [400, 'not JSON'];
  }
  const id = header(request, 'webhook-id');
  const done = store(id, event);
  process.stdout.write(`${done} ${id}\n`);
  return [200, done];
}

const server = createServer((request, response) => {
  take(request).then(
    ([status, text]) =>
      response.writeHead(status, { 'content-type': 'text/plain', connection: status === 413 ? 'close' : 'keep-alive' }).end(text),
    (error: unknown) => {
      process.stderr.write(`receiver: ${error instanceof Error ? error.message : error}\n`);
      response.writeHead(500).end('not stored');
    },
  );
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`listening on ${port}\n`));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Idle connections would keep it alive for as long as the hub keeps them.
    server.close(() => closeSync(file));
    server.closeIdleConnections();
  });
}
