import { CFB } from '@e965/xlsx';
import {
  BEGIN_SHEET,
  BEGIN_WORKBOOK,
  boundSheet,
  columnWidths,
  dimensions,
  END,
  FORMATS,
  PAPER,
  PLAIN_CELL,
  STRONG_CELL,
  sheetWindow,
} from './biff8-records.ts';
import { type ByteList, createByteList } from './byte-list.ts';
import { createSharedStrings } from './shared-strings.ts';
import type { WorkbookWriter } from './workbook-format.ts';

const CELL = 0x00fd;
/** A cell that holds the number of a shared text: 10 octets behind the head of the record. */
const CELL_SIZE = 14;

interface Sheet {
  readonly name: string;
  readonly widths: readonly number[];
  readonly titled: boolean;
  readonly cells: ByteList;
  rows: number;
}

/** What the library's writer of compound files is given and gives; its types say `any`. */
interface CompoundFiles {
  readonly utils: { cfb_new(): object; cfb_add(file: object, path: string, content: Uint8Array): void };
  write(file: object, options: { type: 'buffer' }): Buffer;
}

const lengthOf = (octets: readonly Uint8Array[]): number => octets.reduce((sum, { length }) => sum + length, 0);

/**
 * Writes XLS, which is BIFF8 in a compound file. The file begins with what is known only at its end, so everything is given by `end`; until then a cell
 * costs 14 octets and a text that was there before costs nothing. Why not by the library's own writer: docs/decisions/0012.
 */
export function createXlsWriter(): WorkbookWriter {
  const sheets: Sheet[] = [];
  const strings = createSharedStrings();
  let ready: Uint8Array[] = [];
  return {
    openSheet(name, widths, titled) {
      sheets.push({ name, widths, titled, cells: createByteList(), rows: 0 });
    },
    addRow(cells, strong) {
      const sheet = sheets.at(-1)!;
      for (const [column, text] of cells.entries()) {
        if (text === '') continue;
        const octets = sheet.cells.reserve(CELL_SIZE);
        octets.writeUInt16LE(CELL, 0);
        octets.writeUInt16LE(CELL_SIZE - 4, 2);
        octets.writeUInt16LE(sheet.rows, 4);
        octets.writeUInt16LE(column, 6);
        octets.writeUInt16LE(strong ? STRONG_CELL : PLAIN_CELL, 8);
        octets.writeUInt32LE(strings.numberOf(text), 10);
      }
      sheet.rows += 1;
    },
    take() {
      const taken = ready;
      ready = [];
      return taken;
    },
    end() {
      const texts = strings.records();
      const bound = sheets.map(({ name }) => boundSheet(0, name));
      let offset = lengthOf([BEGIN_WORKBOOK, FORMATS, ...bound, ...texts, END]);
      const entries: Buffer[] = [];
      const streams: Uint8Array[] = [];
      for (const [index, { name, widths, titled, cells, rows }] of sheets.entries()) {
        const head = [BEGIN_SHEET, PAPER, columnWidths(widths), dimensions(rows, widths.length)];
        const stream = [...head, ...cells.blocks(), sheetWindow(index === 0, titled), END];
        entries.push(boundSheet(offset, name));
        offset += lengthOf(stream);
        streams.push(...stream);
      }
      const workbook = Buffer.concat([BEGIN_WORKBOOK, FORMATS, ...entries, ...texts, END, ...streams]);
      const files = CFB as CompoundFiles;
      const file = files.utils.cfb_new();
      files.utils.cfb_add(file, '/Workbook', workbook);
      ready = [files.write(file, { type: 'buffer' })];
    },
  };
}
