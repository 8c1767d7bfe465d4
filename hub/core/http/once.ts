import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../identity/caller.ts';
import { type IdempotencyKeys, idempotencyKeys } from './idempotency-keys.ts';

/** A call whose header Idempotency-Key is looked at. */
export interface OnceCall {
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a changing call did: its body, the address of what it made, and its status where that is not the route's. */
export interface Done {
  readonly answer?: unknown;
  readonly location?: string | undefined;
  readonly status?: number | undefined;
}

interface CallAnswer {
  readonly status: number;
  readonly location: string | undefined;
  /** Undefined: there is no body. */
  readonly answer: unknown;
  /** It is the answer of an earlier call. */
  readonly repeated: boolean;
}

/** Changing calls that may be repeated: with a key they run at most once in 24 hours. The key belongs to the login. */
export interface Once {
  /**
   * Runs a change in the caller's transaction. A repeat, also one sent at the same moment, gets the first answer and changes nothing. A call that
   * failed has changed nothing and leaves its key free.
   * @throws HubError BAD_REQUEST (no key), VALIDATION with the reason `idempotency_key` when the key was used for another request; whatever `work` throws
   */
  inside(tx: Transaction, call: OnceCall, status: number, work: () => Promise<Done>): Promise<CallAnswer>;
  /**
   * The same for work of several transactions: while it is under way, a repeat is refused with CONFLICT and the reason `under_way`. Where the hub
   * dies in the middle, the key stays taken for 24 hours: the work is one that may be sent again under another key.
   */
  job(database: Database, call: OnceCall, status: number, work: () => Promise<Done>): Promise<CallAnswer>;
}

interface KeyedCall {
  readonly login: string;
  readonly key: string;
  /** SHA-256 of method, address and body: the same key with another request is refused. */
  readonly fingerprint: Buffer;
}

/** @throws HubError BAD_REQUEST when the header is no key. */
function keyedCall({ request, caller }: OnceCall): KeyedCall | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new HubError('BAD_REQUEST', 'Idempotency-Key must be 1 to 255 visible ASCII characters without spaces', {
      reason: 'idempotency_key',
    });
  }
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  if (Buffer.isBuffer(request.body)) hash.update(request.body);
  return { login: caller.login, key, fingerprint: hash.digest() };
}

const ERASED = 410;

/** The answer of the call that took the key first. */
async function firstAnswer(tx: Transaction, keys: IdempotencyKeys, { login, key, fingerprint }: KeyedCall): Promise<CallAnswer> {
  const [first] = await keys.answerOf(tx, login, key, fingerprint);
  if (!first?.same) {
    throw new HubError('VALIDATION', 'this Idempotency-Key was used for another request within 24 hours; send a new one', {
      reason: 'idempotency_key',
      russian: 'этот Idempotency-Key уже использован с другим запросом в последние 24 часа; укажите новый',
    });
  }
  if (first.status === null) {
    throw new HubError('CONFLICT', 'the call with this Idempotency-Key is still under way; ask again later', {
      reason: 'under_way',
      russian: 'запрос с этим Idempotency-Key ещё выполняется; повторите позже',
    });
  }
  if (first.status === ERASED) {
    throw new HubError('NOT_FOUND', 'the call was made, but what it answered has been erased since', {
      reason: 'erased',
      russian: 'запрос был выполнен, но его ответ с тех пор стёрт',
    });
  }
  const answer: unknown = first.answer === null ? undefined : JSON.parse(first.answer);
  return { status: first.status, location: first.location ?? undefined, answer, repeated: true };
}

/** @param module whose table keeps the keys (`idempotency-keys.ts`) */
export function createOnce(module: string): Once {
  const keys = idempotencyKeys(module);
  const taken = async (tx: Transaction, call: KeyedCall): Promise<CallAnswer | undefined> => {
    const [row] = await keys.take(tx, call.login, call.key, call.fingerprint);
    return row ? undefined : firstAnswer(tx, keys, call);
  };
  const keep = async (tx: Transaction, { login, key }: KeyedCall, { status, location, answer }: CallAnswer): Promise<void> => {
    await keys.store(tx, login, key, status, location ?? null, answer === undefined ? null : JSON.stringify(answer));
  };
  const run = async (status: number, work: () => Promise<Done>): Promise<CallAnswer> => {
    const done = await work();
    return { status: done.status ?? status, location: done.location, answer: done.answer, repeated: false };
  };
  return {
    async inside(tx, call, status, work) {
      const keyed = keyedCall(call);
      if (!keyed) return run(status, work);
      const first = await taken(tx, keyed);
      if (first) return first;
      const fresh = await run(status, work);
      await keep(tx, keyed, fresh);
      return fresh;
    },
    async job(database, call, status, work) {
      const keyed = keyedCall(call);
      if (!keyed) return run(status, work);
      const first = await database.transaction((tx) => taken(tx, keyed));
      if (first) return first;
      try {
        const fresh = await run(status, work);
        await database.transaction((tx) => keep(tx, keyed, fresh));
        return fresh;
      } catch (error) {
        await keys.free(database.work, keyed.login, keyed.key);
        throw error;
      }
    },
  };
}

/** Answers a call; a repeat carries the header `idempotency-replayed: true`. @returns the body */
export function tellOnce({ reply }: Pick<OnceCall, 'reply'>, { status, location, answer, repeated }: CallAnswer): unknown {
  if (location !== undefined) reply.header('location', location);
  if (repeated) reply.header('idempotency-replayed', 'true');
  reply.code(status);
  return answer;
}
