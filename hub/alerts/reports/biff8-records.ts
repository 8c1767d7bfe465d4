/** A record of BIFF8 ([MS-XLS] 2.1.4): its number, its length, its octets. */
export function record(number: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, { length: more }) => sum + more, 0);
  return Buffer.concat([u16(number, length), ...parts]);
}

/** Numbers of 16 bits, lowest octet first. */
export function u16(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) octets.writeUInt16LE(value, 2 * index);
  return octets;
}

/** Numbers of 32 bits, lowest octet first. */
export function u32(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) octets.writeUInt32LE(value, 4 * index);
  return octets;
}

const BOF = 0x0809;
const BIFF8 = 0x0600;
const EOF = 0x000a;
/** Of the build and the versions that may read it: what Excel 97 wrote. */
const beginning = (kind: number): Buffer => record(BOF, u16(BIFF8, kind, 0x0dbb, 0x07cc), u32(0x41, 0x06));

export const BEGIN_WORKBOOK = beginning(0x0005);
export const BEGIN_SHEET = beginning(0x0010);
export const END = record(EOF);

const FONT = 'Arial';
const font = (weight: number): Buffer =>
  record(0x0031, u16(200, 0, 0x7fff, weight, 0), Uint8Array.of(0, 0, 0xcc, 0, FONT.length, 0), Buffer.from(FONT, 'latin1'));

const STYLE_XF = 0xfff5;
const CELL_XF = 0x0001;
/** Format 49 is `@`: a text stays a text when somebody edits it. */
const TEXT_FORMAT = 49;
const xf = (fontNumber: number, format: number, kind: number): Buffer =>
  record(0x00e0, u16(fontNumber, format, kind), Uint8Array.of(0x20, 0, 0, 0), u32(0, 0), u16(0x20c0));

/** Numbers of the formats of a cell, in the order in which `FORMATS` declares them. */
export const PLAIN_CELL = 16;
export const STRONG_CELL = 17;

/**
 * What every workbook declares before its sheets: code page, one window, fonts (number 4 does not exist, so that the fifth is number 5), fifteen formats
 * of styles and one of cells as Excel expects them, then ours.
 */
export const FORMATS = Buffer.concat([
  record(0x0042, u16(0x04b0)),
  record(0x003d, u16(0, 0, 0x4000, 0x2000, 0x38, 0, 0, 1, 0x0258)),
  ...[400, 400, 400, 400, 700].map(font),
  ...Array.from({ length: 15 }, () => xf(0, 0, STYLE_XF)),
  xf(0, 0, CELL_XF),
  xf(0, TEXT_FORMAT, CELL_XF),
  xf(5, TEXT_FORMAT, CELL_XF),
  record(0x0293, u16(0x8000), Uint8Array.of(0, 0xff)),
]);

/** The entry of a sheet in the workbook. @param offset where its stream begins */
export const boundSheet = (offset: number, name: string): Buffer =>
  record(0x0085, u32(offset), Uint8Array.of(0, 0, name.length, 1), Buffer.from(name, 'utf16le'));

/** Widths of columns, in characters. */
export const columnWidths = (widths: readonly number[]): Buffer =>
  Buffer.concat(widths.map((width, column) => record(0x007d, u16(column, column, width * 256, 15, 0, 0))));

export const dimensions = (rows: number, columns: number): Buffer => record(0x0200, u32(0, rows), u16(0, columns, 0));

/** A4 (9) on its side, one page wide and as many long as it takes: WSBOOL with `fFitToPage`, SETUP. */
export const PAPER = Buffer.concat([
  record(0x0081, u16(0x05c1)),
  record(0x00a1, u16(9, 100, 1, 1, 0, 0, 600, 600), Buffer.from(new Float64Array([0.2, 0.2]).buffer), u16(1)),
]);

const FROZEN = 0x0108;
/** One row above, none to the left; what is below it is in use. */
const TITLES_PANE = record(0x0041, u16(0, 1, 1, 0, 2));

/** How the sheet is shown. @param first the one that is in front @param titled its first row stays where it is */
export const sheetWindow = (first: boolean, titled: boolean): Buffer =>
  Buffer.concat([
    record(0x023e, u16((first ? 0x06b6 : 0x00b6) | (titled ? FROZEN : 0), 0, 0), u32(0x40), u16(0, 0), u32(0)),
    ...(titled ? [TITLES_PANE] : []),
  ]);
