import { crc32 } from 'node:zlib';
import { readHex } from '@vestnik/protocol/line/hex.ts';
import { saveFile } from '../../save-file.ts';
import { isFileName } from '../../sound.ts';
import type { BlockCollector, LineBlock } from '../call.ts';
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
  let pieces: Uint8Array[] = [];
  let received = 0;
  let dropped = false;
  uploads.bytes += size;
  return {
    silence: 'fails',
    take(_part, [digits = '']) {
      const bytes = required(readHex(digits));
      received += bytes.length;
      if (bytes.length === 0 || bytes.length > HEX.bytesTaken || received > size) throw new LineRefusal('ERR_BADSYNTAX');
      pieces.push(bytes);
    },
    async complete(call, end) {
      const [checksum] = end ?? [];
      const content = Buffer.concat(pieces, received);
      const fits = received === size && (checksum === undefined || required(readCrc32(checksum)) === crc32(content));
      if (!fits) throw new LineRefusal('ERR_BADSYNTAX');
      const file = await call.write((tx, act) => saveFile(tx, act, { name, content }));
      fileLine(call.out, call.name, 'OK', file);
    },
    drop() {
      if (dropped) return;
      dropped = true;
      pieces = [];
      uploads.bytes -= size;
    },
  };
}

/** A file in hexadecimal digits; what is not exactly as announced is not stored. */
export const sendRawFile: LineBlock = {
  refusals: { other: 'ERR_BADSYNTAX' },
  openEnded: false,
  begin(call, [name = '', length = '']) {
    const size = required(readNumber(length, 1, LARGEST));
    if (!isFileName(name) || call.context.uploads.bytes + size > MOST) throw new LineRefusal('ERR_BADSYNTAX');
    return collect(call.context, name, size);
  },
};
