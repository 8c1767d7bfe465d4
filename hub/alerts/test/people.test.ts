import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addPerson } from '../add-person.ts';
import { changeMembers } from '../change-members.ts';
import { changePerson } from '../change-person.ts';
import { deleteGroup } from '../delete-group.ts';
import { deletePerson } from '../delete-people.ts';
import { listPeople, showLocalPerson, showPerson, streamPeople } from '../list-people.ts';
import type { NewPersonInput } from '../person.ts';
import { ALICE, type DirectoryBench, openDirectoryBench } from './support/directory-bench.ts';

let bench: DirectoryBench;
let group: number;
beforeAll(async () => {
  bench = await openDirectoryBench({ poolSize: 8 });
  group = await bench.group('Охрана');
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.events();
});

const VIEWER = { caller: { ...ALICE, login: 'bob', rights: ['alerts.view'] } };
const add = (input: Partial<NewPersonInput>) =>
  bench.write((tx, act) => addPerson(tx, act, { group_id: group, name: 'Иванов И.И.', ...input }));
const refusedAdd = (input: object) =>
  bench.refused((tx, act) => addPerson(tx, act, { group_id: group, name: 'Иванов', ...input } as NewPersonInput));

describe('one person', () => {
  test('is added with all that there is to tell, shown, changed, deleted; the PIN is nowhere but sealed', async () => {
    const made = await add({
      priority: 10,
      pin: '43219876',
      organization: 'АО «Заря»',
      department: 'Охрана',
      position: 'Инженер',
      external_id: 'HR-17',
      phones: [
        { number: '8 (916) 123-45-67', type: 1 },
        { number: '12-34', type: 2, enabled: false },
      ],
      emails: [{ address: 'Ivanov@Example.ORG' }],
    });
    expect(made).toMatchObject({
      group_id: group,
      name: 'Иванов И.И.',
      remote: 0,
      priority: 10,
      pin: '43219876',
      exclusion_begin: null,
      organization: 'АО «Заря»',
      rank: '',
      external_id: 'HR-17',
      phones: [
        { number: '8 (916) 123-45-67', type: 1, enabled: true },
        { number: '12-34', type: 2, enabled: false },
      ],
      emails: [{ address: 'Ivanov@Example.ORG', enabled: true }],
      version: 1,
    });
    expect(await bench.rows('SELECT kind, normal FROM alerts_address WHERE person_id = $1 ORDER BY kind, place', [made.id])).toEqual([
      { kind: 'email', normal: 'Ivanov@example.org' },
      { kind: 'phone', normal: '+79161234567' },
      { kind: 'phone', normal: '1234' },
    ]);
    const changed = await bench.write((tx, act) =>
      changePerson(tx, act, { id: made.id, change: { pin: '55556666', phones: [{ number: '+7 495 1234567', type: 0 }] }, version: 1 }),
    );
    expect(changed).toMatchObject({
      pin: '55556666',
      phones: [{ number: '+7 495 1234567', type: 0, enabled: true }],
      emails: made.emails,
      version: 2,
    });
    expect((await showPerson(bench.database.work, bench.act(VIEWER), made.id)).pin).toBe('');
    await bench.write((tx, act) => deletePerson(tx, act, made.id, 2));
    expect(await bench.rows('SELECT 1 FROM alerts_address WHERE person_id = $1', [made.id])).toEqual([]);
    expect((await bench.events()).map(({ type, data }) => [type, data])).toEqual([
      ['person.added', { person_id: made.id, group_id: group, login: 'alice', request_id: 'r-1' }],
      ['person.changed', { person_id: made.id, group_id: group, fields: ['pin', 'phones'], login: 'alice', request_id: 'r-1' }],
      ['person.deleted', { person_id: made.id, login: 'alice', request_id: 'r-1' }],
    ]);
    const traces = await bench.rows<{ text: string }>(
      `SELECT row_to_json(a)::text AS text FROM audit a UNION ALL SELECT row_to_json(e)::text FROM event e
       UNION ALL SELECT row_to_json(l)::text FROM alerts_log l UNION ALL SELECT row_to_json(p)::text FROM alerts_person p`,
    );
    expect(traces.length).toBeGreaterThan(5);
    expect(traces.filter(({ text }) => /43219876|55556666/.test(text))).toEqual([]);
  });

  test('a change to what is there already changes nothing; a new PIN alone is a change', async () => {
    const made = await add({ pin: '1', phones: [{ number: '+79160000001' }] });
    await bench.events();
    const { id, version: _version, created_at: _created, changed_at: _changed, ...same } = made;
    const again = { ...same, phones: same.phones.map((phone) => ({ ...phone })), emails: [] };
    expect(await bench.write((tx, act) => changePerson(tx, act, { id, change: again }))).toEqual(made);
    // Fields without a value are left out.
    expect(await bench.write((tx, act) => changePerson(tx, act, { id, change: { pin: undefined } as object }))).toEqual(made);
    expect(await bench.events()).toEqual([]);
    expect(await bench.write((tx, act) => changePerson(tx, act, { id, change: { pin: '' } }))).toMatchObject({ pin: '', version: 2 });
  });

  test('what a viewer reads and a change by one without the right to PINs leave the PIN alone', async () => {
    const made = await add({ pin: '777' });
    await bench.write((tx, act) => changePerson(tx, act, { id: made.id, change: { rank: 'майор' } }), VIEWER);
    expect(await showPerson(bench.database.work, bench.act(), made.id)).toMatchObject({ pin: '777', rank: 'майор' });
  });

  test.each([
    ['a phone', { phones: [{ number: 'позвоните мне' }] }, 'bad_phone', '/phones/0/number'],
    ['a second phone', { phones: [{ number: '+79160000001' }, { number: '+7 916 12x' }] }, 'bad_phone', '/phones/1/number'],
    ['a line break in a phone', { phones: [{ number: '+7916\n0000001' }] }, 'bad_phone', '/phones/0/number'],
    ['a line break in a zone', { phones: [{ number: 'Цех\n2', type: 3 }] }, 'bad_phone', '/phones/0/number'],
    ['a SIP URI', { phones: [{ number: 'ivanov@example.org', type: 4 }] }, 'bad_phone', '/phones/0/number'],
    ['an e-mail', { emails: [{ address: 'ivanov@' }] }, 'bad_email', '/emails/0/address'],
    ['a header in an e-mail', { emails: [{ address: 'a@example.org\r\nBcc: b@example.org' }] }, 'bad_email', '/emails/0/address'],
    ['a day', { exclusion_begin: '2026-02-30' }, 'bad_exclusion', '/exclusion_begin'],
    ['a time without offset', { exclusion_end: '2026-02-03T10:00:00' }, 'bad_exclusion', '/exclusion_end'],
    ['a year', { exclusion_end: '9999-01-01' }, 'bad_exclusion', '/exclusion_end'],
    ['an end before the begin', { exclusion_begin: '2026-07-02', exclusion_end: '2026-07-01' }, 'bad_exclusion', '/exclusion_end'],
  ])('%s that is wrong is refused with its place', async (_what, input, reason, path) => {
    expect(await refusedAdd(input)).toMatchObject({ code: 'VALIDATION', reason, details: [expect.objectContaining({ path })] });
  });

  test.each([
    { name: '' },
    { name: 'x'.repeat(256) },
    { priority: 10_000 },
    { priority: -1 },
    { pin: 'x'.repeat(33) },
    { description: 'x'.repeat(1_001) },
    { phones: Array.from({ length: 21 }, () => ({ number: '+79160000001' })) },
    { phones: [{ number: '' }] },
    { phones: [{ number: '1'.repeat(129) }] },
    { phones: [{ number: '+79160000001', type: 5 }] },
    { emails: Array.from({ length: 21 }, () => ({ address: 'a@example.org' })) },
    { remote: 3 },
    { external_id: '' },
    { group_id: 2 ** 31 },
    { colour: 'red' },
    { name: '\0' },
  ])('the form %j is refused', async (input) => {
    expect(await refusedAdd(input)).toMatchObject({ code: 'VALIDATION' });
  });

  test('groups that are not there and external ids that are taken', async () => {
    expect(await refusedAdd({ group_id: 999_999 })).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_group' });
    const made = await add({ external_id: 'E-1' });
    const other = await add({ external_id: 'e-1' });
    expect(await refusedAdd({ external_id: 'E-1' })).toMatchObject({ code: 'CONFLICT', reason: 'external_id_taken' });
    const change = (id: number, to: object) => bench.refused((tx, act) => changePerson(tx, act, { id, change: to }));
    expect(await change(other.id, { external_id: 'E-1' })).toMatchObject({ reason: 'external_id_taken' });
    expect(await change(made.id, { group_id: 999_999 })).toMatchObject({ reason: 'unknown_group' });
    expect(await change(999_999, {})).toMatchObject({ reason: 'unknown_person' });
    expect(await bench.refused((tx, act) => changePerson(tx, act, { id: made.id, change: {}, version: 9 }))).toMatchObject({
      code: 'STALE_VERSION',
    });
    const both = await Promise.allSettled([1, 2].map(() => add({ external_id: 'E-2' })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((both.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({
      reason: 'external_id_taken',
    });
  });

  test('a day of an exclusion stays a day, and means the whole of it in the zone of the alerts', async () => {
    const made = await add({ exclusion_begin: '2026-07-01', exclusion_end: '2026-07-14' });
    expect(made).toMatchObject({ exclusion_begin: '2026-07-01', exclusion_end: '2026-07-14' });
    expect(await bench.rows('SELECT excluded_from, excluded_until FROM alerts_person WHERE person_id = $1', [made.id])).toEqual([
      { excluded_from: Temporal.Instant.from('2026-06-30T21:00:00Z'), excluded_until: Temporal.Instant.from('2026-07-14T21:00:00Z') },
    ]);
    const exact = await add({ exclusion_begin: '2026-07-01T10:00:00+03:00' });
    expect(exact).toMatchObject({ exclusion_begin: '2026-07-01T07:00:00Z', exclusion_end: null });
    expect(await showLocalPerson(bench.database.work, bench.act(), exact.id)).toMatchObject({
      exclusion_begin: '2026-07-01T10:00:00',
      exclusion_end: '',
      created_local: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
    });
    expect(await showLocalPerson(bench.database.work, bench.act(), made.id)).toMatchObject({
      exclusion_begin: '2026-07-01',
      exclusion_end: '2026-07-14',
    });
  });
});

describe('at the same moment', () => {
  test('of two changes of one version one is told that it is late', async () => {
    const { id } = await add({});
    const both = await Promise.allSettled(
      ['a', 'b'].map((rank) => bench.write((tx, act) => changePerson(tx, act, { id, change: { rank }, version: 1 }))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((both.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'STALE_VERSION' });
  });

  test('a group is deleted, or somebody joins it: never both', async () => {
    const ends: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const own = await bench.group();
      const [joined, gone] = await Promise.allSettled([add({ group_id: own }), bench.write((tx, act) => deleteGroup(tx, act, own))]);
      const reasonOf = (end: PromiseSettledResult<unknown>) => (end.status === 'rejected' ? end.reason.reason : 'done');
      ends.push(`${reasonOf(joined)} ${reasonOf(gone)}`);
    }
    for (const end of ends) expect(['done group_not_empty', 'unknown_group done']).toContain(end);
  });
});

describe('reading', () => {
  test('pages and streams by group, by list and by both; nobody of what is not there', async () => {
    const [one, two] = [await bench.group(), await bench.group()];
    const list = await bench.list();
    const inOne = [await bench.person({ group_id: one }), await bench.person({ group_id: one }), await bench.person({ group_id: one })];
    const inTwo = [
      await bench.person({ group_id: two, pin: '9', phones: [{ number: '+79161112233' }], emails: [{ address: 'a@example.org' }] }),
    ];
    await bench.write((tx, act) =>
      changeMembers(tx, act, { id: list, change: { add: { people: [inOne[0] ?? 0, inTwo[0] ?? 0], groups: [two] } } }),
    );
    const streamed = async (filter: object, more = {}) => {
      const people = [];
      for await (const portion of streamPeople(bench.database.work, bench.act(more), filter)) people.push(...portion);
      return people;
    };
    const ids = async (filter: object) => (await streamed(filter)).map(({ id }) => id);
    for (const [filter, expected] of [
      [{ groupId: one }, inOne],
      [{ listId: list }, [inOne[0], inTwo[0]]],
      [{ groupId: one, listId: list }, [inOne[0]]],
      [{ groupId: 999_999 }, []],
      [{ listId: 2 ** 31 }, []],
    ] as const) {
      expect(await ids(filter)).toEqual(expected);
      const page = await listPeople(bench.database.work, bench.act(), { ...filter, limit: 10 });
      expect(page.items.map(({ id }) => id)).toEqual(expected);
    }
    const [shown] = await streamed({ groupId: two });
    expect(shown).toMatchObject({
      pin: '9',
      phones: [{ number: '+79161112233', type: 1, enabled: true }],
      emails: [{ address: 'a@example.org', enabled: true }],
    });
    expect((await streamed({ groupId: two }, VIEWER))[0]).toMatchObject({ pin: '' });
    const everyone = await bench.rows<{ id: number }>('SELECT person_id AS id FROM alerts_person ORDER BY person_id');
    expect(await ids({})).toEqual(everyone.map(({ id }) => id));
    const first = await listPeople(bench.database.work, bench.act(), { groupId: one, limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(inOne.slice(0, 2));
    const second = await listPeople(bench.database.work, bench.act(), { groupId: one, limit: 2, after: first.next ?? undefined });
    expect(second).toMatchObject({ items: [{ id: inOne[2] }], next: null });
  });

  test('more people than one portion are streamed once each', async () => {
    const many = await bench.group();
    await bench.rows(`INSERT INTO alerts_person (group_id, name) SELECT $1, 'N ' || n FROM generate_series(1, 2500) n`, [many]);
    const sizes: number[] = [];
    const seen = new Set<number>();
    for await (const portion of streamPeople(bench.database.work, bench.act(), { groupId: many })) {
      sizes.push(portion.length);
      for (const { id } of portion) seen.add(id);
    }
    expect(sizes).toEqual([500, 500, 500, 500, 500]);
    expect(seen.size).toBe(2_500);
  });

  test('people are found while somebody types', async () => {
    const where = await bench.group();
    const wanted = await bench.person({
      group_id: where,
      name: 'Ковалёва Мария 50%',
      external_id: 'SAP_77',
      phones: [{ number: '8 916 765-43-21' }, { number: '5512', type: 2 }],
      emails: [{ address: 'Kovaleva@example.org' }],
    });
    await bench.person({ group_id: where, name: 'Ковалев Пётр', phones: [{ number: '+7 926 765-43-21' }] });
    const found = async (search: string) =>
      (await listPeople(bench.database.work, bench.act(), { groupId: where, search, limit: 10 })).items.map(({ id }) => id);
    for (const search of [
      'ковалёва',
      'МАРИЯ коВ',
      '8916',
      '+7 916 7',
      '916765',
      '8 (916)',
      '5512',
      'Kovaleva@ex',
      'SAP_77',
      '50%',
      String(wanted),
    ])
      expect(await found(search), search).toEqual([wanted]);
    for (const search of ['SAP%77', '_овал', '+8', "'; DROP TABLE alerts_person; --", '(', '\\'])
      expect(await found(search), search).toEqual([]);
    expect(await found('ковалев')).toHaveLength(1);
    expect(await found('Ковал')).toHaveLength(2);
  });
});
