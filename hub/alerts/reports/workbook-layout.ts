import { cut, printable, type Rows } from './report-table.ts';
import { sheetName } from './sheet-names.ts';
import { LONGEST_CELL, MOST_ROWS, type WorkbookWriter } from './workbook-format.ts';

/** Characters of a column, at least and at most; by the first rows. */
const NARROWEST = 8;
const WIDEST = 40;

/** A table on its way into sheets. */
interface Table {
  readonly name: string;
  readonly head: Rows;
  readonly columns: readonly string[];
  /** Rows that are in the present sheet; undefined: none is begun. */
  used: number | undefined;
}

export interface WorkbookLayout {
  /** Begins a table. @param head rows above its titles, on its first sheet */
  begin(name: string, head: Rows, columns: readonly string[]): void;
  add(rows: Rows): void;
  end(): void;
}

const cellOf = (text: string): string => cut(printable(text), LONGEST_CELL);

function widthsOf({ columns }: Table, rows: Rows): number[] {
  return columns.map((title, column) => {
    const longest = rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), title.length);
    return Math.min(WIDEST, Math.max(NARROWEST, longest + 2));
  });
}

/**
 * A line above the titles; one of a single text is the title of it all. The first column is mostly that of numbers: a label runs on over the second one,
 * and its value stands in the third, so that neither hides the other.
 */
const headCells = (line: readonly string[], columns: number): readonly string[] =>
  line.length === 2 && columns > 2 ? [line[0] ?? '', '', line[1] ?? ''] : line;

/**
 * Lays tables out on the sheets of a workbook: lines of the head, titles, rows; after 65,536 rows another sheet begins with the titles. Every cell is a
 * text that the formats can hold, at most 32,767 characters.
 */
export function createWorkbookLayout(writer: WorkbookWriter): WorkbookLayout {
  const taken = new Set<string>();
  let table: Table | undefined;

  const openSheet = (current: Table, rows: Rows): number => {
    const first = current.used === undefined;
    const headed = first && current.head.length > 0;
    writer.openSheet(sheetName(current.name, taken), widthsOf(current, rows), !headed);
    let used = 0;
    if (headed) {
      for (const line of current.head) writer.addRow(headCells(line, current.columns.length).map(cellOf), line.length === 1);
      writer.addRow([], false);
      used = current.head.length + 1;
    }
    writer.addRow(current.columns.map(cellOf), true);
    return used + 1;
  };
  const finish = (): void => {
    if (table && table.used === undefined) table.used = openSheet(table, []);
  };
  return {
    begin(name, head, columns) {
      finish();
      table = { name, head, columns, used: undefined };
    },
    add(rows) {
      if (!table || rows.length === 0) return;
      for (const row of rows) {
        if (table.used === undefined || table.used === MOST_ROWS) table.used = openSheet(table, rows);
        writer.addRow(row.slice(0, table.columns.length).map(cellOf), false);
        table.used += 1;
      }
    },
    end() {
      finish();
      writer.end();
    },
  };
}
