import { HubError } from '../core/errors.ts';
import { LARGEST_ID } from './largest-id.ts';

/** What a column of a list's order holds. */
interface Cell {
  day: Temporal.PlainDate;
  /** A whole number that is not negative, below 2^31. */
  number: number;
}
type Columns = readonly (keyof Cell)[];
type Place<C extends Columns> = { readonly [I in keyof C]: Cell[C[I]] };

interface RowCursor<C extends Columns> {
  /** The cursor behind a row with these values. */
  after(place: Place<C>): string;
  /** @returns undefined without a cursor @throws HubError BAD_REQUEST with the reason `cursor` */
  placeOf(cursor: string | undefined): Place<C> | undefined;
}

function cellOf(column: keyof Cell, text: string): Cell[keyof Cell] | undefined {
  if (column === 'number') return /^\d{1,10}$/.test(text) && Number(text) <= LARGEST_ID ? Number(text) : undefined;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    return undefined;
  }
}

/**
 * Cursors of lists in the order of several columns.
 * @param mark letters and digits of the list, another for each: a cursor of one list is refused by the next instead of showing a wrong page
 * @example const cursor = rowCursor('bp', ['day', 'number']); cursor.after([row.day, row.id])
 */
export function rowCursor<const C extends Columns>(mark: string, columns: C): RowCursor<C> {
  const after = (place: Place<C>): string => Buffer.from(`${mark}.${place.join('.')}`).toString('base64url');
  return {
    after,
    placeOf(cursor) {
      if (cursor === undefined) return undefined;
      const [given, ...texts] = Buffer.from(cursor, 'base64url').toString('latin1').split('.', 10);
      const cells = columns.map((column, at) => cellOf(column, texts[at] ?? ''));
      const place = given === mark && cells.every((cell) => cell !== undefined) ? (cells as unknown as Place<C>) : undefined;
      // Base64 can be written in several ways, and so can a number; only ours was answered by a list.
      if (place && after(place) === cursor) return place;
      throw new HubError('BAD_REQUEST', 'after: this is not a cursor that this list answered; leave it out to begin at the first page', {
        reason: 'cursor',
        russian: 'after: это не курсор из ответа этого списка; без него список начинается сначала',
      });
    },
  };
}
