import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { checkMessage } from './check-message.ts';
import { showMessage } from './list-messages.ts';
import { type MessageView, type NewMessageInput, newMessageInput } from './message.ts';
import { recordChange } from './record-change.ts';
import { insertMessage } from './sql/messages.ts';

/**
 * Adds a message.
 * @throws HubError VALIDATION (also `no_file`, `empty_text`, `bad_placeholder`), NOT_FOUND `unknown_file`, CONFLICT `no_licence`, `no_speech`
 */
export async function addMessage(tx: Transaction, act: Act, input: NewMessageInput): Promise<MessageView> {
  const values = validate(newMessageInput, input, 'body');
  await checkMessage(tx, act, values);
  const { type, name, file, voice, text } = values;
  const [{ id } = { id: 0 }] = await insertMessage(tx, type, name, file, voice, text);
  await recordChange(tx, act, {
    thing: 'message',
    done: 'added',
    id,
    after: values,
    data: { name, type },
    said: `Добавлено сообщение «${name}» (${id})`,
  });
  return showMessage(tx, id);
}
