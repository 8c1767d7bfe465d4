/** What never reaches the log, whoever says it: values under names that mean a secret, and passwords inside URLs. */
const SECRET_NAME = /pass(word|phrase)?$|secret|token$|cookie|authorization|privatekey|keypem|csr|credential$|bundle$/i;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const HIDDEN = '***';
const DEEPEST = 4;
const LONGEST = 2_000;
const MOST = 50;

export function redactText(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${text.length} characters)` : text;
  return short.includes('-----BEGIN') || short.includes('://')
    ? short.replace(PRIVATE_KEY, HIDDEN).replace(URL_PASSWORD, `$1${HIDDEN}@`)
    : short;
}

/** A copy that is safe to write: secrets hidden, long texts cut, depth and size bounded, bytes told by their length. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Error) return describeError(value, depth);
  if (depth >= DEEPEST) return '...';
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST).map((item) => redact(item, depth + 1));
    return value.length > MOST ? [...items, `... (${value.length} items)`] : items;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return redact(value.toJSON(), depth + 1);
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST)
      .map(([name, item]) => [
        name,
        SECRET_NAME.test(name) && item !== undefined && typeof item !== 'boolean' && typeof item !== 'number'
          ? HIDDEN
          : redact(item, depth + 1),
      ]),
  );
}

/** An error with its causes. Fields of the driver that carry row values (`detail`, `where`) are left out. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return redact(error, depth);
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    message: redactText(error.message),
    ...(code !== undefined && { code: redact(code, DEEPEST) }),
    stack: redactText(error.stack ?? ''),
    ...(error.cause !== undefined && depth < DEEPEST && { cause: describeError(error.cause, depth + 1) }),
  };
}
