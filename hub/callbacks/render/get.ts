import type { FindingSink } from '../template/finding.ts';
import { scanPairs } from '../template/pair-positions.ts';
import type { Part } from '../template/parser.ts';
import { type Placed, place } from '../template/positions.ts';

/**
 * What GET does with the body (spec callbacks 5.8, an open point of the source): it is appended to the query, so it must be empty or
 * `name=value&name=value`. Faults: `get_body_not_query`, and `get_fragment` for @Before and @After.
 */
export function placeGetBody(parts: readonly Part[], sink: FindingSink): Placed[] {
  for (const part of parts) {
    if (part.kind === 'slot' && part.variable.kind === 'fragment') {
      sink.error(
        'get_fragment',
        part.offset,
        {
          en: `${part.source} is a piece of XML, which a GET cannot carry; use POST`,
          ru: `${part.source} содержит XML, методом GET его не передать; используйте POST`,
        },
        { variable: part.source },
      );
      return [];
    }
  }
  const fault = findNotPair(parts);
  if (fault !== undefined) {
    sink.error('get_body_not_query', fault, {
      en: 'a GET has no body: leave it empty, or write name=value&name=value, which is appended to the query',
      ru: 'у GET нет тела: оставьте его пустым или напишите имя=значение&имя=значение, это добавится к строке запроса',
    });
    return [];
  }
  return place(parts, scanPairs('query-value', sink), sink);
}

/** What joins the appended query to the address. @param address its literals, with something in place of each value. */
export function querySeparator(address: string, hasQuery: boolean): '' | '?' | '&' {
  if (!hasQuery) return '?';
  return address.endsWith('?') || address.endsWith('&') ? '' : '&';
}

/** Offset of what cannot belong to `name=value&...`. */
function findNotPair(parts: readonly Part[]): number | undefined {
  let name = '';
  let inValue = false;
  let begin = parts[0]?.offset ?? 0;
  for (const part of parts) {
    // A value in a name is found, and told of, by the scanner.
    if (part.kind === 'slot') {
      name += 'x';
      continue;
    }
    for (let at = 0; at < part.text.length; at++) {
      const character = part.text[at]!;
      if (character <= ' ' || character === '#' || character === '\u007f') return part.offset + at;
      if (character === '&') {
        if (!inValue) return begin;
        inValue = false;
        name = '';
        begin = part.offset + at + 1;
      } else if (character === '=' && !inValue) {
        if (name === '') return begin;
        inValue = true;
      } else name += character;
    }
  }
  return inValue || parts.length === 0 ? undefined : begin;
}
