import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import type { Directory } from './directories/directory.ts';
import type { Words } from './directories/fields.ts';
import { usersOf } from './directories/users.ts';
import type { Entry } from './directory-entry.ts';
import { findEntry } from './find-entry.ts';
import { requireVersion } from './require-version.ts';
import { audited } from './save-entry.ts';

const inUse = ({ one }: Pick<Directory, 'one'>, id: number, users: readonly Words[], cause?: unknown): HubError => {
  const by = (language: keyof Words): string => users.map((words) => words[language]).join(', ');
  return new HubError('CONFLICT', `the ${one.en} ${id} is in use${users.length > 0 ? ` by ${by('en')}` : ''}`, {
    reason: 'in_use',
    russian: `${one.ru} ${id}: используется, удалить нельзя${users.length > 0 ? ` (${by('ru')})` : ''}`,
    cause,
  });
};

/**
 * Deletes an entry that nothing refers to.
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
  await table.lock(tx);
  const before = await findEntry(tx, act, directory, id);
  requireVersion(`${one.en} ${id}`, before.version, version);
  const kept = directory.kept?.(before);
  if (kept) throw new HubError('CONFLICT', `the ${one.en} ${id}: ${kept.en}`, { reason: 'kept', russian: `${one.ru} ${id}: ${kept.ru}` });
  const [row] = (await directory.uses?.(tx, id)) ?? [];
  const users = usersOf(row);
  if (users.length > 0) throw inUse(directory, id, users);
  await table.remove(tx, id).catch((error: unknown) => {
    // Somebody began to refer to it meanwhile.
    throw error instanceof Error && (error as { code?: unknown }).code === '23503' ? inUse(directory, id, [], error) : error;
  });
  await audit(tx, act.caller, {
    action: `billing.${name}.delete`,
    object: `${name}/${id}`,
    before: audited(directory, before, Object.keys(fields)),
  });
}
