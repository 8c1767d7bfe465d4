import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { MESSAGE_TYPE } from './kinds.ts';
import { licenceEnded } from './licence.ts';
import type { MessageValues } from './message.ts';
import { isFault, parseTemplate } from './placeholders.ts';
import { refusal } from './refusals.ts';
import { holdFile } from './sql/files.ts';

/**
 * Checks what the schema of a message cannot; its file stays until our transaction ends (specification of alerts 3.6 and 5.8.3).
 * @throws HubError VALIDATION `no_file`, `empty_text`, `bad_placeholder`; NOT_FOUND `unknown_file`; CONFLICT `no_licence`, `no_speech`
 */
export async function checkMessage(tx: Transaction, { settings, now }: Act, { type, file, text }: MessageValues): Promise<void> {
  const { licence } = settings;
  if (type === MESSAGE_TYPE.template && (licence.dynamicTts === 'no' || licenceEnded(settings, now)))
    throw refusal('no_licence', 'dynamic speech', '', '/type');
  if (file !== null && (await holdFile(tx, file)).length === 0) throw refusal('unknown_file', file, '', '/file');
  if (type === MESSAGE_TYPE.sound && file === null) throw refusal('no_file', '', '', '/file');
  // The text would be spoken when it is stored; where nothing can speak it, the file must have been made elsewhere.
  if (type === MESSAGE_TYPE.speech && file === null) throw refusal('no_speech', '', '', '/type');
  if (type !== MESSAGE_TYPE.text && type !== MESSAGE_TYPE.template) return;
  if (text.trim() === '') throw refusal('empty_text', '', '', '/text');
  const parsed = parseTemplate(text);
  if (isFault(parsed))
    throw refusal('bad_placeholder', text.slice(parsed.at - 1, parsed.at + 40), `character ${parsed.at}: ${parsed.what}`, '/text');
}
