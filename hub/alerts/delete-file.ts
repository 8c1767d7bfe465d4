import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { recordChange } from './record-change.ts';
import { refusal, refusedBy } from './refusals.ts';
import { isFileName } from './sound.ts';
import { deleteFileRow, dropContent, fileByName, lockFiles, messageOfFile } from './sql/files.ts';

/** Deletes a file that no message has. @throws HubError NOT_FOUND `unknown_file`, CONFLICT `file_in_use` */
export async function deleteFile(tx: Transaction, act: Pick<Act, 'caller'>, name: string): Promise<void> {
  await lockFiles(tx);
  const [row] = isFileName(name) ? await fileByName(tx, name) : [];
  if (!row) throw refusal('unknown_file', name);
  const [message] = await messageOfFile(tx, name);
  if (message) throw refusal('file_in_use', name, String(message.id));
  await refusedBy({ alerts_message_file_fkey: () => refusal('file_in_use', name, '?') }, deleteFileRow(tx, name));
  await dropContent(tx, row.sha256);
  await recordChange(tx, act, { thing: 'file', done: 'deleted', id: name, before: { size: row.size }, said: `Удалён файл «${name}»` });
}
