import type { Command } from 'commander';
import type * as z from 'zod';
import { HubError } from '../../core/errors.ts';
import { validate } from '../../core/http/validate.ts';
import type { CommandPorts } from '../../core/module.ts';
import { identifier } from '../../core/terminal/arguments.ts';
import { type Cell, renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { changeSchema, type Given, type ManagedFace, newSchema, showManaged, shownInList } from '../api/managed-routes.ts';
import { deleteManaged } from '../delete-managed.ts';
import type { Field, Words } from '../directories/fields.ts';
import { listManaged } from '../list-managed.ts';
import { saveManaged } from '../save-managed.ts';
import { commandAct } from './command-act.ts';
import { givenFields, withFieldOptions } from './field-options.ts';
import { jsonFile } from './json-file.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How the command line shows a kind of managed things; the fields themselves are those of REST. */
export interface ManagedWords<T, F extends z.ZodObject> {
  readonly face: ManagedFace<T, F>;
  /** Many of them, in Russian. */
  readonly many: string;
  /** Options by the field that they give; what has none is given by `--file`. */
  readonly options: Readonly<Record<string, Field>>;
  /** What else of it is shown, and how that is called. */
  readonly shown?: Readonly<Record<string, Words>>;
  /** Fields that a list shows. */
  readonly columns: readonly string[];
  readonly examples: readonly string[];
  /** Options that no field alone stands for. */
  readonly withMore?: (command: Command) => Command;
  /** The fields that those options give. @param present the thing that is changed; undefined: a new one */
  readonly moreOf?: (options: Fields, present: Fields | undefined) => Fields;
}

const VERSION: Words = { en: 'version', ru: 'версия' };

const cellOf = (value: unknown): Cell => {
  if (Array.isArray(value) && value.every((part) => typeof part === 'number')) return value.join(',');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Cell);
};

/** What a file of `--file` holds. @throws HubError BAD_REQUEST */
async function fileFields(path: unknown): Promise<Fields> {
  if (typeof path !== 'string') return {};
  const value = await jsonFile(path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new HubError('BAD_REQUEST', `${path} must hold a JSON object with fields`, {
    russian: `В ${path} должен быть объект JSON с полями`,
  });
}

function addReading<T, F extends z.ZodObject>(noun: Command, words: ManagedWords<T, F>, { t, withPorts }: Making): void {
  const { face, many, options: fields, columns } = words;
  const list = noun
    .command('list')
    .summary(t(`list ${face.many}`, `список: ${many}`))
    .option('--search <text>', t('text in the title', 'текст в названии'));
  const filters = Object.fromEntries(Object.entries(fields).filter(([name]) => Object.hasOwn(face.filters, name)));
  withFieldOptions(list, filters, false, t);
  withPage(list, t).action((options) =>
    withPorts(async ({ database, print }) => {
      const { search: part, after, limit = 100 } = options;
      const { items, next } = await listManaged(database.work, face.kind, {
        ...{ part, after, limit },
        filters: face.filtersOf(givenFields(filters, options)),
      });
      const shown = items.map((item) => shownInList(face, item));
      if (options.json) return print(toJson({ items: shown, next }));
      const rows = shown.map((item) => ['id', ...columns].map((name) => cellOf(item[name])));
      const titles = ['ID', ...columns.map((name) => name.toUpperCase())];
      print(pageText(renderTable(titles, rows), next, t));
    }),
  );
  const show = noun.command('show').argument('<id>', t('its number', 'номер'), identifier(t));
  show.summary(t(`show one ${face.kind.words.en}`, 'показать целиком'));
  withJson(show, t).action((id: number, options) =>
    withPorts(async ({ database, print }) => {
      const shown: Fields = await database.transaction((tx) => showManaged(tx, face, id));
      const labels = Object.entries(shown).map(([name, value]): [string, Cell] => {
        const said = fields[name]?.words ?? { ...words.shown, version: VERSION }[name];
        return [said ? t(said.en, said.ru) : name, cellOf(value)];
      });
      print(options.json ? toJson(shown) : renderFields(labels));
    }),
  );
}

/** Saves what file and options give. @returns it as it is shown */
async function save<T extends object, F extends z.ZodObject>(
  ports: CommandPorts,
  { face, options: fields, moreOf }: ManagedWords<T, F>,
  { id, options, more = {} }: { readonly id: number; readonly options: Fields; readonly more?: Fields },
): Promise<Fields> {
  const file = await fileFields(options['file']);
  return ports.database.transaction(async (tx) => {
    const present: Fields | undefined = id === 0 ? undefined : await showManaged(tx, face, id);
    const given = { ...file, ...givenFields(fields, options), ...more };
    const whole = { ...given, ...moreOf?.(options, { ...present, ...given }) };
    const schema = id === 0 ? newSchema(face) : changeSchema(face);
    const change = face.changeOf(validate(schema, whole, 'body') as unknown as Given<F>);
    return showManaged(tx, face, await saveManaged(tx, commandAct(ports), face.kind, { id, change }));
  });
}

function addWriting<T extends { readonly title: string }, F extends z.ZodObject>(
  noun: Command,
  words: ManagedWords<T, F>,
  { t, withPorts }: Making,
): void {
  const { face, options: fields, examples, withMore = (command) => command } = words;
  const { kind, fixed } = face;
  const { title, ...others } = fields;
  const withFile = (command: Command): Command =>
    withMore(command).option(
      '--file <file>',
      t('fields as JSON, as REST takes them; - reads standard input', 'поля в JSON, как в REST; - читает стандартный ввод'),
    );
  const add = noun.command('add <title>').summary(t(`add a ${kind.words.en}`, 'добавить'));
  withFieldOptions(add, others, false, t);
  withExamples(withJson(withFile(add), t), t, ...examples.map((example) => `${kind.name} ${example}`)).action((given: string, options) =>
    withPorts(async (ports) => {
      const made = await save(ports, words, { id: 0, options, more: { title: given } });
      ports.print(options.json ? toJson(made) : t(`${kind.words.en} ${made['id']} added`, `добавлено, номер ${made['id']}`));
    }),
  );
  const change = noun.command('change').argument('<id>', t('its number', 'номер'), identifier(t));
  change.summary(t('change what is named; the rest stays', 'изменить указанное, остальное остаётся'));
  const changeable = Object.entries({ ...(title && { title }), ...others }).filter(([name]) => !fixed.includes(name));
  withFieldOptions(change, Object.fromEntries(changeable), false, t);
  withJson(withFile(change), t).action((id: number, options) =>
    withPorts(async (ports) => {
      const changed = await save(ports, words, { id, options });
      const said = t(`${kind.words.en} ${id} is at version ${changed['version']}`, `изменено, версия ${changed['version']}`);
      ports.print(options.json ? toJson(changed) : said);
    }),
  );
  noun
    .command('delete')
    .argument('<id>', t('its number', 'номер'), identifier(t))
    .summary(t('delete what nothing needs any more', 'удалить то, что больше нигде не нужно'))
    .action((id: number) =>
      withPorts(async (ports) => {
        await ports.database.transaction((tx) => deleteManaged(tx, commandAct(ports), kind, { id }));
        ports.print(t(`${kind.words.en} ${id} deleted`, `удалено: ${id}`));
      }),
    );
}

/** `vestnik billing <kind> list|show|add|change|delete` @returns the command of the kind, for more of them */
export function addManagedCommands<T extends { readonly title: string }, F extends z.ZodObject>(
  billing: Command,
  words: ManagedWords<T, F>,
  making: Making,
): Command {
  const noun = billing.command(words.face.kind.name).summary(making.t(words.face.many, words.many));
  addReading(noun, words, making);
  addWriting(noun, words, making);
  return noun;
}
