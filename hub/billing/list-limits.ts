import type { Queryable } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { checkPeriod } from './day-period.ts';
import { findContract } from './find-contract.ts';
import { boundsOf, countKnownBy, type PageBean, type PageWish, pageBean, requireBounded } from './page.ts';
import type { Span } from './read-balance.ts';
import { countLimitLog, countLimitPlans, type LimitLogRow, type LimitPlanStateRow, limitLogRows, limitPlanRows } from './sql/limits.ts';

/** States of a planned return (`set-limit.ts`). */
const STATES: readonly string[] = ['planned', 'done', 'canceled', 'replaced'];

export interface PageOf<R> {
  readonly rows: readonly R[];
  readonly page: PageBean;
}

async function paged<R>(
  act: Act,
  wish: PageWish,
  load: (limit: number, offset: number) => Promise<R[]>,
  count: () => Promise<{ count: number }[]>,
): Promise<PageOf<R>> {
  const { limit, offset } = boundsOf(wish, act.settings);
  const rows = await load(limit, offset);
  requireBounded(wish, rows.length, act.settings);
  const known = countKnownBy(wish, rows.length) ?? (await count())[0]?.count ?? 0;
  return { rows, page: pageBean(wish, known) };
}

const startOf = (act: Act, day: Temporal.PlainDate | null): Temporal.Instant | null =>
  day?.toZonedDateTime(act.settings.timeZone).toInstant() ?? null;

/** The log of a contract's limit, the newest first. @throws HubError NOT_FOUND, BAD_REQUEST, CONFLICT (too many) */
export async function listLimitLog(
  db: Queryable,
  act: Act,
  contractId: number,
  { from, to }: Span,
  wish: PageWish,
): Promise<PageOf<LimitLogRow>> {
  checkPeriod(from, to);
  const { id } = await findContract(db, act, contractId);
  const [since, before] = [startOf(act, from), startOf(act, to?.add({ days: 1 }) ?? null)];
  return paged(
    act,
    wish,
    (limit, offset) => limitLogRows(db, id, since, before, limit, offset),
    () => countLimitLog(db, id, since, before),
  );
}

/**
 * The planned returns of a contract's limit, the newest first.
 * @param states names parted by commas; '' and null: all
 * @throws HubError NOT_FOUND, BAD_REQUEST, CONFLICT (too many)
 */
export async function listLimitPlans(
  db: Queryable,
  act: Act,
  contractId: number,
  states: string | null,
  wish: PageWish,
): Promise<PageOf<LimitPlanStateRow>> {
  const named = (states ?? '').split(',').flatMap((state) => state.trim() || []);
  const unknown = named.find((state) => !STATES.includes(state));
  if (unknown !== undefined) throw badValue('status', `${unknown} is none of ${STATES.join(', ')}`, `допустимы ${STATES.join(', ')}`);
  const wanted = named.length > 0 ? named : null;
  const { id } = await findContract(db, act, contractId);
  return paged(
    act,
    wish,
    (limit, offset) => limitPlanRows(db, id, wanted, limit, offset),
    () => countLimitPlans(db, id, wanted),
  );
}
