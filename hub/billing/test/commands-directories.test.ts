import { CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DIRECTORIES } from '../directories/all.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { billingCommands } from './support/billing-commands.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
  await bench.rows(`INSERT INTO operator (login, display_name, password_hash) VALUES ('desk', 'Касса', 'x')`);
});
afterAll(() => bench.stop());

const billing = billingCommands(() => bench);
const directory = (...words: (string | number)[]) => billing(['directory', ...words]);
const json = async (...words: (string | number)[]) => JSON.parse(await directory(...words, '--json'));
const refused = (...words: (string | number)[]): Promise<unknown> =>
  billing(words).then(
    (said) => `not refused: ${said}`,
    (error: unknown) => error,
  );

describe('vestnik billing directory', () => {
  test('has every directory, with help in both languages', async () => {
    for (const { name } of DIRECTORIES) {
      expect(await directory(name, 'list')).toMatch(/^ID/);
      for (const language of ['en', 'ru'] as const) {
        const error = await billing(['directory', name, 'add', '--help'], language).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'commander.helpDisplayed' });
      }
    }
  });

  test('adds, shows, lists, changes and deletes; the audit names the system user', async () => {
    expect(await directory('label', 'add', 'Должники', '--id', 70)).toBe('label 70 added\n');
    expect(await billing(['directory', 'label', 'add', 'Злостные', '--parent', '70'], 'ru')).toBe('добавлено: метка договоров 71\n');
    expect(await json('label', 'show', 71)).toEqual({ id: 71, title: 'Злостные', parent_id: 70, version: 1 });
    expect(await directory('label', 'show', 71)).toMatch(/title +Злостные\n/);
    expect((await json('label', 'list', '--parent', 70)).items).toHaveLength(1);
    expect((await json('label', 'list', '--search', 'долж')).items).toHaveLength(1);
    expect(await directory('label', 'change', 71, '--parent', 0)).toBe('label 71 changed\n');
    expect(await directory('label', 'change', 71, '--title', 'Злостные')).toBe('nothing to change\n');
    expect((await json('label', 'show', 71)).parent_id).toBeNull();
    expect(await directory('label', 'delete', 71)).toBe('label 71 deleted\n');
    expect(await refused('directory', 'label', 'show', 71)).toMatchObject({
      code: 'NOT_FOUND',
      russian: 'метка договоров 71: нет в справочнике',
    });
    const rows = await bench.rows('SELECT DISTINCT login, face FROM audit');
    expect(rows).toEqual([{ login: 'cli:alice', face: 'cli' }]);
  });

  test('takes every kind of field', async () => {
    await directory('group', 'add', 'Юрлица', '--id', 3, '--not-editable', '--no-enabled');
    expect(await json('group', 'show', 3)).toMatchObject({ enabled: false, not_editable: true });
    const text = (await json('parameter', 'add', 'Паспорт', '--kind', 'text', '--position', '-2', '--no-history', '--customer-read')).id;
    const list = (await json('parameter', 'add', 'Район', '--kind', 'list', '--custom-values')).id;
    expect(await json('parameter', 'show', text)).toMatchObject({ kind: 'text', position: -2, history: false, customer_read: true });
    const item = await json('list-item', 'add', 'Север', '--parameter', list);
    expect(item).toMatchObject({ parameter_id: list, title: 'Север' });
    const group = await json('parameter-group', 'add', 'Физлица', '--members', `${list},${text}:rw`);
    expect(group.members).toEqual([
      { parameter_id: list, position: 1, customer_read: false, customer_write: false },
      { parameter_id: text, position: 2, customer_read: true, customer_write: true },
    ]);
    const country = (await json('country', 'add', 'Россия')).id;
    const city = (await json('city', 'add', 'Тверь', '--country', country)).id;
    const street = (await json('street', 'add', 'Садовая', '--city', city)).id;
    const params = ['--params', 'лифт=есть', '--params', 'ключ=a=b'];
    const house = await json('house', 'add', '--street', street, '--house', 5, '--frac', 'а', '--built-on', '1975-09-01', ...params);
    expect(house).toMatchObject({
      house: 5,
      built_on: '1975-09-01',
      params: { лифт: 'есть', ключ: 'a=b' },
      street: 'Садовая',
      city: 'Тверь',
    });
    expect((await json('house', 'change', house.id, '--built-on', '')).built_on).toBeNull();
    expect((await json('house', 'list', '--city', city)).items).toHaveLength(1);
    expect((await json('house', 'list', '--city', city + 1)).items).toEqual([]);
    expect((await json('group', 'list', '--no-enabled')).items.map(({ id }: { id: number }) => id)).toEqual([3]);
    expect((await json('group', 'list', '--enabled')).items).toEqual([]);
    expect((await json('parameter', 'list', '--kind', 'list')).items.map(({ id }: { id: number }) => id)).toEqual([list]);
    expect((await json('device', 'add', 'Узел', '--groups', '1,2', '--host', '10.0.0.1')).groups).toEqual([1, 2]);
    expect(await directory('house', 'show', house.id)).toMatch(/title of the street +Садовая\n/);
  });

  test('goes on in a list where the page before ended', async () => {
    const pages = [await json('status', 'list', '--limit', 4)];
    pages.push(await json('status', 'list', '--limit', 4, '--after', pages[0].next));
    expect(pages.flatMap(({ items }) => items.map(({ id }: { id: number }) => id))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await directory('status', 'list', '--limit', 4)).toMatch(/more with --after \S+\n$/);
  });

  test.each([
    ['directory', 'group', 'add', 'Без номера'],
    ['directory', 'street', 'add', 'Без города'],
    ['directory', 'parameter', 'add', 'x', '--kind', 'table'],
    ['directory', 'parameter-group', 'add', 'x', '--members', '5:q'],
    ['directory', 'label', 'add', 'x', '--parent', 'five'],
    ['directory', 'label', 'show', 'x'],
    ['directory', 'parameter', 'change', 1, '--kind', 'text'],
    ['fence', 'set', 'desk', '--groups', 'a'],
    ['fence', 'set', 'desk', '--parameters', '5:write'],
    ['fence', 'set', 'desk', '--groups-mode', 'none'],
  ])('a wrong command line is refused: %s %s %s %s', async (...words) => {
    expect(await refused(...(words as string[]))).toBeInstanceOf(CommanderError);
  });
});

describe('vestnik billing fence', () => {
  const fence = (...words: (string | number)[]) => billing(['fence', ...words]);

  test('sets, shows, lists and removes', async () => {
    await bench.rows(`INSERT INTO billing_group (group_id, title) VALUES (4, 'a'), (5, 'b')`);
    await bench.rows(`INSERT INTO billing_domain (domain_id, title) VALUES (2, 'd')`);
    await bench.rows(`INSERT INTO billing_parameter (parameter_id, kind, title) VALUES (900, 1, 'a'), (901, 1, 'b')`);
    expect(await fence('show', 'desk')).toMatch(/sees +every contract/);
    const set = await fence(
      'set',
      'desk',
      '--groups',
      '5,4',
      '--groups-mode',
      'except',
      '--domains',
      2,
      '--parameters',
      '900:none,901:read',
      '--json',
    );
    expect(JSON.parse(set)).toMatchObject({
      login: 'desk',
      fenced: true,
      groups: [4, 5],
      groups_mode: 'except',
      domains: [2],
      parameters: [
        { parameter_id: 900, rule: 'none' },
        { parameter_id: 901, rule: 'read' },
      ],
    });
    expect(await fence('list')).toMatch(/desk +all but 4,5 +2 +900:none,901:read/);
    expect(await billing(['fence', 'set', 'desk', '--groups', '', '--description', 'Касса'], 'ru')).toMatch(/видит +часть\n/);
    expect(JSON.parse(await fence('show', 'desk', '--json'))).toMatchObject({ groups: [], domains: [2], description: 'Касса' });
    expect(await fence('remove', 'desk')).toBe('the fence of desk is gone\n');
    expect(JSON.parse(await fence('list', '--json'))).toEqual({ items: [], next: null });
    expect(await refused('fence', 'set', 'nobody', '--groups', 4)).toMatchObject({
      code: 'NOT_FOUND',
      russian: 'Оператор не найден: nobody',
    });
    expect(await refused('fence', 'set', 'desk', '--groups', 60)).toMatchObject({ code: 'VALIDATION', reason: 'unknown_reference' });
  });
});
