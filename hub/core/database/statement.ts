import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';

/** What statements run on: a pool or one connection. */
export interface Queryable {
  query<R extends QueryResultRow>(query: QueryConfig): Promise<QueryResult<R>>;
}

declare const transactionMark: unique symbol;
/** A connection inside an open transaction. Use cases take it as a value: who holds one can only join the caller's commit. */
export interface Transaction extends Queryable {
  readonly [transactionMark]: true;
}

export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | Buffer
  | Temporal.Instant
  | readonly Value[]
  | { readonly [key: string]: unknown };

const toDriver = (value: Value): unknown => {
  if (value instanceof Temporal.Instant) return value.toString();
  if (Array.isArray(value)) return value.map((item) => toDriver(item as Value));
  return value;
};

/**
 * A prepared statement with a name of its own. Parse and plan happen once a connection.
 * @example const clientByName = statement<ClientRow>('tickets.clientByName', 'SELECT ... WHERE name = $1');
 *          const [row] = await clientByName(tx, name);
 * @returns a function that answers the rows.
 */
export function statement<R extends QueryResultRow = Record<string, never>>(name: string, text: string) {
  return async (db: Queryable, ...values: readonly Value[]): Promise<R[]> => {
    const result = await db.query<R>({ name, text, values: values.map(toDriver) });
    return result.rows;
  };
}

/** Runs a statement whose text is composed for one call (multi-row VALUES, optional filters); it is not kept prepared. */
export async function run<R extends QueryResultRow = Record<string, never>>(
  db: Queryable,
  text: string,
  values: readonly Value[] = [],
): Promise<QueryResult<R>> {
  return db.query<R>({ text, values: values.map(toDriver) });
}

/**
 * The text of a multi-row VALUES list, `($1::uuid,$2::text),($3::uuid,...)`, kept by number of rows. Large texts and bodies go fastest as one
 * parameter each: in an array every one of them would be escaped, and a bytea sent as hexadecimal text.
 * @param types the PostgreSQL types of one row's columns.
 */
export function placeholders(types: readonly string[]): (rows: number) => string {
  const known = new Map<number, string>();
  return (rows) => {
    const present = known.get(rows);
    if (present !== undefined) return present;
    const row = (at: number): string => `(${types.map((type, column) => `$${at * types.length + column + 1}::${type}`).join(',')})`;
    const text = Array.from({ length: rows }, (_, at) => row(at)).join(',');
    known.set(rows, text);
    return text;
  };
}
