import { isUtf8 } from 'node:buffer';
import { shown } from './faults.ts';

/** Deepest nesting of arrays and objects that is read. The control message needs eight levels. */
const MAX_DEPTH = 64;

export type JsonFault = { code: 'MALFORMED_JSON'; path: ''; message: string };
export type JsonResult = { ok: true; value: unknown } | { ok: false; fault: JsonFault };

/**
 * Reads JSON from a sender that is not trusted. Refused with MALFORMED_JSON: bytes that are not UTF-8, text that is not JSON, nesting
 * over 64 levels, a key that stands twice in one object (JSON.parse would silently keep the last), a key `__proto__`. Never throws.
 *
 * The text is passed over once to count its colons outside strings and its depth. After JSON.parse the keys of the tree are counted: a
 * repeated key makes them fewer. So the usual message costs no table of keys; only a refused one is read again to name the key.
 */
export function parseJson(input: string | Uint8Array): JsonResult {
  if (typeof input !== 'string' && !isUtf8(input)) {
    return refuse('the text is not UTF-8');
  }
  const text = typeof input === 'string' ? input : decode(input);
  const written = countKeys(text);
  if (written === 'too deep') {
    return refuse(`the nesting is deeper than ${MAX_DEPTH} levels`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`not JSON: ${reason(error)}`);
  }
  const kept = countTree(value);
  if (kept === '__proto__') {
    return refuse('the key "__proto__" is not accepted');
  }
  if (kept !== written) {
    return refuse(`the key "${shown(repeatedKey(text))}" stands more than once in one object`);
  }
  return { ok: true, value };
}

function refuse(message: string): JsonResult {
  return { ok: false, fault: { code: 'MALFORMED_JSON', path: '', message } };
}

/** UTF-8 to text; a byte order mark is not part of the text. */
function decode(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = buffer.length >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0;
  return buffer.toString('utf8', start);
}

/** V8's reason without the piece of the message that it may quote: that piece can be a passenger's name. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : 'unreadable';
  return message.replace(/, (\.\.\.)?"[\s\S]*"(\.\.\.)? is not valid JSON$/, '');
}

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

function countKeys(text: string): number | 'too deep' {
  let keys = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case QUOTE:
        index = endOfString(text, index);
        break;
      case COLON:
        keys++;
        break;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        if (++depth > MAX_DEPTH) {
          return 'too deep';
        }
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        depth--;
        break;
    }
  }
  return keys;
}

/** Index of the closing quote of the string that opens at `start`; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let index = text.indexOf('"', start + 1); index >= 0; index = text.indexOf('"', index + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(index - 1 - backslashes) === BACKSLASH) {
      backslashes++;
    }
    if (backslashes % 2 === 0) {
      return index;
    }
  }
  return text.length;
}

function countTree(value: unknown): number | '__proto__' {
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      const below = countTree(item);
      if (below === '__proto__') {
        return below;
      }
      keys += below;
    }
    return keys;
  }
  for (const key in value) {
    const below = key === '__proto__' ? key : countTree((value as Record<string, unknown>)[key]);
    if (below === '__proto__') {
      return below;
    }
    keys += below + 1;
  }
  return keys;
}

/** The first key that stands twice in one object of a text that is known to be JSON. */
function repeatedKey(text: string): string {
  const seen: Set<string>[] = [];
  let lastString = '';
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case QUOTE: {
        const end = endOfString(text, index);
        lastString = text.slice(index, end + 1);
        index = end;
        break;
      }
      case COLON: {
        const key = String(JSON.parse(lastString));
        const keys = seen.at(-1);
        if (keys?.has(key)) {
          return key;
        }
        keys?.add(key);
        break;
      }
      case OPEN_BRACKET:
      case OPEN_BRACE:
        seen.push(new Set());
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        seen.pop();
        break;
    }
  }
  return '';
}
