import fc from 'fast-check';

/** Bytes changed, cut out, doubled and put in at random places. */
export const damaged = (original: string): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.tuple(fc.nat(), fc.constantFrom('change', 'cut', 'double', 'insert'), fc.uint8Array({ minLength: 1, maxLength: 4 })), {
      minLength: 1,
      maxLength: 6,
    })
    .map((blows) =>
      blows.reduce((bytes, [where, blow, more]) => {
        const at = where % (bytes.length + 1);
        const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
        if (blow === 'cut') return Buffer.concat([before, after.subarray(more.length * 3)]);
        if (blow === 'double') return Buffer.concat([before, after.subarray(0, 40), after]);
        return Buffer.concat([before, more, blow === 'insert' ? after : after.subarray(more.length)]);
      }, Buffer.from(original)),
    );
