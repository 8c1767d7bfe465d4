import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { type Head, headOf } from './frame.ts';

/** Writes a group or a list: `<id> <name> <desc>` (specification of alerts 3.5). */
export function folderLine(
  out: LineWriter,
  name: string,
  head: Head,
  folder: { readonly id: number; readonly name: string; readonly description: string },
): void {
  headOf(out, name, head).number(folder.id).text(folder.name).text(folder.description).end();
}
