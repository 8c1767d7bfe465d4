import type { Value } from './statement.ts';

const SPECIAL = /["\\]/;
const ALL_SPECIAL = /["\\]/g;

function element(value: Value): string {
  switch (typeof value) {
    case 'string':
      return `"${SPECIAL.test(value) ? value.replace(ALL_SPECIAL, '\\$&') : value}"`;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null) return 'NULL';
      if (Array.isArray(value)) return arrayLiteral(value);
      // As text: instants and days of ISO 8601, bytes in hexadecimal, anything else JSON.
      if (value instanceof Temporal.Instant || value instanceof Temporal.PlainDate) return `"${value.toString()}"`;
      if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`;
      return element(JSON.stringify(value));
  }
}

/**
 * An array as PostgreSQL reads it, `{1,NULL,"a\"b"}`. The driver could do it too, but quotes and escapes numbers as well; lists of hundreds of rows
 * go through here for every batch.
 */
export function arrayLiteral(values: readonly Value[]): string {
  let text = '{';
  for (let at = 0; at < values.length; at += 1) {
    if (at > 0) text += ',';
    text += element(values[at] ?? null);
  }
  return `${text}}`;
}
