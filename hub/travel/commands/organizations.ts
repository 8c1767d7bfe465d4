import { type Command, Option } from 'commander';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { fieldsOf, type Making, pageText, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { shown } from '../api/answers.ts';
import { deleteOrganization } from '../delete-organization.ts';
import { listOrganizations } from '../list-organizations.ts';
import { addObject, changeObject } from '../save-object.ts';
import { ORGANIZATIONS } from '../save-organization.ts';

const FIELDS = {
  name: 'Name',
  latin: 'NameLatin',
  outerId: 'OuterId',
  kind: 'kind',
  parent: 'id_Parent',
  authorization: 'authorization',
  onTimeLimit: 'on_time_limit',
  active: 'active',
};

const withFields = (command: Command, { t }: Making): Command =>
  command
    .option('--latin <name>', t('name in Latin letters', 'название латиницей'))
    .option('--outer-id <id>', t('its id in the system of its owner', 'идентификатор во внешней системе'))
    .addOption(
      new Option('--kind <kind>', t('agency or client (default)', 'агентство или клиент (по умолчанию)')).choices(['agency', 'client']),
    )
    .option('--parent <id>', t('the organization above it', 'вышестоящая организация'), identifier(t))
    .addOption(
      new Option('--authorization <rule>', t('whether trips need an approval', 'нужно ли согласование командировок')).choices([
        'none',
        'required',
      ]),
    )
    .addOption(
      new Option('--on-time-limit <act>', t('what happens when a time limit passes', 'что делать, когда срок оформления прошёл')).choices([
        'cancel',
        'queue',
        'none',
      ]),
    );

function addList(organization: Command, { t, withPorts }: Making): void {
  const command = organization
    .command('list')
    .summary(t('list organizations', 'список организаций'))
    .addOption(new Option('--kind <kind>', t('only these', 'только такие')).choices(['agency', 'client']));
  withPage(command, t).action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const { kind, after, limit = 100 } = options;
      const page = await listOrganizations(database.work, caller, { kind, after, limit });
      if (options.json) return print(toJson({ items: page.items.map(shown), next: page.next }));
      const titles = ['ID', t('NAME', 'НАЗВАНИЕ'), t('KIND', 'ВИД'), 'OUTER ID', t('APPROVAL', 'СОГЛАСОВАНИЕ'), t('ACTIVE', 'АКТИВНА')];
      const rows = page.items.map((row) => [row.id_Organization, row.Name, row.kind, row.OuterId, row.authorization, row.active]);
      print(pageText(renderTable(titles, rows), page.next, t));
    }),
  );
}

/** `vestnik travel organization ...` */
export function addOrganizationCommands(travel: Command, making: Making): void {
  const { t, withPorts } = making;
  const organization = travel.command('organization').summary(t('the agency and its clients', 'агентство и его клиенты'));
  addList(organization, making);

  const add = organization.command('add <name>').summary(t('add an organization', 'добавить организацию'));
  withExamples(withJson(withFields(add, making), t), t, 'organization add "ООО «Ветер»" --outer-id A-17 --authorization required').action(
    (name: string, options) =>
      withPorts(async ({ database, caller, print }) => {
        const input = fieldsOf({ ...options, name }, FIELDS);
        const made = await database.transaction((tx) => addObject(tx, caller, ORGANIZATIONS, input));
        print(
          options.json
            ? toJson(shown(made))
            : t(`organization ${made.id_Organization} added`, `организация ${made.id_Organization} добавлена`),
        );
      }),
  );

  const change = organization
    .command('change')
    .argument('<id>', t('id of the organization', 'номер организации'), identifier(t))
    .summary(t('change an organization', 'изменить организацию'))
    .option('--name <name>', t('name', 'название'))
    .option('--active', t('it takes new trips', 'принимает новые командировки'))
    .option('--no-active', t('it takes no new trips', 'не принимает новых командировок'));
  withExamples(
    withJson(withFields(change, making), t),
    t,
    'organization change 12 --no-active',
    'organization change 12 --on-time-limit queue',
  ).action((id: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const { object, changed } = await database.transaction((tx) =>
        changeObject(tx, caller, ORGANIZATIONS, { id, change: fieldsOf(options, FIELDS) }),
      );
      if (options.json) return print(toJson(shown(object)));
      print(changed ? t(`organization ${id} changed`, `организация ${id} изменена`) : t('nothing to change', 'менять нечего'));
    }),
  );

  organization
    .command('delete')
    .argument('<id>', t('id of the organization', 'номер организации'), identifier(t))
    .summary(t('delete an organization that nothing refers to', 'удалить организацию, на которую нет ссылок'))
    .action((id: number) =>
      withPorts(async ({ database, caller, print }) => {
        await database.transaction((tx) => deleteOrganization(tx, caller, { id }));
        print(t(`organization ${id} deleted`, `организация ${id} удалена`));
      }),
    );
}
