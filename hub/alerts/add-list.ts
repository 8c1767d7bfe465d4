import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { type FolderView, type NewFolderInput, newFolderInput } from './folder.ts';
import { listView } from './list-lists.ts';
import { recordChange } from './record-change.ts';
import { refusal } from './refusals.ts';
import { insertList } from './sql/lists.ts';

/** Adds an empty mailing list. @throws HubError VALIDATION, CONFLICT `name_taken` */
export async function addList(tx: Transaction, act: Act, input: NewFolderInput): Promise<FolderView> {
  const { name, description } = validate(newFolderInput, input, 'body');
  const [row] = await insertList(tx, name, description);
  if (!row) throw refusal('name_taken', name, '', '/name');
  await recordChange(tx, act, {
    thing: 'list',
    done: 'added',
    id: row.id,
    after: { name, description },
    data: { name },
    said: `Добавлен список рассылки «${name}» (${row.id})`,
  });
  return listView({ ...row, people: 0, groups: 0 });
}
