/** Octets of a record ([MS-XLS] 2.1.4). */
const MOST = 8_224;
const TABLE = 0x00fc;
const CONTINUE = 0x003c;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the border of one octet
const WIDE = /[^\u0000-\u00ff]/;

/** The texts of a workbook, each once. */
export interface SharedStrings {
  /** The number of a text. */
  numberOf(text: string): number;
  /** All of them as records. */
  records(): Buffer[];
}

/**
 * The table of shared texts of BIFF8 ([MS-XLS] 2.4.265): texts of Latin letters in one octet a letter, others in two; what does not fit into a record goes
 * on in the next, which says again how wide its letters are.
 */
export function createSharedStrings(): SharedStrings {
  const numbers = new Map<string, number>();
  let uses = 0;
  const records = (): Buffer[] => {
    const written: Buffer[] = [];
    let octets = Buffer.allocUnsafe(4 + MOST);
    let at = 4;
    const flush = (): void => {
      octets.writeUInt16LE(written.length === 0 ? TABLE : CONTINUE, 0);
      octets.writeUInt16LE(at - 4, 2);
      written.push(octets.subarray(0, at));
      octets = Buffer.allocUnsafe(4 + MOST);
      at = 4;
    };
    at = octets.writeUInt32LE(uses, at);
    at = octets.writeUInt32LE(numbers.size, at);
    for (const text of numbers.keys()) {
      const wide = WIDE.test(text);
      const size = wide ? 2 : 1;
      // The head of a text is never cut from its first letter.
      if (4 + MOST - at < 3 + size) flush();
      at = octets.writeUInt16LE(text.length, at);
      at = octets.writeUInt8(size - 1, at);
      for (let done = 0; ; ) {
        const fits = Math.min(text.length - done, Math.floor((4 + MOST - at) / size));
        at += octets.write(text.slice(done, done + fits), at, wide ? 'utf16le' : 'latin1');
        done += fits;
        if (done === text.length) break;
        flush();
        at = octets.writeUInt8(size - 1, at);
      }
    }
    flush();
    return written;
  };
  return {
    numberOf(text) {
      uses += 1;
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, numbers.size);
      return numbers.size - 1;
    },
    records,
  };
}
