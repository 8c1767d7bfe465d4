import { type Queryable, statement, type Value } from '../../core/database/statement.ts';
import type { Entry, Filter } from '../directory-entry.ts';

/** How a field lies in the database, where it is not just a column: `$` in `write` is the parameter. */
export interface Column {
  readonly column: string;
  readonly read?: string;
  readonly write?: string;
}

export interface EntrySearch {
  /** The entry behind which the page begins. */
  readonly after: number | null;
  /** A pattern of LIKE for the title. */
  readonly title: string | null;
  /** What the operator may not see, by the expression `hiding`. */
  readonly hidden: readonly number[];
  readonly limit: number;
  readonly filters: Readonly<Record<string, unknown>>;
}

export interface DirectoryTable<E extends Entry> {
  /** Names of the filters, with their types. */
  readonly filters: Readonly<Record<string, Filter>>;
  /** The fields that make an entry unique, besides its number. */
  readonly unique: readonly string[];
  /** Lists are in the order of the numbers. */
  readonly byNumber: boolean;
  page(db: Queryable, search: EntrySearch): Promise<E[]>;
  byId(db: Queryable, id: number): Promise<E[]>;
  /** The entry cannot be deleted before the commit. */
  hold(db: Queryable, id: number): Promise<{ id: number }[]>;
  /** Another entry that agrees with this one in all fields that make it unique; undefined: there is none. */
  twin(db: Queryable, entry: Readonly<Record<string, unknown>>, id: number | null): Promise<number | undefined>;
  /** Nobody else changes this entry, or where entries depend on each other any, before the commit. @param id null: a new one, whose number is looked for */
  lock(db: Queryable, id: number | null): Promise<unknown>;
  /** Nobody refers to the entry before the commit: who began to do so earlier has committed. */
  lockOut(db: Queryable, id: number): Promise<unknown>;
  /** @param id null: the next one of the sequence */
  insert(db: Queryable, id: number | null, entry: Readonly<Record<string, unknown>>): Promise<number>;
  /** Writes every column and raises the version. */
  update(db: Queryable, id: number, entry: Readonly<Record<string, unknown>>): Promise<void>;
  remove(db: Queryable, id: number): Promise<unknown>;
}

export interface TableShape {
  /** For the names of the statements. */
  readonly name: string;
  readonly table: string;
  readonly id: string;
  /** By field. */
  readonly columns: Readonly<Record<string, string | Column>>;
  /** What is read besides, by field: expressions. */
  readonly shown?: Readonly<Record<string, string>>;
  /** Further tables of what is read, after `FROM <table> t`. */
  readonly join?: string;
  /** Columns of `t` by which lists are ordered; the number comes last by itself. */
  readonly order?: readonly string[];
  readonly filters?: Readonly<Record<string, Filter>>;
  /** What a search for a title looks into. (Default: t.title) */
  readonly searched?: string;
  /** By what entries are hidden from operators. (Default: the number) */
  readonly hiding?: string;
  /** Columns in which no two entries agree, texts in any case of letters. */
  readonly unique?: Readonly<Record<string, 'int' | 'text'>>;
  /** Numbers are given by hand; there is no sequence. (Default: false) */
  readonly numbered?: boolean;
  /** Entries are changed beside each other: none of them depends on another. (Default: false) */
  readonly apart?: boolean;
  /** Fields that are too large for lists: '' there. */
  readonly large?: readonly string[];
}

/**
 * The statements of one directory.
 * @example directoryTable<Label>({ name: 'label', table: 'billing_label', id: 'label_id', columns: { parent_id: 'parent_id', title: 'title' }, order: ['title'] })
 */
export function directoryTable<E extends Entry>(shape: TableShape): DirectoryTable<E> {
  const {
    name,
    table,
    id,
    shown = {},
    join = '',
    order = [],
    filters = {},
    searched = 't.title',
    hiding = `t.${id}`,
    unique = {},
    numbered = false,
    apart = false,
    large = [],
  } = shape;
  const columns = Object.entries(shape.columns).map(([field, column]) => ({
    field,
    ...(typeof column === 'string' ? { column } : column),
  }));
  const read = [
    ...columns.map(({ field, column, read: expression = `t.${column}` }: Column & { field: string }) => `${expression} AS "${field}"`),
    ...Object.entries(shown).map(([field, expression]) => `${expression} AS "${field}"`),
  ];
  const listed = read.map((part, at) => (large.includes(columns[at]?.field ?? '') ? `'' AS "${columns[at]?.field}"` : part));
  const select = (parts: readonly string[]): string => `SELECT t.${id} AS id, ${parts.join(', ')}, t.version FROM ${table} t ${join}`;
  const keys = [...order, id].map((column) => `t.${column}`).join(', ');
  const narrowed = Object.values(filters).map(([expression, type], at) => {
    const value = `$${at + 5}::${type}`;
    return ` AND (${value} IS NULL OR ${expression.includes('$') ? expression.replaceAll('$', () => value) : `${expression} = ${value}`})`;
  });
  const byNumber = order.length === 0;
  const behind = byNumber ? `t.${id} > $1` : `(${keys}) > (SELECT ${keys} FROM ${table} t WHERE t.${id} = $1)`;
  const page = statement<E>(
    `billing.${name}.page`,
    `${select(listed)} WHERE ($1::int IS NULL OR ${behind})
       AND ($2::text IS NULL OR lower(${searched}) LIKE lower($2)) AND NOT (${hiding} = ANY ($3::int[]))${narrowed.join('')}
     ORDER BY ${keys} LIMIT $4`,
  );
  const byId = statement<E>(`billing.${name}.entry`, `${select(read)} WHERE t.${id} = $1::int`);
  const hold = statement<{ id: number }>(`billing.${name}.hold`, `SELECT ${id} AS id FROM ${table} WHERE ${id} = $1::int FOR KEY SHARE`);
  const lockAll = statement(`billing.${name}.lock`, `LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
  const lockOne = statement(`billing.${name}.lockOne`, `SELECT FROM ${table} WHERE ${id} = $1::int FOR NO KEY UPDATE`);
  const lockOut = statement(`billing.${name}.lockOut`, `SELECT FROM ${table} WHERE ${id} = $1::int FOR UPDATE`);
  const uniqueFields = Object.keys(unique);
  const alike = Object.entries(unique).map(([column, type], at) =>
    type === 'int' ? `${column} = $${at + 2}::int` : `lower(${column}) = lower($${at + 2}::text)`,
  );
  const twin = statement<{ id: number }>(
    `billing.${name}.twin`,
    `SELECT ${id} AS id FROM ${table} WHERE ${id} IS DISTINCT FROM $1::int AND ${alike.join(' AND ') || 'false'} LIMIT 1`,
  );
  const written = (first: number): string[] =>
    columns.map(({ write = '$' }: Column & { field: string }, at) => write.replace('$', () => `$${at + first}`));
  const sequence = `pg_get_serial_sequence('${table}', '${id}')`;
  const insert = statement<{ id: number }>(
    `billing.${name}.insert`,
    `INSERT INTO ${table} (${[id, ...columns.map(({ column }) => column)].join(', ')})
     VALUES (${[numbered ? '$1' : `COALESCE($1::int, nextval(${sequence}))`, ...written(2)].join(', ')}) RETURNING ${id} AS id`,
  );
  /** Numbers that were given by hand, here or with SQL, are never given again by the sequence; the table is locked. */
  const passBy = statement(
    `billing.${name}.passBy`,
    `SELECT setval(${sequence}, highest) FROM (SELECT max(${id}) AS highest FROM ${table}) AS present
     WHERE highest > COALESCE(pg_sequence_last_value(${sequence}::regclass), 0)`,
  );
  const update = statement(
    `billing.${name}.update`,
    `UPDATE ${table} SET ${[...columns.map(({ column }, at) => `${column} = ${written(2)[at]}`), 'version = version + 1'].join(', ')} WHERE ${id} = $1::int`,
  );
  const remove = statement(`billing.${name}.remove`, `DELETE FROM ${table} WHERE ${id} = $1::int`);
  const valuesOf = (entry: Readonly<Record<string, unknown>>): Value[] => columns.map(({ field }) => (entry[field] ?? null) as Value);
  return {
    filters,
    unique: uniqueFields,
    byNumber,
    page: (db, { after, title, hidden, limit, filters: given }) =>
      page(db, after, title, hidden, limit, ...Object.keys(filters).map((filter) => (given[filter] ?? null) as Value)),
    byId: (db, wanted) => byId(db, wanted),
    hold: (db, wanted) => hold(db, wanted),
    async twin(db, entry, own) {
      if (uniqueFields.length === 0) return undefined;
      return (await twin(db, own, ...uniqueFields.map((field) => (entry[field] ?? null) as Value)))[0]?.id;
    },
    lock: (db, wanted) => (apart && wanted !== null ? lockOne(db, wanted) : lockAll(db)),
    lockOut: (db, wanted) => lockOut(db, wanted),
    async insert(db, wanted, entry) {
      if (wanted === null) await passBy(db);
      const [row] = await insert(db, wanted, ...valuesOf(entry));
      if (!row) throw new Error(`${table}: an INSERT answered no row`);
      if (wanted !== null && !numbered) await passBy(db);
      return row.id;
    },
    async update(db, wanted, entry) {
      await update(db, wanted, ...valuesOf(entry));
    },
    remove: (db, wanted) => remove(db, wanted),
  };
}
