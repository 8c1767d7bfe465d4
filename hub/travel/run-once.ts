import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { answerOfKey, freeKey, storeAnswer, takeKey } from './sql/idempotency.ts';

/** What a call answered. `answer` is undefined when there is no body. */
export interface CallAnswer {
  readonly status: number;
  readonly location?: string | undefined;
  readonly answer: unknown;
}

/** A call with an Idempotency-Key. */
export interface KeyedCall {
  readonly key: string;
  /** SHA-256 of method, address and body: the same key with another request is refused. */
  readonly fingerprint: Buffer;
}

const ERASED = 410;

/** The answer of the call that took the key first. */
async function firstAnswer(
  tx: Transaction,
  caller: Caller,
  { key, fingerprint }: KeyedCall,
): Promise<CallAnswer & { readonly repeated: true }> {
  const [first] = await answerOfKey(tx, caller.login, key, fingerprint);
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

async function keepAnswer(tx: Transaction, caller: Caller, key: string, { status, location, answer }: CallAnswer): Promise<void> {
  await storeAnswer(tx, caller.login, key, status, location ?? null, answer === undefined ? null : JSON.stringify(answer));
}

/**
 * Runs a change in a transaction; with a key at most once in 24 hours: a repeat, also one sent at the same moment, gets the first answer
 * and changes nothing (spec 2.1, F4). The key belongs to the login. A call that failed has changed nothing and leaves its key free.
 * @throws HubError VALIDATION with the reason `idempotency_key` when the key was used for another request; whatever `work` throws.
 */
export async function runOnce(
  database: Database,
  caller: Caller,
  call: KeyedCall | undefined,
  work: (tx: Transaction) => Promise<CallAnswer>,
): Promise<CallAnswer & { readonly repeated: boolean }> {
  if (call === undefined) return { ...(await database.transaction(work)), repeated: false };
  return database.transaction(async (tx) => {
    const [taken] = await takeKey(tx, caller.login, call.key, call.fingerprint);
    if (!taken) return firstAnswer(tx, caller, call);
    const fresh = await work(tx);
    await keepAnswer(tx, caller, call.key, fresh);
    return { ...fresh, repeated: false };
  });
}

/**
 * The same for work of several transactions: while it is under way, a repeat is refused with CONFLICT and the reason `under_way`. Where the hub
 * dies in the middle, the key stays taken for 24 hours: the work is one that may be sent again under another key.
 */
export async function runJobOnce(
  database: Database,
  caller: Caller,
  call: KeyedCall | undefined,
  work: () => Promise<CallAnswer>,
): Promise<CallAnswer & { readonly repeated: boolean }> {
  if (call === undefined) return { ...(await work()), repeated: false };
  const first = await database.transaction(async (tx) => {
    const [taken] = await takeKey(tx, caller.login, call.key, call.fingerprint);
    return taken ? undefined : firstAnswer(tx, caller, call);
  });
  if (first) return first;
  try {
    const fresh = await work();
    await database.transaction((tx) => keepAnswer(tx, caller, call.key, fresh));
    return { ...fresh, repeated: false };
  } catch (error) {
    await freeKey(database.work, caller.login, call.key);
    throw error;
  }
}
