import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
let folder: string;
beforeAll(async () => {
  bench = await openBench();
  folder = await mkdtemp(join(tmpdir(), 'vestnik-travel-'));
});
afterAll(async () => {
  await bench.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await bench.events();
});
afterEach(() => {
  process.exitCode = undefined;
});

const travel = moduleCommands('travel', addCommands, () => bench.ports);
const json = async (...words: (string | number)[]) => JSON.parse(await travel([...words, '--json']));
const refused = (...words: (string | number)[]): Promise<unknown> =>
  travel(words).then(
    (said) => `not refused: ${said}`,
    (error: unknown) => error,
  );

describe('on the command line', () => {
  test('an organization is added, changed, listed and deleted', async () => {
    expect(await travel(['organization', 'add', 'Ветер', '--outer-id', 'A-17', '--authorization', 'required'])).toMatch(
      /^organization \d+ added/,
    );
    const [event] = await bench.events();
    expect(event?.data).toMatchObject({ action: 'create', change_source: 'api', actor: 'cli:alice' });
    const id = event?.data.id_Organization;
    expect(await travel(['organization', 'change', id, '--no-active', '--on-time-limit', 'queue'], 'ru')).toBe(
      `организация ${id} изменена\n`,
    );
    expect(await travel(['organization', 'change', id, '--no-active'])).toBe('nothing to change\n');
    expect(await json('organization', 'change', id, '--active')).toEqual(await bench.ok('GET', `/organizations/${id}`));
    expect(await travel(['organization', 'list'])).toMatch(/ID +NAME +KIND[\s\S]*Ветер +client +A-17 +required +\+/);
    expect(await travel(['organization', 'delete', id])).toBe(`organization ${id} deleted\n`);
    expect(await refused('organization', 'delete', id)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a list that goes on says how', async () => {
    for (const name of ['a', 'b', 'c']) await travel(['organization', 'add', name]);
    const said = await travel(['organization', 'list', '--limit', '2']);
    const after = /more with --after (\S+)/.exec(said)?.[1] ?? '';
    expect(said).not.toMatch(/^\d+ +c /m);
    expect(await travel(['organization', 'list', '--after', after])).toMatch(/^ *\d+ +c /m);
  });

  test('a dictionary with codes and relations', async () => {
    const { id_Organization: organization } = await json('organization', 'add', 'Буря');
    const dictionary = await json(
      'dictionary',
      'add',
      'Проект',
      '--binding',
      'order',
      '--selector',
      'several',
      '--mandatory',
      '--regex',
      'П-\\d+',
    );
    expect(dictionary).toMatchObject({ id_BindingType: 1, SelectorMode: 1, mandatory: true, ValidationRegex: 'П-\\d+' });
    expect(dictionary).not.toHaveProperty('organizationId');
    const id = dictionary.id_MetaDictionary;
    expect(await travel(['dictionary', 'change', id, '--no-mandatory', '--text', 'П и номер'])).toBe(`dictionary ${id} changed\n`);
    expect(await travel(['dictionary', 'show', id], 'ru')).toMatch(/коды стоят +на заказе[\s\S]*обязателен +-/);
    expect(await travel(['code', 'add', id, 'П-1', '--name', 'Первый'])).toMatch(/^code \d+ added/);
    expect(await refused('code', 'add', id, 'x')).toMatchObject({ reason: 'code_value' });
    expect(await travel(['code', 'list', id])).toMatch(/П-1 +Первый/);

    const relation = await json('relation', 'add', 'MetaDictionaryForOrganization', id, '--organization', organization);
    expect(relation).toMatchObject({ id_Organization: organization, Related: { name: 'Буря' } });
    expect(await travel(['relation', 'list', '--subject', id])).toContain(`Organization ${organization}`);
    expect(await travel(['dictionary', 'list', '--organization', organization])).toContain('Проект');
    expect(await travel(['relation', 'delete', relation.id_Relation])).toBe(`relation ${relation.id_Relation} deleted\n`);
    expect(await travel(['dictionary', 'list', '--organization', organization])).not.toContain('Проект');
    expect(await refused('relation', 'add', 'Nonsense', id)).toMatchObject({ code: 'VALIDATION' });

    const [code] = (await json('code', 'list', id)).items;
    expect(await travel(['code', 'delete', code.id_MetaCode])).toBe(`code ${code.id_MetaCode} deleted\n`);
    expect(await travel(['dictionary', 'delete', id])).toBe(`dictionary ${id} deleted\n`);
  });

  test('persons are imported, found, shown and erased', async () => {
    const { id_Organization: organization } = await json('organization', 'add', 'Вихрь');
    const file = join(folder, 'staff.csv');
    await writeFile(file, `id_Organization;OuterId;LastName;FirstName\n${organization};T-1;Иванов;Иван\n${organization};T-2;;Пётр\n`);
    const tried = await travel(['import', 'persons', file], 'ru');
    expect(tried).toMatch(/^Проверка; ничего не изменено. Создано 1, изменено 0, без изменений 0, с ошибкой 1\.\nСТРОКА +ПОЧЕМУ\n +3 /);
    expect(process.exitCode).toBe(1);
    expect(await travel(['person', 'list', '--organization', organization])).not.toContain('Иванов');
    expect(await json('import', 'persons', file, '--apply')).toMatchObject({ created: 1, failed: 1 });
    expect((await bench.events()).at(-1)?.data.change_source).toBe('import');

    const [person] = (await json('person', 'list', '--find', 'иван', '--organization', organization)).items;
    const contacts = join(folder, 'contacts.jsonl');
    await writeFile(contacts, JSON.stringify({ id_Person: person.id_Person, id_ContactType: 2, Content: 'ivan@example.org' }));
    process.exitCode = undefined;
    expect(await travel(['import', 'contacts', contacts, '--apply'])).toBe('Created 1, updated 0, unchanged 0, failed 0.\n');
    expect(process.exitCode).toBeUndefined();
    expect(await travel(['person', 'show', person.id_Person])).toMatch(/Иванов Иван[\s\S]*e-mail ivan@example\.org/);
    expect(await travel(['person', 'delete', person.id_Person, '--erase'])).toBe(`person ${person.id_Person} erased\n`);
    expect(await bench.rows("SELECT 1 FROM event WHERE data::text LIKE '%ivan@example.org%'")).toEqual([]);
  });

  test('a wrong command line is refused before anything is done', async () => {
    const wrong = [
      ['organization', 'add'],
      ['organization', 'add', 'x', '--kind', 'shop'],
      ['organization', 'delete', 'x'],
      ['dictionary', 'show', '0'],
      ['import', 'nonsense', 'file.csv'],
      ['relation', 'add', 'MetaCodeForPerson', '1', '--reserve-type', 'boat'],
    ];
    for (const words of wrong) expect([words, await refused(...words)]).toEqual([words, expect.any(CommanderError)]);
    expect(await refused('import', 'codes', join(folder, 'none.csv'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await bench.events()).toEqual([]);
  });

  test('help is in both languages', async () => {
    const help = async (language: 'en' | 'ru', ...words: string[]): Promise<string> => {
      const texts: string[] = [];
      const program = new Command('vestnik').exitOverride().configureOutput({ writeOut: (text) => texts.push(text) });
      addCommands(
        program.command('travel'),
        async () => undefined,
        (en, ru) => (language === 'ru' ? ru : en),
      );
      await program.parseAsync(['travel', ...words, '--help'], { from: 'user' }).catch(() => undefined);
      return texts.join('');
    };
    for (const words of [[], ['organization', 'add'], ['dictionary', 'add'], ['relation'], ['person', 'delete'], ['import']]) {
      const russian = await help('ru', ...words);
      expect(russian).toMatch(/[а-я]{4}/);
      expect((await help('en', ...words)).replace(/vestnik travel .*$/gm, '')).not.toMatch(/[а-яё]/i);
    }
    expect(await help('en', 'relation')).toContain('MetaDictionaryForOrganization');
  });
});
