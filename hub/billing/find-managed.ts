import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import type { ManagedTable } from './sql/managed-table.ts';
import type { Stored } from './stored.ts';

/** What still needs a thing: `tariff group «Дом»`. */
export interface Holder {
  readonly en: string;
  readonly ru: string;
}

/**
 * A kind of things that administrators keep: patterns, modules, services, tariffs. What all of them have in common is written once (`save-managed.ts`,
 * `delete-managed.ts`, `api/managed-routes.ts`, `commands/managed-commands.ts`); here a kind says what is its own.
 */
export interface Managed<T> {
  /** Of one, as in the audit: `tariff-plan`. */
  readonly name: string;
  readonly words: {
    readonly en: string;
    /** Nominative: `Тарифный план`. */
    readonly ru: string;
    readonly notFound: string;
  };
  readonly table: ManagedTable<T>;
  /** What a new one is like where nothing is said. */
  readonly fresh: T;
  /** Rows of the table with what of the things lies in other tables. (Default: there is nothing else) */
  whole?(db: Queryable, rows: readonly Stored<T>[]): Promise<Stored<T>[]>;
  /**
   * The thing as it is stored, checked. @param before what it was; undefined: it is new
   * @throws HubError BAD_REQUEST, NOT_FOUND
   */
  check(tx: Transaction, entry: T, before: Stored<T> | undefined): Promise<T>;
  /** Stores what lies in other tables. @throws HubError CONFLICT */
  storeParts?(tx: Transaction, id: number, entry: T, before: Stored<T> | undefined): Promise<void>;
  /** Who keeps it from being deleted. */
  holders?(tx: Transaction, act: Act, id: number): Promise<readonly Holder[]>;
}

/** Programs tell by it what was not found: `tariff_plan`. */
export const reasonOf = (name: string): string => name.replaceAll('-', '_');

type Found<T> = Pick<Managed<T>, 'name' | 'words' | 'whole'>;

/** The one thing of these rows. @throws HubError NOT_FOUND */
export async function wholeManaged<T>(
  db: Queryable,
  { name, words, whole }: Found<T>,
  id: number,
  [row]: readonly Stored<T>[],
): Promise<Stored<T>> {
  const [entry] = row && whole ? await whole(db, [row]) : [row];
  if (entry) return entry;
  throw new HubError('NOT_FOUND', `there is no ${words.en} ${id}`, {
    reason: reasonOf(name),
    russian: `${words.notFound}: ${id}`,
  });
}

/** @throws HubError NOT_FOUND */
export const findManaged = async <T>(db: Queryable, kind: Managed<T>, id: number): Promise<Stored<T>> =>
  wholeManaged(db, kind, id, await kind.table.byId(db, id));
