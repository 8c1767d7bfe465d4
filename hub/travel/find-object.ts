import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { allows, type Caller, inScope, requireScope, type Scope, scopeOf } from '../core/identity/caller.ts';
import type { Stored, Table } from './sql/table.ts';

export type StaticRight = 'static.read' | 'static.write';

/** How an object of static data is found: what all of them have in common. */
export interface Findable<O extends object> {
  /** As in the subject of its events: `person`, `mile-card`. */
  readonly name: string;
  readonly words: { readonly en: string; readonly ru: string };
  readonly table: Table<O>;
  /** Whether it is there for one of these organizations, though it belongs to none of them. (Default: no) */
  sees?(db: Queryable, organizations: readonly number[], object: O & Stored): Promise<boolean>;
}

/** The organizations of a scope as a parameter of a statement; null: all. */
export const organizationsOf = (scope: Scope): number[] | null => (scope === 'all' ? null : [...scope]);

async function isVisible<O extends object>(db: Queryable, noun: Findable<O>, scope: Scope, object: O & Stored): Promise<boolean> {
  if (inScope(scope, object.organizationId)) return true;
  if (scope === 'all' || scope.size === 0 || !noun.sees) return false;
  return noun.sees(db, [...scope], object);
}

export function notThere(words: { readonly en: string; readonly ru: string }, id: number): HubError {
  return new HubError('NOT_FOUND', `there is no ${words.en} ${id}`, { reason: 'not_found', russian: `${words.ru} ${id}: не найдено` });
}

/**
 * The object of an id, as far as the caller may see it. `lock`: until the commit nobody else changes it, or
 * (`hold`) nobody deletes it.
 * @throws HubError NOT_FOUND, also for one of a foreign organization; FORBIDDEN when the caller may see it, but not change it.
 */
export async function needObject<O extends object>(
  db: Queryable,
  caller: Caller,
  noun: Findable<O>,
  { id, right, lock }: { readonly id: number; readonly right: StaticRight; readonly lock?: 'change' | 'hold' },
): Promise<O & Stored> {
  const scope = requireScope(caller, right);
  const [object] = await noun.table[lock === 'change' ? 'lock' : lock === 'hold' ? 'hold' : 'byId'](db, id);
  if (!object) throw notThere(noun.words, id);
  if (right === 'static.read') {
    if (!(await isVisible(db, noun, scope, object))) throw notThere(noun.words, id);
  } else if (!inScope(scope, object.organizationId)) {
    if (!(await isVisible(db, noun, scopeOf(caller, 'static.read'), object))) throw notThere(noun.words, id);
    throw new HubError('FORBIDDEN', `the right ${right} is needed for ${object.organizationId ?? 'all organizations'}`);
  }
  return object;
}

/** What belongs to no organization is changed by those whose right has no limits. @throws HubError FORBIDDEN */
export function requireEverywhere(caller: Caller, words: { readonly en: string; readonly ru: string }): void {
  if (allows(caller, 'static.write')) return;
  throw new HubError('FORBIDDEN', `the right static.write without a limit is needed: a ${words.en} is shared by organizations`, {
    russian: `нужно право static.write без ограничения по организации: ${words.ru} общий для организаций`,
  });
}
