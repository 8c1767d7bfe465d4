import { createHash } from 'node:crypto';
import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { type FileView, showFile } from './list-files.ts';
import { recordChange } from './record-change.ts';
import { refusal } from './refusals.ts';
import { isFileName, readSound } from './sound.ts';
import { dropContent, fileByName, insertContent, lockFiles, putFile } from './sql/files.ts';

/**
 * Stores a sound file under a name; one that was there under it is replaced. Equal contents are kept once. The same file again changes nothing.
 * @throws HubError VALIDATION `bad_file_name`, `bad_sound`
 */
export async function saveFile(
  tx: Transaction,
  act: Pick<Act, 'caller'>,
  { name, content }: { readonly name: string; readonly content: Buffer },
): Promise<FileView> {
  if (!isFileName(name)) throw refusal('bad_file_name', name, '', '/name');
  const sound = readSound(content);
  if (typeof sound === 'string') throw refusal('bad_sound', name, sound);
  const sha256 = createHash('sha256').update(content).digest();
  await lockFiles(tx);
  const [before] = await fileByName(tx, name);
  if (before?.sha256.equals(sha256)) return showFile(tx, name);
  await insertContent(tx, sha256, content, content.length);
  await putFile(tx, name, sha256, content.length, sound.lengthMs, act.caller.login);
  if (before) await dropContent(tx, before.sha256);
  await recordChange(tx, act, {
    thing: 'file',
    done: before ? 'changed' : 'added',
    id: name,
    ...(before && { before: { size: before.size, sha256: before.sha256.toString('hex') } }),
    after: { size: content.length, sha256: sha256.toString('hex') },
    data: { size: content.length, length_ms: sound.lengthMs },
    said: before ? `Заменён файл «${name}»` : `Добавлен файл «${name}»`,
  });
  return showFile(tx, name);
}
