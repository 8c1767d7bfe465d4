import * as z from 'zod';
import { HubError } from '../core/errors.ts';
import type { ChosenCode } from './chosen-code.ts';
import { id, optionalText, requiredText } from './fields.ts';
import { isLive, type Order, reason } from './order.ts';
import { badState, lacking, notNow } from './refusals.ts';
import { TRIP_STATE_NAMES } from './state-names.ts';
import { TRIP_TABLE, type TripAction, type TripGuard, type TripState, tripRow } from './transitions.ts';

/**
 * A trip: the orders of one journey of one client (spec 2.3). States and transitions stand in transitions.ts. Whatever changes it or one of its
 * orders holds the lock of its row until the commit, so changes of one trip follow one another.
 */
export interface Trip {
  readonly id_ComplexReserve: number;
  readonly OuterId: string | null;
  readonly id_Organization: number;
  readonly Name: string;
  readonly ComplexState: TripState;
  readonly persons: readonly number[];
  readonly codes: readonly ChosenCode[];
  /** Who has submitted it for authorization. */
  readonly submittedBy: string | null;
  readonly version: number;
  readonly created_at: Temporal.Instant;
}

const fields = {
  Name: z.string().trim().max(200, 'must have at most 200 characters'),
  OuterId: optionalText(100).meta({ description: 'Its id in a foreign system; unique in its organization if set' }),
  persons: z.array(id).max(100).meta({ description: 'id_Person of the travellers' }),
};

export const newTripSchema = z.strictObject({
  id_Organization: id,
  Name: fields.Name.default(''),
  OuterId: fields.OuterId.default(null),
  persons: fields.persons.default([]),
});
export type NewTrip = z.output<typeof newTripSchema>;

/** Fields that PATCH changes; absent ones stay. */
export const tripChangeSchema = z.strictObject(fields).partial();
export type TripChange = z.output<typeof tripChangeSchema>;

export const tripActionSchema = z.strictObject({ reason });

/** Codes as a call gives them: by the code, or by dictionary and value. */
export const codesSchema = z
  .array(z.union([z.strictObject({ id_MetaCode: id }), z.strictObject({ id_MetaDictionary: id, CodeValue: requiredText(200) })]))
  .max(200);
export type CodeChoice = z.output<typeof codesSchema>[number];

/** What the guards look at. */
export interface TripFacts {
  readonly trip: Trip;
  readonly orders: readonly Order[];
  readonly organization: { readonly active: boolean; readonly authorization: 'none' | 'required' };
  /** Mandatory dictionaries without a code; asked only where a guard needs it. */
  readonly missing: readonly { readonly id_MetaDictionary: number; readonly Name: string; readonly on: 'trip' | number }[];
}

/** Who asks. */
export interface TripActor {
  readonly login: string;
  /** Has `travel.agent` for the trip's organization. */
  readonly agent: boolean;
  readonly reason: string | null;
}

/** Where a live order may stand when its trip becomes a clean copy or is submitted (G). */
const BOOKED: readonly Order['ReserveState'][] = ['readyforissuance', 'onconfirmation', 'queued', 'finished'];

/** True when the guards of the action ask for mandatory codes in this state. */
export const asksCodes = (action: TripAction, state: TripState): boolean =>
  tripRow(action).cells[state]?.guards.includes('booked and coded') ?? false;

function checkBooked({ trip, orders, missing }: TripFacts): HubError | undefined {
  const thing = { kind: 'trip', id: trip.id_ComplexReserve } as const;
  const live = orders.filter(isLive);
  if (live.length === 0) return notNow(thing, 'orders', 'it has no live order', 'в ней нет действующих заказов');
  const open = live.filter((order) => !BOOKED.includes(order.ReserveState)).map((order) => order.id_Reserve);
  if (open.length > 0)
    return notNow(
      thing,
      'orders',
      `not booked yet: order ${open.join(', ')}; needed: ${BOOKED.join(', ')}`,
      `ещё не забронированы заказы: ${open.join(', ')}`,
    );
  if (missing.length === 0) return undefined;
  const names = missing.map(({ Name, on }) => (on === 'trip' ? Name : `${Name} (${on})`)).join(', ');
  return new HubError('VALIDATION', `trip ${trip.id_ComplexReserve}: codes are missing of ${names}`, {
    reason: 'codes_missing',
    russian: `командировка ${trip.id_ComplexReserve}: не проставлены коды: ${names}`,
    details: missing.map(({ id_MetaDictionary, Name, on }) => ({
      code: 'codes_missing',
      path: on === 'trip' ? `/codes/${id_MetaDictionary}` : `/orders/${on}/codes/${id_MetaDictionary}`,
      message: Name,
    })),
  });
}

const GUARDS: Readonly<Record<TripGuard, (facts: TripFacts, actor: TripActor) => HubError | undefined>> = {
  'organization active': ({ trip, organization }) =>
    organization.active
      ? undefined
      : notNow(
          { kind: 'trip', id: trip.id_ComplexReserve },
          'organization_inactive',
          'its organization is not active',
          'организация не активна',
        ),
  'a draft order': ({ trip, orders }) =>
    orders.some((order) => order.ReserveState === 'draft')
      ? undefined
      : notNow({ kind: 'trip', id: trip.id_ComplexReserve }, 'orders', 'it has no draft order to book', 'в ней нет черновиков заказов'),
  'a ready order': ({ trip, orders }) =>
    orders.some((order) => order.ReserveState === 'readyforissuance')
      ? undefined
      : notNow(
          { kind: 'trip', id: trip.id_ComplexReserve },
          'orders',
          'it has no order ready for issuing',
          'в ней нет заказов, готовых к оформлению',
        ),
  'no finished order': ({ trip, orders }) => {
    const finished = orders.filter((order) => order.ReserveState === 'finished').map((order) => order.id_Reserve);
    if (finished.length === 0) return undefined;
    return notNow(
      { kind: 'trip', id: trip.id_ComplexReserve },
      'orders',
      `finished already: order ${finished.join(', ')}`,
      `уже выполнены заказы: ${finished.join(', ')}`,
    );
  },
  agent: (_, { agent }) =>
    agent
      ? undefined
      : new HubError('FORBIDDEN', 'in this state the right travel.agent is needed', {
          russian: 'в этом состоянии нужно право travel.agent',
        }),
  'booked and coded': (facts) => checkBooked(facts),
  'not the submitter': ({ trip }, { login }) =>
    trip.submittedBy !== login
      ? undefined
      : new HubError('FORBIDDEN', `trip ${trip.id_ComplexReserve}: who has submitted it cannot approve it`, {
          reason: 'own_submission',
          russian: `командировка ${trip.id_ComplexReserve}: её не может авторизовать тот, кто её отправил`,
        }),
  reason: (_, actor) =>
    actor.reason === null ? lacking('reason', '/reason', 'reject needs a reason', 'для отклонения нужна причина') : undefined,
  'no authorization': ({ trip, organization }) =>
    organization.authorization === 'none'
      ? undefined
      : notNow(
          { kind: 'trip', id: trip.id_ComplexReserve },
          'authorization',
          'its organization requires authorization: submit it',
          'организация требует авторизации: отправьте её на авторизацию',
        ),
};

/** Actions that the state of a trip allows, whatever their guards say. */
export const tripActions = (state: TripState): TripAction[] =>
  (Object.keys(TRIP_TABLE) as TripAction[]).filter((action) => tripRow(action).cells[state] !== undefined);

/**
 * The state of a trip after an action (spec 2.5).
 * @throws HubError CONFLICT `bad_state` with the allowed actions, or another reason of a guard; VALIDATION `codes_missing`; FORBIDDEN.
 */
export function stepTrip(action: TripAction, facts: TripFacts, actor: TripActor): TripState {
  const { trip } = facts;
  const cell = tripRow(action).cells[trip.ComplexState];
  if (!cell)
    throw badState(
      { kind: 'trip', id: trip.id_ComplexReserve },
      action,
      { code: trip.ComplexState, words: TRIP_STATE_NAMES[trip.ComplexState] },
      tripActions(trip.ComplexState),
    );
  for (const guard of cell.guards) {
    const refusal = GUARDS[guard](facts, actor);
    if (refusal) throw refusal;
  }
  return cell.to;
}

/** What a trip shows of its orders: the earliest time limit of the live ones. */
export const tripTimeLimit = (orders: readonly Pick<Order, 'ReserveState' | 'time_limit'>[]): Temporal.Instant | null =>
  orders
    .filter((order) => order.ReserveState !== 'canceled')
    .map((order) => order.time_limit)
    .filter((limit) => limit !== null)
    .sort(Temporal.Instant.compare)[0] ?? null;
