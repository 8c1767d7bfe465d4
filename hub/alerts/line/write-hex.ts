import type { LineCall } from './call.ts';
import { hexLine } from './codec/lines/file-lines.ts';
import { HEX } from './codec.ts';

/** Writes bytes as DATA lines of hexadecimal digits, none but the last shorter than the others (specification of alerts 2.16). */
export function createHexLines(call: LineCall) {
  let rest: Uint8Array = new Uint8Array(0);
  const full = async (): Promise<void> => {
    const wait = call.piece();
    if (wait) await wait;
  };
  return {
    async write(bytes: Uint8Array): Promise<void> {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      let at = 0;
      for (; at + HEX.bytesSent <= all.length; at += HEX.bytesSent) {
        hexLine(call.out, call.name, all.subarray(at, at + HEX.bytesSent));
        await full();
      }
      rest = all.subarray(at);
    },
    end(): void {
      if (rest.length > 0) hexLine(call.out, call.name, rest);
    },
  };
}
