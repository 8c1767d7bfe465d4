import { type Cell, renderFields, renderTable } from '../../core/terminal/table.ts';
import type { Translate } from '../../core/terminal/words.ts';
import { RESERVE_TYPES } from '../codebooks.ts';
import type { OrderView, TripView } from '../show-trip.ts';
import { ORDER_STATE_NAMES, TRIP_STATE_NAMES, type Words } from '../state-names.ts';
import type { OrderState, TripState } from '../transitions.ts';

/** What the commands of trips and orders print. */
const word = (words: Words, t: Translate): string => t(words.en, words.ru);

/** The literal of the state, which callbacks and REST carry, with its meaning. */
export const tripState = (state: TripState, t: Translate): string => `${state} (${word(TRIP_STATE_NAMES[state], t)})`;
export const orderState = (state: OrderState, t: Translate): string => `${state} (${word(ORDER_STATE_NAMES[state], t)})`;

/** A state of the history: of an order where the row names one, else of the trip. */
export const historyState = (order: number | null, state: string | null, t: Translate): string | null => {
  if (state === null) return null;
  return order === null ? tripState(state as TripState, t) : orderState(state as OrderState, t);
};

const money = ({ total, currency }: { readonly total: string | null; readonly currency: string | null }): string | null =>
  total === null ? null : `${total} ${currency}`;

const codesText = (codes: TripView['codes']): string => codes.map(({ Dictionary, CodeValue }) => `${Dictionary}: ${CodeValue}`).join('; ');

type TripRow = Omit<TripView, 'orders' | 'actions'>;

export function tripTable(trips: readonly TripRow[], t: Translate): string {
  const titles = [
    'ID',
    t('NAME', 'НАЗВАНИЕ'),
    t('EXTERNAL ID', 'ВНЕШНИЙ ID'),
    t('ORGANIZATION', 'ОРГАНИЗАЦИЯ'),
    t('STATE', 'СОСТОЯНИЕ'),
    t('TIME LIMIT', 'СРОК'),
    t('TOTAL', 'СУММА'),
  ];
  return renderTable(
    titles,
    trips.map((trip) => [
      trip.id_ComplexReserve,
      trip.Name,
      trip.OuterId,
      trip.OrganizationName,
      tripState(trip.ComplexState, t),
      trip.time_limit,
      trip.totals.map(money).join(', '),
    ]),
  );
}

export function orderTable(orders: readonly OrderView[], t: Translate): string {
  const titles = [
    'ID',
    t('TRIP', 'КОМАНДИРОВКА'),
    t('SERVICE', 'УСЛУГА'),
    t('STATE', 'СОСТОЯНИЕ'),
    t('LOCATOR', 'БРОНЬ'),
    t('TIME LIMIT', 'СРОК'),
    t('TOTAL', 'СУММА'),
  ];
  return renderTable(
    titles,
    orders.map((order) => [
      order.id_Reserve,
      order.id_ComplexReserve,
      word(RESERVE_TYPES[order.ReserveType], t),
      orderState(order.ReserveState, t),
      order.locator,
      order.time_limit,
      money(order),
    ]),
  );
}

const actionsText = (actions: readonly string[], t: Translate): string =>
  actions.length === 0 ? t('none', 'нет') : actions.map((action) => action.replaceAll('_', '-')).join(', ');

export function tripText(trip: TripView, t: Translate): string {
  const fields: [string, Cell][] = [
    ['id', trip.id_ComplexReserve],
    [t('name', 'название'), trip.Name],
    [t('external id', 'внешний id'), trip.OuterId],
    [t('organization', 'организация'), `${trip.OrganizationName} (${trip.id_Organization})`],
    [t('state', 'состояние'), tripState(trip.ComplexState, t)],
    [t('persons', 'персоны'), trip.persons.join(', ')],
    [t('codes', 'коды'), codesText(trip.codes)],
    [t('time limit', 'срок оформления'), trip.time_limit],
    [t('total', 'сумма'), trip.totals.map(money).join(', ')],
    [t('possible now', 'возможно сейчас'), actionsText(trip.actions, t)],
    [t('version', 'версия'), trip.version],
  ];
  const orders = trip.orders.length === 0 ? t('no orders', 'заказов нет') : orderTable(trip.orders, t);
  return `${renderFields(fields)}\n\n${orders}`;
}

export function orderText(order: OrderView, t: Translate): string {
  const fields: [string, Cell][] = [
    ['id', order.id_Reserve],
    [t('trip', 'командировка'), order.id_ComplexReserve],
    [t('service', 'услуга'), word(RESERVE_TYPES[order.ReserveType], t)],
    [t('automated', 'автоматический'), order.automated],
    [t('state', 'состояние'), orderState(order.ReserveState, t)],
    [t('supplier', 'поставщик'), order.supplier],
    [t('locator', 'бронь'), order.locator],
    [t('documents', 'документы'), order.documents.map(({ kind, number }) => `${kind} ${number}`).join(', ')],
    [t('persons', 'персоны'), order.persons.join(', ')],
    [t('codes', 'коды'), codesText(order.codes)],
    [t('time limit', 'срок оформления'), order.time_limit],
    [t('total', 'сумма'), money(order)],
    [t('possible now', 'возможно сейчас'), actionsText(order.actions, t)],
    [t('version', 'версия'), order.version],
  ];
  if (order.files.length === 0) return renderFields(fields);
  const titles = [t('FILE', 'ФАЙЛ'), t('KIND', 'ВИД'), t('NAME', 'ИМЯ'), t('BYTES', 'БАЙТ')];
  const files = order.files.map(({ id_File, kind, name, size }) => [id_File, kind, name, size] as const);
  return `${renderFields(fields)}\n\n${renderTable(titles, files)}`;
}
