import { BILLING_ENTRIES } from './billing-variables.ts';
import { describeBilling } from './describe-billing.ts';
import { codeOf } from './event-codes.ts';
import type { BillingEventData, OrderEventData, StaticEventData, ValueContext } from './event-data.ts';
import { FAMILIES, type Family } from './family.ts';
import { filled, type Held, type RenderValues, type Variable, type VariableEntry } from './variable.ts';

const both = (read: (data: OrderEventData | StaticEventData, context: ValueContext) => Held): Pick<VariableEntry, 'order' | 'static'> => ({
  order: read,
  static: read,
});

/** What depends on the attempt or the event as such, and on nothing in its data. */
const every = (read: (context: ValueContext) => Held): Pick<VariableEntry, Family> => ({
  order: (_, context) => read(context),
  static: (_, context) => read(context),
  billing: (_, context) => read(context),
});

/** `@EventType`: as the endpoint calls it. */
const typeName = (_: unknown, { eventType, eventNames }: ValueContext): Held =>
  Object.hasOwn(eventNames, eventType) ? eventNames[eventType] : eventType;

/** The one table of variables: who has them, where their values come from, and what the reference says of them. */
const ENTRIES: Readonly<Record<string, VariableEntry>> = {
  id_Reserve: {
    kind: 'integer',
    bare: true,
    order: (data, context) => data.id_Reserve ?? (context.emptyIds === '0' ? 0 : undefined),
    en: 'Number of the order; empty when only the trip changed (0 with `empty_ids=0`)',
    ru: 'Номер заказа; пусто, если изменилась только командировка (0 при `empty_ids=0`)',
  },
  id_ComplexReserve: {
    kind: 'integer',
    bare: true,
    order: (data) => data.id_ComplexReserve,
    en: 'Number of the trip',
    ru: 'Идентификатор командировки',
  },
  OuterId: {
    bare: true,
    free: true,
    order: (data) => data.OuterId,
    en: 'External id of the trip; empty when it has none',
    ru: 'Внешний идентификатор командировки; пусто, если его нет',
  },
  EventType: {
    bare: true,
    order: typeName,
    billing: typeName,
    en: 'Type of the event, see above; the text of `event_names` where the endpoint has one for it',
    ru: 'Тип события, см. выше; если в `event_names` задан свой текст, то он',
  },
  ReserveState: {
    bare: true,
    order: (data, { states }) => (data.id_Reserve === null ? undefined : (states?.ReserveState ?? data.ReserveState)),
    en: 'State of the order; empty when only the trip changed',
    ru: 'Текущее состояние заказа; пусто, если изменилась только командировка',
  },
  ComplexState: {
    bare: true,
    order: (data, { states }) => states?.ComplexState ?? data.ComplexState,
    en: 'State of the trip',
    ru: 'Текущее состояние командировки',
  },
  EventDescription: {
    bare: true,
    free: true,
    order: (data, { language }) => data.description[language],
    billing: (data, { eventType, language }) => describeBilling(eventType, data, language),
    en: "What happened, in one sentence of the endpoint's language",
    ru: 'Что произошло, одним предложением на языке приёмника',
  },
  Type: { bare: true, static: (data) => data.kind, en: 'Kind of the object, see above', ru: 'Название типа объекта, см. выше' },
  Before: {
    kind: 'fragment',
    bare: true,
    sensitive: true,
    static: (data) => filled(data.before),
    en: 'The object as it was, as XML; empty when it was created',
    ru: 'Предыдущее состояние объекта, XML; пусто при создании',
  },
  After: {
    kind: 'fragment',
    bare: true,
    sensitive: true,
    static: (data, { relationRemoval }) =>
      filled(data.after === '' && data.action === 'delete' && relationRemoval === 'unrelate' ? data.unrelated : data.after),
    en: 'The object as it is, as XML; empty when it was deleted',
    ru: 'Актуальное состояние объекта, XML; пусто при удалении',
  },
  CallbackId: {
    kind: 'ticks',
    bare: ['order', 'billing'],
    ...every(({ callbackId }) => callbackId),
    en: 'Ticks of 100 ns at the moment of sending, another number for each attempt',
    ru: 'Количество тиков (100 нс) на момент отправки, новое для каждой попытки',
  },
  EventId: {
    ...every(({ eventId }) => eventId),
    en: 'The same for every attempt and resend of one event: drop repeated messages by it',
    ru: 'Одинаков для всех попыток и повторных отправок события: по нему отбрасывайте повторы',
  },
  DeliveryId: {
    ...every(({ deliveryId }) => deliveryId),
    en: 'Number of the delivery in the log',
    ru: 'Номер доставки в журнале',
  },
  Attempt: { kind: 'integer', ...every(({ attempt }) => attempt), en: 'Number of the attempt, from 1', ru: 'Номер попытки, с 1' },
  EventTime: {
    ...every(({ eventTime }) => eventTime),
    en: 'When it happened, RFC 3339 with offset',
    ru: 'Когда произошло, RFC 3339 со смещением',
  },
  ChangeSource: {
    ...both((data) => data.change_source),
    en: 'Where the change came from: console, api, import, system',
    ru: 'Источник изменения: console, api, import, system',
  },
  Actor: { free: true, ...both((data) => filled(data.actor)), en: 'Login of who did it', ru: 'Логин того, кто изменил' },
  id_Organization: {
    kind: 'integer',
    ...both((data) => data.organization_id),
    en: 'Number of the organization',
    ru: 'Номер организации',
  },
  OrganizationName: {
    free: true,
    ...both((data, { organizationName }) => filled(data.OrganizationName ?? organizationName)),
    en: 'Name of the organization',
    ru: 'Название организации',
  },
  Facets: {
    order: (data) => filled(data.facets.join(',')),
    en: 'Everything that happened at once: types of events, highest precedence first, by commas',
    ru: 'Всё, что произошло одновременно: типы событий через запятую, начиная с высшего приоритета',
  },
  PreviousReserveState: {
    order: (data) => data.PreviousReserveState,
    en: 'State of the order before, when it changed',
    ru: 'Предыдущее состояние заказа, если оно изменилось',
  },
  PreviousComplexState: {
    order: (data) => data.PreviousComplexState,
    en: 'State of the trip before, when it changed',
    ru: 'Предыдущее состояние командировки, если оно изменилось',
  },
  ReserveType: {
    order: (data) => data.ReserveType,
    en: 'Type of service: avia, rail, hotel, ...',
    ru: 'Вид услуги: avia, rail, hotel, ...',
  },
  Total: { order: (data) => data.Total, en: 'Total of the order, a decimal', ru: 'Итоговая сумма заказа, десятичное число' },
  Currency: { order: (data) => data.Currency, en: 'Currency of the total, ISO 4217', ru: 'Валюта суммы, ISO 4217' },
  TimeLimit: {
    order: (data) => data.TimeLimit,
    en: 'Issue before this moment, RFC 3339',
    ru: 'Оформить до этого момента, RFC 3339',
  },
  FileNames: {
    free: true,
    sensitive: true,
    order: (data) => filled(data.FileNames.join(', ')),
    en: 'Names of the files just added',
    ru: 'Имена только что добавленных файлов',
  },
  Action: {
    static: (data) => data.action,
    en: 'create, update, delete, or save when nothing changed',
    ru: 'create, update, delete; save, если ничего не изменилось',
  },
  id_Object: { kind: 'integer', static: (data) => data.id_Object, en: 'Number of the object', ru: 'Номер объекта' },
  id_Person: { kind: 'integer', static: (data) => data.id_Person, en: 'Number of the person', ru: 'Номер персоны' },
  id_Related: {
    static: (data) => data.related?.id,
    en: 'The far end of a relation: its number, or the type of service',
    ru: 'Другая сторона связи: её номер или вид услуги',
  },
  RelatedKind: {
    static: (data) => filled(data.related?.kind),
    en: 'What the far end of a relation is',
    ru: 'Что находится на другой стороне связи',
  },
  RelatedName: {
    free: true,
    sensitive: true,
    static: (data) => filled(data.related?.name),
    en: 'Name of the far end of a relation',
    ru: 'Название другой стороны связи',
  },
  ...BILLING_ENTRIES,
};

/** Every variable but `@DIC:`, in the order of the reference. */
export const VARIABLES: readonly Variable[] = Object.entries(ENTRIES).map(([name, entry]) => {
  const families = FAMILIES.filter((family) => entry[family] !== undefined);
  return {
    name,
    families,
    bareIn: entry.bare === true ? families : (entry.bare ?? []),
    kind: entry.kind ?? 'text',
    free: entry.free ?? false,
    sensitive: entry.sensitive ?? false,
    en: entry.en,
    ru: entry.ru,
  };
});

/** `@DIC:Name`, the code from the dictionary of that name. */
export const DICTIONARY_VARIABLE: Variable = {
  name: 'DIC',
  families: ['order'],
  bareIn: ['order'],
  kind: 'text',
  free: true,
  sensitive: false,
  en: 'Value of the code from the dictionary Name: the code of the order, else that of the trip; several by commas; empty when there is none',
  ru: 'Значение кода из справочника Name: код заказа, а если его нет, то командировки; несколько через запятую; пусто, если кода нет',
};

const BY_NAME = new Map(VARIABLES.map((variable) => [variable.name, variable]));

/** Case counts. @returns undefined when no family has such a variable. */
export function findVariable(name: string): Variable | undefined {
  return BY_NAME.get(name);
}

const readersOf = <F extends Family>(family: F): ReadonlyMap<string, NonNullable<VariableEntry[F]>> =>
  new Map(Object.entries(ENTRIES).flatMap(([name, { [family]: read }]) => (read ? [[name, read] as const] : [])));
const ORDER_READERS = readersOf('order');
const STATIC_READERS = readersOf('static');
const BILLING_READERS = readersOf('billing');

/** The values of an event of the order family for one attempt. */
export function orderValues(data: OrderEventData, context: ValueContext): RenderValues {
  return {
    get: (name) => ORDER_READERS.get(name)?.(data, context),
    dic: (name) => codeOf(data.codes, name),
  };
}

/** The values of an event of the static family for one attempt. */
export function staticValues(data: StaticEventData, context: ValueContext): RenderValues {
  return {
    get: (name) => STATIC_READERS.get(name)?.(data, context),
    dic: () => undefined,
  };
}

/** The values of an event of the billing for one attempt. */
export function billingValues(data: BillingEventData, context: ValueContext): RenderValues {
  return {
    get: (name) => BILLING_READERS.get(name)?.(data, context),
    dic: () => undefined,
  };
}
