/**
 * The canonical form of an operation: JSON without spaces, keys sorted by code unit, defaults filled in, before anything is taken from
 * history. Two messages with one `(source, id)` are the same operation when the SHA-256 of their canonical forms is equal (spec 2.1).
 * Absent and undefined fields are the same.
 *
 * `value` is a parsed operation or a part of one: its keys are those of the schema. (An object with keys that are numbers, or with the key
 * `__proto__`, would not come out sorted or whole; no schema has such.)
 */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** A copy whose keys are in order. Writing it with JSON.stringify is faster than joining the text here. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  const fields = value as Record<string, unknown>;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(fields).sort()) {
    copy[key] = sorted(fields[key]);
  }
  return copy;
}
