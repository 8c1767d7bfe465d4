import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import type { Directory } from './directories/directory.ts';
import type { Words } from './directories/fields.ts';
import type { Entry } from './directory-entry.ts';
import { findEntry } from './find-entry.ts';
import { requireVersion } from './require-version.ts';
import { audited } from './save-entry.ts';

/** Tables that `uses` does not ask about. */
const OTHERS: Words = { en: 'other records', ru: 'другие записи' };

function inUse(
  { one, heldReason = 'in_use' }: Pick<Directory, 'one' | 'heldReason'>,
  { id, ...entry }: Entry,
  users: readonly Words[],
  cause?: unknown,
): HubError {
  const by = (language: keyof Words): string => users.map((words) => words[language]).join(', ');
  const title = entry['title'];
  const named = `${one.ru} ${typeof title === 'string' ? `«${title}»` : id}`;
  return new HubError('CONFLICT', `${one.en} ${id} is needed by ${by('en')}`, {
    reason: heldReason,
    russian: `${named.slice(0, 1).toUpperCase()}${named.slice(1)} используется: ${by('ru')}`,
    cause,
  });
}

/**
 * Deletes an entry that nothing refers to. Whoever is about to refer to it holds it, so that either comes first.
 * @param input.version the one that was read; undefined: whatever there is
 * @throws HubError NOT_FOUND, STALE_VERSION, CONFLICT with the reason `in_use`, or `kept`: the server itself needs it
 */
export async function deleteEntry<E extends Entry>(
  tx: Transaction,
  act: Act,
  directory: Directory<E>,
  { id, version }: { readonly id: number; readonly version?: number | undefined },
): Promise<void> {
  const { table, one, fields, name } = directory;
  await table.lock(tx, id);
  await table.lockOut(tx, id);
  const before = await findEntry(tx, act, directory, id);
  requireVersion(`${one.en} ${id}`, before.version, version);
  const kept = directory.kept?.(before);
  if (kept) throw new HubError('CONFLICT', `the ${one.en} ${id}: ${kept.en}`, { reason: 'kept', russian: `${one.ru} ${id}: ${kept.ru}` });
  const users = (await directory.uses?.(tx, act, id)) ?? [];
  if (users.length > 0) throw inUse(directory, before, users);
  await table.remove(tx, id).catch((error: unknown) => {
    throw error instanceof Error && (error as { code?: unknown }).code === '23503' ? inUse(directory, before, [OTHERS], error) : error;
  });
  await audit(tx, act.caller, {
    action: `billing.${name}.delete`,
    object: `${name}/${id}`,
    before: audited(directory, before, Object.keys(fields)),
  });
}
