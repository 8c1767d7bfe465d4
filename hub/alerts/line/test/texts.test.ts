import { afterAll, beforeAll, expect, test } from 'vitest';
import { addGroup } from '../../add-group.ts';
import { addPerson } from '../../add-person.ts';
import { showPerson } from '../../list-people.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';

let bench: LineBench;
let client: LineClient;
beforeAll(async () => {
  bench = await openLineBench();
  client = await bench.client();
});
afterAll(() => bench.stop());

test('what windows-1251 does not have is sent as ?, and an old client that saves the card does not spoil it', async () => {
  const group = await bench.write((tx, act) => addGroup(tx, act, { name: 'Отдел 東京', description: 'Ω' }));
  const { id } = await bench.write((tx, act) =>
    addPerson(tx, act, {
      group_id: group.id,
      name: 'José 🚒 Иванов',
      position: '部長',
      emails: [{ address: 'a@example.org', enabled: false }],
    }),
  );
  client.say('GETGROUPS');
  expect((await client.lines(3))[1]).toBe('GETGROUPS DATA 1 Отдел%20?? ?');
  expect(await client.ask('UPDATEGROUP 1 Отдел%20?? новое')).toBe('UPDATEGROUP OK 1 Отдел%20?? новое');
  expect(await bench.rows('SELECT name, description FROM alerts_group')).toEqual([{ name: 'Отдел 東京', description: 'новое' }]);

  client.say(`GETABONENT ${id}`);
  const [, data = ''] = await client.until(/^GETABONENT END$/);
  const values = data.replace('·', ' ').split(' ').slice(3);
  expect(values[2]).toBe('Jos?%20?%20Иванов');
  values.splice(8, 2);
  client.say(
    `UPDATEABONENT BEGIN ${id}`,
    `UPDATEABONENT DATA ${values.join(' ')}`.replace(/ $/, '·'),
    'UPDATEABONENT EMAIL a@example.org',
    'UPDATEABONENT END',
  );
  expect((await client.lines(3))[0]).toContain('Jos?%20?%20Иванов');
  const person = await showPerson(bench.db.database.work, bench.act, id);
  expect(person).toMatchObject({ name: 'José 🚒 Иванов', position: '部長', emails: [{ address: 'a@example.org', enabled: false }] });
});

test('escapes in names, and bytes at their edges', async () => {
  for (const [sent, answered, stored] of [
    ['a%25%32%30b', 'a%2520b', 'a%20b'],
    ['a%0D%0Ab', 'a%0D%0Ab', 'a\r\nb'],
    ['%', '%25', '%'],
    ['x%2', 'x%252', 'x%2'],
    ['x%zz', 'x%25zz', 'x%zz'],
    ['%C0%D0', 'АР', 'АР'],
    ['\u00a0края\u00a0', '\u00a0края\u00a0', '\u00a0края\u00a0'],
  ] as const) {
    const [, , id] = (await client.ask(`ADDLIST ${sent} ${sent}`)).split(' ');
    expect(await client.ask(`UPDATELIST ${id} ${sent} ${sent}`)).toBe(`UPDATELIST OK ${id} ${answered} ${answered}`);
    expect(await bench.rows('SELECT name, description FROM alerts_list WHERE list_id = $1', Number(id))).toEqual([
      { name: stored, description: stored },
    ]);
  }
  expect(await client.ask('ADDLIST a%00b x')).toMatch(/^ADDLIST ERR_BADSYNTAX /);
});

test('lists of ids: gaps are wrong, repeats count once, 007 is 7, as many as fit the line', async () => {
  for (const bad of ['1,,2', '1,', ',1', '1 2', '0', '-1', '1e3', '2147483648'])
    expect(await client.ask(`LISTADDABONENTS 1 ${bad}`), bad).toMatch(/^LISTADDABONENTS ERR_(BADSYNTAX|BADARGUMENT_COUNT) /);
  expect(await client.ask('LISTADDABONENTS 001 1,01,1')).toBe('LISTADDABONENTS OK 1 1');
  await bench.rows(`INSERT INTO alerts_person (group_id, name) SELECT 1, 'П' || n FROM generate_series(1, 11000) n`);
  const ids = Array.from({ length: 10_000 }, (_, at) => at + 2).join(',');
  expect(await client.ask(`LISTADDABONENTS 1 ${ids}`)).toBe(`LISTADDABONENTS OK 1 ${ids}`);
  expect(await bench.rows('SELECT count(*)::int AS count FROM alerts_list_person')).toEqual([{ count: 10_001 }]);
});
