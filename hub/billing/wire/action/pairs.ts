import { HubError } from '../../../core/errors.ts';
import { decodeLeniently } from '../credentials.ts';

/** The parameters of an XML action: query first, then body, and of each name the first that is there (spec billing 4). */
const MOST_PAIRS = 1_000;
const ESCAPED = /[%+]|[\x80-\xff]/;
const HEX = /^[0-9A-Fa-f]{2}$/;

/** A text of single-byte characters, percent-encoded; a % that begins no byte stands for itself. */
export function decodePart(text: string): string {
  if (!ESCAPED.test(text)) return text;
  const bytes = Buffer.allocUnsafe(text.length);
  let size = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const hex = code === 0x25 ? text.slice(at + 1, at + 3) : '';
    if (HEX.test(hex)) {
      bytes[size] = Number.parseInt(hex, 16);
      at += 2;
    } else bytes[size] = code === 0x2b ? 0x20 : code;
    size += 1;
  }
  return decodeLeniently(bytes.subarray(0, size));
}

/**
 * @param query behind the `?`, '' for none
 * @throws HubError BAD_REQUEST: more than 1000 pairs
 */
export function mergeParams(query: string, body: Buffer): Map<string, string> {
  const merged = new Map<string, string>();
  let count = 0;
  for (const text of [query, body.toString('latin1').trim()]) {
    if (text === '') continue;
    let from = 0;
    while (from <= text.length) {
      const next = text.indexOf('&', from);
      const end = next < 0 ? text.length : next;
      if (end > from) {
        count += 1;
        if (count > MOST_PAIRS)
          throw new HubError('BAD_REQUEST', `there are more than ${MOST_PAIRS} parameters`, { russian: `Больше ${MOST_PAIRS} параметров` });
        const pair = text.slice(from, end);
        const equals = pair.indexOf('=');
        const name = decodePart(equals < 0 ? pair : pair.slice(0, equals));
        if (name !== '' && !merged.has(name)) merged.set(name, equals < 0 ? '' : decodePart(pair.slice(equals + 1)));
      }
      from = end + 1;
    }
  }
  return merged;
}
