import { HubError } from '../core/errors.ts';
import { type ImportedPerson, type ImportOptions, type ImportPorts, importPeople } from './import-people.ts';
import type { TableSheets } from './reports/parse-table.ts';
import { type ReadTableOptions, readTable } from './reports/read-table.ts';

export interface TableImport {
  /** What became of the rows, a portion at a time, as of `importPeople`. */
  readonly reports: AsyncGenerator<readonly ImportedPerson[]>;
  /** The sheets of the file, known with the first report. */
  readonly sheets: TableSheets;
}

/** What is said of a table whose titles are not those of people. */
const TITLES: ReadonlySet<string | undefined> = new Set(['unknown_column', 'column_twice', 'missing_column']);

/** An error of the titles, which may be right on another sheet. */
function withSheets(error: unknown, { sheets, sheet }: TableSheets): unknown {
  if (!(error instanceof HubError) || !TITLES.has(error.reason) || sheets.length < 2) return error;
  const others = sheets.filter((name) => name !== sheet).join(', ');
  return new HubError(error.code, `sheet ${sheet}: ${error.message}; other sheets are ${others}`, {
    cause: error,
    ...(error.reason !== undefined && { reason: error.reason }),
    russian: `лист «${sheet}»: ${error.russian ?? error.message}; другие листы: ${others}`,
    details: error.details,
  });
}

/**
 * Imports people from a file: CSV, or one sheet of a workbook.
 * @param table which sheet, and the limits of the file
 * @throws (its reports) what `readTable` and `importPeople` throw; where the titles are wrong, the other sheets are named
 */
export function importTable(
  ports: ImportPorts,
  file: Uint8Array,
  table: Pick<ReadTableOptions, 'sheet' | 'bytes' | 'rows' | 'characters'>,
  options: ImportOptions,
): TableImport {
  let about: TableSheets = { sheets: [], sheet: null };
  const rows = readTable(file, {
    ...table,
    onSheets: (found) => {
      about = found;
    },
  });
  async function* reports(): AsyncGenerator<readonly ImportedPerson[]> {
    try {
      yield* importPeople(ports, rows, options);
    } catch (error) {
      throw withSheets(error, about);
    }
  }
  return {
    reports: reports(),
    get sheets() {
      return about;
    },
  };
}
