import { HubError } from '../core/errors.ts';

/** How long contracts are compared with an expression until the search is given up. Seconds. */
const LONGEST = 5;
/** What the function `billing_too_slow` says. */
const TOO_SLOW = 'VB001';

/**
 * A condition of SQL: the text matches the regular expression, in any case of letters. One comparison is short, since titles are; but a hostile expression
 * makes each of a million last a millisecond. So the statement ends by itself, on the server, where a time limit of the caller would leave it running
 * (spec 10.2).
 */
export const matchesExpression = (text: string, expression: string): string =>
  `CASE WHEN clock_timestamp() > statement_timestamp() + interval '${LONGEST} seconds' THEN billing_too_slow() ELSE ${text} ~* ${expression}::text END`;

export const isTooSlow = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === TOO_SLOW;

/** What the caller is told. */
export const tooSlow = (cause: unknown): HubError =>
  new HubError('CONFLICT', `the expression was given up after ${LONGEST} s`, {
    cause,
    reason: 'title',
    russian: `Поиск по выражению прерван через ${LONGEST} с, упростите выражение`,
  });
