import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { type Managed, reasonOf } from './find-managed.ts';
import { lockManaged } from './save-managed.ts';

/**
 * Deletes a managed thing that nothing needs any more.
 * @throws HubError NOT_FOUND, STALE_VERSION, CONFLICT: what needs it, which the message names
 */
export async function deleteManaged<T extends { readonly title: string }>(
  tx: Transaction,
  act: Act,
  kind: Managed<T>,
  input: { readonly id: number; readonly version?: number | undefined },
): Promise<void> {
  const { id, version: _, ...before } = await lockManaged(tx, kind, input);
  const { name, words, table } = kind;
  const holders = (await kind.holders?.(tx, act, id)) ?? [];
  if (holders.length > 0)
    throw new HubError('CONFLICT', `${words.en} ${id} is needed by ${holders.map(({ en }) => en).join(', ')}`, {
      reason: `${reasonOf(name)}_held`,
      russian: `${words.ru} «${before.title}» используется: ${holders.map(({ ru }) => ru).join(', ')}`,
    });
  await table.remove(tx, id);
  await audit(tx, act.caller, { action: `billing.${name}.delete`, object: `${name}/${id}`, before });
}
