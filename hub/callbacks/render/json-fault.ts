/** Where a text stops being JSON (RFC 8259) and what should stand there; undefined when it is JSON. Linear, without recursion. */
export function findJsonFault(text: string): { offset: number; expected: string } | undefined {
  const open: ('{' | '[')[] = [];
  let at = skipBlanks(text, 0);
  let wants: 'value' | 'value or ]' | 'name' | 'name or }' | 'end' = 'value';
  for (;;) {
    if (wants === 'end') {
      at = skipBlanks(text, at);
      const within = open.at(-1);
      if (within === undefined) return at === text.length ? undefined : { offset: at, expected: 'nothing more' };
      const character = text[at];
      if (character === ',') wants = within === '{' ? 'name' : 'value';
      else if (character === (within === '{' ? '}' : ']')) open.pop();
      else return { offset: at, expected: within === '{' ? '"," or "}"' : '"," or "]"' };
      at += 1;
      continue;
    }
    at = skipBlanks(text, at);
    if ((wants === 'name or }' && text[at] === '}') || (wants === 'value or ]' && text[at] === ']')) {
      open.pop();
      at += 1;
      wants = 'end';
    } else if (wants === 'name' || wants === 'name or }') {
      const end = stringEnd(text, at);
      if (typeof end !== 'number') return end;
      at = skipBlanks(text, end);
      if (text[at] !== ':') return { offset: at, expected: '":"' };
      at += 1;
      wants = 'value';
    } else if (text[at] === '{' || text[at] === '[') {
      const bracket = text[at] as '{' | '[';
      open.push(bracket);
      at += 1;
      wants = bracket === '{' ? 'name or }' : 'value or ]';
    } else {
      const end = text[at] === '"' ? stringEnd(text, at) : scalarEnd(text, at);
      if (typeof end !== 'number') return end;
      at = end;
      wants = 'end';
    }
  }
}

const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
const BLANKS = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

type End = number | { offset: number; expected: string };

function skipBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at;
  return at + (BLANKS.exec(text)?.[0].length ?? 0);
}

function scalarEnd(text: string, at: number): End {
  SCALAR.lastIndex = at;
  const length = SCALAR.exec(text)?.[0].length ?? 0;
  return length === 0 ? { offset: at, expected: 'a value' } : at + length;
}

function stringEnd(text: string, from: number): End {
  if (text[from] !== '"') return { offset: from, expected: 'a name between quotes' };
  for (let at = from + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) return at + 1;
    if (unit < 0x20) return { offset: at, expected: 'an escape such as \\n instead of a line break or another control character' };
    if (unit !== 0x5c) continue;
    ESCAPE.lastIndex = at;
    const length = ESCAPE.exec(text)?.[0].length;
    if (length === undefined) return { offset: at, expected: 'an escape that JSON knows' };
    at += length - 1;
  }
  return { offset: text.length, expected: 'a closing quote' };
}
