/**
 * Length in bytes of the UTF-8 sequence that begins at an offset. Positive: a character. Negative: the length of an ill-formed piece, which
 * TextDecoder turns into exactly one U+FFFD (the "maximal subpart" of Unicode chapter 3.9). The offset must be inside of the bytes.
 */
export function utf8Sequence(bytes: Uint8Array, offset: number): number {
  const lead = bytes[offset] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const second = bytes[offset + 1] ?? 0;
  if (second < lowestSecond(lead) || second > highestSecond(lead)) return -1;
  for (let i = 2; i < length; i++) {
    const byte = bytes[offset + i] ?? 0;
    if (byte < 0x80 || byte > 0xbf) return -i;
  }
  return length;
}

/** Offset of the first ill-formed piece, or -1 when there is none. */
export function firstIllFormed(bytes: Uint8Array): number {
  for (let offset = 0; offset < bytes.length; ) {
    const length = utf8Sequence(bytes, offset);
    if (length < 0) return offset;
    offset += length;
  }
  return -1;
}

/** Overlong forms, surrogates and code points over U+10FFFF are shut out by the second byte alone. */
function lowestSecond(lead: number): number {
  if (lead === 0xe0) return 0xa0;
  return lead === 0xf0 ? 0x90 : 0x80;
}

function highestSecond(lead: number): number {
  if (lead === 0xed) return 0x9f;
  return lead === 0xf4 ? 0x8f : 0xbf;
}
