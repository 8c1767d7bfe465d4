/** Deeper values are indented no further. */
const DEEPEST = 40;

/**
 * JSON laid out for reading, token by token: numbers above 2^53, repeated names and escapes stay as they were sent. Linear, without recursion.
 * @param text JSON (render/json-fault.ts finds no fault in it). @param most characters of the outcome.
 * @returns undefined when the outcome would be longer.
 */
export function indentJson(text: string, most: number): string | undefined {
  const parts: string[] = [];
  let length = 0;
  let depth = 0;
  const put = (part: string): void => {
    parts.push(part);
    length += part.length;
  };
  const line = (): void => put(`\n${'  '.repeat(Math.min(depth, DEEPEST))}`);
  let before = '';
  let at = 0;
  while (at < text.length && length <= most) {
    const from = at;
    at = tokenEnd(text, from);
    const token = text.slice(from, at);
    if (BLANKS.has(token)) continue;
    const empty = (token === '}' && before === '{') || (token === ']' && before === '[');
    if (token === '}' || token === ']') {
      depth -= 1;
      if (!empty) line();
    } else if (before === '{' || before === '[' || before === ',') line();
    put(token === ':' ? ': ' : token);
    if (token === '{' || token === '[') depth += 1;
    before = token;
  }
  return length <= most ? parts.join('') : undefined;
}

const BLANKS: ReadonlySet<string> = new Set([' ', '\t', '\n', '\r']);
const SIGNS: ReadonlySet<string> = new Set([...BLANKS, '{', '}', '[', ']', ',', ':', '"']);

/** The end of the token that begins at `from`: a sign, a blank, a string, or a number or word. */
function tokenEnd(text: string, from: number): number {
  let at = from + 1;
  if (text[from] === '"') {
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return at + 1;
  }
  if (SIGNS.has(text.charAt(from))) return at;
  while (at < text.length && !SIGNS.has(text.charAt(at))) at += 1;
  return at;
}
