import type { Caller } from '../core/identity/caller.ts';

/** By which way a change came (spec 2.1); decided by the login, never by a field of the caller. */
export const CHANGE_SOURCES = ['console', 'api', 'import', 'system'] as const;
export type ChangeSource = (typeof CHANGE_SOURCES)[number];

/** The caller of an import: what he sends row by row is told apart from single calls. */
export interface Importer extends Caller {
  readonly importing: true;
}

export function sourceOf(caller: Caller): ChangeSource {
  if ('importing' in caller && caller.importing === true) return 'import';
  if (caller.face === 'console' || caller.face === 'system') return caller.face;
  return 'api';
}
