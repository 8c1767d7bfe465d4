import { HIGHEST_GROUP } from '../group-mask.ts';
import type { Column } from './directory-table.ts';

/** How a column of the database looks in an entry of a directory, and how it is written from there. */

/** Words for the numbers of a column. @param first the number of the first word */
export const wordColumn = (column: string, words: readonly string[], first = 0): Required<Column> => {
  const list = `ARRAY[${words.map((word) => `'${word}'`).join(', ')}]`;
  return { column, read: `(${list})[t.${column} + ${1 - first}]`, write: `array_position(${list}, $::text) - ${1 - first}` };
};

/** Numbers of groups of contracts for the bits of a mask. */
export const groupsColumn = (column: string): Column => ({
  column,
  read: `ARRAY (SELECT g FROM generate_series(0, ${HIGHEST_GROUP}) AS g WHERE (t.${column} >> g) & 1 = 1)`,
  write: '(SELECT COALESCE(bit_or(1::bigint << g), 0) FROM unnest($::int[]) AS g)',
});

/** null for 0. */
export const optionalColumn = (column: string): Column => ({ column, read: `NULLIF(t.${column}, 0)`, write: 'COALESCE($::int, 0)' });

/** A day or an exact amount as text: `2026-11-22`, `12.50`. */
export const textColumn = (column: string): Column => ({ column, read: `t.${column}::text` });

/** A long that a number holds exactly. */
export const countColumn = (column: string): Column => ({ column, read: `t.${column}::float8` });
