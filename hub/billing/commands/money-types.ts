import { type Command, InvalidArgumentError } from 'commander';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { shownType } from '../api/money-types.ts';
import { flatTree } from '../money-type-tree.ts';
import { CHARGE_TYPES, findType, listTypes, PAYMENT_TYPES, saveMoneyType, type TypeNoun } from '../save-money-type.ts';
import { findReserveType, listReserveTypes, saveReserveType } from '../save-reserve-type.ts';
import { commandAct } from './command-act.ts';

/** Reads yes or no. */
const yesNo =
  (t: Translate) =>
  (text: string): boolean => {
    if (text === 'yes' || text === 'no') return text === 'yes';
    throw new InvalidArgumentError(t('yes or no.', 'yes или no.'));
  };

function addTree(billing: Command, { t, withPorts }: Making, noun: TypeNoun, many: string): void {
  const group = billing.command(`${noun.name}-type`).summary(many);
  withJson(group.command('list').summary(t('the tree of classes and types', 'дерево классов и типов')), t).action(({ json }) =>
    withPorts(async (ports) => {
      const nodes = flatTree(await listTypes(ports.database.work, noun), {}, true);
      if (json) return ports.print(toJson({ items: nodes.map(({ node, level, path }) => ({ ...shownType(node), level, path })) }));
      const titles = [t('NUMBER', 'НОМЕР'), t('TITLE', 'НАЗВАНИЕ'), t('CLASS', 'КЛАСС'), t('BY HAND', 'ВРУЧНУЮ')];
      ports.print(
        renderTable(
          titles,
          nodes.map(({ node, level }) => [node.id, `${'  '.repeat(level)}${node.title}`, node.isClass, node.editable]),
        ),
      );
    }),
  );
  const withFields = (command: Command): Command => {
    command
      .option('--parent <id>', t('the class that it stands in; 0: none', 'класс, в котором он стоит; 0: нет'), (text) =>
        text === '0' ? 0 : identifier(t)(text),
      )
      .option('--class <yes|no>', t('it holds types, and no rows', 'содержит типы, а не записи'), yesNo(t))
      .option('--editable <yes|no>', t('used by hand', 'используется вручную'), yesNo(t));
    return noun.name === 'charge'
      ? command.option('--payback <yes|no>', t('its rows are paybacks', 'записи являются возвратами'), yesNo(t))
      : command;
  };
  const save = async (ports: Parameters<Parameters<typeof withPorts>[0]>[0], input: object, json: boolean): Promise<void> => {
    const act = commandAct(ports);
    const id = await ports.database.transaction((tx) => saveMoneyType(tx, act, noun, input));
    ports.print(json ? toJson(shownType(await findType(ports.database.work, noun, id))) : t(`type ${id} stored`, `тип ${id} сохранён`));
  };
  const add = withFields(group.command('add').argument('<title>', t('its title', 'название')).summary(t('make a type', 'создать тип')));
  withExamples(withJson(add, t), t, `${noun.name}-type add 'Card' --parent 1`).action(
    (title: string, { parent: parentId, class: isClass, editable, payback, json }) =>
      withPorts((ports) => save(ports, { title, parentId, isClass, editable, payback }, json)),
  );
  const change = withFields(group.command('change').argument('<id>', t('its number', 'номер'), identifier(t)))
    .summary(t('change a type; what is left out stays', 'изменить тип; что не указано, остаётся'))
    .option('--title <text>', t('its title', 'название'));
  withJson(change, t).action((id: number, { title, parent: parentId, class: isClass, editable, payback, json }) =>
    withPorts((ports) => save(ports, { id, title, parentId, isClass, editable, payback }, json)),
  );
}

function addReserveTypes(billing: Command, { t, withPorts }: Making): void {
  const group = billing.command('reserve-type').summary(t('types of reserves', 'типы резервов'));
  withJson(group.command('list').summary(t('list them', 'вывести список')), t).action(({ json }) =>
    withPorts(async ({ database, print }) => {
      const types = await listReserveTypes(database.work);
      if (json) return print(toJson({ items: types }));
      print(
        renderTable(
          [t('NUMBER', 'НОМЕР'), t('TITLE', 'НАЗВАНИЕ'), t('USED', 'ИСПОЛЬЗУЕТСЯ')],
          types.map(({ id, title, used }) => [id, title, used]),
        ),
      );
    }),
  );
  const save = async (ports: Parameters<Parameters<typeof withPorts>[0]>[0], input: object, json: boolean): Promise<void> => {
    const id = await ports.database.transaction((tx) => saveReserveType(tx, commandAct(ports), input));
    ports.print(json ? toJson(await findReserveType(ports.database.work, id)) : t(`type ${id} stored`, `тип ${id} сохранён`));
  };
  withJson(group.command('add').argument('<title>', t('its title', 'название')).summary(t('make a type', 'создать тип')), t).action(
    (title: string, { json }) => withPorts((ports) => save(ports, { title }, json)),
  );
  withJson(
    group
      .command('change')
      .argument('<id>', t('its number', 'номер'), identifier(t))
      .summary(t('change a type', 'изменить тип'))
      .option('--title <text>', t('its title', 'название'))
      .option('--used <yes|no>', t('takes new reserves', 'можно ли резервировать по нему'), yesNo(t)),
    t,
  ).action((id: number, { title, used, json }) => withPorts((ports) => save(ports, { id, title, used }, json)));
}

/** `vestnik billing payment-type ...`, `charge-type ...`, `reserve-type ...` */
export function addMoneyTypeCommands(billing: Command, making: Making): void {
  const { t } = making;
  addTree(billing, making, PAYMENT_TYPES, t('types of payments', 'типы платежей'));
  addTree(billing, making, CHARGE_TYPES, t('types of charges', 'типы расходов'));
  addReserveTypes(billing, making);
}
