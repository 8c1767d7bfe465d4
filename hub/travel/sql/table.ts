import { type Queryable, statement, type Value } from '../../core/database/statement.ts';

/** What every row of static data carries besides its own fields. */
export type Stored = {
  readonly version: number;
  readonly created_at: Temporal.Instant;
  readonly changed_at: Temporal.Instant;
  /** To which organization it belongs; null: to none. Decides who may see it. */
  readonly organizationId: number | null;
};

export interface Table<O extends object> {
  /** The select list and FROM clause, for lists: rows of the table are `t`. */
  readonly select: string;
  byId(db: Queryable, id: number): Promise<(O & Stored)[]>;
  /** The row, locked until the commit: changes of one object follow one another. */
  lock(db: Queryable, id: number): Promise<(O & Stored)[]>;
  /** The row, which cannot be deleted before the commit. */
  hold(db: Queryable, id: number): Promise<(O & Stored)[]>;
  /** An expression that gives a row's fields as JSON. @param alias of the table in the query */
  json(alias: string): string;
  /** Answers the id. A broken unique rule is an error 23505 of the driver. */
  insert(db: Queryable, fields: O): Promise<number>;
  /** Writes every field and raises the version. */
  update(db: Queryable, id: number, fields: O): Promise<void>;
  removeAll(db: Queryable, ids: readonly number[]): Promise<void>;
}

/**
 * The statements of one table of static data. The fields of `O` are named as in REST and XML; `id` is that of the key and is given by the database.
 * @param about.name singular, for the names of the statements
 * @param about.columns the column of each field of O but the id
 * @param about.join further tables of the select, after `FROM <table> t`
 * @param about.organization the expression of the organization that the row belongs to
 * @param about.days columns of the type date
 */
export function tableOf<O extends object>(about: {
  readonly name: string;
  readonly table: string;
  readonly id: readonly [field: string, column: string];
  readonly columns: { readonly [field in keyof O & string]?: string };
  readonly organization: string;
  readonly join?: string;
  readonly days?: readonly string[];
}): Table<O> {
  const { name, table, join = '', days = [] } = about;
  const [idField, idColumn] = about.id;
  const fields = Object.keys(about.columns) as (keyof O & string)[];
  const columns = Object.values(about.columns) as string[];
  const read = (column: string): string => `t.${column}${days.includes(column) ? '::text' : ''}`;
  const select = `SELECT t.${idColumn} AS "${idField}", ${fields.map((field, at) => `${read(columns[at] ?? '')} AS "${field}"`).join(', ')},
    t.version, t.created_at, t.changed_at, ${about.organization} AS "organizationId" FROM ${table} t ${join}`;
  const byId = statement<O & Stored>(`travel.${name}.byId`, `${select} WHERE t.${idColumn} = $1`);
  const lock = statement<O & Stored>(`travel.${name}.lock`, `${select} WHERE t.${idColumn} = $1 FOR NO KEY UPDATE OF t`);
  const hold = statement<O & Stored>(`travel.${name}.hold`, `${select} WHERE t.${idColumn} = $1 FOR KEY SHARE OF t`);
  const insert = statement<{ id: number }>(
    `travel.${name}.insert`,
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, at) => `$${at + 1}`).join(', ')}) RETURNING ${idColumn} AS id`,
  );
  const update = statement(
    `travel.${name}.update`,
    `UPDATE ${table} SET ${columns.map((column, at) => `${column} = $${at + 2}`).join(', ')}, version = version + 1, changed_at = now()
     WHERE ${idColumn} = $1`,
  );
  const removeAll = statement(`travel.${name}.remove`, `DELETE FROM ${table} WHERE ${idColumn} = ANY($1::bigint[])`);
  const values = (object: O): Value[] => fields.map((field) => (object[field] ?? null) as Value);
  return {
    select,
    byId,
    lock,
    hold,
    json: (alias) =>
      `json_build_object('${idField}', ${alias}.${idColumn}, ${fields.map((field, at) => `'${field}', ${alias}.${columns[at] ?? ''}`).join(', ')})`,
    async insert(db, object) {
      const [row] = await insert(db, ...values(object));
      if (!row) throw new Error(`${table}: an INSERT answered no row`);
      return row.id;
    },
    async update(db, id, object) {
      await update(db, id, ...values(object));
    },
    async removeAll(db, ids) {
      if (ids.length > 0) await removeAll(db, [...ids]);
    },
  };
}
