/** What a wire value means, or why it means nothing, in a sentence for the log. */
export type Reading<T> = { readonly value: T } | WireFault;

export interface WireFault {
  readonly fault: string;
}

/** How one field is read and written. */
export interface FieldCodec<T> {
  read(text: string): Reading<T>;
  write(value: T): string;
}

export const isFault = <T>(reading: Reading<T>): reading is WireFault => 'fault' in reading;

/**
 * Reads a field as `alerts.line.strict` says: off, a text that does not parse is the value itself, to be kept and returned unchanged, and the
 * note is for the log (specification of alerts 3.10).
 */
export function readKept<T>(
  codec: FieldCodec<T>,
  text: string,
  strict: boolean,
): { readonly value: T | string; readonly note?: string } | WireFault {
  const reading = codec.read(text);
  return isFault(reading) && !strict ? { value: text, note: reading.fault } : reading;
}

/** Writes a field whose value may be such a text. Fields whose values are texts anyway have no use for it. */
export function writeKept<T>(codec: FieldCodec<T>, value: T | string): string {
  return typeof value === 'string' ? value : codec.write(value);
}

/** The parts between `;`, still escaped: `\;`, `\=` and `\\` stand for the characters themselves. An empty text has none. */
export function splitParts(text: string): string[] {
  return text === '' ? [] : splitAt(text, ';');
}

/** A part `key=value`, unescaped; undefined for one without `=`. */
export function readOption(part: string): { readonly key: string; readonly value: string } | undefined {
  const [key = '', ...rest] = splitAt(part, '=');
  return rest.length === 0 ? undefined : { key: unescapePart(key), value: unescapePart(rest.join('=')) };
}

/**
 * The options `key=value` of a compound value.
 * @param known keys that it may have, each once at most
 */
export function readOptions<K extends string>(parts: readonly string[], known: readonly K[]): Reading<ReadonlyMap<K, string>> {
  const options = new Map<K, string>();
  for (const part of parts) {
    const option = readOption(part);
    const key = known.find((one) => one === option?.key);
    if (option === undefined || key === undefined) return { fault: `"${part}" is no option; known are ${known.join(', ')}` };
    if (options.has(key)) return { fault: `the option ${key} stands twice` };
    options.set(key, option.value);
  }
  return { value: options };
}

export function writeOption(key: string, value: string | number): string {
  return `${escapePart(key)}=${escapePart(String(value))}`;
}

/** A backslash before anything else stays what it is. */
export function unescapePart(part: string): string {
  return part.includes('\\') ? part.replace(/\\([;=\\])/g, '$1') : part;
}

export function escapePart(text: string): string {
  return text.replace(/[;=\\]/g, '\\$&');
}

/** A whole number of an option; NaN for anything else, which no range takes; null where the option is missing. */
export function optionNumber(text: string | undefined): number | null {
  if (text === undefined) return null;
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

/** Cuts at a sign that no backslash stands before. */
function splitAt(text: string, sign: ';' | '='): string[] {
  const parts: string[] = [];
  let begin = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === sign) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  parts.push(text.slice(begin));
  return parts;
}
