import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { arrayLiteral } from './array-literal.ts';

/** What statements run on: a pool or one connection. */
export interface Queryable {
  query<R extends QueryResultRow>(query: QueryConfig): Promise<QueryResult<R>>;
}

/** The longest name that PostgreSQL keeps apart; a longer one would be cut and could meet another. Bytes. */
const LONGEST_NAME = 63;

declare const transactionMark: unique symbol;
/** A connection inside an open transaction. Use cases take it as a value: who holds one can only join the caller's commit. */
export interface Transaction extends Queryable {
  readonly [transactionMark]: true;
}

/** A parameter. An array becomes an array of PostgreSQL and an object JSON; so an array meant as JSON is passed as text, by JSON.stringify. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | Buffer
  | Temporal.Instant
  | Temporal.PlainDate
  | readonly Value[]
  | { readonly [key: string]: unknown };

const toDriver = (value: Value): unknown => {
  if (value instanceof Temporal.Instant || value instanceof Temporal.PlainDate) return value.toString();
  if (Array.isArray(value)) return arrayLiteral(value);
  return value;
};

/**
 * A prepared statement with a name of its own. Parse and plan happen once a connection.
 * @example const clientByName = statement<ClientRow>('tickets.clientByName', 'SELECT ... WHERE name = $1');
 *          const [row] = await clientByName(tx, name);
 * @param name unique, at most 63 bytes: the driver refuses a second text under one name on a connection.
 * @returns a function that answers the rows.
 */
export function statement<R extends QueryResultRow = Record<string, never>>(name: string, text: string) {
  if (Buffer.byteLength(name) > LONGEST_NAME) throw new RangeError(`the name of statement ${name} is longer than ${LONGEST_NAME} bytes`);
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
 * The text of a multi-row VALUES list, `($1::uuid,$2::text),($3::uuid,...)`. Large texts and bodies go fastest as one
 * parameter each: in an array every one of them would be escaped, and a bytea sent as hexadecimal text.
 * @param types the PostgreSQL types of one row's columns.
 */
export function placeholders(types: readonly string[]): (rows: number) => string {
  // The list of n rows begins that of n + 1: one text, as long as the longest asked for, serves all lengths.
  let longest = '';
  const ends = [0];
  return (rows) => {
    for (let at = ends.length - 1; at < rows; at += 1) {
      const row = types.map((type, column) => `$${at * types.length + column + 1}::${type}`).join(',');
      longest += at === 0 ? `(${row})` : `,(${row})`;
      ends.push(longest.length);
    }
    return longest.slice(0, ends[rows]);
  };
}
