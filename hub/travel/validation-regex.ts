import { RE2JS } from 're2js';
import { HubError } from '../core/errors.ts';
import { isAmbiguousLoop } from './regex-ambiguity.ts';

/** Longest ValidationRegex (spec 2.9). Characters. */
const LONGEST = 500;
/** Compiled ones that are kept; a dictionary of a thousand codes is imported with one. */
const KEPT = 200;

const kept = new Map<string, RE2JS>();

const badRegex = (why: string, cause?: unknown): HubError =>
  new HubError('BAD_REQUEST', `ValidationRegex: ${why}`, {
    reason: 'regex',
    russian: `ValidationRegex: выражение не принято (${why})`,
    details: [{ code: 'regex', path: '/ValidationRegex', message: why }],
    cause,
  });

function compile(pattern: string): RE2JS {
  const found = kept.get(pattern);
  if (found) return found;
  const compiled = RE2JS.compile(pattern);
  const oldest = kept.size >= KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(pattern, compiled);
  return compiled;
}

/**
 * Refuses what does not run in linear time, here or at a receiver whose engine backtracks: back references, looking around, loops that can read
 * one text in several ways; and what is no regular expression at all.
 * @throws HubError BAD_REQUEST with the reason `regex` (spec 7.2 B17).
 */
export function checkRegex(pattern: string): void {
  if (pattern.length > LONGEST) throw badRegex(`it has ${pattern.length} characters, at most ${LONGEST} are taken`);
  try {
    compile(pattern);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : 'it cannot be read';
    throw badRegex(`${why}; back references and looking ahead or behind are not taken`, cause);
  }
  if (isAmbiguousLoop(pattern)) throw badRegex('a loop in it can read the same text in several ways, such as (a+)+: say it with one loop');
}

/** What of a dictionary says which values its codes have. */
export interface ValueRule {
  readonly Name: string;
  readonly ValidationRegex: string | null;
  readonly ValidationText: string | null;
  readonly ValidationTextLatin: string | null;
}

/**
 * The whole value must match the dictionary's ValidationRegex.
 * @throws HubError VALIDATION with the reason `code_value`, saying the dictionary's ValidationText in the reader's language (spec 7.2 B16).
 */
export function checkCodeValue(rule: ValueRule, value: string, path = '/CodeValue'): void {
  if (rule.ValidationRegex === null || compile(rule.ValidationRegex).matches(value)) return;
  const english = rule.ValidationTextLatin ?? rule.ValidationText ?? `the value does not have the form ${rule.ValidationRegex}`;
  const russian = rule.ValidationText ?? rule.ValidationTextLatin ?? `значение не соответствует выражению ${rule.ValidationRegex}`;
  throw new HubError('VALIDATION', `${rule.Name}: ${english}`, {
    reason: 'code_value',
    russian: `${rule.Name}: ${russian}`,
    details: [{ code: 'code_value', path, message: english }],
  });
}
