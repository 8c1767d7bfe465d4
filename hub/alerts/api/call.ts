import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import { createOnce, type Done, type OnceCall, tellOnce } from '../../core/http/once.ts';

const keys = createOnce('alerts');

/** A number in a path or a query. */
export const idText = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
export const idParams = z.object({ id: idText });
/** An instant in an answer. */
export const instant = z.iso.datetime();
/** `version` of an answer. */
export const versionField = z.int().meta({ description: 'Also the ETag; send it as If-Match with a change' });

/**
 * Runs a changing call in one transaction, at most once for an Idempotency-Key of its headers, and answers its body. A repeat carries the header
 * `idempotency-replayed: true`.
 */
export async function once(database: Database, call: OnceCall, work: (tx: Transaction) => Promise<Done>): Promise<unknown> {
  const status = 201;
  return tellOnce(call, await database.transaction((tx) => keys.inside(tx, call, status, () => work(tx))));
}

/** The same for a call that begins something: 202, without an address. */
export async function started(database: Database, call: OnceCall, work: (tx: Transaction) => Promise<unknown>): Promise<unknown> {
  return tellOnce(call, await database.transaction((tx) => keys.inside(tx, call, 202, async () => ({ answer: await work(tx) }))));
}

/** The same for work that makes transactions of its own. */
export async function jobOnce(database: Database, call: OnceCall, status: number, work: () => Promise<Done>): Promise<unknown> {
  return tellOnce(call, await keys.job(database, call, status, work));
}

/** Sets the ETag of an answer. @returns the answer */
export function tagged<A extends { readonly version: number }>(reply: FastifyReply, answer: A): A {
  reply.header('etag', `"${answer.version}"`);
  return answer;
}
