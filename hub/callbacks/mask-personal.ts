import type { MaskClass } from './endpoint.ts';
import { MASK } from './header-secrets.ts';

/** Personal data in what was sent: which elements hold it, and how it is hidden from those who may not read it (spec 6.12). */

const NAMES = ['LastName', 'FirstName', 'SurName', 'MiddleName', 'LastNameLatin', 'FirstNameLatin', 'SurNameLatin'];

/** Elements of the fragments by kind and class. Events name their sensitive elements, too; but bodies may be kept longer than events. */
const ELEMENTS: Readonly<Record<string, Readonly<Partial<Record<MaskClass, readonly string[]>>>>> = {
  Person: { names: NAMES, birth_date: ['BirthDate'] },
  Document: { names: NAMES, documents: ['Number', 'IssueDate', 'ExpiryDate'] },
  Contact: { contacts: ['Content'] },
  MileCard: { mile_cards: ['Number', 'OuterId'] },
};

/**
 * Elements to hide in deliveries of a kind.
 * @param told the event's own list, while it is kept: what the table here does not know is always hidden.
 */
export function elementsToHide(kind: string, classes: readonly MaskClass[], told: readonly string[]): string[] {
  const known = ELEMENTS[kind] ?? {};
  const all = new Set(Object.values(known).flat());
  return [...new Set([...classes.flatMap((name) => known[name] ?? []), ...told.filter((element) => !all.has(element))])];
}

/** `<`, as text may have it after any number of escapings: by XML, by percent, by JSON. */
const LESS = String.raw`<|&(?:amp;)*lt;|%(?:25)*3c|\\{1,16}u003c`;
const GREATER = String.raw`>|&(?:amp;)*gt;|%(?:25)*3e|\\{1,16}u003e`;
const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Long enough for an element with a value. */
const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;

const opening = (elements: readonly string[], flags: string): RegExp =>
  new RegExp(`(${LESS})(?:${elements.map(literally).join('|')})(?:${GREATER})`, flags);

/** Hides what stands in elements; up to where the next tag of the same spelling begins, or to the end where it was cut off. */
function hideElements(text: string, elements: readonly string[]): string {
  if (elements.length === 0) return text;
  const open = opening(elements, 'gi');
  const nexts = new Map<string, RegExp>();
  /** Where the same spelling of `<` comes next; the end when it does not. */
  const nextOf = (spelling: string, at: number): number => {
    const next = nexts.get(spelling) ?? new RegExp(literally(spelling), 'gi');
    nexts.set(spelling, next);
    next.lastIndex = at;
    return next.exec(text)?.index ?? text.length;
  };
  const parts: string[] = [];
  let from = 0;
  for (let found = open.exec(text); found; found = open.exec(text)) {
    const begin = open.lastIndex;
    const end = nextOf(found[1] as string, begin);
    if (end > begin) {
      parts.push(text.slice(from, begin), MASK);
      from = end;
    }
    open.lastIndex = end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** A run of base64 in which an element shows, at whichever place the encoding began. */
function hideEncoded(text: string, elements: readonly string[]): string {
  if (elements.length === 0) return text;
  const open = opening(elements, 'i');
  return text.replace(BASE64, (run) => {
    for (let shift = 0; shift < 4; shift += 1) {
      const decoded = Buffer.from(run.slice(shift), 'base64');
      if (open.test(decoded.toString('utf8')) || open.test(decoded.toString('latin1'))) return MASK;
    }
    return run;
  });
}

/** Every spelling that a value may have got on its way into a text. */
function spellings(value: string): string[] {
  const xml = value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const percent = encodeURIComponent(value.toWellFormed());
  const attribute = xml.replace(/"/g, '&quot;').replace(/'/g, '&apos;');
  return [value, xml, attribute, JSON.stringify(value).slice(1, -1), percent, percent.replace(/%20/g, '+')];
}

/** Shorter values would be found in words that have nothing to do with them; the elements that hold them are hidden anyway. */
const SHORTEST = 3;

/** Hides personal data in a text that was sent. @param values that are known to be personal, wherever they stand. */
export function maskPersonal(text: string, elements: readonly string[], values: readonly string[]): string {
  const hidden = hideEncoded(hideElements(text, elements), elements);
  const wanted = [...new Set(values.filter((value) => value.length >= SHORTEST).flatMap(spellings))].sort((a, b) => b.length - a.length);
  return wanted.length === 0 ? hidden : hidden.replace(new RegExp(wanted.map(literally).join('|'), 'gi'), MASK);
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** The values of elements in a fragment of travel's own making: no nesting of the same, no attributes, three entities. */
export function valuesIn(fragment: string, elements: readonly string[]): string[] {
  if (elements.length === 0) return [];
  const found = fragment.matchAll(new RegExp(`<(${elements.map(literally).join('|')})>([^<]*)<`, 'g'));
  return [...found].map(([, , text = '']) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity));
}
