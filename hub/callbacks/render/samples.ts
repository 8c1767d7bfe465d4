import type { OrderEventData, StaticEventData, ValueContext } from '../event-data.ts';
import { TEST_EVENT_TYPE } from '../event-types.ts';
import type { Family } from '../family.ts';
import type { RenderValues } from '../variable.ts';
import { billingValues, findVariable, orderValues, staticValues } from '../variables.ts';
import { billingSample } from './billing-samples.ts';

/** The sets of values with which every template is tried at save (spec callbacks 5.6). */
export type SampleSet = 'typical' | 'empty' | 'nasty' | 'long' | 'create' | 'delete';

/** `create` and `delete` differ from `typical` in the static family only. */
export function sampleSets(family: Family): readonly SampleSet[] {
  return family === 'static' ? ['typical', 'empty', 'nasty', 'long', 'create', 'delete'] : ['typical', 'empty', 'nasty', 'long'];
}

const HEAD = { organization_id: 12, change_source: 'console', actor_id: 3, actor: 'ivanova', OrganizationName: 'ООО «Ромашка»' };

const SAMPLE_ORDER: OrderEventData = {
  ...HEAD,
  family: 'order',
  facets: [TEST_EVENT_TYPE.name],
  id_Reserve: 1042,
  id_ComplexReserve: 77,
  OuterId: 'TR-2026-0077',
  ReserveState: 'finished',
  PreviousReserveState: 'inprocess',
  ComplexState: 'forexecution',
  PreviousComplexState: null,
  ReserveType: 'avia',
  Total: '25400.00',
  Currency: 'RUB',
  TimeLimit: '2026-11-25T18:00:00+03:00',
  FileNames: ['ticket.pdf'],
  codes: [],
  description: { ru: 'Заказ 1042: в обработке → выполнен', en: 'Order 1042: inprocess → finished' },
};

const PERSON = (last: string): string =>
  `<Person><id_Person>5</id_Person><LastName>${last}</LastName><FirstName>Анна</FirstName><SurName /></Person>`;

const SAMPLE_STATIC: StaticEventData = {
  ...HEAD,
  family: 'static',
  kind: 'Person',
  action: 'update',
  changed: true,
  id_Object: 5,
  id_Person: 5,
  id_Dictionary: null,
  before: PERSON('Петрова'),
  after: PERSON('Иванова'),
  unrelated: '',
  related: null,
  sensitive: ['LastName', 'FirstName', 'SurName'],
};

const SAMPLE_CONTEXT: ValueContext = {
  eventId: '0199f3a2-6c1e-7d40-8a55-3f0e2b9c4d17',
  deliveryId: '501',
  attempt: 1,
  callbackId: 639_309_366_001_230_000n,
  eventTime: '2026-11-22T12:30:00.123+03:00',
  language: 'ru',
  emptyIds: '',
  eventNames: {},
  eventType: TEST_EVENT_TYPE.name,
  relationRemoval: 'empty',
  subscriberData: true,
};

const NASTY_TEXT = '<>&"\']]>\\\r\n\t\u0001\ud800😀 Привет ё №5 漢 @id_Reserve $& $' + '{x} %41 ../ .. ]]';
const LONG_TEXT = `${'Ж'.repeat(9_999)}&`;

/** The values of a set. `context` changes what the typical event says of its attempt, as the endpoint's settings do. */
export function sampleValues(family: Family, set: SampleSet, context: Partial<ValueContext> = {}): RenderValues {
  if (set === 'empty') return { get: () => undefined, dic: () => undefined };
  if (set === 'nasty') return madeOf(NASTY_TEXT, 2 ** 53 - 1, '<Contact><Content>&lt;&amp;]]&gt; 😀 漢</Content></Contact>');
  if (set === 'long') return madeOf(LONG_TEXT, 2 ** 53 - 1, `<Contact><Content>${'Ж'.repeat(10_000)}</Content></Contact>`);
  const whole = { ...SAMPLE_CONTEXT, ...context };
  if (family === 'order') return { ...orderValues(SAMPLE_ORDER, whole), dic: () => ({ value: 'TK-7', name: 'Туризм' }) };
  if (family === 'billing') return billingValues(billingSample(whole.eventType), whole);
  if (set === 'create') return staticValues({ ...SAMPLE_STATIC, action: 'create', before: '' }, whole);
  if (set === 'delete') return staticValues({ ...SAMPLE_STATIC, action: 'delete', after: '' }, whole);
  return staticValues(SAMPLE_STATIC, whole);
}

/** Every variable there is, filled by its kind. */
function madeOf(text: string, whole: number, fragment: string): RenderValues {
  const byKind = { text, integer: whole, ticks: SAMPLE_CONTEXT.callbackId, fragment };
  return {
    get: (name) => {
      const variable = findVariable(name);
      return variable && byKind[variable.kind];
    },
    dic: () => ({ value: text, name: text }),
  };
}
