import { crc32 } from 'node:zlib';
import { readHex } from '@vestnik/protocol/line/hex.ts';
import { saveFile } from '../../save-file.ts';
import { isFileName } from '../../sound.ts';
import type { BlockCollector, LineBlock } from '../call.ts';
import type { PartOf } from '../codec/commands.ts';
import { readNumber } from '../codec/ids.ts';
import { fileLine } from '../codec/lines/file-lines.ts';
import { HEX, readCrc32 } from '../codec.ts';
import type { LineContext } from '../context.ts';
import { LineRefusal, required } from '../refuse.ts';

const MIB = 1024 * 1024;
/** Of one file (specification of alerts 5.7), and of all that are being sent to this hub. Bytes. */
const LARGEST = 20 * MIB;
const MOST = 100 * MIB;

function collect({ uploads }: LineContext, name: string, size: number): BlockCollector {
  // One piece of memory for all lines, however short they are; what was not written yet takes none.
  let content: Buffer | undefined;
  let received = 0;
  let dropped = false;
  uploads.bytes += size;
  return {
    silence: 'fails',
    take(_part, params) {
      const bytes = required(readHex((params as PartOf<'SENDRAWFILE', 'DATA'>).hex));
      if (bytes.length === 0 || bytes.length > HEX.bytesTaken || received + bytes.length > size) throw new LineRefusal('ERR_BADSYNTAX');
      content ??= Buffer.allocUnsafeSlow(size);
      content.set(bytes, received);
      received += bytes.length;
    },
    async complete(call, end) {
      const checksum = (end as PartOf<'SENDRAWFILE', 'END'> | undefined)?.crc32;
      const whole = received === size ? content : undefined;
      if (!whole || (checksum !== undefined && required(readCrc32(checksum)) !== crc32(whole))) throw new LineRefusal('ERR_BADSYNTAX');
      const file = await call.write((tx, act) => saveFile(tx, act, { name, content: whole }));
      fileLine(call.out, call.name, 'OK', file);
    },
    drop() {
      if (dropped) return;
      dropped = true;
      content = undefined;
      uploads.bytes -= size;
    },
  };
}

/** A file in hexadecimal digits; what is not exactly as announced is not stored. */
export const sendRawFile: LineBlock = {
  refusals: { other: 'ERR_BADSYNTAX' },
  openEnded: false,
  begin(call, params) {
    const { name, size: length } = params as PartOf<'SENDRAWFILE', 'BEGIN'>;
    const size = required(readNumber(length, 1, LARGEST));
    if (!isFileName(name) || call.context.uploads.bytes + size > MOST) throw new LineRefusal('ERR_BADSYNTAX');
    return collect(call.context, name, size);
  },
};
