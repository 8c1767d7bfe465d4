import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';

/** Writes the first line of an answer of several. @param count of what follows, where the command tells it */
export function beginLine(out: LineWriter, name: string, count?: number): void {
  out.word(name).word(' BEGIN');
  if (count !== undefined) out.number(count);
  out.end();
}

/** Writes the last line of an answer of several. */
export function endLine(out: LineWriter, name: string): void {
  out.word(name).word(' END').end();
}

/** The word of a line behind the command's name. `ABON` is that of a result which is pushed. */
export type Head = 'OK' | 'BEGIN' | 'DATA' | 'ABON';

/** Begins a line whose values follow. */
export function headOf(out: LineWriter, name: string, head: Head): LineWriter {
  return out.word(name).word(' ').word(head);
}
