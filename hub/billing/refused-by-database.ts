import { HubError } from '../core/errors.ts';

/**
 * What the database refuses that no use case foresaw: a number beyond its column, a row that refers to nothing. It is the caller's to mend, and tells
 * nothing of our tables.
 */
export function refusedByDatabase(thrown: unknown): HubError | undefined {
  const state = thrown instanceof Error && !(thrown instanceof HubError) ? (thrown as { code?: unknown }).code : undefined;
  if (typeof state !== 'string' || state.length !== 5) return undefined;
  if (/^22/.test(state))
    return new HubError('BAD_REQUEST', 'a value is out of its range', {
      reason: 'value',
      cause: thrown,
      russian: 'Значение вне допустимых пределов',
    });
  if (state === '23503' || state === '23505' || state === '23514')
    return new HubError('CONFLICT', 'the data does not allow this', { cause: thrown, russian: 'Операция противоречит имеющимся данным' });
  return undefined;
}
