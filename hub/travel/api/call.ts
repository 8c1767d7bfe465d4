import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import type { Caller } from '../../core/identity/caller.ts';
import { type CallAnswer, type KeyedCall, runJobOnce, runOnce } from '../run-once.ts';

/** @throws HubError BAD_REQUEST when the header is no key. */
function keyedCall(request: FastifyRequest): KeyedCall | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new HubError('BAD_REQUEST', 'Idempotency-Key must be 1 to 255 visible ASCII characters without spaces', {
      reason: 'idempotency_key',
    });
  }
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  if (Buffer.isBuffer(request.body)) hash.update(request.body);
  return { key, fingerprint: hash.digest() };
}

interface Keyed {
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a changing call did: its body and the address of what it made. */
export interface Done {
  readonly answer?: unknown;
  readonly location?: string | undefined;
}

function tell({ reply }: Keyed, done: CallAnswer & { readonly repeated: boolean }): unknown {
  if (done.location !== undefined) reply.header('location', done.location);
  if (done.repeated) reply.header('idempotency-replayed', 'true');
  reply.code(done.status);
  return done.answer;
}

/**
 * Runs a changing call in one transaction, at most once for an Idempotency-Key of its headers, and answers its body. A repeat carries the header
 * `idempotency-replayed: true`.
 * @example handle: (call) => once(database, call, 201, async (tx) => ({ answer: await addTrip(tx, call.caller, call.body), location: ... }))
 * @param status of success
 */
export async function once(database: Database, call: Keyed, status: number, work: (tx: Transaction) => Promise<Done>): Promise<unknown> {
  const done = await runOnce(database, call.caller, keyedCall(call.request), async (tx) => {
    const { answer, location } = await work(tx);
    return { status, location, answer };
  });
  return tell(call, done);
}

/** The same for work that makes transactions of its own. */
export async function jobOnce(database: Database, call: Keyed, status: number, work: () => Promise<Done>): Promise<unknown> {
  const done = await runJobOnce(database, call.caller, keyedCall(call.request), async () => {
    const { answer, location } = await work();
    return { status, location, answer };
  });
  return tell(call, done);
}
