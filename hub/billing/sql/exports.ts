import { type Queryable, run, statement, type Value } from '../../core/database/statement.ts';
import { fenceCondition } from '../fence.ts';
import { type ExportColumn, shownColumn } from '../view-keys.ts';

/**
 * The views of billing_read with their comments, columns and texts. Parts are read by the text: a view that is a barrier of security is planned by itself,
 * without knowing that only the first rows of an order are wanted.
 */
export const exportedViews = statement<{ view: string; comment: string; definition: string; columns: ExportColumn[] }>(
  'billing.exportedViews',
  `SELECT c.relname AS view, COALESCE(obj_description(c.oid, 'pg_class'), '') AS comment, rtrim(pg_get_viewdef(c.oid), '; ') AS definition,
     (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL)) ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
   FROM pg_class c WHERE c.relnamespace = 'billing_read'::regnamespace AND c.relkind = 'v' ORDER BY c.relname`,
);

/** A line; null: the row is outside the fence. `key`: its place, by which the next part begins. */
export type ExportedRow = { line: string | null; key: (number | string)[] };

/** What a part is asked by; `fence` undefined: every contract may be seen. */
export interface PartWanted {
  readonly definition: string;
  readonly columns: readonly ExportColumn[];
  readonly key: readonly string[];
  /** Beginning of a key behind which the part begins; empty: the first one. */
  readonly after: readonly number[];
  readonly rows: number;
  readonly fence: readonly Value[] | undefined;
  /** Parameters that the operator may not read. */
  readonly hidden: readonly number[];
}

/** The conditions under which a row is a line. They are looked at after the part is cut, so that a part never looks at more rows than it has. */
function insideOf({ columns, fence, hidden }: PartWanted, values: Value[]): string {
  const names = columns.map(({ name }) => name);
  const conditions: string[] = [];
  if (fence && names.includes('contract_id')) {
    const first = values.length + 1;
    values.push(...fence);
    conditions.push(`EXISTS (SELECT FROM contract c WHERE c.contract_id = v.contract_id AND ${fenceCondition(first)})`);
  }
  if (hidden.length > 0 && names.includes('parameter_id')) conditions.push(`v.parameter_id <> ALL ($${values.push(hidden)}::int[])`);
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}

/**
 * The rows behind a place. The first column stands by itself: of a comparison of whole rows the planner neither knows how many it leaves, nor can an index
 * lead it where further columns are reckoned.
 */
export function behind([first, ...more]: readonly string[], [place, ...places]: readonly string[]): string {
  if (first === undefined) return '';
  if (more.length === 0) return `WHERE v.${first} > ${place}`;
  return `WHERE v.${first} >= ${place} AND (v.${first} > ${place} OR (${more.map((name) => `v.${name}`)}) > (${places}))`;
}

/** The next rows of a view in the order of its key. */
export async function exportPart(db: Queryable, wanted: PartWanted): Promise<ExportedRow[]> {
  const { definition, columns, key, after, rows } = wanted;
  const values: Value[] = [];
  const places = after.map((value) => `$${values.push(value)}::bigint`);
  const part =
    key.length === 0
      ? definition
      : `SELECT * FROM (${definition}) v ${behind(key.slice(0, after.length), places)} ORDER BY ${key} LIMIT ${rows}`;
  const inside = insideOf(wanted, values);
  const order = key.length === 0 ? '' : `ORDER BY ${key.map((name) => `v.${name}`)}`;
  const text = `SELECT CASE WHEN ${inside} THEN (SELECT row_to_json(r)::text FROM (SELECT ${columns.map(shownColumn)}) r) END AS line,
      ${key.length === 0 ? "'{}'::bigint[]" : `ARRAY[${key.map((name) => `v.${name}::bigint`)}]`} AS key
    FROM (${part}) v ${order}`;
  return (await run<ExportedRow>(db, text, values)).rows;
}
