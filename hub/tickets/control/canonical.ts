import { hash } from 'node:crypto';
import type { Operation } from './schema.ts';

/**
 * SHA-256 of the canonical form of an operation: JSON without spaces, keys sorted by code unit, defaults filled in, before anything is
 * taken from history. Two messages with one `(source, id)` are the same operation when their digests are equal (spec 2.1).
 */
export function operationDigest(operation: Operation): Buffer {
  return hash('sha256', canonical(operation), 'buffer');
}

/** The canonical text itself. Absent and undefined fields are the same. */
export function canonical(value: unknown): string {
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
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field !== undefined) {
      text += `${text.length === 1 ? '' : ','}${JSON.stringify(key)}:${canonical(field)}`;
    }
  }
  return `${text}}`;
}
