import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addGroup } from '../add-group.ts';
import { addList } from '../add-list.ts';
import { changeGroup } from '../change-group.ts';
import { changeList } from '../change-list.ts';
import { changeMembers } from '../change-members.ts';
import { clearList } from '../clear-list.ts';
import { deleteGroup } from '../delete-group.ts';
import { deleteList } from '../delete-list.ts';
import { listGroups, showGroup } from '../list-groups.ts';
import { listLists, showList } from '../list-lists.ts';
import { movePeople } from '../move-people.ts';
import { type DirectoryBench, openDirectoryBench } from './support/directory-bench.ts';

let bench: DirectoryBench;
beforeAll(async () => {
  bench = await openDirectoryBench({ poolSize: 8 });
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.events();
});

/** What groups and lists do alike. */
const KINDS = [
  { kind: 'group', add: addGroup, change: changeGroup, remove: deleteGroup, show: showGroup, unknown: 'unknown_group' },
  { kind: 'list', add: addList, change: changeList, remove: deleteList, show: showList, unknown: 'unknown_list' },
] as const;

describe.each(KINDS)('a $kind', ({ kind, add, change, remove, show, unknown }) => {
  test('is added, changed under its version, deleted; each act is an event, an audit row and a line of the log', async () => {
    const made = await bench.write((tx, act) => add(tx, act, { name: `Цех ${kind}`, description: 'ночная' }));
    expect(made).toMatchObject({ name: `Цех ${kind}`, description: 'ночная', people: 0, version: 1 });
    const changed = await bench.write((tx, act) => change(tx, act, { id: made.id, change: { description: '' }, version: 1 }));
    expect(changed).toMatchObject({ name: `Цех ${kind}`, description: '', version: 2 });
    expect(await bench.refused((tx, act) => change(tx, act, { id: made.id, change: { name: 'X' }, version: 1 }))).toMatchObject({
      code: 'STALE_VERSION',
      reason: 'version',
    });
    await bench.write((tx, act) => remove(tx, act, made.id, 2));
    expect(await bench.refused((tx, act) => remove(tx, act, made.id))).toMatchObject({ code: 'NOT_FOUND', reason: unknown });
    expect(await bench.events()).toEqual([
      {
        type: `${kind}.added`,
        subject: `${kind}/${made.id}`,
        data: { [`${kind}_id`]: made.id, name: `Цех ${kind}`, login: 'alice', request_id: 'r-1' },
      },
      expect.objectContaining({ type: `${kind}.changed`, data: expect.objectContaining({ fields: ['description'] }) }),
      expect.objectContaining({ type: `${kind}.deleted` }),
    ]);
    const audited = await bench.rows('SELECT action, before, after FROM audit WHERE action LIKE $1 AND object = $2 ORDER BY action', [
      `alerts.${kind}.%`,
      String(made.id),
    ]);
    expect(audited).toEqual(
      expect.arrayContaining([
        { action: `alerts.${kind}.change`, before: { description: 'ночная' }, after: { description: '' } },
        { action: `alerts.${kind}.delete`, before: { name: `Цех ${kind}`, description: '' }, after: null },
      ]),
    );
    const logged = await bench.rows<{ text: string }>('SELECT text FROM alerts_log WHERE login = $1 AND text LIKE $2', [
      'alice',
      `%«Цех ${kind}»%`,
    ]);
    expect(logged).toHaveLength(3);
  });

  test('has a name of 1 to 255 characters, which no other has in any case of letters', async () => {
    const name = `Ночь ${kind}`;
    const made = await bench.write((tx, act) => add(tx, act, { name }));
    const other = await bench.write((tx, act) => add(tx, act, { name: `${name}-2` }));
    for (const taken of [name, name.toUpperCase(), name.toLowerCase()]) {
      expect(await bench.refused((tx, act) => add(tx, act, { name: taken }))).toMatchObject({ code: 'CONFLICT', reason: 'name_taken' });
      expect(await bench.refused((tx, act) => change(tx, act, { id: other.id, change: { name: taken } }))).toMatchObject({
        reason: 'name_taken',
      });
    }
    // Its own name in other letters is no other name.
    expect(await bench.write((tx, act) => change(tx, act, { id: made.id, change: { name: name.toUpperCase() } }))).toMatchObject({
      name: name.toUpperCase(),
    });
    for (const wrong of ['', 'x'.repeat(256)])
      expect(await bench.refused((tx, act) => add(tx, act, { name: wrong }))).toMatchObject({ code: 'VALIDATION' });
    expect(await bench.refused((tx, act) => add(tx, act, { name: 'x', description: 'x'.repeat(1_001) }))).toMatchObject({
      code: 'VALIDATION',
    });
    expect(await bench.refused((tx, act) => add(tx, act, { name: 'a\0b' }))).toMatchObject({ code: 'VALIDATION' });
    // A no-break space at both ends stays.
    expect(await bench.write((tx, act) => add(tx, act, { name: `\u00a0${kind}\u00a0` }))).toMatchObject({ name: `\u00a0${kind}\u00a0` });
  });

  test('a change to what is there already is none', async () => {
    const made = await bench.write((tx, act) => add(tx, act, { name: `Тихо ${kind}` }));
    await bench.events();
    expect(await bench.write((tx, act) => change(tx, act, { id: made.id, change: { name: made.name, description: '' } }))).toEqual(made);
    expect(await bench.events()).toEqual([]);
  });

  test.each([0, -1, 1.5, 999_999, 2 ** 31, 2 ** 53])('id %d is not there', async (id) => {
    expect(await bench.refused((tx, act) => change(tx, act, { id, change: { name: 'x' } }))).toMatchObject({ reason: unknown });
    expect(await bench.refused((tx, act) => remove(tx, act, id))).toMatchObject({ reason: unknown });
    await expect(show(bench.database.work, id)).rejects.toMatchObject({ reason: unknown });
  });

  test('of two that are made at once under one name one is refused', async () => {
    const both = await Promise.allSettled([1, 2].map(() => bench.write((tx, act) => add(tx, act, { name: `Сразу ${kind}` }))));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const failed = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(failed.reason).toMatchObject({ reason: 'name_taken' });
  });

  test('of two that are renamed to one name at once one is refused', async () => {
    const made = await Promise.all(['a', 'b'].map((end) => bench.write((tx, act) => add(tx, act, { name: `Имя ${kind} ${end}` }))));
    const both = await Promise.allSettled(
      made.map(({ id }) => bench.write((tx, act) => change(tx, act, { id, change: { name: `Одно ${kind}` } }))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((both.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ reason: 'name_taken' });
  });

  test('two changes of one version at once: one is told that it is late', async () => {
    const made = await bench.write((tx, act) => add(tx, act, { name: `Гонка ${kind}` }));
    const both = await Promise.allSettled(
      ['a', 'b'].map((description) => bench.write((tx, act) => change(tx, act, { id: made.id, change: { description }, version: 1 }))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((both.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'STALE_VERSION' });
  });
});

describe('people in groups', () => {
  test('move all or none; the group of the first move is empty then', async () => {
    const [from, to] = [await bench.group(), await bench.group()];
    const people = [await bench.person({ group_id: from }), await bench.person({ group_id: from }), await bench.person({ group_id: to })];
    await bench.events();
    expect(await bench.refused((tx, act) => movePeople(tx, act, to, [...people, 999_999]))).toMatchObject({ reason: 'unknown_person' });
    expect(await bench.refused((tx, act) => movePeople(tx, act, 999_999, people))).toMatchObject({ reason: 'unknown_group' });
    expect(await bench.refused((tx, act) => movePeople(tx, act, to, [2 ** 40]))).toMatchObject({ reason: 'unknown_person' });
    expect((await showGroup(bench.database.work, from)).people).toBe(2);
    expect(await bench.write((tx, act) => movePeople(tx, act, to, [...people, ...people]))).toEqual(people.slice(0, 2));
    expect((await showGroup(bench.database.work, to)).people).toBe(3);
    expect(await bench.events()).toEqual([
      {
        type: 'group.joined',
        subject: `group/${to}`,
        data: { group_id: to, people: people.slice(0, 2), login: 'alice', request_id: 'r-1' },
      },
    ]);
    expect(await bench.refused((tx, act) => deleteGroup(tx, act, to))).toMatchObject({ code: 'CONFLICT', reason: 'group_not_empty' });
    await bench.write((tx, act) => deleteGroup(tx, act, from));
  });
});

describe('members of lists', () => {
  test('come and go all or nothing; what is there already is no fault', async () => {
    const list = await bench.list();
    const [group, other] = [await bench.group(), await bench.group()];
    const people = [await bench.person({ group_id: group }), await bench.person({ group_id: group })];
    await bench.events();
    const change = (add: object, remove: object = {}) =>
      bench.write((tx, act) => changeMembers(tx, act, { id: list, change: { add, remove } }));
    expect(await change({ people, groups: [group, other] })).toMatchObject({ people: 2, groups: 2, version: 2 });
    expect(await change({ people, groups: [group] })).toMatchObject({ version: 2 });
    for (const [side, reason] of [
      [{ people: [people[0], 999_999] }, 'unknown_person'],
      [{ groups: [group, 999_999] }, 'unknown_group'],
      [{ people: [0] }, 'unknown_person'],
      [{ groups: [2 ** 31] }, 'unknown_group'],
    ] as const) {
      expect(await bench.refused((tx, act) => changeMembers(tx, act, { id: list, change: { add: side as object } }))).toMatchObject({
        reason,
      });
      expect(await bench.refused((tx, act) => changeMembers(tx, act, { id: list, change: { remove: side as object } }))).toMatchObject({
        reason,
      });
    }
    expect(await change({}, { people: [people[0], people[0]], groups: [other] })).toMatchObject({ people: 1, groups: 1, version: 3 });
    expect((await bench.events()).map(({ type, data }) => [type, data])).toEqual([
      ['list.members-changed', expect.objectContaining({ added_people: people, added_groups: [group, other], removed_people: [] })],
      ['list.members-changed', expect.objectContaining({ removed_people: [people[0]], removed_groups: [other], added_people: [] })],
    ]);
    expect(await bench.refused((tx, act) => changeMembers(tx, act, { id: list, change: {}, version: 1 }))).toMatchObject({
      code: 'STALE_VERSION',
    });
    expect(await bench.refused((tx, act) => changeMembers(tx, act, { id: 999_999, change: {} }))).toMatchObject({ reason: 'unknown_list' });
    expect((await listGroups(bench.database.work, { listId: list, limit: 10 })).items.map(({ id }) => id)).toEqual([group]);
    expect(await listGroups(bench.database.work, { listId: 2 ** 31, limit: 10 })).toEqual({ items: [], next: null });
    await bench.write((tx, act) => clearList(tx, act, list));
    expect(await showList(bench.database.work, list)).toMatchObject({ people: 0, groups: 0 });
    expect(await bench.refused((tx, act) => clearList(tx, act, 999_999))).toMatchObject({ reason: 'unknown_list' });
  });

  test('a list that a task uses stays; a deleted task uses none', async () => {
    const list = await bench.list();
    await bench.rows("INSERT INTO alerts_message (type, name, text) VALUES (3, 'm', 't')");
    const [task] = await bench.rows<{ id: number }>(
      `INSERT INTO alerts_task (type, name, list_id, message_id, priority, schedule, confirmation, settings, key_start, sms_start)
       SELECT 3, 't', $1, max(message_id), 5, 'null', 'null', 'null', 'null', 'null' FROM alerts_message RETURNING task_id AS id`,
      [list],
    );
    expect(await bench.refused((tx, act) => deleteList(tx, act, list))).toMatchObject({ code: 'CONFLICT', reason: 'list_in_use' });
    await bench.rows('UPDATE alerts_task SET deleted_at = now(), list_id = NULL, message_id = NULL WHERE task_id = $1', [task?.id ?? 0]);
    await bench.write((tx, act) => deleteList(tx, act, list));
  });
});

test('pages of groups and of lists show each once, in the order of their ids', async () => {
  for (let at = 0; at < 5; at += 1) await bench.list(`Страница ${at}`);
  const seen: number[] = [];
  for (let after: string | undefined; ; ) {
    const page = await listLists(bench.database.work, { after, limit: 2 });
    seen.push(...page.items.map(({ id }) => id));
    if (page.next === null) break;
    after = page.next;
  }
  const all = await bench.rows<{ id: number }>('SELECT list_id AS id FROM alerts_list ORDER BY list_id');
  expect(seen).toEqual(all.map(({ id }) => id));
  await expect(listGroups(bench.database.work, { after: 'nonsense', limit: 2 })).rejects.toMatchObject({ reason: 'cursor' });
});
