import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue, checkLine } from './bad-value.ts';
import { GROUPS } from './directories/contract-marks.ts';
import { HIGHEST_GROUP } from './group-mask.ts';
import { addEntry, changeEntry } from './save-entry.ts';
import { groupRows } from './sql/groups.ts';

const LONGEST_TITLE = 200;

export interface GroupInput {
  /** Negative: the lowest number that is free. */
  readonly id: number;
  readonly title: string;
  readonly enabled: boolean;
  readonly notEditable: boolean;
}

/**
 * Makes or changes a group of contracts, as the web services ask for it; its remark stays. @returns its number
 * @throws HubError BAD_REQUEST (`title`, `id`), CONFLICT: all 63 are in use
 */
export async function saveGroup(tx: Transaction, act: Act, input: GroupInput): Promise<number> {
  const title = checkLine('title', input.title, LONGEST_TITLE);
  if (title === '') throw badValue('title', 'a group needs a title', 'у группы должно быть название');
  if (input.id > HIGHEST_GROUP) throw badValue('id', `the highest group is ${HIGHEST_GROUP}`, `наибольший номер группы — ${HIGHEST_GROUP}`);
  await GROUPS.table.lock(tx, null);
  const taken = new Set((await groupRows(tx)).map((group) => group.id));
  const free = Array.from({ length: HIGHEST_GROUP + 1 }, (_, at) => at).find((at) => !taken.has(at));
  const id = input.id < 0 ? free : input.id;
  if (id === undefined)
    throw new HubError('CONFLICT', `all ${HIGHEST_GROUP + 1} groups are in use`, {
      reason: 'group',
      russian: `Все ${HIGHEST_GROUP + 1} группы заняты`,
    });
  const fields = { title, enabled: input.enabled, not_editable: input.notEditable };
  if (taken.has(id)) await changeEntry(tx, act, GROUPS, { id, change: fields });
  else await addEntry(tx, act, GROUPS, { ...fields, id });
  return id;
}
