import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { type FolderView, type NewFolderInput, newFolderInput } from './folder.ts';
import { groupView } from './list-groups.ts';
import { recordChange } from './record-change.ts';
import { refusal } from './refusals.ts';
import { insertGroup } from './sql/groups.ts';

/** Adds a group of people. @throws HubError VALIDATION, CONFLICT `name_taken` */
export async function addGroup(tx: Transaction, act: Act, input: NewFolderInput): Promise<FolderView> {
  const { name, description } = validate(newFolderInput, input, 'body');
  const [row] = await insertGroup(tx, name, description);
  if (!row) throw refusal('name_taken', name, '', '/name');
  await recordChange(tx, act, {
    thing: 'group',
    done: 'added',
    id: row.id,
    after: { name, description },
    data: { name },
    said: `Добавлена группа «${name}» (${row.id})`,
  });
  return groupView({ ...row, people: 0 });
}
