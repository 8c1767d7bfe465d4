import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { type Head, headOf } from './frame.ts';

/** Writes a setting: `<key> <value>` (specification of alerts 3.3). */
export function settingLine(out: LineWriter, name: string, head: Head, key: string, value: string): void {
  headOf(out, name, head).text(key).text(value).end();
}
