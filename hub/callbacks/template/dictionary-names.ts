/**
 * The dictionary names that a template may use after `@DIC:` (spec callbacks 5.3), as a tree of characters: of all names that match at a place,
 * the longest that no letter, digit or `_` follows is taken. A step a character, at most as many steps as the longest name has.
 */
export interface DictionaryNames {
  /** The name as it is compiled in; undefined when there is no such dictionary. */
  find(name: string): string | undefined;
  /** The longest name at `at`, where it ends, and whether a shorter name would fit there too. */
  longestAt(text: string, at: number): { name: string; end: number; rivals: boolean } | undefined;
  /** True when two dictionaries in scope have this name. */
  isShared(name: string): boolean;
}

interface Branch {
  name: string | undefined;
  readonly next: Map<string, Branch>;
}

const COMBINING = /\p{M}/u;
const WORD = /[\p{L}\p{N}_]/u;
const LINE_BREAK = /[\n\r\u2028\u2029]/;

/** NFC with single spaces: the form in which names of dictionaries are compared. */
export function dictionaryKey(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/g, ' ');
}

/**
 * @param names Name and NameLatin of every dictionary that the endpoint sees, a dictionary's two names once when they are equal; a name
 * that stands twice belongs to two dictionaries. Empty names count for nothing; one with a line break cannot be written in a template at all.
 */
export function dictionaryNames(names: readonly string[]): DictionaryNames {
  const uses = new Map<string, number>();
  for (const name of names) {
    const key = dictionaryKey(name);
    if (key !== '' && !LINE_BREAK.test(name)) uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  const root: Branch = { name: undefined, next: new Map() };
  for (const name of uses.keys()) if (!name.includes('}')) grow(root, name);
  return {
    find: (name) => {
      const key = dictionaryKey(name);
      return uses.has(key) ? key : undefined;
    },
    isShared: (name) => (uses.get(name) ?? 0) > 1,
    longestAt: (text, at) => climb(root, text, at),
  };
}

function grow(root: Branch, name: string): void {
  let branch = root;
  for (const unit of name.split('')) {
    let next = branch.next.get(unit);
    if (!next) {
      next = { name: undefined, next: new Map() };
      branch.next.set(unit, next);
    }
    branch = next;
  }
  branch.name = name;
}

function climb(root: Branch, text: string, at: number): { name: string; end: number; rivals: boolean } | undefined {
  let branch = root;
  let found: { name: string; end: number } | undefined;
  let fits = 0;
  let end = at;
  while (end < text.length) {
    const from = end;
    end = characterEnd(text, from);
    const character = text.slice(from, end).normalize('NFC');
    for (const unit of character.split('')) {
      const next = branch.next.get(unit);
      if (!next) return found && { ...found, rivals: fits > 1 };
      branch = next;
    }
    if (branch.name === undefined || isWordAt(text, end)) continue;
    found = { name: branch.name, end };
    fits += 1;
  }
  return found && { ...found, rivals: fits > 1 };
}

/** Where the character at `from` ends, with at most a few marks that combine with it: "и" and a breve are one "й". */
function characterEnd(text: string, from: number): number {
  let end = from + (text.codePointAt(from)! > 0xffff ? 2 : 1);
  for (let marks = 0; marks < 4 && end < text.length && text.charCodeAt(end) >= 0x300 && COMBINING.test(text.charAt(end)); marks++)
    end += 1;
  return end;
}

/** Whether a letter, digit or `_` stands at `at`. */
export function isWordAt(text: string, at: number): boolean {
  return at < text.length && WORD.test(String.fromCodePoint(text.codePointAt(at)!));
}
