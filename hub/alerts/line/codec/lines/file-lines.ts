import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { REPORT_FORMATS } from '../../codec.ts';
import { type Head, headOf } from './frame.ts';

/** Writes what a file is: `<file> <size>` (specification of alerts 3.6). */
export function fileLine(out: LineWriter, name: string, head: Head, file: { readonly name: string; readonly size: number }): void {
  headOf(out, name, head).text(file.name).number(file.size).end();
}

/** Writes the first line of a report: `<format>`. */
export function reportLine(out: LineWriter, name: string, format: (typeof REPORT_FORMATS)[number]): void {
  headOf(out, name, 'BEGIN').text(format).end();
}

/** Writes bytes of a file or report: hexadecimal digits (specification of alerts 2.16). */
export function hexLine(out: LineWriter, name: string, bytes: Uint8Array): void {
  headOf(out, name, 'DATA').hex(bytes).end();
}
