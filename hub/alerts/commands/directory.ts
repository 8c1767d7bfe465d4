import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { validate } from '../../core/http/validate.ts';
import { identifier } from '../../core/terminal/arguments.ts';
import { type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { addGroup } from '../add-group.ts';
import { addList } from '../add-list.ts';
import { addPerson } from '../add-person.ts';
import { newPersonBody, personBody, personJson } from '../api/person-answers.ts';
import { changeGroup } from '../change-group.ts';
import { changeList } from '../change-list.ts';
import { changeMembers } from '../change-members.ts';
import { changePerson } from '../change-person.ts';
import { clearList } from '../clear-list.ts';
import { deleteGroup } from '../delete-group.ts';
import { deleteList } from '../delete-list.ts';
import { deletePerson } from '../delete-people.ts';
import { type FolderView, folderChange, newFolderInput } from '../folder.ts';
import { listGroups, showGroup } from '../list-groups.ts';
import { listLists, showList } from '../list-lists.ts';
import { listPeople, showPerson } from '../list-people.ts';
import { movePeople } from '../move-people.ts';
import type { AlertMaking } from './alert-ports.ts';
import { addThing } from './things.ts';

/** `1,2,3` */
const idList =
  (t: Translate) =>
  (text: string): number[] => {
    const ids = text.split(',').map((part) => (/^[1-9]\d{0,9}$/.test(part.trim()) ? Number(part) : Number.NaN));
    if (ids.every((id) => Number.isSafeInteger(id))) return ids;
    throw new InvalidArgumentError(t('numbers parted by commas: 1,2,3.', 'номера через запятую: 1,2,3.'));
  };

const PEOPLE = ['PEOPLE', 'АБОНЕНТОВ'] as const;

/** `vestnik alerts group ...`, `list ...`, `person ...` */
export function addDirectoryCommands(alerts: Command, making: AlertMaking): void {
  const { t, withPorts } = making;
  const group = addThing<FolderView>(alerts, making, {
    noun: 'group',
    many: { en: 'groups of people', ru: 'группы абонентов' },
    titles: [PEOPLE, ['DESCRIPTION', 'ОПИСАНИЕ']],
    cells: ({ people, description }) => [people, description],
    example: '--set name="Цех 2"',
    list: (db, _act, wish) => listGroups(db, wish),
    show: (db, _act, id) => showGroup(db, id),
    add: (tx, act, fields) => addGroup(tx, act, validate(newFolderInput, fields, 'body')),
    change: (tx, act, { id, fields, version }) => changeGroup(tx, act, { id, change: validate(folderChange, fields, 'body'), version }),
    remove: deleteGroup,
  });
  group
    .command('move')
    .summary(t('move people into a group, all or none', 'переместить абонентов в группу: всех или никого'))
    .argument('<id>', '', identifier(t))
    .argument('<people>', t('their numbers: 1,2,3', 'их номера: 1,2,3'), idList(t))
    .action((id: number, people: number[]) =>
      withPorts(async (ports) => {
        const moved = await ports.database.transaction((tx) => movePeople(tx, ports.act(), id, people));
        ports.print(t(`moved: ${moved.length}`, `перемещено: ${moved.length}`));
      }),
    );

  const list = addThing<FolderView>(alerts, making, {
    noun: 'list',
    many: { en: 'mailing lists', ru: 'списки рассылки' },
    titles: [PEOPLE, ['GROUPS', 'ГРУПП'], ['DESCRIPTION', 'ОПИСАНИЕ']],
    cells: ({ people, groups, description }) => [people, groups, description],
    example: '--set name="Дежурные"',
    list: (db, _act, wish) => listLists(db, wish),
    show: (db, _act, id) => showList(db, id),
    add: (tx, act, fields) => addList(tx, act, validate(newFolderInput, fields, 'body')),
    change: (tx, act, { id, fields, version }) => changeList(tx, act, { id, change: validate(folderChange, fields, 'body'), version }),
    remove: deleteList,
  });
  const members = list
    .command('members')
    .summary(t('add and remove people and groups, all or nothing', 'добавить и убрать абонентов и группы: всё или ничего'))
    .argument('<id>', '', identifier(t))
    .option('--add <people>', t('people: 1,2,3', 'абоненты: 1,2,3'), idList(t), [])
    .option('--add-groups <groups>', t('groups', 'группы'), idList(t), [])
    .option('--remove <people>', t('people', 'абоненты'), idList(t), [])
    .option('--remove-groups <groups>', t('groups', 'группы'), idList(t), []);
  withExamples(withJson(members, t), t, 'list members 3 --add 15,16 --remove-groups 2').action((id: number, options) =>
    withPorts(async (ports) => {
      const change = {
        add: { people: options.add, groups: options.addGroups },
        remove: { people: options.remove, groups: options.removeGroups },
      };
      const view = await ports.database.transaction((tx) => changeMembers(tx, ports.act(), { id, change }));
      ports.print(
        options.json
          ? toJson(view)
          : t(`people: ${view.people}, groups: ${view.groups}`, `абонентов: ${view.people}, групп: ${view.groups}`),
      );
    }),
  );
  list
    .command('clear')
    .summary(t('remove all people and groups; the list stays', 'убрать всех абонентов и группы; список остаётся'))
    .argument('<id>', '', identifier(t))
    .action((id: number) =>
      withPorts(async (ports) => {
        await ports.database.transaction((tx) => clearList(tx, ports.act(), id));
        ports.print(t(`list ${id} is empty`, `список ${id} пуст`));
      }),
    );

  addThing<ReturnType<typeof personJson>>(alerts, making, {
    noun: 'person',
    many: { en: 'people with their phones and e-mails', ru: 'абоненты с телефонами и почтой' },
    titles: [
      ['GROUP', 'ГРУППА'],
      ['PHONES', 'ТЕЛЕФОНЫ'],
      ['E-MAILS', 'ПОЧТА'],
      ['EXTERNAL ID', 'ВНЕШНИЙ №'],
    ],
    cells: ({ group_id: groupId, phones, emails, external_id: externalId }) => [
      groupId,
      phones.map(({ number }) => number).join(', '),
      emails.map(({ address }) => address).join(', '),
      externalId,
    ],
    example: `--set group_id=1 --set name="Иванов И.И." --set 'phones=[{"number":"+7 916 123-45-67"}]'`,
    searches: true,
    async list(db, act, wish) {
      const { items, next } = await listPeople(db, act, wish);
      return { items: items.map(personJson), next };
    },
    show: async (db, act, id) => personJson(await showPerson(db, act, id)),
    add: async (tx, act, fields) => personJson(await addPerson(tx, act, validate(newPersonBody, fields, 'body'))),
    change: async (tx, act, { id, fields, version }) =>
      personJson(await changePerson(tx, act, { id, change: validate(personBody, fields, 'body'), version })),
    remove: deletePerson,
  });
}
