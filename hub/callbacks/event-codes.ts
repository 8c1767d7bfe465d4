import type { EventCode } from './event-data.ts';
import { dictionaryKey } from './template/dictionary-names.ts';

/** The order's codes before the trip's; the dictionary's Name before its NameLatin; several in their sequence, joined by `, ` (spec 3.3, 5.3). */
export function codeOf(codes: readonly EventCode[], name: string): { value: string; name: string } | undefined {
  const found = chosen(codes, name, 'dictionary') ?? chosen(codes, name, 'dictionaryLatin');
  if (found === undefined || found.length === 1) return found?.[0];
  found.sort((a, b) => a.sequence - b.sequence);
  return { value: found.map(({ value }) => value).join(', '), name: found.map((code) => code.name).join(', ') };
}

function chosen(codes: readonly EventCode[], name: string, by: 'dictionary' | 'dictionaryLatin'): EventCode[] | undefined {
  let found: EventCode[] | undefined;
  for (const code of codes) {
    const given = code[by];
    if (given === null || (given !== name && dictionaryKey(given) !== name)) continue;
    if (found === undefined || (code.on === 'order' && found[0]?.on === 'trip')) found = [code];
    else if (code.on === found[0]?.on) found.push(code);
  }
  return found;
}
