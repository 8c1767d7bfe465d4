import * as z from 'zod';

/** What a rule looks at: CloudEvents attributes and data of an event (specification of alerts, chapter 7). */
export interface RuleEvent {
  readonly type: string;
  readonly source: string;
  readonly subject: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

const PATTERN = /^.{1,200}$/;
const TYPE = /^[A-Za-z0-9.*_-]{1,200}$/;
const PATH = /^[A-Za-z_][\w-]{0,63}(?:\.[\w-]{1,64}){0,9}$/;

const pattern = z.string().regex(PATTERN, { error: '1 to 200 characters; * stands for any' });
const patterns = (one: z.ZodType<string>) => z.union([one, z.array(one).min(1).max(20)]);
const value = z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]);

const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;
const bound = z.union([
  z.number(),
  z
    .string()
    .max(40)
    .refine((text) => NUMBER.test(text) || INSTANT.test(text), {
      error: 'a number, a day such as 2026-11-22, or an instant with its zone',
    }),
]);

const condition = z
  .strictObject({
    path: z.string().regex(PATH, { error: 'names of fields with dots between: order.state; a number is a place in a list' }),
    equals: value.optional(),
    in: z.array(value).min(1).max(100).optional(),
    greater: bound.optional(),
    less: bound.optional(),
    exists: z.boolean().optional(),
  })
  .refine(({ path: _, ...tests }) => Object.keys(tests).length > 0, { error: 'one of equals, in, greater, less, exists is needed' });

export const ruleFilterInput = z.strictObject({
  type: patterns(
    z.string().regex(TYPE, { error: 'a type of event such as vestnik.travel.ComplexReserveStateChanged; * stands for any characters' }),
  ).meta({
    description: 'Types of events, one of which must fit; * stands for any characters',
  }),
  source: patterns(pattern).optional(),
  subject: patterns(pattern).optional(),
  data: z
    .array(condition)
    .max(20)
    .optional()
    .meta({ description: 'All of them must hold. Of a list one item is enough for equals and in' }),
});
export type RuleFilter = z.infer<typeof ruleFilterInput>;
type Condition = z.infer<typeof condition>;

/** A pattern with `*`, found without going back: as fast for any text and any number of stars. */
function compilePattern(text: string): (given: string) => boolean {
  const parts = text.split('*');
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return (given) => given === first;
  return (given) => {
    if (given.length < first.length + last.length || !given.startsWith(first) || !given.endsWith(last)) return false;
    const end = given.length - last.length;
    let at = first.length;
    for (const part of rest) {
      const found = given.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

type Patterns = string | readonly string[];
const listOf = (given: Patterns): readonly string[] => (typeof given === 'string' ? [given] : given);

function compilePatterns(given: Patterns | undefined): (text: string | undefined) => boolean {
  if (given === undefined) return () => true;
  const all = listOf(given).map(compilePattern);
  return (text) => text !== undefined && all.some((fits) => fits(text));
}

/** What stands at a path; undefined: nothing. */
function valueAt(data: unknown, path: readonly string[]): unknown {
  let present = data;
  for (const key of path) {
    if (typeof present !== 'object' || present === null || !Object.hasOwn(present, key)) return undefined;
    present = (present as Record<string, unknown>)[key];
  }
  return present;
}

/** Numbers and numbers in texts are compared as such: money is told as text. */
const numberOf = (given: unknown): number | undefined =>
  typeof given === 'number' ? given : typeof given === 'string' && NUMBER.test(given) ? Number(given) : undefined;

/** Milliseconds since 1970; a day is its begin in UTC. */
function timeOf(given: unknown): number | undefined {
  if (typeof given !== 'string' || !INSTANT.test(given)) return undefined;
  const ms = Date.parse(given);
  return Number.isNaN(ms) ? undefined : ms;
}

const same = (given: unknown, wanted: unknown): boolean =>
  given === wanted ||
  (typeof wanted === 'number' && numberOf(given) === wanted) ||
  (typeof given === 'number' && numberOf(wanted) === given);
const anyOf = (given: unknown, fits: (one: unknown) => boolean): boolean => (Array.isArray(given) ? given.some(fits) : fits(given));

/** @returns below 0, 0, above 0; undefined: they cannot be compared */
function compare(given: unknown, wanted: number | string): number | undefined {
  const [one, other] = [numberOf(given), numberOf(wanted)];
  if (one !== undefined && other !== undefined) return one - other;
  const [then, limit] = [timeOf(given), timeOf(wanted)];
  return then !== undefined && limit !== undefined ? then - limit : undefined;
}

function compileCondition(wanted: Condition): (data: unknown) => boolean {
  const path = wanted.path.split('.');
  const { equals, in: among, greater, less, exists } = wanted;
  const tests: ((given: unknown) => boolean)[] = [];
  if (equals !== undefined) tests.push((given) => anyOf(given, (one) => same(one, equals)));
  if (among !== undefined) tests.push((given) => anyOf(given, (one) => among.some((value) => same(one, value))));
  if (greater !== undefined) tests.push((given) => (compare(given, greater) ?? 0) > 0);
  if (less !== undefined) tests.push((given) => (compare(given, less) ?? 0) < 0);
  if (exists !== undefined) tests.push((given) => (given !== undefined && given !== null) === exists);
  return (data) => {
    const given = valueAt(data, path);
    return tests.every((holds) => holds(given));
  };
}

/** A filter as a test of events, made once. */
export function compileFilter({ type, source, subject, data = [] }: RuleFilter): (event: RuleEvent) => boolean {
  const [typeFits, sourceFits, subjectFits] = [compilePatterns(type), compilePatterns(source), compilePatterns(subject)];
  const conditions = data.map(compileCondition);
  return (event) =>
    typeFits(event.type) && sourceFits(event.source) && subjectFits(event.subject) && conditions.every((holds) => holds(event.data));
}

/** What the types begin with that a filter may fit: others need not be looked at. */
export const typePrefixes = ({ type }: RuleFilter): string[] => listOf(type).map((text) => text.split('*', 1)[0] ?? '');
