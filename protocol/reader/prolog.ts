import type { FindingCode } from './finding-table.ts';

/** What comes next in the text. `skipped` is the index of text that stands outside of any document. */
export type NextDocument =
  | { kind: 'end'; skipped?: number }
  | { kind: 'document'; at: number; skipped?: number }
  | { kind: 'fault'; from: number; at: number; code: FindingCode; skipped?: number };

const DECLARATION = /<\?xml\s/y;
const SPACE = /\s*/y;
const RESUME = /<\?xml\s|<TICKETS[\s>]/g;
const RESUME_AFTER_DOCTYPE = /<\?xml\s/g;
const DOCTYPE_LENGTH = '<!DOCTYPE'.length;

/**
 * Looks for the document that begins at or after an index: white space, byte order marks and stray text are passed over, comments and
 * processing instructions too. A DOCTYPE or any other declaration before the root is a fault here, before a parser sees it (spec 3.8).
 */
export function findDocument(text: string, from: number): NextDocument {
  let at = passSpace(text, from);
  let skipped: { skipped?: number } = {};
  if (at < text.length && text[at] !== '<') {
    skipped = { skipped: at };
    at = text.indexOf('<', at);
    if (at < 0) return { kind: 'end', ...skipped };
  }
  let start = at;
  let declared = false;
  while (at < text.length) {
    if (text.startsWith('<?', at)) {
      DECLARATION.lastIndex = at;
      if (DECLARATION.test(text)) {
        start = at;
        declared = true;
      }
      at = passTo(text, '?>', at + 2);
    } else if (text.startsWith('<!--', at)) {
      at = passTo(text, '-->', at + 4);
    } else if (text.startsWith('<!', at) && !text.startsWith('<![', at)) {
      const code = text.length - at < DOCTYPE_LENGTH ? 'TRUNCATED' : 'DOCTYPE';
      return { kind: 'fault', from: start, at: code === 'DOCTYPE' ? at : text.length, code, ...skipped };
    } else {
      return { kind: 'document', at: start, ...skipped };
    }
    if (at < 0) return { kind: 'fault', from: start, at: text.length, code: 'TRUNCATED', ...skipped };
    at = passSpace(text, at);
  }
  if (declared) return { kind: 'fault', from: start, at: text.length, code: 'TRUNCATED', ...skipped };
  return { kind: 'end', ...skipped };
}

/**
 * Where reading can go on after a fault in the document that began at `from`: at the next XML declaration or TICKETS root; -1 when there is
 * none. A document refused for its DOCTYPE must not come back by way of its own root, so there only a declaration counts.
 */
export function resumeAfter(text: string, from: number, fault: { at: number; code: FindingCode }): number {
  const pattern = fault.code === 'DOCTYPE' ? RESUME_AFTER_DOCTYPE : RESUME;
  pattern.lastIndex = Math.max(from + 1, text.lastIndexOf('<', fault.at));
  return pattern.exec(text)?.index ?? -1;
}

function passSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

function passTo(text: string, ending: string, from: number): number {
  const found = text.indexOf(ending, from);
  return found < 0 ? -1 : found + ending.length;
}
