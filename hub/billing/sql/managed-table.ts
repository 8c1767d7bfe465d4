import type { QueryResultRow } from 'pg';
import { type Queryable, statement, type Value } from '../../core/database/statement.ts';
import type { Stored } from '../stored.ts';

/** The statements of one table of managed things: of its columns, not of what else a thing may hold. */
export interface ManagedTable<T> {
  byId(db: Queryable, id: number): Promise<Stored<T>[]>;
  /** The same row, held until the commit: changes of one thing follow one another. */
  lock(db: Queryable, id: number): Promise<Stored<T>[]>;
  /** Rows behind the number `after`, by number; `part`: text in the title in any case of letters, null: any. `filters`: from `$4` on. */
  page(db: Queryable, after: number, part: string | null, limit: number, ...filters: readonly Value[]): Promise<Stored<T>[]>;
  /** @returns the number */
  insert(db: Queryable, entry: T): Promise<number>;
  /** Writes every column and raises the version. */
  update(db: Queryable, id: number, entry: T): Promise<void>;
  remove(db: Queryable, id: number): Promise<void>;
}

interface Column {
  readonly column: string;
  /** How it is read. */
  readonly read: string;
}

/** A long, as text: it may be larger than a number of ours. */
export const long = (column: string): Column => ({ column, read: `${column}::text` });

/**
 * @param about.name for the names of the statements
 * @param about.columns the column of each field that the table itself holds; `title` is one of them
 * @param about.filters further conditions of `page`, joined by AND
 */
export function managedTable<T extends QueryResultRow>(about: {
  readonly name: string;
  readonly table: string;
  readonly key: string;
  readonly columns: { readonly [field in keyof T & string]?: string | Column };
  readonly filters?: readonly string[];
  /** A text that is too large for lists: '' in pages. */
  readonly large?: keyof T & string;
}): ManagedTable<T> {
  const { name, table, key, filters = [], large } = about;
  const fields = Object.keys(about.columns);
  const columns = (Object.values(about.columns) as (string | Column)[]).map((one) =>
    typeof one === 'string' ? { column: one, read: one } : one,
  );
  const read = fields.map((field, at) => `${columns[at]?.read} AS "${field}"`);
  const listed = fields.map((field, at) => (field === large ? `'' AS "${field}"` : read[at]));
  const from = (parts: readonly unknown[]): string => `SELECT ${key} AS id, version, ${parts.join(', ')} FROM ${table}`;
  const names = columns.map(({ column }) => column);
  const matching = [`${key} > $1`, '($2::text IS NULL OR strpos(lower(title), lower($2)) > 0)', ...filters];
  const values = (entry: T): Value[] => fields.map((field) => (entry[field] ?? null) as Value);
  const insert = statement<{ id: number }>(
    `billing.${name}.insert`,
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')}) RETURNING ${key} AS id`,
  );
  const update = statement(
    `billing.${name}.update`,
    `UPDATE ${table} SET ${names.map((column, at) => `${column} = $${at + 2}`).join(', ')}, version = version + 1 WHERE ${key} = $1`,
  );
  const remove = statement(`billing.${name}.remove`, `DELETE FROM ${table} WHERE ${key} = $1`);
  return {
    byId: statement<Stored<T>>(`billing.${name}.byId`, `${from(read)} WHERE ${key} = $1`),
    lock: statement<Stored<T>>(`billing.${name}.lock`, `${from(read)} WHERE ${key} = $1 FOR NO KEY UPDATE`),
    page: statement<Stored<T>>(`billing.${name}.page`, `${from(listed)} WHERE ${matching.join(' AND ')} ORDER BY ${key} LIMIT $3`),
    async insert(db, entry) {
      const [row] = await insert(db, ...values(entry));
      if (!row) throw new Error(`${table}: an INSERT answered no row`);
      return row.id;
    },
    async update(db, id, entry) {
      await update(db, id, ...values(entry));
    },
    async remove(db, id) {
      await remove(db, id);
    },
  };
}
