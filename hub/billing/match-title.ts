import { badValue } from './bad-value.ts';
import type { BillingSettings } from './settings.ts';

/** Longest title to search by (spec 10.2). Characters. */
const LONGEST = 256;

/**
 * How a title is looked for. `prefix` and `literal` are patterns of LIKE, `expression` a regular expression, all in any case of letters; a title is
 * found when it matches the literal, or the expression together with its prefix, where it has one.
 */
export interface TitleMatch {
  /** Everything is found. */
  readonly all: boolean;
  readonly literal: string;
  readonly expression: string | undefined;
  /** What every title begins with that the expression matches; by it the index is used. */
  readonly prefix: string | undefined;
}

/** Escapes what LIKE reads as a pattern. */
export const likeText = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

const SPECIAL = /[\\^$.*+?()[\]{}|]/;
const EVERYTHING = new Set(['', '.*', '^', '^.*', '.*$', '^.*$']);
/** What makes an engine try without bound, or means something else inside a group. */
const REFUSED = /\\[0-9mMAZ]|\(\?[^:=!<]|^\*\*\*/;

/** Whether every group that opens also closes: otherwise an expression could leave the group that anchors it. */
function isBalanced(expression: string): boolean {
  let depth = 0;
  let inBrackets = false;
  for (let at = 0; at < expression.length; at += 1) {
    const sign = expression[at];
    if (sign === '\\') at += 1;
    else if (inBrackets) inBrackets = sign !== ']' || expression[at - 1] === '[';
    else if (sign === '[') inBrackets = true;
    else if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0 && !inBrackets;
}

/** The text that whatever the expression matches begins with; '' when nothing is certain. */
function certainStart(expression: string): string {
  if (expression.includes('|')) return '';
  const special = SPECIAL.exec(expression);
  if (!special) return expression;
  const before = expression.slice(0, special.index);
  // The sign before a quantifier may be absent.
  return /[*?{]/.test(special[0]) ? before.replace(/.$/su, '') : before;
}

/**
 * How the `title` of a search for contracts is meant (spec 2.2, kept in this one function): a regular expression from the start of the title, in any
 * case of letters; what is no expression, and every title itself, is taken literally.
 * @throws HubError BAD_REQUEST (`title`) when it is too long
 */
export function matchTitle(title: string, mode: BillingSettings['titleMatch']): TitleMatch {
  if (title.length > LONGEST) throw badValue('title', `${title.length} characters are more than ${LONGEST}`, `длиннее ${LONGEST} знаков`);
  if (EVERYTHING.has(title)) return { all: true, literal: '%', expression: undefined, prefix: undefined };
  const text = likeText(title);
  const literal = { prefix: `${text}%`, contains: `%${text}%`, exact: text }[mode];
  const plain = { all: false, literal, expression: undefined, prefix: undefined };
  if (!SPECIAL.test(title) || REFUSED.test(title) || !isBalanced(title)) return plain;
  const body = title.replace(/^\^+/, '');
  const expression = { prefix: `^(?:${body})`, contains: `(?:${title})`, exact: `^(?:${body})$` }[mode];
  const start = mode === 'contains' ? '' : certainStart(body);
  return { all: false, literal, expression, prefix: start === '' ? undefined : `${likeText(start)}%` };
}
