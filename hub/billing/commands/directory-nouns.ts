import { type Command, Option } from 'commander';
import { HubError } from '../../core/errors.ts';
import { wholeNumber } from '../../core/terminal/arguments.ts';
import { type Cell, renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { deleteEntry } from '../delete-entry.ts';
import { type Directory, listedEntry, shownEntry } from '../directories/directory.ts';
import { type Field, number, type Words } from '../directories/fields.ts';
import type { Entry } from '../directory-entry.ts';
import { findEntry } from '../find-entry.ts';
import { LARGEST_ID } from '../largest-id.ts';
import { listEntries } from '../list-entries.ts';
import { addEntry, changeEntry } from '../save-entry.ts';
import { commandAct } from './command-act.ts';
import { addDirectoryImport } from './directory-import.ts';
import { type Fields, givenFields, withFieldOptions } from './field-options.ts';
import { jsonFile } from './json-file.ts';

/** Columns of a list; long texts and what has parts of its own are shown by `show`. */
const LISTED: ReadonlySet<Field['kind']> = new Set(['line', 'number', 'flag', 'day', 'choice', 'reference']);
const MOST_COLUMNS = 6;

const say = (words: Words, t: Translate): string => t(words.en, words.ru);

const cellOf = (value: unknown): Cell => {
  if (Array.isArray(value) && value.every((part) => typeof part === 'number')) return value.join(',');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Cell);
};

const idArgument = (command: Command, t: Translate): Command =>
  command.argument('<id>', t('its number', 'номер записи'), wholeNumber(t, 0, LARGEST_ID));

function entryText({ fields, shown = {} }: Directory, entry: Entry, t: Translate): string {
  const said = Object.entries({ ...fields, ...shown }).map(([name, { words }]): [string, Cell] => [say(words, t), cellOf(entry[name])]);
  return renderFields([['id', entry.id], ...said, [t('version', 'версия'), entry.version]]);
}

const columnsOf = ({ columns, fields }: Directory): readonly string[] =>
  columns ??
  Object.entries(fields)
    .filter(([, { kind }]) => LISTED.has(kind))
    .slice(0, MOST_COLUMNS)
    .map(([name]) => name);

/** Fields by which a list can be narrowed; what is only shown of an entry is a number. */
const filtersOf = ({ table: { filters }, fields, shown = {} }: Directory): Record<string, Field> =>
  Object.fromEntries(
    Object.keys(filters).flatMap((name) => {
      const words = (fields[name] ?? shown[name])?.words;
      return words ? [[name, { ...(fields[name] ?? number(0, LARGEST_ID, words)), default: undefined }]] : [];
    }),
  );

/** What the file of `--file` holds. @throws HubError BAD_REQUEST */
async function fileFields(path: unknown): Promise<Fields> {
  if (typeof path !== 'string') return {};
  const value = await jsonFile(path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new HubError('BAD_REQUEST', `${path} must hold a JSON object with fields`, {
    russian: `В ${path} должен быть объект JSON с полями`,
  });
}

function addReading(noun: Command, directory: Directory, { t, withPorts }: Making): void {
  const { many, one } = directory;
  const columns = columnsOf(directory);
  const list = noun
    .command('list')
    .summary(t(`list ${many.en}`, `список: ${many.ru}`))
    .option('--search <text>', t('text in the title', 'текст в названии'));
  const filterFields = filtersOf(directory);
  withFieldOptions(list, filterFields, false, t);
  withPage(list, t).action((options) =>
    withPorts(async (ports) => {
      const { search: q, after, limit = 100 } = options;
      const act = commandAct(ports);
      const wish = { q, after, limit, filters: givenFields(filterFields, options) };
      const { items, next } = await listEntries(ports.database.work, act, directory, wish);
      const shown = items.map((entry) => listedEntry(directory, shownEntry(directory, act, entry)));
      if (options.json) return ports.print(toJson({ items: shown, next }));
      const rows = shown.map((entry) => ['id', ...columns].map((name) => cellOf(entry[name])));
      const titles = ['ID', ...columns.map((name) => name.toUpperCase())];
      ports.print(pageText(renderTable(titles, rows), next, t));
    }),
  );
  const show = idArgument(noun.command('show'), t).summary(t(`show one: ${one.en}`, `показать: ${one.ru}`));
  withJson(show, t).action((id: number, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const entry = shownEntry(directory, act, await findEntry(ports.database.work, act, directory, id));
      ports.print(options.json ? toJson(entry) : entryText(directory, entry, t));
    }),
  );
}

function addAdding(noun: Command, directory: Directory, { t, withPorts }: Making, example: string | undefined): void {
  const { fields, one, numbers, byFile } = directory;
  const hasTitle = fields['title'] !== undefined;
  const add = noun.command(hasTitle ? 'add <title>' : 'add').summary(t(`add one: ${one.en}`, `добавить: ${one.ru}`));
  const id = new Option('--id <number>', t('its number (default: the next one)', 'номер (по умолчанию следующий)')).argParser(
    wholeNumber(t, 0, LARGEST_ID),
  );
  add.addOption(numbers?.free === false ? id.makeOptionMandatory() : id);
  const { title: _, ...others } = fields;
  withFieldOptions(add, hasTitle ? others : fields, byFile !== true, t);
  withJson(withFile(add, directory, t), t).action((...given) =>
    withPorts(async (ports) => {
      // Commander gives the arguments, then the options, then the command.
      const [title, options] = hasTitle ? given : [undefined, given[0]];
      const file = await fileFields(options.file);
      const input = {
        ...file,
        ...givenFields(fields, options, file),
        ...(hasTitle && { title }),
        ...(options.id !== undefined && { id: options.id }),
      };
      const act = commandAct(ports);
      const entry = shownEntry(directory, act, await ports.database.transaction((tx) => addEntry(tx, act, directory, input)));
      ports.print(options.json ? toJson(entry) : t(`${one.en} ${entry.id} added`, `добавлено: ${one.ru} ${entry.id}`));
    }),
  );
  if (example) withExamples(add, t, example);
}

/** Where some fields have no option, all of them can be given by a file. */
const withFile = (command: Command, { byFile }: Directory, t: Translate): Command =>
  byFile
    ? command.option(
        '--file <file>',
        t('fields as JSON, as REST takes them; - reads standard input', 'поля в JSON, как в REST; - читает стандартный ввод'),
      )
    : command;

function addChanging(noun: Command, directory: Directory, { t, withPorts }: Making): void {
  const { fields, one } = directory;
  const change = idArgument(noun.command('change'), t).summary(t(`change one: ${one.en}`, `изменить: ${one.ru}`));
  const changeable = Object.fromEntries(Object.entries(fields).filter(([, { fixed }]) => !fixed));
  withFieldOptions(change, changeable, false, t);
  withJson(withFile(change, directory, t), t).action((id: number, options) =>
    withPorts(async (ports) => {
      const file = await fileFields(options.file);
      const act = commandAct(ports);
      const { entry, changed } = await ports.database.transaction(async (tx) => {
        const present = { ...(await findEntry(tx, act, directory, id)), ...file };
        return changeEntry(tx, act, directory, { id, change: { ...file, ...givenFields(changeable, options, present) } });
      });
      if (options.json) return ports.print(toJson(shownEntry(directory, act, entry)));
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
}

/**
 * `list|show|add|change|delete|import` of a directory, below `parent`.
 * @param example how one is added, behind `vestnik billing`
 * @returns the command of the directory, for more of them
 */
export function addDirectoryNoun(parent: Command, directory: Directory, making: Making, example?: string): Command {
  const noun = parent.command(directory.name).summary(say(directory.many, making.t));
  addReading(noun, directory, making);
  addAdding(noun, directory, making, example);
  addChanging(noun, directory, making);
  addDirectoryImport(noun, directory, making);
  return noun;
}
