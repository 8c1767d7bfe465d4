/** Rows of a table, by column; a row that is shorter is filled up with empty cells. */
export type Rows = readonly (readonly string[])[];

/** What a value means for whoever looks for trouble; shown as a colour beside its words, never instead of them. */
export type Tone = 'plain' | 'good' | 'open' | 'bad' | 'none';

/** How a table is shown on a page; it says nothing that is not in the cells. Columns are counted from 0. */
export interface PageLook {
  /** Columns whose values are short and never broken into lines: numbers, times. */
  readonly unbroken: readonly number[];
  /** The column whose values have a tone, and which. */
  readonly tones: { readonly column: number; readonly of: ReadonlyMap<string, Tone> };
}

/** One table of a report: a sheet of a workbook, a part of a page. */
export interface ReportSheet {
  /** Of the sheet; made fit for a workbook where it is not. */
  readonly name: string;
  readonly columns: readonly string[];
  /** The rows, some at a time as they are read: never all of them in memory. Read once. */
  readonly pages: AsyncIterable<Rows> | Iterable<Rows>;
  readonly look?: PageLook;
}

/** What a report, or an export of the directory, is made of (specification of alerts 6.2). Every value is a text, and shown as one. */
export interface ReportTable {
  readonly title: string;
  /** BCP 47, of the texts. */
  readonly language: 'ru' | 'en';
  /** Above the first table: what this is, by label and value. A line with a tone is one of the figures that everybody looks for first. */
  readonly head: readonly (readonly [label: string, value: string, tone?: Tone])[];
  /** At least one. */
  readonly sheets: readonly ReportSheet[];
}

/** Characters that XML and HTML cannot hold, even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A text as every format can hold it: half pairs and characters that XML forbids become U+FFFD. */
export const printable = (text: string): string => text.toWellFormed().replace(UNPRINTABLE, '\ufffd');

/** At most `most` UTF-16 units; what is longer is cut and ends in an ellipsis, never inside a surrogate pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text[most - 2] ?? '') ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}
