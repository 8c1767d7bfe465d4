/**
 * Text of messages with placeholders (specification of alerts 4.11.2): `{name}`, `{event.order.number}`, `{{` for a brace. Parsed once, rendered for each
 * receiver; values are text and never read again.
 */
export interface Template {
  /** Names that it shows, in the order in which they stand, each once. */
  readonly names: readonly string[];
  /** @param valueFor the text for a name; undefined and '' leave nothing, and one of the two spaces around nothing goes with it */
  render(valueFor: (name: string) => string | undefined): string;
}

/** What of the subscriber a message may show; the rest is of the run. */
export const PERSON_NAMES = ['name', 'organization', 'department', 'rank', 'position', 'description'] as const;
export type PersonName = (typeof PERSON_NAMES)[number];
/** What of the run a message may show, besides `event.<path>`. */
export const RUN_NAMES = ['date', 'time', 'task', 'run', 'code'] as const;

const EVENT_NAME = /^event(?:\.[A-Za-z0-9_-]{1,64}){1,8}$/;
const KNOWN: ReadonlySet<string> = new Set([...PERSON_NAMES, ...RUN_NAMES]);
const isKnown = (name: string): boolean => KNOWN.has(name) || EVENT_NAME.test(name);
/** Characters of a wrong placeholder that the error repeats. */
const SHOWN = 40;

/** What is wrong with a template: the place, from 1, and the rest. */
export interface TemplateFault {
  readonly at: number;
  readonly what: string;
}

/** Parses a text. @returns what is wrong with the first placeholder that cannot be read or is not known */
export function parseTemplate(text: string): Template | TemplateFault {
  const parts: (string | { readonly name: string })[] = [];
  let literal = '';
  for (let at = 0; at < text.length; ) {
    const brace = text.indexOf('{', at);
    if (brace < 0) {
      literal += text.slice(at);
      break;
    }
    literal += text.slice(at, brace);
    if (text[brace + 1] === '{') {
      literal += '{';
      at = brace + 2;
      continue;
    }
    const end = text.indexOf('}', brace);
    const name = end < 0 ? undefined : text.slice(brace + 1, end);
    if (name === undefined) return { at: brace + 1, what: 'a brace is opened and not closed; write {{ for a brace itself' };
    if (!isKnown(name))
      return {
        at: brace + 1,
        what: `{${name.slice(0, SHOWN)}} is not known; right would be one of ${[...KNOWN].join(', ')}, event.<path>`,
      };
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push({ name });
    at = end + 1;
  }
  if (literal !== '') parts.push(literal);
  const names = [...new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name])))];
  return {
    names,
    render(valueFor) {
      let rendered = '';
      /** Nothing was put where a value was missing, so a space that follows another one goes. */
      let missed = false;
      for (const part of parts) {
        if (typeof part !== 'string') {
          const value = valueFor(part.name) ?? '';
          rendered += value;
          missed = value === '';
          continue;
        }
        const doubled = missed && part.startsWith(' ') && (rendered === '' || rendered.endsWith(' '));
        rendered += doubled ? part.slice(1) : part;
        missed = false;
      }
      return rendered;
    },
  };
}

/** Whether parsing has found a fault. */
export const isFault = (parsed: Template | TemplateFault): parsed is TemplateFault => 'what' in parsed;

/** The text of a path of an event's data: `order.number`. Objects and lists have none. */
export function eventValue(data: Readonly<Record<string, unknown>> | null, path: string): string | undefined {
  let value: unknown = data;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
