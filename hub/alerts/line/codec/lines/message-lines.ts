import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { MessageView } from '../../../message.ts';
import { MESSAGE_TYPE } from '../../codec.ts';
import { orAbsent } from '../absent.ts';
import { type Head, headOf } from './frame.ts';

/** Writes a message: `<id> <type> <name> <file> <voice> <length_ms> <text>` (specification of alerts 3.6). */
export function messageLine(out: LineWriter, name: string, head: Head, message: MessageView): void {
  headOf(out, name, head)
    .number(message.id)
    .number(MESSAGE_TYPE.write(message.type))
    .text(message.name)
    .text(orAbsent(message.file))
    .text(message.voice)
    .value(orAbsent(message.length_ms))
    .text(message.text)
    .end();
}
