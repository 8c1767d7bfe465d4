import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { answerOfKey, storeAnswer, takeKey } from './sql/idempotency.ts';

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
  const { key, fingerprint } = call;
  return database.transaction(async (tx) => {
    const [taken] = await takeKey(tx, caller.login, key, fingerprint);
    if (taken) {
      const fresh = await work(tx);
      const text = fresh.answer === undefined ? null : JSON.stringify(fresh.answer);
      await storeAnswer(tx, caller.login, key, fresh.status, fresh.location ?? null, text);
      return { ...fresh, repeated: false };
    }
    const [first] = await answerOfKey(tx, caller.login, key, fingerprint);
    if (!first?.same) {
      throw new HubError('VALIDATION', 'this Idempotency-Key was used for another request within 24 hours; send a new one', {
        reason: 'idempotency_key',
        russian: 'этот Idempotency-Key уже использован с другим запросом в последние 24 часа; укажите новый',
      });
    }
    if (first.status === null) {
      throw new HubError('NOT_FOUND', 'the call was made, but what it answered has been erased since', { reason: 'erased' });
    }
    const answer: unknown = first.answer === null ? undefined : JSON.parse(first.answer);
    return { status: first.status, location: first.location ?? undefined, answer, repeated: true };
  });
}
