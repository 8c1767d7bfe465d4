/**
 * Header lines as a user writes them, `Name: value` one a line, and the secrets in them. A stored text has `***` in the place of every secret
 * value; the values lie sealed beside it, in the order of the lines.
 */

/** What stands for a secret in every answer, log and difference; given back, it keeps the stored value. */
export const MASK = '***';

/** Headers whose values are secrets without being marked (spec 4). */
const ALWAYS_SECRET = ['authorization', 'cookie', 'cookie2', 'x-api-key'];

const LINE = /^([^:]*):[ \t]*(.*?)[ \t]*$/s;

const linesOf = (headers: string): string[] => headers.split(/\r\n|\n|\r/);

/** The names whose values are secret, in small letters. @param marked names that the user marked. */
export const secretNames = (marked: readonly string[]): ReadonlySet<string> =>
  new Set([...ALWAYS_SECRET, ...marked.map((name) => name.toLowerCase())]);

interface Secret {
  readonly name: string;
  readonly value: string;
}

/** The text with `***` for every secret value, and the values. An empty value is none. */
export function hideSecrets(headers: string, names: ReadonlySet<string>): { readonly masked: string; readonly secrets: readonly Secret[] } {
  const secrets: Secret[] = [];
  const masked = linesOf(headers).map((line) => {
    const [, name = '', value = ''] = LINE.exec(line) ?? [];
    const key = name.trim().toLowerCase();
    if (value === '' || !names.has(key)) return line;
    secrets.push({ name: key, value });
    return `${name}: ${MASK}`;
  });
  return { masked: masked.join('\n'), secrets };
}

/** A line that keeps a secret which is not there. */
export interface NothingKept {
  readonly line: number;
  readonly name: string;
}

/**
 * The whole text again: each `***` of a secret header takes the stored value of the same header, the second the second.
 * @param headers as a user gave it, or as it is stored.
 * @param formerly names that were secret when it was stored: `***` under one that no longer is would show a stored value, so it is missing.
 */
export function fillSecrets(
  headers: string,
  names: ReadonlySet<string>,
  stored: readonly Secret[],
  formerly: ReadonlySet<string> = names,
): { readonly headers: string; readonly missing: readonly NothingKept[] } {
  const used = new Map<string, number>();
  const missing: NothingKept[] = [];
  const lines = linesOf(headers).map((line, index) => {
    const [, name = '', value = ''] = LINE.exec(line) ?? [];
    const key = name.trim().toLowerCase();
    if (value === '' || !(names.has(key) || formerly.has(key))) return line;
    const place = used.get(key) ?? 0;
    used.set(key, place + 1);
    if (value !== MASK) return line;
    const kept = names.has(key) ? stored.filter((secret) => secret.name === key)[place] : undefined;
    if (kept) return `${name}: ${kept.value}`;
    missing.push({ line: index + 1, name: name.trim() });
    return line;
  });
  return { headers: lines.join('\n'), missing };
}
