/**
 * What can happen, by the names that receivers see (spec callbacks 2.9, 3.2). The names of the order family are ours: the source lists none.
 * This table is the one place of them in the module; an endpoint may send other texts instead (`event_names`).
 */
export interface EventType {
  readonly name: string;
  /** 1 is highest; undefined for types that are events of their own and never ride with another. */
  readonly precedence: number | undefined;
  /** Selected in a new endpoint. */
  readonly selected: boolean;
  readonly en: string;
  readonly ru: string;
  /** When it arises, for the reference. */
  readonly when: { readonly en: string; readonly ru: string };
}

const type = (
  name: string,
  precedence: number | undefined,
  selected: boolean,
  label: [en: string, ru: string],
  when: [en: string, ru: string],
): EventType => ({
  name,
  precedence,
  selected,
  en: label[0],
  ru: label[1],
  when: { en: when[0], ru: when[1] },
});

/** Highest precedence first. */
export const ORDER_EVENT_TYPES: readonly EventType[] = [
  type(
    'ComplexReserveStateChanged',
    1,
    true,
    ['Trip changed state', 'Изменён статус командировки'],
    ["the trip's state differs from before", 'статус командировки стал другим'],
  ),
  type(
    'ReserveCreated',
    2,
    true,
    ['Order created', 'Создан заказ'],
    ['an order was stored, in whatever first state', 'заказ сохранён, в любом начальном статусе'],
  ),
  type(
    'ReserveIssued',
    3,
    true,
    ['Order issued', 'Заказ оформлен'],
    ['issuing was completed with a ticket or voucher', 'оформление завершено, есть билет или ваучер'],
  ),
  type(
    'ReserveCanceled',
    3,
    true,
    ['Order cancelled', 'Заказ отменён'],
    ['cancelled, expired or refunded in full', 'отменён, истёк срок или полный возврат'],
  ),
  type('ReserveRefunded', 4, false, ['Refund', 'Возврат по заказу'], ['a full or partial refund', 'полный или частичный возврат']),
  type('ReserveExchanged', 4, false, ['Exchange', 'Обмен по заказу'], ['an exchange was completed', 'обмен завершён']),
  type(
    'ReserveBooked',
    5,
    false,
    ['Order booked', 'Заказ забронирован'],
    ['the supplier confirmed the booking, or took it for confirmation', 'поставщик подтвердил бронь или принял её на подтверждение'],
  ),
  type(
    'ReserveStateChanged',
    6,
    true,
    ['Order changed state', 'Изменён статус заказа'],
    ["the order's state differs from before", 'статус заказа стал другим'],
  ),
  type(
    'ReservePriceChanged',
    7,
    true,
    ['Price changed', 'Изменена цена заказа'],
    ['total or currency differs from before', 'итог или валюта стали другими'],
  ),
  type(
    'ReserveTimeLimitChanged',
    8,
    false,
    ['Time limit changed', 'Изменён срок оформления'],
    ['the time limit differs from before', 'срок оформления стал другим'],
  ),
  type(
    'ReserveFileAdded',
    9,
    true,
    ['File added to order', 'К заказу добавлен файл'],
    ['one or more files were stored', 'сохранён один или несколько файлов'],
  ),
  type(
    'ComplexReserveCreated',
    undefined,
    false,
    ['Trip created', 'Создана командировка'],
    ['a trip was stored; an event of its own', 'командировка сохранена; отдельное событие'],
  ),
];

/** The type of test sending; it is never selected. */
export const TEST_EVENT_TYPE: EventType = type(
  'CallbackTest',
  undefined,
  false,
  ['Test call', 'Тестовый вызов'],
  ['test sending only', 'только тестовая отправка'],
);

/** The kinds of static objects as `@Type` names them. Labels as in the source where it has any. */
export const STATIC_KINDS = [
  { name: 'MetaDictionaryOnReserveTypeDependency', en: 'Dictionary by type of service', ru: 'Справочник в зависимости от вида услуги' },
  { name: 'MetaDictionaryOnCodeDependency', en: 'Dictionary by code', ru: 'Справочник в зависимости от кода' },
  { name: 'MetaCodeOnCodeDependency', en: 'Code by code', ru: 'Код в зависимости от кода' },
  { name: 'MetaCodeOnReserveTypeDependency', en: 'Code by type of service', ru: 'Код в зависимости от вида услуги' },
  { name: 'MetaCodeOnOrganizationDependency', en: 'Code by organization', ru: 'Код в зависимости от организации' },
  { name: 'MetaDictionaryForOrganization', en: 'Dictionary of an organization', ru: 'Справочник организации' },
  { name: 'MetaCodeForPerson', en: 'Person: structural codes', ru: 'Персона: структурные коды' },
  { name: 'SimpleMetaDictionary', en: 'Dictionary', ru: 'Справочник' },
  { name: 'SimpleMetaCode', en: 'Code', ru: 'Код' },
  { name: 'Person', en: 'Person: personal data', ru: 'Персона: личные данные (ФИО, дата рождения)' },
  { name: 'MileCard', en: 'Person: mile and bonus cards', ru: 'Персона: мильные и бонусные карты' },
  { name: 'Document', en: 'Person: document', ru: 'Персона: документ' },
  { name: 'Contact', en: 'Person: contact', ru: 'Персона: контактная информация' },
] as const;

/** What was done with a static object; `save` is a save in the console that changed nothing. */
export const STATIC_ACTIONS = ['create', 'update', 'delete', 'save'] as const;

/**
 * Which of the facets an endpoint sends as `@EventType`: of those it selected, the one of highest precedence; undefined when it selected none.
 * Facets of equal precedence go by their order in the table.
 */
export function chooseFacet(facets: readonly string[], isSelected: (name: string) => boolean): string | undefined {
  return ORDER_EVENT_TYPES.find(({ name }) => facets.includes(name) && isSelected(name))?.name;
}

/** Whether an order was stored with the event: its first. */
export const isCreation = (facets: unknown): boolean => Array.isArray(facets) && facets.includes('ReserveCreated');
