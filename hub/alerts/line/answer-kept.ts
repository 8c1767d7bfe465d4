import { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { LineCall } from './call.ts';
import type { KeptLines } from './kept-lines.ts';

/**
 * Answers from what is kept, at once, or asks for it and keeps it.
 * @param visible whether the caller sees what others do not: they have answers of their own
 * @param write asks the database and writes the answer
 */
export function answerKept(
  call: LineCall,
  lines: KeptLines,
  { id, visible }: { readonly id: number; readonly visible: boolean },
  write: (out: LineWriter) => Promise<void>,
): void | Promise<void> {
  const key = 2 * id + (visible ? 1 : 0);
  const kept = lines.get(key);
  if (kept) {
    call.out.bytes(kept);
    return undefined;
  }
  const stamp = lines.stamp();
  const out = new LineWriter(512);
  return write(out).then(() => {
    const bytes = out.take().slice();
    lines.keep(key, stamp, bytes);
    call.out.bytes(bytes);
  });
}
