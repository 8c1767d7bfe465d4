import { expect, test } from 'vitest';
import type { EventCode, OrderEventData, StaticEventData, ValueContext } from '../event-data.ts';
import { findVariable, orderValues, staticValues, VARIABLES } from '../variables.ts';

/** Spec callbacks 3.3: what each variable is for which event. */
const head = { organization_id: 12, change_source: 'api', actor_id: 3, actor: 'sap' };
const order: OrderEventData = {
  ...head,
  family: 'order',
  facets: ['ReserveIssued', 'ReserveStateChanged'],
  id_Reserve: 1042,
  id_ComplexReserve: 77,
  OuterId: null,
  ReserveState: 'finished',
  PreviousReserveState: 'inprocess',
  ComplexState: 'forexecution',
  PreviousComplexState: null,
  ReserveType: 'avia',
  Total: '25400.00',
  Currency: 'RUB',
  TimeLimit: null,
  FileNames: [],
  codes: [],
  description: { ru: 'Заказ', en: 'Order' },
  OrganizationName: 'Ромашка',
};
const trip: OrderEventData = { ...order, id_Reserve: null, ReserveState: null, PreviousReserveState: null, Total: null, Currency: null };
const person: StaticEventData = {
  ...head,
  family: 'static',
  kind: 'Person',
  action: 'update',
  changed: true,
  id_Object: 5,
  id_Person: 5,
  id_Dictionary: null,
  before: '<Person>1</Person>',
  after: '<Person>2</Person>',
  unrelated: '',
  related: null,
  sensitive: [],
};
const context: ValueContext = {
  eventId: 'e-1',
  deliveryId: '501',
  attempt: 2,
  callbackId: 639_309_366_001_230_000n,
  eventTime: '2026-11-22T09:30:00Z',
  language: 'ru',
  emptyIds: '',
  eventNames: {},
  eventType: 'ReserveIssued',
  relationRemoval: 'empty',
  subscriberData: false,
};

const all = (values: { get(name: string): unknown }, family: 'order' | 'static'): Record<string, unknown> =>
  Object.fromEntries(VARIABLES.filter(({ families }) => families.includes(family)).map(({ name }) => [name, values.get(name)]));

test('every variable of the order family, of an order that was issued', () => {
  expect(all(orderValues(order, context), 'order')).toEqual({
    id_Reserve: 1042,
    id_ComplexReserve: 77,
    OuterId: null,
    EventType: 'ReserveIssued',
    ReserveState: 'finished',
    ComplexState: 'forexecution',
    EventDescription: 'Заказ',
    CallbackId: 639_309_366_001_230_000n,
    EventId: 'e-1',
    DeliveryId: '501',
    Attempt: 2,
    EventTime: '2026-11-22T09:30:00Z',
    ChangeSource: 'api',
    Actor: 'sap',
    id_Organization: 12,
    OrganizationName: 'Ромашка',
    Facets: 'ReserveIssued,ReserveStateChanged',
    PreviousReserveState: 'inprocess',
    PreviousComplexState: null,
    ReserveType: 'avia',
    Total: '25400.00',
    Currency: 'RUB',
    TimeLimit: null,
    FileNames: undefined,
  });
});

test('a change of the trip alone has neither number nor state of an order, or 0 when asked for', () => {
  expect(orderValues(trip, context).get('id_Reserve')).toBeUndefined();
  expect(orderValues(trip, { ...context, emptyIds: '0' }).get('id_Reserve')).toBe(0);
  expect(orderValues(order, { ...context, emptyIds: '0' }).get('id_Reserve')).toBe(1042);
  const states = { ReserveState: 'canceled', ComplexState: 'canceled' };
  expect(orderValues(trip, { ...context, states }).get('ReserveState')).toBeUndefined();
  expect(orderValues(trip, { ...context, states }).get('ComplexState')).toBe('canceled');
  expect(orderValues(order, { ...context, states }).get('ReserveState')).toBe('canceled');
});

test('7.4, 47: the endpoint may call event types as it likes; what an object inherits is no name', () => {
  expect(orderValues(order, { ...context, eventNames: { ReserveIssued: '2' } }).get('EventType')).toBe('2');
  expect(orderValues(order, { ...context, eventType: 'constructor' }).get('EventType')).toBe('constructor');
});

test('language, files, organization name', () => {
  expect(orderValues(order, { ...context, language: 'en' }).get('EventDescription')).toBe('Order');
  expect(orderValues({ ...order, FileNames: ['a.pdf', 'b.pdf'] }, context).get('FileNames')).toBe('a.pdf, b.pdf');
  const { OrganizationName: _, ...nameless } = order;
  expect(orderValues(nameless, { ...context, organizationName: 'Лютик' }).get('OrganizationName')).toBe('Лютик');
  expect(staticValues(person, { ...context, organizationName: 'Лютик' }).get('OrganizationName')).toBe('Лютик');
});

test('every variable of the static family', () => {
  expect(all(staticValues(person, context), 'static')).toMatchObject({
    Type: 'Person',
    Before: '<Person>1</Person>',
    After: '<Person>2</Person>',
    CallbackId: 639_309_366_001_230_000n,
    EventId: 'e-1',
    Action: 'update',
    id_Object: 5,
    id_Person: 5,
    id_Related: undefined,
    RelatedKind: undefined,
    RelatedName: undefined,
  });
  const related = { id: 'avia', kind: 'ReserveType', name: 'Авиа' };
  expect(all(staticValues({ ...person, related }, context), 'static')).toMatchObject({
    id_Related: 'avia',
    RelatedKind: 'ReserveType',
    RelatedName: 'Авиа',
  });
});

test('Before is absent at create, After at delete; a removed relation may be shown as Unrelate', () => {
  expect(staticValues({ ...person, action: 'create', before: '' }, context).get('Before')).toBeUndefined();
  const removed: StaticEventData = { ...person, action: 'delete', after: '', unrelated: '<a>Unrelate</a>' };
  expect(staticValues(removed, context).get('After')).toBeUndefined();
  expect(staticValues(removed, { ...context, relationRemoval: 'unrelate' }).get('After')).toBe('<a>Unrelate</a>');
  expect(staticValues({ ...removed, unrelated: '' }, { ...context, relationRemoval: 'unrelate' }).get('After')).toBeUndefined();
  expect(staticValues(person, { ...context, relationRemoval: 'unrelate' }).get('After')).toBe('<Person>2</Person>');
});

test('variables of one family are nothing in the other, and what an object inherits is no variable', () => {
  expect(orderValues(order, context).get('Before')).toBeUndefined();
  expect(staticValues(person, context).get('id_Reserve')).toBeUndefined();
  for (const name of ['constructor', '__proto__', 'toString']) {
    expect(findVariable(name)).toBeUndefined();
    expect(orderValues(order, context).get(name)).toBeUndefined();
  }
  expect(staticValues(person, context).dic('Команда')).toBeUndefined();
});

const code = (dictionary: string, value: string, more: Partial<EventCode> = {}): EventCode => ({
  dictionary,
  dictionaryLatin: null,
  id_MetaDictionary: 4,
  value,
  name: `имя ${value}`,
  on: 'trip',
  sequence: 1,
  ...more,
});
const dic = (codes: EventCode[], name: string) => orderValues({ ...order, codes }, context).dic(name);

test('a code of the order comes before that of the trip, Name before NameLatin', () => {
  expect(dic([code('Проект', 't'), code('Проект', 'o', { on: 'order' })], 'Проект')?.value).toBe('o');
  expect(dic([code('Проект', 't')], 'Проект')).toMatchObject({ value: 't', name: 'имя t' });
  expect(dic([code('Другой', 'l', { dictionaryLatin: 'Project' }), code('Project', 'n')], 'Project')?.value).toBe('n');
  expect(dic([code('Другой', 'l', { dictionaryLatin: 'Project' })], 'Project')?.value).toBe('l');
  expect(dic([code('Другой', 'l')], 'Проект')).toBeUndefined();
});

test('several codes are joined in their sequence', () => {
  const codes = [code('Проект', 'c', { sequence: 3 }), code('Проект', 'a'), code('Проект', 'b', { sequence: 2 })];
  expect(dic(codes, 'Проект')).toEqual({ value: 'a, b, c', name: 'имя a, имя b, имя c' });
  expect(codes.map(({ value }) => value)).toEqual(['c', 'a', 'b']);
});

test('B22: of two dictionaries of one name, the one on the order is taken', () => {
  const codes = [code('Проект', 't', { id_MetaDictionary: 4 }), code('Проект', 'o', { id_MetaDictionary: 9, on: 'order' })];
  expect(dic(codes, 'Проект')?.value).toBe('o');
  expect(dic(codes.toReversed(), 'Проект')?.value).toBe('o');
});

test('names are compared in NFC with single spaces', () => {
  expect(dic([code(`Кай  роль${'й'.normalize('NFD')}`, 'x')], 'Кай рольй')?.value).toBe('x');
});
