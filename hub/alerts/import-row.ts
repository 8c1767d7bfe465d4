import type { CsvRow } from '../core/csv.ts';
import { columnOf, emailsOf, PEOPLE_COLUMNS, type PeopleColumn, phonesOf, UnknownWord } from './people-table.ts';
import type { PersonChange } from './person.ts';
import { refusal } from './refusals.ts';

/** What a row says of a person: the fields of its columns, and the name of the group. */
export interface ImportedFields {
  readonly group: string | undefined;
  readonly externalId: string | undefined;
  readonly fields: Omit<PersonChange, 'group_id' | 'external_id'>;
}

const KNOWN = Object.keys(PEOPLE_COLUMNS).join(', ');
/** A day as spreadsheets of this country write it. */
const LOCAL_DAY = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;

/**
 * The columns that the titles name, by their places.
 * @throws HubError BAD_REQUEST `unknown_column`, `column_twice`, `missing_column`
 */
export function readTitles({ cells }: CsvRow): readonly PeopleColumn[] {
  const columns = cells.map((title) => {
    const column = columnOf(title);
    if (column === undefined) throw refusal('unknown_column', JSON.stringify(title), KNOWN);
    return column;
  });
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) throw refusal('column_twice', twice);
  if (!columns.includes('name') && !columns.includes('external_id')) throw refusal('missing_column');
  return columns;
}

function day(text: string): string | null {
  if (text === '') return null;
  const [, d = '', m = '', year = ''] = LOCAL_DAY.exec(text) ?? [];
  return year === '' ? text : `${year}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
}

function addresses<T>(column: PeopleColumn, read: (cell: string) => T, cell: string): T {
  try {
    return read(cell);
  } catch (error) {
    if (!(error instanceof UnknownWord)) throw error;
    const right = column === 'phones' ? 'city, mobile, internal, zone, sip or off behind |' : 'off behind |';
    throw refusal('bad_cell', error.word, right, `/${column}`);
  }
}

function priority(cell: string): number {
  if (cell === '') return 100;
  if (!/^\d{1,4}$/.test(cell)) throw refusal('bad_cell', cell, 'a whole number from 0 to 9999', '/priority');
  return Number(cell);
}

/**
 * Reads a row. An empty cell empties its field, but says nothing of the group, the external id and the PIN.
 * @throws HubError VALIDATION `bad_cell`
 */
export function readRow(columns: readonly PeopleColumn[], { cells }: CsvRow): ImportedFields {
  const fields: Record<string, unknown> = {};
  let group: string | undefined;
  let externalId: string | undefined;
  for (const [at, column] of columns.entries()) {
    const cell = (cells[at] ?? '').trim();
    switch (column) {
      case 'group':
        group = cell || undefined;
        break;
      case 'external_id':
        externalId = cell || undefined;
        break;
      case 'pin':
        if (cell !== '') fields['pin'] = cell;
        break;
      case 'phones':
        fields['phones'] = addresses(column, phonesOf, cell);
        break;
      case 'emails':
        fields['emails'] = addresses(column, emailsOf, cell);
        break;
      case 'priority':
        fields['priority'] = priority(cell);
        break;
      case 'exclusion_begin':
      case 'exclusion_end':
        fields[column] = day(cell);
        break;
      default:
        fields[column] = cell;
    }
  }
  const beyond = cells.slice(columns.length).find((cell) => cell.trim() !== '');
  if (beyond !== undefined) throw refusal('bad_cell', beyond, `no more than ${columns.length} cells, as the titles say`);
  return { group, externalId, fields };
}
