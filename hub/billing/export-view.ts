import type { Database } from '../core/database/database.ts';
import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { fenceValues, isOpen } from './fence.ts';
import { exportedViews, exportPart } from './sql/exports.ts';
import { EXPORT_KEYS, type ExportColumn } from './view-keys.ts';

/** A view that can be exported. */
export interface ExportedView {
  readonly view: string;
  readonly comment: string;
  /** Columns by whose values an export goes on: `after`. Empty: it is read at once. */
  readonly key: readonly string[];
  readonly columns: readonly ExportColumn[];
}

/** How a view is walked through. */
type Shape = ExportedView & { readonly definition: string };

async function shapes(db: Queryable): Promise<Shape[]> {
  return (await exportedViews(db)).flatMap((view) => {
    const key = EXPORT_KEYS[view.view];
    return key ? [{ ...view, key }] : [];
  });
}

export const listExports = async (db: Queryable): Promise<ExportedView[]> =>
  (await shapes(db)).map(({ view, comment, key, columns }) => ({ view, comment, key, columns }));

export interface ExportWish {
  readonly view: string;
  /** The values of the key's columns, of the last line that is there already, or the first of them, parted by commas: `17` or `17,2026,3`. */
  readonly after?: string | undefined;
  /** Lines at most. (Default: all) */
  readonly most?: number | undefined;
}

/** Many lines, each with its end, and what a later export goes on behind. */
export interface ExportedPart {
  readonly text: string;
  readonly lines: number;
  readonly after: string;
}

/** Rows that one statement reads; so many are in memory at once. */
const STEP = 2_000;

function afterOf({ view, key }: ExportedView, after: string | undefined): number[] {
  if (after === undefined || after === '') return [];
  const values = after.split(',');
  if (key.length > 0 && values.length <= key.length && values.every((value) => /^\d{1,15}$/.test(value))) return values.map(Number);
  const ru = key.length === 0 ? `${view} выгружается только целиком` : `ожидаются числа через запятую: ${key.join(',')}`;
  throw badValue(
    'after',
    key.length === 0 ? `${view} is exported as a whole only` : `expected numbers parted by commas: ${key.join(',')}`,
    ru,
  );
}

/**
 * A view of billing_read as lines of JSON, in the order of its key, in parts of many lines: within the fence, without the parameters that the operator may
 * not read. It reads on only when the part before was taken, and holds no connection meanwhile; so rows that change during a long export are in it as they
 * were when it came to them. That it was asked for is audited.
 * @throws HubError NOT_FOUND (`view`), BAD_REQUEST (`after`); before the first part is taken
 */
export async function exportView(
  database: Pick<Database, 'work' | 'transaction'>,
  act: Act,
  wish: ExportWish,
): Promise<AsyncGenerator<ExportedPart>> {
  const shape = (await shapes(database.work)).find(({ view }) => view === wish.view);
  if (!shape)
    throw new HubError('NOT_FOUND', `there is no view ${JSON.stringify(wish.view.slice(0, 60))} to export`, {
      reason: 'view',
      russian: `Нет представления для выгрузки: ${wish.view.slice(0, 60)}`,
    });
  const after = afterOf(shape, wish.after);
  await database.transaction((tx) =>
    audit(tx, act.caller, { action: 'billing.export', object: shape.view, after: { after: wish.after ?? null, most: wish.most ?? null } }),
  );
  return partsOf(database.work, act, shape, after, wish.most ?? Number.POSITIVE_INFINITY);
}

async function* partsOf(db: Queryable, act: Act, shape: Shape, begin: readonly number[], most: number): AsyncGenerator<ExportedPart> {
  const fence = isOpen(act.fence) ? undefined : fenceValues(act.fence);
  const hidden = [...act.fence.parameters].flatMap(([id, rule]) => (rule === 'none' ? [id] : []));
  let after = begin;
  for (let left = most; left > 0; ) {
    const size = Math.min(STEP, left);
    const rows = await exportPart(db, { ...shape, after, rows: size, fence, hidden });
    const lines = rows.flatMap(({ line }) => (line === null ? [] : [line]));
    after = rows.at(-1)?.key.map(Number) ?? after;
    if (lines.length > 0) yield { text: `${lines.join('\n')}\n`, lines: lines.length, after: after.join(',') };
    left -= lines.length;
    if (shape.key.length === 0 || rows.length < size) return;
  }
}
