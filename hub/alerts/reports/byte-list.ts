/** Bytes that grow at the end, in blocks, so that nothing is copied while they grow. */
export interface ByteList {
  /** Room for `size` bytes, at most 64 KiB, that the caller fills at once. */
  reserve(size: number): Buffer;
  readonly length: number;
  blocks(): Buffer[];
}

const BLOCK = 65_536;

export function createByteList(): ByteList {
  const full: Buffer[] = [];
  let block = Buffer.allocUnsafe(BLOCK);
  let used = 0;
  let before = 0;
  return {
    reserve(size) {
      if (used + size > block.length) {
        full.push(block.subarray(0, used));
        before += used;
        block = Buffer.allocUnsafe(BLOCK);
        used = 0;
      }
      used += size;
      return block.subarray(used - size, used);
    },
    get length() {
      return before + used;
    },
    blocks: () => [...full, block.subarray(0, used)],
  };
}
