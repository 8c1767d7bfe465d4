import * as z from 'zod';
import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import type { FolderView } from './folder.ts';
import { showList } from './list-lists.ts';
import { recordChange } from './record-change.ts';
import { isId, refusal } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { holdGroups } from './sql/groups.ts';
import { deleteListGroups, deleteListPeople, insertListGroups, insertListPeople, lockList, touchList } from './sql/lists.ts';
import { holdPeople } from './sql/people.ts';

/** Ids of one change. */
const MOST_IDS = 20_000;
const ids = z.array(z.int()).max(MOST_IDS).default([]);
const side = z.strictObject({ people: ids, groups: ids }).prefault({});

/** Whom to add and whom to remove; first is removed, then added. */
export const membersChange = z.strictObject({ add: side, remove: side });
export type MembersChange = z.input<typeof membersChange>;

type Held = (tx: Transaction, ids: readonly number[]) => Promise<{ id: number }[]>;

/** @throws HubError NOT_FOUND for the first id that does not exist */
async function requireAll(
  tx: Transaction,
  hold: Held,
  reason: 'unknown_person' | 'unknown_group',
  wanted: readonly number[],
): Promise<number[]> {
  const unique = [...new Set(wanted)];
  const wrong = unique.find((id) => !isId(id));
  if (wrong !== undefined) throw refusal(reason, wrong);
  if (unique.length === 0) return [];
  const present = new Set((await hold(tx, unique)).map(({ id }) => id));
  const missing = unique.find((id) => !present.has(id));
  if (missing !== undefined) throw refusal(reason, missing);
  return unique;
}

/**
 * Adds people and groups to a list and removes them, all of it or nothing. Adding who is there and removing who is not succeeds; an id that does
 * not exist fails the whole change (specification of alerts 3.5).
 * @throws HubError NOT_FOUND `unknown_list`, `unknown_person`, `unknown_group`, VALIDATION, STALE_VERSION
 */
export async function changeMembers(
  tx: Transaction,
  act: Act,
  { id, change, version }: { readonly id: number; readonly change: MembersChange; readonly version?: number | undefined },
): Promise<FolderView> {
  const { add, remove } = validate(membersChange, change, 'body');
  const [row] = isId(id) ? await lockList(tx, id) : [];
  if (!row) throw refusal('unknown_list', id);
  requireVersion(`list ${id}`, row.version, version);
  await requireAll(tx, holdPeople, 'unknown_person', [...add.people, ...remove.people]);
  await requireAll(tx, holdGroups, 'unknown_group', [...add.groups, ...remove.groups]);
  const idsOf = (rows: readonly { id: number }[]): number[] => rows.map((member) => member.id);
  const done = {
    removed_people: remove.people.length > 0 ? idsOf(await deleteListPeople(tx, id, remove.people)) : [],
    removed_groups: remove.groups.length > 0 ? idsOf(await deleteListGroups(tx, id, remove.groups)) : [],
    added_people: add.people.length > 0 ? idsOf(await insertListPeople(tx, id, add.people)) : [],
    added_groups: add.groups.length > 0 ? idsOf(await insertListGroups(tx, id, add.groups)) : [],
  };
  const count = (of: keyof typeof done): number => done[of].length;
  if (Object.values(done).every((members) => members.length === 0)) return showList(tx, id);
  await touchList(tx, id);
  await recordChange(tx, act, {
    thing: 'list',
    done: 'members-changed',
    id,
    after: done,
    data: done,
    said:
      `Состав списка «${row.name}» (${id}): добавлено абонентов ${count('added_people')}, групп ${count('added_groups')}, ` +
      `убрано абонентов ${count('removed_people')}, групп ${count('removed_groups')}`,
  });
  return showList(tx, id);
}
