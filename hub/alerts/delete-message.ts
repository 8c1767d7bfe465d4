import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { recordChange } from './record-change.ts';
import { isId, refusal, refusedBy } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { deleteMessageRow, lockMessage, tasksOfMessage } from './sql/messages.ts';

/**
 * Deletes a message that no task tells; its file stays.
 * @throws HubError NOT_FOUND `unknown_message`, CONFLICT `message_in_use`, STALE_VERSION
 */
export async function deleteMessage(tx: Transaction, act: Act, id: number, version?: number): Promise<void> {
  const [row] = isId(id) ? await lockMessage(tx, id) : [];
  if (!row) throw refusal('unknown_message', id);
  requireVersion(`message ${id}`, row.version, version);
  const [task] = await tasksOfMessage(tx, id);
  if (task) throw refusal('message_in_use', id, String(task.id));
  await refusedBy({ alerts_task_message_id_fkey: () => refusal('message_in_use', id, '?') }, deleteMessageRow(tx, id));
  await recordChange(tx, act, {
    thing: 'message',
    done: 'deleted',
    id,
    before: { name: row.name, type: row.type },
    data: { name: row.name, type: row.type },
    said: `Удалено сообщение «${row.name}» (${id})`,
  });
}
