import { type Queryable, run, type Value } from '../../core/database/statement.ts';
import { type Fence, fenceCondition, fenceValues, isOpen } from '../fence.ts';
import { MONEY_KINDS, type MoneyKind, type MoneyRow } from './money-rows.ts';

/** A place in a list whose newest row comes first: a day and the number of a row. */
type MoneyPlace = readonly [day: Temporal.PlainDate, id: number];

/** Which rows of payments or charges are looked for. What is absent does not matter. */
export interface MoneyFilter {
  readonly typeId?: number | undefined;
  /** Who entered it, or changed it last. */
  readonly login?: string | undefined;
  readonly from: Temporal.PlainDate | null;
  readonly to: Temporal.PlainDate | null;
}

const condition = (conditions: readonly string[]): string => (conditions.length === 0 ? 'true' : conditions.join(' AND '));

/** The days, and what comes behind `before` in a list whose newest row comes first. */
function daysOf(kind: MoneyKind, { from, to }: MoneyFilter, before: MoneyPlace | undefined, values: Value[]): string[] {
  const add = (value: Value): string => `$${values.push(value)}`;
  return [
    ...(from ? [`m.day >= ${add(from)}::date`] : []),
    ...(to ? [`m.day <= ${add(to)}::date`] : []),
    ...(before ? [`(m.day, m.${kind}_id) < (${add(before[0])}::date, ${add(before[1])}::int)`] : []),
  ];
}

function restOf({ typeId, login }: MoneyFilter, values: Value[]): string[] {
  const add = (value: Value): string => `$${values.push(value)}`;
  return [
    ...(typeId === undefined ? [] : [`m.type_id = ${add(typeId)}::int`]),
    ...(login === undefined ? [] : [`m.login = ${add(login)}::text`]),
  ];
}

function fenceOf(fence: Fence, values: Value[]): string {
  const first = values.length + 1;
  values.push(...fenceValues(fence));
  return fenceCondition(first);
}

const newest = (kind: MoneyKind, row: string): string => `ORDER BY ${row}.day DESC, ${row}.${kind}_id DESC`;

/**
 * The rows of some contracts, the newest first: of each the index gives the first ones, whatever their number. One alone is named by a value, because of
 * a value the planner knows how many rows it has.
 */
export async function pageOfContracts(
  db: Queryable,
  kind: MoneyKind,
  wanted: MoneyFilter & { readonly contracts: readonly number[]; readonly before: MoneyPlace | undefined; readonly limit: number },
): Promise<MoneyRow[]> {
  const { select, joins } = MONEY_KINDS[kind];
  const [first = 0, ...more] = wanted.contracts;
  const values: Value[] = [more.length === 0 ? first : wanted.contracts, wanted.limit];
  const whose = more.length === 0 ? '$1::int' : 'i.whose';
  const where = condition([`m.contract_id = ${whose}`, ...daysOf(kind, wanted, wanted.before, values), ...restOf(wanted, values)]);
  const rows = `SELECT m.* FROM contract_${kind} m WHERE ${where} ${newest(kind, 'm')} LIMIT $2`;
  const from = more.length === 0 ? `(${rows}) m` : `unnest($1::int[]) AS i (whose) CROSS JOIN LATERAL (${rows}) m`;
  return (await run<MoneyRow>(db, `SELECT ${select} FROM ${from} ${joins} ${newest(kind, 'm')} LIMIT $2`, values)).rows;
}

/** Rows of everybody that fit, and the last row that was looked at where `look` of them were: behind it there may be more. */
export interface LookedRows {
  readonly rows: MoneyRow[];
  readonly lookedTo: MoneyPlace | undefined;
}

type Looked = { lastDay: Temporal.PlainDate | null; lastId: number | null; looked: number };

/** Of the contract of a row `m`, asked row by row: the planner would rather read all contracts to look at some thousand. */
const insideOf = (fence: Fence, values: Value[]): string =>
  isOpen(fence) ? 'true' : `EXISTS (SELECT FROM contract c WHERE c.contract_id = m.contract_id AND ${fenceOf(fence, values)} OFFSET 0)`;

/**
 * The rows of everybody within the fence, the newest first: the next `look` rows by the index of days are looked at, and of them the first `limit` that
 * fit are answered. So a filter that hardly anything fits costs no more than any other.
 */
export async function pageOfAll(
  db: Queryable,
  kind: MoneyKind,
  fence: Fence,
  wanted: MoneyFilter & { readonly before: MoneyPlace | undefined; readonly limit: number; readonly look: number },
): Promise<LookedRows> {
  const { select, joins } = MONEY_KINDS[kind];
  const id = `${kind}_id`;
  const values: Value[] = [wanted.limit, wanted.look];
  const days = condition(daysOf(kind, wanted, wanted.before, values));
  const fits = condition([...restOf(wanted, values), insideOf(fence, values)]);
  const text = `WITH looked AS MATERIALIZED (SELECT m.* FROM contract_${kind} m WHERE ${days} ${newest(kind, 'm')} LIMIT $2),
      last AS (SELECT l.day AS "lastDay", l.${id} AS "lastId", (SELECT count(*)::int FROM looked) AS looked FROM looked l ORDER BY l.day, l.${id} LIMIT 1),
      fit AS MATERIALIZED (SELECT m.* FROM looked m WHERE ${fits} ${newest(kind, 'm')} LIMIT $1)
    SELECT last.*, r.* FROM last LEFT JOIN (SELECT ${select} FROM fit m ${joins}) r ON true ORDER BY r.day DESC, r.id DESC`;
  const { rows } = await run<Looked & MoneyRow>(db, text, values);
  const { lastDay, lastId, looked } = rows[0] ?? { lastDay: null, lastId: null, looked: 0 };
  return {
    rows: rows.filter((row) => row.id !== null),
    lookedTo: lastDay && lastId !== null && looked === wanted.look ? [lastDay, lastId] : undefined,
  };
}

/** Rows by their numbers, within the fence, the newest first. */
export async function rowsById(db: Queryable, kind: MoneyKind, fence: Fence, ids: readonly number[]): Promise<MoneyRow[]> {
  const { select, joins } = MONEY_KINDS[kind];
  const values: Value[] = [ids];
  const text = `SELECT ${select} FROM contract_${kind} m ${joins} WHERE m.${kind}_id = ANY ($1::int[]) AND ${fenceOf(fence, values)} ${newest(kind, 'm')}`;
  return (await run<MoneyRow>(db, text, values)).rows;
}

/** Number and sum of what fits, of some contracts or (null) of everybody within the fence. Null: more than `look` rows would have to be looked at. */
export async function totalsOf(
  db: Queryable,
  kind: MoneyKind,
  fence: Fence,
  wanted: MoneyFilter & { readonly contracts: readonly number[] | null; readonly look: number },
): Promise<{ count: number; sum: string } | null> {
  const values: Value[] = [wanted.look + 1];
  const { contracts } = wanted;
  const whose = contracts ? [`m.contract_id = ANY ($${values.push(contracts)}::int[])`] : [];
  const looked = condition([...whose, ...daysOf(kind, wanted, undefined, values)]);
  const fits = condition([...restOf(wanted, values), ...(isOpen(fence) ? [] : [fenceOf(fence, values)])]);
  const text = `WITH looked AS MATERIALIZED (SELECT m.contract_id, m.type_id, m.login, m.sum FROM contract_${kind} m WHERE ${looked} LIMIT $1)
    SELECT (SELECT count(*)::int FROM looked) AS looked, count(*)::int AS count, COALESCE(sum(m.sum), 0)::numeric(30,2)::text AS sum
    FROM looked m ${isOpen(fence) ? '' : 'JOIN contract c USING (contract_id)'} WHERE ${fits}`;
  const [row] = (await run<{ looked: number; count: number; sum: string }>(db, text, values)).rows;
  return row && row.looked <= wanted.look ? { count: row.count, sum: row.sum } : null;
}
