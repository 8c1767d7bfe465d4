import type { Command } from 'commander';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { shown } from '../api/answers.ts';
import { CONTACT_TYPES, DOCUMENT_TYPES } from '../codebooks.ts';
import { deletePerson } from '../delete-person.ts';
import { listPersons } from '../list-persons.ts';
import { showPerson } from '../show-person.ts';

type Card = Awaited<ReturnType<typeof showPerson>>;

const word = (book: Readonly<Record<number, { readonly en: string; readonly ru: string }>>, code: number, t: Translate): string => {
  const entry = book[code];
  return entry ? t(entry.en, entry.ru) : String(code);
};

function cardText(person: Card, t: Translate): string {
  const fields = renderFields([
    ['id', person.id_Person],
    [t('name', 'имя'), [person.LastName, person.FirstName, person.SurName].filter((part) => part !== null).join(' ')],
    [
      t('in Latin letters', 'латиницей'),
      [person.LastNameLatin, person.FirstNameLatin, person.SurNameLatin].filter((part) => part !== null).join(' '),
    ],
    [t('born', 'дата рождения'), person.BirthDate],
    [t('gender', 'пол'), person.Gender],
    [t('organization', 'организация'), person.id_Organization],
    ['OuterId', person.OuterId],
    [t('version', 'версия'), person.version],
  ]);
  const until = (day: string | null) => (day === null ? '' : ` ${t('until', 'до')} ${day}`);
  const parts = [
    ...person.documents.map((row) => [
      t('document', 'документ'),
      row.id_Document,
      `${word(DOCUMENT_TYPES, row.id_DocumentType, t)} ${row.Number}${until(row.ExpiryDate)}`,
    ]),
    ...person.contacts.map((row) => [
      t('contact', 'контакт'),
      row.id_Contact,
      `${word(CONTACT_TYPES, row.id_ContactType, t)} ${row.Content}`,
    ]),
    ...person.mile_cards.map((row) => [t('mile card', 'мильная карта'), row.id_Card, `${row.AirlineCode} ${row.Number}`]),
    ...person.codes.map((row) => [t('code', 'код'), row.id_MetaCode, row.CodeValue]),
  ];
  return parts.length === 0 ? fields : `${fields}\n\n${renderTable([t('PART', 'ЧТО'), 'ID', t('VALUE', 'ЗНАЧЕНИЕ')], parts)}`;
}

/** `vestnik travel person ...` */
export function addPersonCommands(travel: Command, { t, withPorts }: Making): void {
  const person = travel.command('person').summary(t('travellers and employees', 'путешественники и сотрудники'));
  const list = person
    .command('list')
    .summary(t('list persons', 'список персон'))
    .option('--organization <id>', t('of this organization', 'этой организации'), identifier(t))
    .option('--outer-id <id>', t('with this outer id', 'с этим внешним идентификатором'))
    .option('--find <text>', t('a piece of the name', 'часть имени'));
  withPage(list, t).action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const { organization, outerId, find, after, limit = 100 } = options;
      const page = await listPersons(database.work, caller, { organization, OuterId: outerId, q: find, after, limit });
      if (options.json) return print(toJson({ items: page.items.map(shown), next: page.next }));
      const titles = ['ID', t('LAST NAME', 'ФАМИЛИЯ'), t('FIRST NAME', 'ИМЯ'), t('ORGANIZATION', 'ОРГАНИЗАЦИЯ'), 'OUTER ID'];
      const rows = page.items.map((row) => [row.id_Person, row.LastName, row.FirstName, row.id_Organization, row.OuterId]);
      print(pageText(renderTable(titles, rows), page.next, t));
    }),
  );
  const show = person
    .command('show')
    .argument('<id>', t('id of the person', 'номер персоны'), identifier(t))
    .summary(t('show a person with documents, contacts, cards and codes', 'показать персону с документами, контактами, картами и кодами'));
  withJson(show, t).action((id: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const card = await showPerson(database.work, caller, id);
      print(options.json ? toJson(card) : cardText(card, t));
    }),
  );
  const remove = person
    .command('delete')
    .argument('<id>', t('id of the person', 'номер персоны'), identifier(t))
    .summary(t('delete a person with all parts', 'удалить персону со всеми данными'))
    .option(
      '--erase',
      t('and its personal data in events and stored bodies', 'и стереть персональные данные в событиях и сохранённых телах'),
    );
  withExamples(remove, t, 'person delete 77', 'person delete 77 --erase').action((id: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      await database.transaction((tx) => deletePerson(tx, caller, { id, erase: options.erase === true }));
      print(options.erase ? t(`person ${id} erased`, `персона ${id} стёрта`) : t(`person ${id} deleted`, `персона ${id} удалена`));
    }),
  );
}
