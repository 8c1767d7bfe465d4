/** What a WAVE file of the tests is like. */
export interface WavOptions {
  /** Of the format: 1 PCM, 6 A-law, 7 mu-law. (Default: 6) */
  readonly code?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  /** Bytes of sound. (Default: one second) */
  readonly data?: number;
  /** Chunks before the sound. */
  readonly before?: readonly Buffer[];
  /** Written as WAVE_FORMAT_EXTENSIBLE. */
  readonly extensible?: boolean;
}

export function chunk(id: string, content: Buffer, size = content.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

export const riff = (...chunks: readonly Buffer[]): Buffer => chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));

export function wav({ code = 6, channels = 1, rate = 8_000, bits = 8, data, before = [], extensible = false }: WavOptions = {}): Buffer {
  const block = (channels * bits) / 8;
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : code, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(rate * block, 8);
  format.writeUInt16LE(block, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(code, 24);
  }
  return riff(chunk('fmt ', format), ...before, chunk('data', Buffer.alloc(data ?? rate * block, 0x55)));
}
