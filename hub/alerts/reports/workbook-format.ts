/** Rows of a sheet: as many as BIFF8 can count; the same for XLSX, so that both formats show the same sheets (specification 6.4). */
export const MOST_ROWS = 65_536;
/** Columns of a sheet: as many as BIFF8 can count. */
export const MOST_COLUMNS = 256;
/** UTF-16 units of a cell. */
export const LONGEST_CELL = 32_767;

export type WorkbookFormat = 'xls' | 'xlsx';

/** Writes a workbook, sheet by sheet and row by row. Every value is a text; an empty one is no cell. */
export interface WorkbookWriter {
  /**
   * Begins a sheet, which is printed on its side and as wide as the paper.
   * @param widths of its columns, in characters
   * @param titled its first row are titles, which stay in sight when somebody scrolls
   */
  openSheet(name: string, widths: readonly number[], titled: boolean): void;
  /** One row of at most `MOST_COLUMNS` cells; `strong` is that of titles. */
  addRow(cells: readonly string[], strong: boolean): void;
  /** Bytes of the file that are ready since the last call. */
  take(): Uint8Array[];
  /** Ends the workbook; `take` gives the rest. */
  end(): void;
}
