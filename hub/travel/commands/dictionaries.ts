import { type Command, Option } from 'commander';
import { identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { fieldsOf, type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { shown } from '../api/answers.ts';
import { BINDING_TYPES, SELECTOR_MODES } from '../codebooks.ts';
import { deleteCode, deleteDictionary } from '../delete-dictionary.ts';
import type { Dictionary } from '../dictionary.ts';
import { needObject } from '../find-object.ts';
import { listCodes, listDictionaries } from '../list-dictionaries.ts';
import { CODES } from '../save-code.ts';
import { DICTIONARIES } from '../save-dictionary.ts';
import { addObject, changeObject } from '../save-object.ts';

const FIELDS = {
  name: 'Name',
  latin: 'NameLatin',
  tag: 'Tag',
  group: 'id_Group',
  binding: 'id_BindingType',
  selector: 'SelectorMode',
  sequence: 'SequenceNumber',
  regex: 'ValidationRegex',
  text: 'ValidationText',
  textLatin: 'ValidationTextLatin',
  mandatory: 'mandatory',
};
const CODE_FIELDS = { value: 'CodeValue', name: 'Name', latin: 'NameLatin', tag: 'Tag' };

const BINDINGS = { trip: 0, order: 1 } as const;
const SELECTORS = { one: 0, several: 1, free: 2 } as const;

/** Options have words where REST has numbers. */
function dictionaryFields(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { binding, selector, ...rest } = options;
  return fieldsOf(
    {
      ...rest,
      ...(binding !== undefined && { binding: BINDINGS[binding as keyof typeof BINDINGS] }),
      ...(selector !== undefined && { selector: SELECTORS[selector as keyof typeof SELECTORS] }),
    },
    FIELDS,
  );
}

const withFields = (command: Command, t: Translate): Command =>
  command
    .option('--latin <name>', t('name in Latin letters', 'название латиницей'))
    .option('--tag <tag>', t('tag', 'метка'))
    .option(
      '--group <id>',
      t('the owner group (default: 0, none)', 'группа-владелец (по умолчанию 0, нет)'),
      wholeNumber(t, 0, Number.MAX_SAFE_INTEGER),
    )
    .addOption(
      new Option('--binding <what>', t('codes stand on trips or orders', 'коды стоят на командировках или заказах')).choices([
        'trip',
        'order',
      ]),
    )
    .addOption(new Option('--selector <mode>', t('how codes are chosen', 'как выбирают коды')).choices(['one', 'several', 'free']))
    .option('--sequence <number>', t('place among the dictionaries', 'место среди справочников'), wholeNumber(t, 0, 1_000_000))
    .option('--regex <expression>', t('what a whole value must match', 'чему должно соответствовать значение целиком'))
    .option('--text <text>', t('said when a value does not match', 'сообщение о неверном значении'))
    .option('--text-latin <text>', t('the same in English', 'то же по-английски'))
    .option('--mandatory', t('trips need a code of it', 'код обязателен'))
    .option('--no-mandatory', t('trips may go without', 'код необязателен'));

const word = (entry: { readonly en: string; readonly ru: string }, t: Translate): string => t(entry.en, entry.ru);

function dictionaryText(dictionary: Dictionary & { readonly version: number }, t: Translate): string {
  return renderFields([
    ['id', dictionary.id_MetaDictionary],
    [t('name', 'название'), dictionary.Name],
    [t('in Latin letters', 'латиницей'), dictionary.NameLatin],
    [t('group', 'группа'), dictionary.id_Group],
    [t('codes stand', 'коды стоят'), word(BINDING_TYPES[dictionary.id_BindingType as 0 | 1], t)],
    [t('chosen', 'выбор'), word(SELECTOR_MODES[dictionary.SelectorMode as 0 | 1 | 2], t)],
    [t('place', 'место'), dictionary.SequenceNumber],
    [t('values match', 'значения соответствуют'), dictionary.ValidationRegex],
    [t('mandatory', 'обязателен'), dictionary.mandatory],
    [t('version', 'версия'), dictionary.version],
  ]);
}

function addReading(dictionary: Command, { t, withPorts }: Making): void {
  const list = dictionary
    .command('list')
    .summary(t('list dictionaries', 'список справочников'))
    .option('--organization <id>', t('used by this organization', 'используемые этой организацией'), identifier(t));
  withPage(list, t).action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const { organization, after, limit = 100 } = options;
      const page = await listDictionaries(database.work, caller, { organization, after, limit });
      if (options.json) return print(toJson({ items: page.items.map(shown), next: page.next }));
      const titles = ['ID', t('NAME', 'НАЗВАНИЕ'), t('GROUP', 'ГРУППА'), t('CODES STAND', 'КОДЫ СТОЯТ'), t('MANDATORY', 'ОБЯЗАТЕЛЕН')];
      const rows = page.items.map((row) => [
        row.id_MetaDictionary,
        row.Name,
        row.id_Group,
        word(BINDING_TYPES[row.id_BindingType as 0 | 1], t),
        row.mandatory,
      ]);
      print(pageText(renderTable(titles, rows), page.next, t));
    }),
  );
  const show = dictionary
    .command('show')
    .argument('<id>', t('id of the dictionary', 'номер справочника'), identifier(t))
    .summary(t('show a dictionary', 'показать справочник'));
  withJson(show, t).action((id: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const found = await needObject(database.work, caller, DICTIONARIES, { id, right: 'static.read' });
      print(options.json ? toJson(shown(found)) : dictionaryText(found, t));
    }),
  );
}

function addWriting(dictionary: Command, { t, withPorts }: Making): void {
  const add = dictionary.command('add <name>').summary(t('add a dictionary', 'добавить справочник'));
  withExamples(withJson(withFields(add, t), t), t, 'dictionary add "Проект" --binding order --mandatory --regex "П-\\d+"').action(
    (name: string, options) =>
      withPorts(async ({ database, caller, print }) => {
        const made = await database.transaction((tx) => addObject(tx, caller, DICTIONARIES, dictionaryFields({ ...options, name })));
        print(
          options.json
            ? toJson(shown(made))
            : t(`dictionary ${made.id_MetaDictionary} added`, `справочник ${made.id_MetaDictionary} добавлен`),
        );
      }),
  );
  const change = dictionary
    .command('change')
    .argument('<id>', t('id of the dictionary', 'номер справочника'), identifier(t))
    .summary(t('change a dictionary', 'изменить справочник'))
    .option('--name <name>', t('name; templates with @DIC: name it', 'название; на него ссылаются шаблоны с @DIC:'));
  withJson(withFields(change, t), t).action((id: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const { object, changed } = await database.transaction((tx) =>
        changeObject(tx, caller, DICTIONARIES, { id, change: dictionaryFields(options) }),
      );
      if (options.json) return print(toJson(shown(object)));
      print(changed ? t(`dictionary ${id} changed`, `справочник ${id} изменён`) : t('nothing to change', 'менять нечего'));
    }),
  );
  dictionary
    .command('delete')
    .argument('<id>', t('id of the dictionary', 'номер справочника'), identifier(t))
    .summary(t('delete a dictionary with its codes and relations', 'удалить справочник с кодами и связями'))
    .action((id: number) =>
      withPorts(async ({ database, caller, print }) => {
        await database.transaction((tx) => deleteDictionary(tx, caller, { id }));
        print(t(`dictionary ${id} deleted`, `справочник ${id} удалён`));
      }),
    );
}

function addCodes(travel: Command, { t, withPorts }: Making): void {
  const code = travel.command('code').summary(t('codes of dictionaries', 'коды справочников'));
  const list = code
    .command('list')
    .argument('<dictionary>', t('id of the dictionary', 'номер справочника'), identifier(t))
    .summary(t('list codes of a dictionary', 'список кодов справочника'))
    .option('--organization <id>', t('offered to this organization', 'доступные этой организации'), identifier(t));
  withPage(list, t).action((dictionary: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const { organization, after, limit = 100 } = options;
      const page = await listCodes(database.work, caller, { dictionary, organization, after, limit });
      if (options.json) return print(toJson({ items: page.items.map(shown), next: page.next }));
      const titles = ['ID', t('VALUE', 'ЗНАЧЕНИЕ'), t('NAME', 'НАЗВАНИЕ')];
      print(
        pageText(
          renderTable(
            titles,
            page.items.map((row) => [row.id_MetaCode, row.CodeValue, row.Name]),
          ),
          page.next,
          t,
        ),
      );
    }),
  );
  const add = code
    .command('add')
    .argument('<dictionary>', t('id of the dictionary', 'номер справочника'), identifier(t))
    .argument('<value>', t('the value', 'значение'))
    .summary(t('add a code', 'добавить код'))
    .option('--name <name>', t('name', 'название'))
    .option('--latin <name>', t('name in Latin letters', 'название латиницей'))
    .option('--tag <tag>', t('tag', 'метка'));
  withExamples(withJson(add, t), t, 'code add 3 "ТК-7/2" --name "Туризм"').action((dictionary: number, value: string, options) =>
    withPorts(async ({ database, caller, print }) => {
      const input = { ...fieldsOf({ ...options, value }, CODE_FIELDS), id_MetaDictionary: dictionary };
      const made = await database.transaction((tx) => addObject(tx, caller, CODES, input));
      print(options.json ? toJson(shown(made)) : t(`code ${made.id_MetaCode} added`, `код ${made.id_MetaCode} добавлен`));
    }),
  );
  code
    .command('delete')
    .argument('<id>', t('id of the code', 'номер кода'), identifier(t))
    .summary(t('delete a code with its relations', 'удалить код с его связями'))
    .action((id: number) =>
      withPorts(async ({ database, caller, print }) => {
        await database.transaction((tx) => deleteCode(tx, caller, { id }));
        print(t(`code ${id} deleted`, `код ${id} удалён`));
      }),
    );
}

/** `vestnik travel dictionary ...`, `vestnik travel code ...` */
export function addDictionaryCommands(travel: Command, making: Making): void {
  const { t } = making;
  const dictionary = travel
    .command('dictionary')
    .summary(t('dictionaries of budget and structural codes', 'справочники бюджетных и структурных кодов'));
  addReading(dictionary, making);
  addWriting(dictionary, making);
  addCodes(travel, making);
}
