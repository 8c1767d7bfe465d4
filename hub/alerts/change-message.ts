import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { checkMessage } from './check-message.ts';
import type { TaskType } from './kinds.ts';
import { showMessage } from './list-messages.ts';
import {
  canTell,
  type MessageChange,
  type MessageValues,
  type MessageView,
  messageChange,
  messageTypeName,
  newMessageInput,
  taskTypeName,
} from './message.ts';
import { differences, recordChange } from './record-change.ts';
import { isId, refusal } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { lockMessage, tasksOfMessage, updateMessage } from './sql/messages.ts';

/**
 * Changes a message; runs that are under way keep what they began with. A change to what is there already changes nothing and is no event.
 * @throws HubError NOT_FOUND `unknown_message`, `unknown_file`; VALIDATION as when adding; CONFLICT `no_licence`, `no_speech`, `type_mismatch` with a task that
 * tells it; STALE_VERSION
 */
export async function changeMessage(
  tx: Transaction,
  act: Act,
  { id, change, version }: { readonly id: number; readonly change: MessageChange; readonly version?: number | undefined },
): Promise<MessageView> {
  const given = validate(messageChange, change, 'body');
  const [row] = isId(id) ? await lockMessage(tx, id) : [];
  if (!row) throw refusal('unknown_message', id);
  requireVersion(`message ${id}`, row.version, version);
  const before: MessageValues = newMessageInput.parse({ type: row.type, name: row.name, file: row.file, voice: row.voice, text: row.text });
  const after: MessageValues = { ...before, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
  const changed = differences(before, after);
  if (!changed) return showMessage(tx, id);
  await checkMessage(tx, act, after);
  if (after.type !== before.type) {
    const unable = (await tasksOfMessage(tx, id)).find((task) => !canTell(task.type as TaskType, after.type));
    if (unable) throw refusal('type_mismatch', taskTypeName(unable.type as TaskType), messageTypeName(after.type), '/type');
  }
  await updateMessage(tx, id, after.type, after.name, after.file, after.voice, after.text);
  await recordChange(tx, act, {
    thing: 'message',
    done: 'changed',
    id,
    before: changed.before,
    after: changed.after,
    data: { name: after.name, type: after.type, fields: changed.fields },
    said: `Изменено сообщение «${after.name}» (${id})`,
  });
  return showMessage(tx, id);
}
