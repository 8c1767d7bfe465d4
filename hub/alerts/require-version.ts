import { HubError } from '../core/errors.ts';

/**
 * Refuses a change that was meant for another version of a thing.
 * @param what the thing with its number: `group 5`
 * @param expected the version that was read; undefined: whatever there is
 * @throws HubError STALE_VERSION with the reason `version`
 */
export function requireVersion(what: string, present: number, expected: number | undefined): void {
  if (expected === undefined || expected === present) return;
  throw new HubError('STALE_VERSION', `${what} is at version ${present}, not ${expected}; read it again`, {
    reason: 'version',
    russian: `данные изменены другим пользователем: версия ${present}, а не ${expected}; прочитайте их заново`,
  });
}
