import type { ChosenCode } from './chosen-code.ts';
import { type EventType, type News, TRIP_CREATED } from './facets.ts';
import type { Order } from './order.ts';
import { ORDER_STATE_NAMES, TRIP_STATE_NAMES, type Words } from './state-names.ts';
import type { TripState } from './transitions.ts';
import type { Trip } from './trip.ts';

/** A dictionary as events name it. */
export interface DictionaryFace {
  readonly id_MetaDictionary: number;
  readonly Name: string;
  readonly NameLatin: string | null;
  readonly SequenceNumber: number;
}

/** What an event tells of a trip or an order: a snapshot of all that a callback may need, so that nothing is read later (spec 1.3, 3.3). */
export interface OrderFamilyData {
  readonly family: 'order';
  readonly organization_id: number;
  readonly change_source: string;
  readonly actor_id: number | null;
  readonly actor: string;
  readonly facets: readonly EventType[];
  readonly id_Reserve: number | null;
  readonly id_ComplexReserve: number;
  readonly OuterId: string | null;
  readonly ReserveState: string | null;
  /** Null when the state is what it was. */
  readonly PreviousReserveState: string | null;
  readonly ComplexState: string;
  readonly PreviousComplexState: string | null;
  readonly ReserveType: string | null;
  readonly Total: string | null;
  readonly Currency: string | null;
  readonly TimeLimit: string | null;
  readonly FileNames: readonly string[];
  readonly OrganizationName: string | null;
  readonly codes: readonly EventCode[];
  readonly description: Words;
}

export interface EventCode {
  readonly dictionary: string;
  readonly dictionaryLatin: string | null;
  readonly id_MetaDictionary: number;
  readonly value: string;
  readonly name: string;
  readonly on: 'order' | 'trip';
  readonly sequence: number;
}

/** The trip after the change, with what it was before. */
export interface TripNews {
  readonly trip: Trip;
  /** Undefined: it was created. */
  readonly before: TripState | undefined;
  readonly organizationName: string;
  readonly dictionaries: ReadonlyMap<number, DictionaryFace>;
}

interface By {
  readonly source: string;
  readonly actorId: number | null;
  readonly actor: string;
}

function codesOf(codes: readonly ChosenCode[], on: 'order' | 'trip', dictionaries: TripNews['dictionaries']): EventCode[] {
  return codes.map(({ id_MetaDictionary, Dictionary, CodeValue, Name }) => {
    const present = dictionaries.get(id_MetaDictionary);
    return {
      dictionary: present?.Name ?? Dictionary,
      dictionaryLatin: present?.NameLatin ?? null,
      id_MetaDictionary,
      value: CodeValue,
      name: Name,
      on,
      sequence: present?.SequenceNumber ?? 0,
    };
  });
}

const join = (parts: readonly Words[]): Words => ({ ru: parts.map(({ ru }) => ru).join('; '), en: parts.map(({ en }) => en).join('; ') });

const moved = (from: Words, to: Words): Words => ({ ru: `${from.ru} → ${to.ru}`, en: `${from.en} → ${to.en}` });

const before = (words: Words, ru: string, en: string): Words => ({ ru: `${ru}${words.ru}`, en: `${en}${words.en}` });

const money = ({ total, currency }: Pick<Order, 'total' | 'currency'>): string => (total === null ? '-' : `${total} ${currency}`);

/** What happened to an order, without its name: «готов к оформлению → выполнен». */
function orderParts({ step, facets }: News): Words[] {
  if (!step) return [];
  const { before: was, after, filesAdded = [] } = step;
  const parts: Words[] = [];
  if (!was)
    parts.push({ ru: `создан, ${ORDER_STATE_NAMES[after.ReserveState].ru}`, en: `created, ${ORDER_STATE_NAMES[after.ReserveState].en}` });
  else if (was.ReserveState !== after.ReserveState)
    parts.push(moved(ORDER_STATE_NAMES[was.ReserveState], ORDER_STATE_NAMES[after.ReserveState]));
  if (facets.includes('ReserveRefunded'))
    parts.push(step.partial ? { ru: 'частичный возврат', en: 'partial refund' } : { ru: 'возврат', en: 'refund' });
  if (facets.includes('ReserveExchanged')) parts.push({ ru: 'обменян', en: 'exchanged' });
  if (was && facets.includes('ReservePriceChanged'))
    parts.push({ ru: `цена ${money(was)} → ${money(after)}`, en: `price ${money(was)} → ${money(after)}` });
  if (facets.includes('ReserveTimeLimitChanged')) {
    const limit = after.time_limit?.toString();
    parts.push(
      limit === undefined
        ? { ru: 'срок оформления снят', en: 'time limit removed' }
        : { ru: `срок оформления ${limit}`, en: `time limit ${limit}` },
    );
  }
  if (filesAdded.length > 0)
    parts.push({
      ru: `${filesAdded.length === 1 ? 'добавлен файл' : 'добавлены файлы'} ${filesAdded.join(', ')}`,
      en: `${filesAdded.length === 1 ? 'file' : 'files'} added: ${filesAdded.join(', ')}`,
    });
  return parts;
}

/** One sentence of what happened (`@EventDescription`). @example «Заказ 1042: готов к оформлению → выполнен; командировка 77: на исполнении → завершена» */
export function describe(news: News, { trip, before: was }: Pick<TripNews, 'trip' | 'before'>): Words {
  const { id_ComplexReserve, ComplexState } = trip;
  if (was === undefined) return { ru: `Командировка ${id_ComplexReserve}: создана`, en: `Trip ${id_ComplexReserve}: created` };
  const tripPart = news.facets.includes('ComplexReserveStateChanged')
    ? [
        before(
          moved(TRIP_STATE_NAMES[was], TRIP_STATE_NAMES[ComplexState]),
          `командировка ${id_ComplexReserve}: `,
          `trip ${id_ComplexReserve}: `,
        ),
      ]
    : [];
  if (!news.step) {
    const [words = { ru: '', en: '' }] = tripPart;
    return { ru: words.ru.replace(/^к/, 'К'), en: words.en.replace(/^t/, 'T') };
  }
  const id = news.step.after.id_Reserve;
  return join([before(join(orderParts(news)), `Заказ ${id}: `, `Order ${id}: `), ...tripPart]);
}

/** The data of the event that tells this news; `order` is the whole order that `news.step` is about. */
export function dataOf(news: News, about: TripNews, order: Order | undefined, { source, actorId, actor }: By): OrderFamilyData {
  const { trip, before: was, organizationName, dictionaries } = about;
  const orderBefore = news.step?.before?.ReserveState;
  return {
    family: 'order',
    organization_id: trip.id_Organization,
    change_source: source,
    actor_id: actorId,
    actor,
    facets: was === undefined ? [TRIP_CREATED] : news.facets,
    id_Reserve: order?.id_Reserve ?? null,
    id_ComplexReserve: trip.id_ComplexReserve,
    OuterId: trip.OuterId,
    ReserveState: order?.ReserveState ?? null,
    PreviousReserveState: orderBefore !== undefined && orderBefore !== order?.ReserveState ? orderBefore : null,
    ComplexState: trip.ComplexState,
    PreviousComplexState: was !== undefined && was !== trip.ComplexState && news.facets.includes('ComplexReserveStateChanged') ? was : null,
    ReserveType: order?.ReserveType ?? null,
    Total: order?.total ?? null,
    Currency: order?.currency ?? null,
    TimeLimit: order?.time_limit?.toString() ?? null,
    FileNames: news.step?.filesAdded ?? [],
    OrganizationName: organizationName,
    codes: [...codesOf(order?.codes ?? [], 'order', dictionaries), ...codesOf(trip.codes, 'trip', dictionaries)],
    description: describe(news, about),
  };
}
