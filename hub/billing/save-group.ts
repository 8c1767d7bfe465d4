import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { badValue, checkLine } from './bad-value.ts';
import { groupRows, lockGroups, storeGroup } from './sql/groups.ts';

/** Groups are bits of a long that is never negative (spec 2.1). */
const MOST_GROUPS = 63;
const LONGEST_TITLE = 200;

export interface GroupInput {
  /** Negative: the lowest number that is free. */
  readonly id: number;
  readonly title: string;
  readonly enabled: boolean;
  readonly notEditable: boolean;
}

/**
 * Makes or changes a group of contracts. @returns its number
 * @throws HubError BAD_REQUEST (`title`, `id`), CONFLICT: all 63 are in use
 */
export async function saveGroup(tx: Transaction, act: Act, input: GroupInput): Promise<number> {
  const title = checkLine('title', input.title, LONGEST_TITLE);
  if (title === '') throw badValue('title', 'a group needs a title', 'у группы должно быть название');
  if (input.id >= MOST_GROUPS)
    throw badValue('id', `the highest group is ${MOST_GROUPS - 1}`, `наибольший номер группы — ${MOST_GROUPS - 1}`);
  await lockGroups(tx);
  const groups = await groupRows(tx);
  const taken = new Set(groups.map((group) => group.id));
  const free = Array.from({ length: MOST_GROUPS }, (_, at) => at).find((at) => !taken.has(at));
  const id = input.id < 0 ? free : input.id;
  if (id === undefined)
    throw new HubError('CONFLICT', `all ${MOST_GROUPS} groups are in use`, {
      reason: 'group',
      russian: `Все ${MOST_GROUPS} группы заняты`,
    });
  const former = groups.find((group) => group.id === id);
  const { enabled, notEditable } = input;
  await storeGroup(tx, id, title, enabled, notEditable);
  await audit(tx, act.caller, {
    action: former ? 'billing.group.change' : 'billing.group.create',
    object: `group/${id}`,
    ...(former && { before: { title: former.title, enabled: former.enabled, notEditable: former.notEditable } }),
    after: { title, enabled, notEditable },
  });
  return id;
}
