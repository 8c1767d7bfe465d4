import type { Act } from '../act.ts';
import type { Entry } from '../directory-entry.ts';
import { retitleItem } from '../retitle-values.ts';
import { wordColumn } from '../sql/columns.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { itemUses, parameterUses } from '../sql/directory-uses.ts';
import { type Directory, directory } from './directory.ts';
import { choice, flag, line, number, reference } from './fields.ts';
import { usedBy } from './users.ts';
import { wrongField } from './wrong-field.ts';

/** Kinds of parameters by their code, less one, as the views of `billing_read` name them. */
const KIND_NAMES = [
  'text',
  'address',
  'email',
  'serviced_by',
  'flag',
  'date',
  'list',
  'contract',
  'phone',
  'separator',
  'multilist',
] as const;
type KindName = (typeof KIND_NAMES)[number];
const LISTS: readonly KindName[] = ['list', 'multilist'];

const KIND = wordColumn('kind', KIND_NAMES, 1);

/** Parameters that the operator may not even read (spec 2.14). */
export const hiddenParameters = ({ fence }: Pick<Act, 'fence'>): number[] =>
  [...fence.parameters].flatMap(([id, rule]) => (rule === 'none' ? [id] : []));

export type Parameter = Entry & { kind: KindName; title: string; custom_values: boolean };

/** What can be stored of contracts besides their record (spec 2.3). The kind stays: values are never converted. */
export const PARAMETERS: Directory<Parameter> = directory<Parameter>({
  name: 'parameter',
  path: 'parameters',
  one: { en: 'parameter', ru: 'параметр' },
  many: { en: 'parameters of contracts', ru: 'параметры договоров' },
  table: directoryTable({
    name: 'parameter',
    table: 'billing_parameter',
    id: 'parameter_id',
    columns: {
      title: 'title',
      kind: KIND,
      comment: 'comment',
      position: 'position',
      history: 'history',
      always_visible: 'always_visible',
      customer_read: 'customer_read',
      customer_write: 'customer_write',
      custom_values: 'custom_values',
    },
    order: ['position'],
    filters: { kind: [KIND.read, 'text'] },
  }),
  fields: {
    title: line(200, { en: 'title', ru: 'название' }),
    kind: choice(KIND_NAMES, { en: 'what its values are; it stays as it is', ru: 'вид значений; не меняется' }, { fixed: true }),
    comment: line(1_000, { en: 'remark', ru: 'примечание' }, { default: '' }),
    position: number(-1_000_000, 1_000_000, { en: 'place among the parameters', ru: 'место среди параметров' }, { default: 0 }),
    history: flag({ en: 'every change of a value is kept', ru: 'хранить историю значений' }, true),
    always_visible: flag({ en: 'shown whatever the group of the contract', ru: 'показывать при любой группе параметров' }, false),
    customer_read: flag({ en: 'the customer may see it', ru: 'виден клиенту' }, false),
    customer_write: flag({ en: 'the customer may change it', ru: 'клиент может менять' }, false),
    custom_values: flag({ en: 'its list takes values that are not in it yet', ru: 'список принимает новые значения' }, false),
  },
  hidden: hiddenParameters,
  async check(_tx, _act, { kind, custom_values: custom }) {
    if (custom && kind !== 'list')
      throw wrongField('custom_values', 'kind', {
        en: `a parameter of kind ${kind} has no list to add to`,
        ru: `у вида ${kind} нет пополняемого списка`,
      });
  },
  uses: usedBy(parameterUses),
});

export type ListItem = Entry & { parameter_id: number; title: string };

/** Items of the lists of parameters. */
export const LIST_ITEMS: Directory<ListItem> = directory<ListItem>({
  name: 'list-item',
  path: 'list-items',
  one: { en: 'list item', ru: 'значение списка' },
  many: { en: 'items of lists', ru: 'значения списков' },
  table: directoryTable({
    name: 'listItem',
    table: 'billing_list_item',
    id: 'item_id',
    columns: { parameter_id: 'parameter_id', title: 'title', position: 'position' },
    order: ['parameter_id', 'position'],
    filters: { parameter_id: ['t.parameter_id', 'int'] },
    hiding: 't.parameter_id',
    unique: { parameter_id: 'int', title: 'text' },
  }),
  fields: {
    title: line(2_000, { en: 'title', ru: 'название' }),
    parameter_id: reference(
      () => PARAMETERS,
      { en: 'the parameter whose list it is in; it stays', ru: 'параметр; не меняется' },
      { fixed: true },
    ),
    position: number(-1_000_000, 1_000_000, { en: 'place in the list', ru: 'место в списке' }, { default: 0 }),
  },
  hidden: hiddenParameters,
  hiddenBy: ({ parameter_id: parameterId }) => parameterId,
  async check(tx, _act, { parameter_id: parameterId }, before) {
    const [parameter] = before ? [] : await PARAMETERS.table.byId(tx, parameterId);
    if (parameter && !LISTS.includes(parameter.kind))
      throw wrongField('parameter_id', 'kind', { en: `parameter ${parameterId} is no list`, ru: `параметр ${parameterId} — не список` });
  },
  async stored(tx, _act, next, before) {
    if (before && before.title !== next.title) await retitleItem(tx, next.id, next.parameter_id, next.title);
  },
  uses: usedBy(itemUses),
});
