/** Deeper elements are indented no further. */
const DEEPEST = 40;

/**
 * XML laid out for reading: every tag on a line of its own, except beside text, so that no text gets blanks that were not sent. Linear.
 * @param text a well-formed document. @param most characters of the outcome.
 * @returns undefined when the outcome would be longer, and for documents with a DOCTYPE.
 */
export function indentXml(text: string, most: number): string | undefined {
  const parts: string[] = [];
  let length = 0;
  let depth = 0;
  let before: Token['kind'] | undefined;
  for (const { kind, raw } of tokens(text)) {
    if (kind === 'doctype') return undefined;
    if (kind === 'text' && raw.trim() === '') continue;
    if (kind === 'close') depth -= 1;
    const beside = kind === 'text' || before === 'text' || (kind === 'close' && before === 'open') || before === undefined;
    const gap = beside ? '' : `\n${'  '.repeat(Math.min(depth, DEEPEST))}`;
    parts.push(gap, raw);
    length += gap.length + raw.length;
    if (length > most) return undefined;
    if (kind === 'open') depth += 1;
    before = kind;
  }
  return parts.join('');
}

interface Token {
  /** `text` is CDATA, too; `other` a comment, an instruction, or an element without content. */
  readonly kind: 'open' | 'close' | 'other' | 'text' | 'doctype';
  readonly raw: string;
}

/** Where a tag ends: the first `>` outside quotes. */
function tagEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '>') return at + 1;
    if (sign !== '"' && sign !== "'") continue;
    const closing = text.indexOf(sign, at + 1);
    if (closing < 0) break;
    at = closing;
  }
  return text.length;
}

const ENDS: readonly (readonly [begin: string, end: string, kind: Token['kind']])[] = [
  ['<!--', '-->', 'other'],
  ['<![CDATA[', ']]>', 'text'],
  ['<?', '?>', 'other'],
  ['<!', '>', 'doctype'],
];

function* tokens(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const from = at;
    if (text[at] !== '<') {
      const next = text.indexOf('<', at);
      at = next < 0 ? text.length : next;
      yield { kind: 'text', raw: text.slice(from, at) };
      continue;
    }
    const special = ENDS.find(([begin]) => text.startsWith(begin, from));
    if (special) {
      const end = text.indexOf(special[1], from + special[0].length);
      at = end < 0 ? text.length : end + special[1].length;
      yield { kind: special[2], raw: text.slice(from, at) };
      continue;
    }
    at = tagEnd(text, from);
    const raw = text.slice(from, at);
    yield { kind: raw.startsWith('</') ? 'close' : raw.endsWith('/>') ? 'other' : 'open', raw };
  }
}
