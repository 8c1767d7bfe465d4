import { HubError } from '../errors.ts';

/** What PostgreSQL cannot store as text: NUL, and halves of characters. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** The path to the first text, or name of a field, that cannot be stored; undefined when all can. The depth is bounded by parse-json.ts. */
function findUnstorable(value: unknown): string[] | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    if (!isStorable(key)) return [];
    const below = findUnstorable(item);
    if (below) return [key, ...below];
  }
  return undefined;
}

/**
 * Refuses texts that no database of ours can hold, once for all routes.
 * @throws HubError VALIDATION (the body) or BAD_REQUEST (query, path) with the JSON Pointer.
 */
export function checkText(input: unknown, part: 'body' | 'query' | 'params'): void {
  const found = findUnstorable(input);
  if (!found) return;
  const path = found.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const message = 'a text must not contain the character NUL or half a character';
  throw new HubError(part === 'body' ? 'VALIDATION' : 'BAD_REQUEST', `${found.join('/') || part}: ${message}`, {
    details: [{ code: 'TEXT_NOT_ALLOWED', path, message }],
  });
}
