import { HubError } from '../core/errors.ts';
import { LARGEST_ID } from './largest-id.ts';

/** Where a list of contracts goes on: behind this title and number. */
export interface ContractPlace {
  readonly title: string;
  readonly id: number;
}

const MARK = 'b.title';

/** Characters of the longest cursor: a title of 200 signs of four bytes each, and its number. */
export const LONGEST_CURSOR = 1_200;

/** A cursor of lists that are in the order of titles. A title alone could not say where among equals in other letters the page ended. */
export const contractCursor = ({ title, id }: ContractPlace): string => Buffer.from(`${MARK}.${id}.${title}`).toString('base64url');

/** @returns undefined without a cursor @throws HubError BAD_REQUEST with the reason `cursor` */
export function contractPlace(cursor: string | undefined): ContractPlace | undefined {
  if (cursor === undefined) return undefined;
  const [, id, title] = /^b\.title\.(\d{1,10})\.([^\0]*)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const place = id !== undefined && title !== undefined ? { id: Number(id), title } : undefined;
  // Base64 can be written in several ways, and so can a number; only ours was answered by a list.
  if (place && place.id <= LARGEST_ID && contractCursor(place) === cursor) return place;
  throw new HubError(
    'BAD_REQUEST',
    'after: this is not a cursor that a list of contracts answered; leave it out to begin at the first page',
    {
      reason: 'cursor',
      russian: 'after: это не курсор из ответа списка договоров; без него список начинается сначала',
    },
  );
}
