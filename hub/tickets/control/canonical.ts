/**
 * The canonical form of an operation: JSON without spaces, keys sorted by code unit, defaults filled in, before anything is taken from
 * history. Two messages with one `(source, id)` are the same operation when the SHA-256 of their canonical forms is equal (spec 2.1).
 * Absent and undefined fields are the same. Any other JSON value has a canonical form as well.
 */
export function canonical(value: unknown): string {
  if (typeof value === 'string') {
    return quote(value);
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    let text = '[';
    for (const item of value) {
      text += text.length === 1 ? canonical(item) : `,${canonical(item)}`;
    }
    return `${text}]`;
  }
  const fields = value as Record<string, unknown>;
  let text = '{';
  for (const key of sortedKeys(fields)) {
    const field = fields[key];
    if (field !== undefined) {
      text += `${text.length === 1 ? '' : ','}${quote(key)}:${canonical(field)}`;
    }
  }
  return `${text}}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

function quote(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Insertion sort: the objects of a control message have few keys, for which the general sort costs more than it saves. */
function sortedKeys(fields: Record<string, unknown>): string[] {
  const keys = Object.keys(fields);
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index] ?? '';
    let place = index;
    for (let before = keys[place - 1]; place > 0 && before !== undefined && before > key; before = keys[place - 1]) {
      keys[place] = before;
      place--;
    }
    keys[place] = key;
  }
  return keys;
}
