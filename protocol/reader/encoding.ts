import { decodeWindows1251 } from '../windows1251.ts';
import type { FindingArgs } from './finding.ts';
import type { FindingCode } from './finding-table.ts';
import { firstIllFormed } from './utf8.ts';

export type Encoding = 'utf-8' | 'windows-1251' | 'utf-16le' | 'utf-16be';

/** Text of a file, or of its rest. `bom` is the number of bytes before the text, `illFormed` the index in the text of the first U+FFFD that stands for bad bytes, or -1. */
export type Decoded = {
  text: string;
  encoding: Encoding;
  bom: number;
  illFormed: number;
  notes: { code: FindingCode; args: FindingArgs }[];
};

const LABELS: ReadonlyMap<string, 'utf-8' | 'windows-1251' | 'utf-16'> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['windows-1251', 'windows-1251'],
  ['cp1251', 'windows-1251'],
  ['cp-1251', 'windows-1251'],
  ['x-cp1251', 'windows-1251'],
  ['utf-16', 'utf-16'],
  ['utf-16le', 'utf-16'],
  ['utf-16be', 'utf-16'],
]);
const DECLARATION_LENGTH = 256;
const DECLARED_ENCODING = /^[\ufeff\s]*<\?xml\s[^<>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,39})["']/;

/** The encoding named by the XML declaration at an index of the text, in small letters; undefined without one. */
export function declaredEncoding(text: string, index: number): string | undefined {
  return DECLARED_ENCODING.exec(text.slice(index, index + DECLARATION_LENGTH))?.[1]?.toLowerCase();
}

/** True when the bytes of a document with this declaration must be decoded anew, having been decoded as `used` so far. */
export function needsOtherEncoding(declared: string | undefined, used: Encoding): boolean {
  const meant = declared === undefined ? undefined : LABELS.get(declared);
  return (meant === 'utf-8' || meant === 'windows-1251') && (used === 'utf-8' || used === 'windows-1251') && meant !== used;
}

/**
 * Decodes the bytes of ticket files as spec 3.8 says: a byte order mark wins, then the declaration; without both UTF-8 when the bytes are
 * valid, else windows-1251. Never throws; what could not be decoded is U+FFFD.
 */
export function decodeXml(bytes: Uint8Array): Decoded {
  const marked = byMark(bytes);
  if (marked !== undefined) {
    const decoded = decodeAs(bytes.subarray(marked.bom), marked.encoding, marked.bom);
    const declared = declaredEncoding(decoded.text, 0);
    if (declared !== undefined && !agrees(declared, marked.encoding)) decoded.notes.push(mismatch(declared, marked.encoding));
    return decoded;
  }
  const head = decodeWindows1251(bytes.subarray(0, DECLARATION_LENGTH));
  const declared = declaredEncoding(head, 0);
  if (declared === undefined) return decodeGuessing(bytes, { code: 'ENCODING_GUESSED', args: {} });
  const meant = LABELS.get(declared);
  if (meant === 'utf-8' || meant === 'windows-1251') return decodeAs(bytes, meant, 0);
  const guessed = decodeGuessing(bytes, undefined);
  // A declaration that can be read byte by byte is not in UTF-16, whatever it says.
  const code = meant === 'utf-16' ? 'ENCODING_MISMATCH' : 'ENCODING_UNKNOWN';
  guessed.notes.push({ code, args: { declared, encoding: guessed.encoding } });
  return guessed;
}

function byMark(bytes: Uint8Array): { encoding: Encoding; bom: number } | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return { encoding: 'utf-8', bom: 3 };
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', bom: 2 };
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', bom: 2 };
  if (first === 0x3c && second === 0 && third !== 0 && fourth === 0) return { encoding: 'utf-16le', bom: 0 };
  if (first === 0 && second === 0x3c && third === 0 && fourth !== 0) return { encoding: 'utf-16be', bom: 0 };
  return undefined;
}

function agrees(declared: string, encoding: Encoding): boolean {
  const meant = LABELS.get(declared);
  if (meant === 'utf-16') return declared === 'utf-16' ? encoding.startsWith('utf-16') : declared === encoding;
  return meant === encoding;
}

function mismatch(declared: string, encoding: Encoding): { code: FindingCode; args: FindingArgs } {
  return { code: 'ENCODING_MISMATCH', args: { declared, encoding } };
}

function decodeAs(bytes: Uint8Array, encoding: Encoding, bom: number): Decoded {
  if (encoding === 'windows-1251') return { text: decodeWindows1251(bytes), encoding, bom, illFormed: -1, notes: [] };
  const strict = decodeStrictly(bytes, encoding, false);
  if (strict !== undefined) return { text: strict, encoding, bom, illFormed: -1, notes: [] };
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
  // A character cut off by the end of the file is reported as the end of the document, not as bad bytes.
  const cutOnly = decodeStrictly(bytes, encoding, true) !== undefined;
  return { text, encoding, bom, illFormed: cutOnly ? -1 : firstBad(bytes, text, encoding), notes: [] };
}

function decodeGuessing(bytes: Uint8Array, note: { code: FindingCode; args: FindingArgs } | undefined): Decoded {
  if (decodeStrictly(bytes, 'utf-8', true) !== undefined) return decodeAs(bytes, 'utf-8', 0);
  const decoded = decodeAs(bytes, 'windows-1251', 0);
  if (note !== undefined) decoded.notes.push(note);
  return decoded;
}

function decodeStrictly(bytes: Uint8Array, encoding: Encoding, cutAllowed: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cutAllowed });
  } catch {
    return undefined;
  }
}

function firstBad(bytes: Uint8Array, text: string, encoding: Encoding): number {
  if (encoding === 'utf-8') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, firstIllFormed(bytes))).length;
  const [high, low] = encoding === 'utf-16le' ? [1, 0] : [0, 1];
  for (let index = text.indexOf('\ufffd'); index >= 0; index = text.indexOf('\ufffd', index + 1)) {
    if (bytes[index * 2 + high] !== 0xff || bytes[index * 2 + low] !== 0xfd) return index;
  }
  return -1;
}
