import { HIDDEN, isSecret } from './secret-names.ts';

/** A text with its quotes; one that breaks off goes to the end. */
const TEXT = /"(?:[^"\\]|\\.?)*(?:"|$)/gsu;
const SPACE = /\s*/y;
const SCALAR = /[^\s,\]}]*/y;
/** What says nothing: nothing is hidden where nothing is. */
const EMPTY: ReadonlySet<string> = new Set(['null', '""', '[]', '{}', '']);

function nameOf(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

const skip = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return from + (pattern.exec(text)?.[0].length ?? 0);
};

/** Where the value that begins at `from` ends; of a text that breaks off its end. */
function endOfValue(text: string, from: number): number {
  const first = text[from];
  if (first !== '"' && first !== '{' && first !== '[') return skip(SCALAR, text, from);
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      if (depth === 0) return Math.min(at + 1, text.length);
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/**
 * Hides the values of secrets in JSON, whole or broken off, well-formed or not; everything else stays as it came, number by number.
 * @param about the call is about passwords
 * @example maskJson('{"user":"desk","pswd":"x"}') // {"user":"desk","pswd":"***"}
 */
export function maskJson(text: string, about = false): string {
  const parts: string[] = [];
  let done = 0;
  for (const match of text.matchAll(TEXT)) {
    if (match.index < done) continue;
    const colon = skip(SPACE, text, match.index + match[0].length);
    if (text[colon] !== ':' || !isSecret(nameOf(match[0]), about)) continue;
    const from = skip(SPACE, text, colon + 1);
    const end = endOfValue(text, from);
    if (EMPTY.has(text.slice(from, end))) continue;
    parts.push(text.slice(done, from), `"${HIDDEN}"`);
    done = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done);
}
