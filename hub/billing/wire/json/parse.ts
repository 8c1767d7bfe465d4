import { HubError } from '../../../core/errors.ts';

/** A number that a float would not keep: more digits than it has, or an exponent, which amounts may not have. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const DEEPEST = 64;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** Digits and points in a row, or an exponent; found in a text as well, then the exact way is merely slower. */
const RISKY = /[\d.]{16}|\d[eE][+-]?\d/;

const malformed = (message: string, russian: string): HubError => new HubError('MALFORMED_JSON', message, { russian });

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/** Whether brackets nest deeper than DEEPEST, texts left out. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      for (at += 1; at < text.length && text.charCodeAt(at) !== QUOTE; at += 1) if (text.charCodeAt(at) === BACKSLASH) at += 1;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
  }
  return false;
}

const keepExact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source || !RISKY.test(context.source) ? value : new ExactNumber(context.source);
};

/**
 * The value of a JSON body (spec billing 6.1 and 10.2). A BOM is skipped; of a key that is there twice the last counts; `__proto__` is a key like any other.
 * @throws HubError MALFORMED_JSON: not UTF-8, not JSON, deeper than 64.
 */
export function parseJson(body: Buffer): unknown {
  let text: string;
  try {
    text = UTF8.decode(body);
  } catch {
    throw malformed('the body is not UTF-8', 'Тело запроса не в кодировке UTF-8');
  }
  if (isTooDeep(text)) throw malformed(`the body nests deeper than ${DEEPEST}`, `Вложенность JSON больше ${DEEPEST}`);
  try {
    return RISKY.test(text) ? JSON.parse(text, keepExact as (key: string, value: unknown) => unknown) : JSON.parse(text);
  } catch {
    throw malformed('the body is not JSON', 'Тело запроса не является JSON');
  }
}
