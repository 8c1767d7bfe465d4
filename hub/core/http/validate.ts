import type { z } from 'zod';
import { type FaultDetail, HubError } from '../errors.ts';
import { checkText } from './check-text.ts';

/** Faults that one answer lists at most. */
const MOST = 100;

type Issue = z.core.$ZodIssue;

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );
}

function codeOf(issue: Issue, missing: boolean): string {
  if (issue.code === 'custom') return typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'BAD_VALUE';
  if (missing) return 'REQUIRED';
  if (issue.code === 'invalid_type') return 'BAD_TYPE';
  if (issue.code === 'too_big')
    return issue.origin === 'string' ? 'TOO_LONG' : issue.origin === 'array' || issue.origin === 'set' ? 'TOO_MANY' : 'BAD_VALUE';
  if (issue.code === 'too_small' || issue.code === 'invalid_value' || issue.code === 'not_multiple_of') return 'BAD_VALUE';
  return 'BAD_FORMAT';
}

function faultsOf(issue: Issue, input: unknown, above: readonly PropertyKey[]): FaultDetail[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'UNKNOWN_FIELD',
      path: pointerOf([...path, key]),
      message: `there is no field ${JSON.stringify(key.slice(0, 100))} here`,
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The branch that fits best tells most.
    const [best = []] = [...issue.errors].sort((one, other) => one.length - other.length);
    return best.flatMap((inner) => faultsOf(inner, input, path));
  }
  const missing = valueAt(input, path) === undefined && issue.code !== 'custom';
  return [{ code: codeOf(issue, missing), path: pointerOf(path), message: missing ? 'this is required' : issue.message }];
}

/**
 * Checks one part of a request. Nothing given is checked as undefined.
 * @param anyText leaves texts that cannot be stored to the caller. (Default: false)
 * @throws HubError VALIDATION (the body) or BAD_REQUEST (query, path) listing up to 100 faults by JSON Pointer.
 */
export function validate<S extends z.ZodType>(schema: S, input: unknown, part: 'body' | 'query' | 'params', anyText = false): z.output<S> {
  if (!anyText) checkText(input, part);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.flatMap((issue) => faultsOf(issue, input, [])).slice(0, MOST);
  const [first] = details;
  const place = first?.path === '' ? `the ${part === 'params' ? 'path' : part}` : first?.path.slice(1);
  throw new HubError(
    part === 'body' ? 'VALIDATION' : 'BAD_REQUEST',
    `${place}: ${first?.message}${details.length > 1 ? ` (and ${details.length - 1} more)` : ''}`,
    { details },
  );
}
