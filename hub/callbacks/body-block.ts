/**
 * What one attempt sent and got, for the log; and many of them in one block, which is packed and sealed as a whole.
 *
 * A block: for each attempt four bytes of length and the JSON of its words, four bytes of length and the bytes sent, four bytes of length and
 * the bytes answered. An attempt that was erased has empty parts.
 */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** With `***` for secrets. */
  readonly headers: readonly (readonly [string, string])[];
  readonly answerHeaders: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly answer: Buffer;
}

const EMPTY = Buffer.alloc(0);
const NOTHING: Exchange = { method: '', url: '', headers: [], answerHeaders: [], body: EMPTY, answer: EMPTY };

/** The bytes of a block. */
export function writeBlock(exchanges: readonly (Exchange | undefined)[]): Buffer {
  const parts: Buffer[] = [];
  const add = (bytes: Buffer): void => {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  };
  for (const exchange of exchanges) {
    const { method, url, headers, answerHeaders, body, answer } = exchange ?? NOTHING;
    add(exchange ? Buffer.from(JSON.stringify([method, url, headers, answerHeaders])) : EMPTY);
    add(body);
    add(answer);
  }
  return Buffer.concat(parts);
}

/** The attempts of a block, in their places; undefined for one that was erased. @throws RangeError when the bytes are no block. */
export function readBlock(block: Buffer): (Exchange | undefined)[] {
  const exchanges: (Exchange | undefined)[] = [];
  let at = 0;
  const take = (): Buffer => {
    const length = block.readUInt32BE(at);
    if (at + 4 + length > block.length) throw new RangeError('the block ends in the middle of a part');
    const part = block.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return part;
  };
  while (at < block.length) {
    const words = take();
    const [body, answer] = [take(), take()];
    if (words.length === 0) {
      exchanges.push(undefined);
      continue;
    }
    const [method, url, headers, answerHeaders] = JSON.parse(words.toString()) as [
      string,
      string,
      (readonly [string, string])[],
      (readonly [string, string])[],
    ];
    exchanges.push({ method, url, headers, answerHeaders, body, answer });
  }
  return exchanges;
}
