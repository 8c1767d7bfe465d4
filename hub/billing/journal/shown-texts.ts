import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { decodeXml } from '../wire/soap/tree.ts';
import { maskJson } from './mask-json.ts';
import { maskPairs, maskUrl } from './mask-pairs.ts';
import { maskXml } from './mask-xml.ts';
import { HIDDEN, isSecret } from './secret-names.ts';

/** What of a request or an answer may be shown to people: decoded, cut, without secrets. */

const MOST_HEADERS = 50;
const LONGEST_HEADER = 500;
const LONGEST_URL = 8_192;

const CYRILLIC = new TextDecoder('windows-1251');

/** The text of a body. @param whole false: the bytes were cut off, maybe inside of a character. @returns undefined when they are no text */
export function textOf(bytes: Buffer, whole: boolean, contentType: string | undefined): string | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole });
  } catch {
    try {
      text = whole ? decodeXml(bytes, contentType) : CYRILLIC.decode(bytes);
    } catch {
      text = CYRILLIC.decode(bytes);
    }
  }
  return text.includes('\0') ? undefined : text;
}

/** Hides secrets in a body of whatever form it claims or turns out to be: a program that mistakes the address sends its password, too. */
function maskBody(text: string, about: boolean): string {
  const first = text.trimStart()[0] ?? '';
  if (first !== '{' && first !== '[' && first !== '<') return maskXml(maskJson(maskPairs(text), about), about);
  return maskXml(maskJson(text, about), about);
}

/**
 * A body as it may be shown; null when it is no text.
 * @param whole false: `bytes` are its beginning
 * @param about the call is about passwords
 */
export function shownBody(bytes: Buffer, whole: boolean, contentType: string | undefined, about: boolean): string | null {
  const text = textOf(bytes, whole, contentType);
  return text === undefined ? null : maskBody(text, about);
}

export const shownUrl = (url: string): string => maskUrl(url).slice(0, LONGEST_URL);

function shownHeader(name: string, value: string): string {
  if (/^(?:proxy-)?authorization$/i.test(name)) return `${/^\s*([A-Za-z]{1,20})\s/.exec(value)?.[1] ?? ''} ${HIDDEN}`.trim();
  if (/cookie$|api-?key|auth/i.test(name) || isSecret(name, false)) return HIDDEN;
  return maskUrl(value).slice(0, LONGEST_HEADER);
}

/** Headers by name, in their order, as they may be shown. */
export const shownHeaders = (headers: IncomingHttpHeaders | OutgoingHttpHeaders): [string, string][] =>
  Object.entries(headers)
    .flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]))
    .slice(0, MOST_HEADERS)
    .map(([name, value]) => [name, shownHeader(name, value)]);
