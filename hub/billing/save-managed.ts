import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { type Managed, wholeManaged } from './find-managed.ts';
import { requireVersion } from './require-version.ts';
import type { Stored } from './stored.ts';

/** Fields of a thing; what is left out, or undefined, stays. */
export type Change<T> = { readonly [K in keyof T]?: T[K] | undefined };

export interface ManagedInput<T> {
  /** 0 or below: a new one. */
  readonly id: number;
  /** The version that was read. (Default: whatever there is) */
  readonly version?: number | undefined;
  readonly change: Change<T>;
}

/** A thing of which nobody else changes anything before the commit. @throws HubError NOT_FOUND, STALE_VERSION */
export async function lockManaged<T>(
  tx: Transaction,
  kind: Managed<T>,
  { id, version }: { readonly id: number; readonly version?: number | undefined },
): Promise<Stored<T>> {
  const entry = await wholeManaged(tx, kind, id, await kind.table.lock(tx, id));
  requireVersion(`${kind.words.en} ${id}`, entry.version, version);
  return entry;
}

const given = <T extends object>(change: Change<T>): Partial<T> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<T>;

/** The fields that differ, with their former values and the new ones. */
function difference<T extends object>(before: T, after: T): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const fields = (Object.keys(after) as (keyof T & string)[]).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  const of = (entry: T): Record<string, unknown> => Object.fromEntries(fields.map((field) => [field, entry[field]]));
  return { before: of(before), after: of(after) };
}

/**
 * Makes a managed thing, or changes one. What changes nothing leaves its version and no trace.
 * @returns its number
 * @throws HubError NOT_FOUND, STALE_VERSION, BAD_REQUEST, CONFLICT: as the kind checks
 */
export async function saveManaged<T extends object>(
  tx: Transaction,
  act: Act,
  kind: Managed<T>,
  { id: wanted, version, change }: ManagedInput<T>,
): Promise<number> {
  const { name, table, fresh } = kind;
  const stored = wanted > 0 ? await lockManaged(tx, kind, { id: wanted, version }) : undefined;
  const { id: _, version: __, ...former } = stored ?? { id: 0, version: 0, ...fresh };
  const before = former as unknown as T;
  const after = await kind.check(tx, { ...before, ...given(change) }, stored);
  const differs = difference(before, after);
  if (stored && Object.keys(differs.after).length === 0) return stored.id;
  const id = stored?.id ?? (await table.insert(tx, after));
  if (stored) await table.update(tx, id, after);
  await kind.storeParts?.(tx, id, after, stored);
  await audit(tx, act.caller, {
    action: `billing.${name}.${stored ? 'change' : 'create'}`,
    object: `${name}/${id}`,
    ...(stored ? differs : { after: Object.fromEntries(Object.entries(after)) }),
  });
  return id;
}
