import { type Command, Option } from 'commander';
import { wholeNumber } from '../../core/terminal/arguments.ts';
import { type Cell, renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { deleteEntry } from '../delete-entry.ts';
import { DIRECTORIES } from '../directories/all.ts';
import type { Directory } from '../directories/directory.ts';
import { type Field, number, type Words } from '../directories/fields.ts';
import type { Entry } from '../directory-entry.ts';
import { findEntry } from '../find-entry.ts';
import { listEntries } from '../list-entries.ts';
import { addEntry, changeEntry } from '../save-entry.ts';
import { commandAct } from './command-act.ts';
import { addDirectoryImport } from './directory-import.ts';
import { givenFields, withFieldOptions } from './field-options.ts';

const HIGHEST = 2_147_483_647;

/** Columns of a list; long texts and what has parts of its own are shown by `show`. */
const LISTED: ReadonlySet<Field['kind']> = new Set(['line', 'number', 'flag', 'day', 'choice', 'reference']);
const MOST_COLUMNS = 6;

const say = (words: Words, t: Translate): string => t(words.en, words.ru);

const cellOf = (value: unknown): Cell =>
  typeof value === 'object' && value !== null ? (Array.isArray(value) && value.length === 0 ? '' : JSON.stringify(value)) : (value as Cell);

const idArgument = (command: Command, t: Translate): Command =>
  command.argument('<id>', t('its number', 'номер записи'), wholeNumber(t, 0, HIGHEST));

function entryText({ fields, shown = {} }: Directory, entry: Entry, t: Translate): string {
  const said = Object.entries({ ...fields, ...shown }).map(([name, { words }]): [string, Cell] => [say(words, t), cellOf(entry[name])]);
  return renderFields([['id', entry.id], ...said, [t('version', 'версия'), entry.version]]);
}

/** Fields by which a list can be narrowed; what is only shown of an entry is a number. */
const filtersOf = ({ table: { filters }, fields, shown = {} }: Directory): Record<string, Field> =>
  Object.fromEntries(
    Object.keys(filters).flatMap((name) => {
      const words = (fields[name] ?? shown[name])?.words;
      return words ? [[name, { ...(fields[name] ?? number(0, HIGHEST, words)), default: undefined }]] : [];
    }),
  );

function addReading(noun: Command, directory: Directory, { t, withPorts }: Making): void {
  const { fields, many, one } = directory;
  const columns = Object.entries(fields)
    .filter(([, { kind }]) => LISTED.has(kind))
    .slice(0, MOST_COLUMNS);
  const list = noun
    .command('list')
    .summary(t(`list ${many.en}`, `список: ${many.ru}`))
    .option('--search <text>', t('text in the title', 'текст в названии'));
  const filterFields = filtersOf(directory);
  withFieldOptions(list, filterFields, false, t);
  withPage(list, t).action((options) =>
    withPorts(async (ports) => {
      const { search: q, after, limit = 100 } = options;
      const wish = { q, after, limit, filters: givenFields(filterFields, options) };
      const { items, next } = await listEntries(ports.database.work, commandAct(ports), directory, wish);
      if (options.json) return ports.print(toJson({ items, next }));
      const titles = ['ID', ...columns.map(([name]) => name.toUpperCase())];
      ports.print(
        pageText(
          renderTable(
            titles,
            items.map((entry) => [entry.id, ...columns.map(([name]) => cellOf(entry[name]))]),
          ),
          next,
          t,
        ),
      );
    }),
  );
  const show = idArgument(noun.command('show'), t).summary(t(`show one: ${one.en}`, `показать: ${one.ru}`));
  withJson(show, t).action((id: number, options) =>
    withPorts(async (ports) => {
      const entry = await findEntry(ports.database.work, commandAct(ports), directory, id);
      ports.print(options.json ? toJson(entry) : entryText(directory, entry, t));
    }),
  );
}

function addWriting(noun: Command, directory: Directory, { t, withPorts }: Making): void {
  const { fields, one, numbers, name } = directory;
  const hasTitle = fields['title'] !== undefined;
  const add = noun.command(hasTitle ? 'add <title>' : 'add').summary(t(`add one: ${one.en}`, `добавить: ${one.ru}`));
  const id = new Option('--id <number>', t('its number (default: the next one)', 'номер (по умолчанию следующий)')).argParser(
    wholeNumber(t, 0, HIGHEST),
  );
  add.addOption(numbers?.free === false ? id.makeOptionMandatory() : id);
  const { title: _, ...others } = fields;
  withFieldOptions(add, hasTitle ? others : fields, true, t);
  withJson(add, t).action((...given) =>
    withPorts(async (ports) => {
      // Commander gives the arguments, then the options, then the command.
      const [title, options] = hasTitle ? given : [undefined, given[0]];
      const input = { ...givenFields(fields, options), ...(hasTitle && { title }), ...(options.id !== undefined && { id: options.id }) };
      const entry = await ports.database.transaction((tx) => addEntry(tx, commandAct(ports), directory, input));
      ports.print(options.json ? toJson(entry) : t(`${one.en} ${entry.id} added`, `добавлено: ${one.ru} ${entry.id}`));
    }),
  );
  const change = idArgument(noun.command('change'), t).summary(t(`change one: ${one.en}`, `изменить: ${one.ru}`));
  const changeable = Object.fromEntries(Object.entries(fields).filter(([, { fixed }]) => !fixed));
  withFieldOptions(change, changeable, false, t);
  withJson(change, t).action((id: number, options) =>
    withPorts(async (ports) => {
      const input = { id, change: givenFields(changeable, options) };
      const { entry, changed } = await ports.database.transaction((tx) => changeEntry(tx, commandAct(ports), directory, input));
      if (options.json) return ports.print(toJson(entry));
      ports.print(changed ? t(`${one.en} ${id} changed`, `изменено: ${one.ru} ${id}`) : t('nothing to change', 'менять нечего'));
    }),
  );
  idArgument(noun.command('delete'), t)
    .summary(t(`delete one that nothing refers to: ${one.en}`, `удалить неиспользуемую запись: ${one.ru}`))
    .action((id: number) =>
      withPorts(async (ports) => {
        await ports.database.transaction((tx) => deleteEntry(tx, commandAct(ports), directory, { id }));
        ports.print(t(`${one.en} ${id} deleted`, `удалено: ${one.ru} ${id}`));
      }),
    );
  const example = EXAMPLES[name];
  if (example) withExamples(add, t, `directory ${name} add ${example}`);
}

const EXAMPLES: Readonly<Record<string, string>> = {
  group: '"Юрлица" --id 3',
  label: '"Должники" --parent 2',
  parameter: '"Паспорт" --kind text --position 10',
  'parameter-group': '"Физлица" --members 5,7:r,9:rw',
  'list-item': '"Север" --parameter 7',
  street: '"Садовая" --city 1',
  house: '--street 12 --house 5 --frac а --post-index 170000',
};

/** `vestnik billing directory <which> list|show|add|change|delete` */
export function addDirectoryCommands(billing: Command, making: Making): void {
  const { t } = making;
  const directories = billing.command('directory').summary(t('directories that contracts refer to', 'справочники договоров'));
  for (const directory of DIRECTORIES) {
    const noun = directories.command(directory.name).summary(say(directory.many, t));
    addReading(noun, directory, making);
    addWriting(noun, directory, making);
    addDirectoryImport(noun, directory, making);
  }
}
