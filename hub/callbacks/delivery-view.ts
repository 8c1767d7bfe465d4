import type { AttemptRow, LogRow } from '../core/deliveries/log.ts';
import { BILLING_EVENT_TYPES } from './billing-event-types.ts';
import { ORDER_EVENT_TYPES, STATIC_KINDS, TEST_EVENT_TYPE } from './event-types.ts';

/** The states of a delivery that people see (spec 6.1). The last five end it. */
export const DELIVERY_STATES = ['pending', 'sending', 'waiting', 'held', 'delivered', 'failed', 'rejected', 'blocked', 'canceled'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const hasEnded = (state: DeliveryState): boolean => DELIVERY_STATES.indexOf(state) >= 4;

/** Kinds whose ordering key is a person (spec 6.7). */
export const PERSON_KINDS: readonly string[] = ['Person', 'Document', 'Contact', 'MileCard', 'MetaCodeForPerson'];
/** Types whose ordering key is a trip. */
export const TRIP_TYPES: readonly string[] = [...ORDER_EVENT_TYPES.map(({ name }) => name), TEST_EVENT_TYPE.name];
/** Types whose ordering key is a contract; those about no contract have none. */
export const CONTRACT_TYPES: readonly string[] = BILLING_EVENT_TYPES.map(({ name }) => name);
export const ALL_TYPES: readonly string[] = [...TRIP_TYPES, ...STATIC_KINDS.map(({ name }) => name), ...CONTRACT_TYPES];

/** A delivery as it is shown. */
export interface DeliveryView {
  readonly id: number;
  readonly endpoint_id: number;
  readonly endpoint_name: string;
  readonly state: DeliveryState;
  /** Why it is held. */
  readonly held_by: 'endpoint' | 'breaker' | 'order' | null;
  readonly event_type: string;
  /** The event's position; what receivers get as webhook-id and @{EventId}. */
  readonly event_id: string;
  readonly trip: number | null;
  readonly order: number | null;
  readonly person: number | null;
  readonly dictionary: number | null;
  readonly contract: number | null;
  readonly attempts: number;
  /** Of the last attempt. */
  readonly status: number | null;
  readonly error: string | null;
  readonly created_at: Temporal.Instant;
  readonly next_at: Temporal.Instant | null;
  readonly ended_at: Temporal.Instant | null;
  readonly resend_of: number | null;
  readonly test: boolean;
}

const numberIn = (extra: LogRow['extra'], name: string): number | null => {
  const value = Number(extra?.[name]);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
};

/** What the ordering key of a type is the number of; 0 is of nothing. */
function aboutOf(type: string, key: number): 'nothing' | 'trip' | 'person' | 'contract' | 'dictionary' {
  if (key === 0) return 'nothing';
  if (TRIP_TYPES.includes(type)) return 'trip';
  if (PERSON_KINDS.includes(type)) return 'person';
  return CONTRACT_TYPES.includes(type) ? 'contract' : 'dictionary';
}

export function deliveryView(row: LogRow, endpoint: { readonly name: string } | undefined): DeliveryView {
  const { type, key, extra } = row;
  const about = aboutOf(type, key);
  return {
    id: row.id,
    endpoint_id: row.target,
    endpoint_name: endpoint?.name ?? '',
    state: row.state,
    held_by: row.held === 'target' ? 'endpoint' : row.held,
    event_type: type,
    event_id: row.ref,
    trip: about === 'trip' ? key : null,
    order: numberIn(extra, 'order'),
    person: about === 'person' ? key : null,
    dictionary: about === 'dictionary' ? Math.abs(key) : null,
    contract: about === 'contract' ? key : null,
    attempts: row.tries,
    status: row.status,
    error: row.code,
    created_at: row.createdAt,
    next_at: row.state === 'sending' ? null : row.next,
    ended_at: row.endedAt,
    resend_of: numberIn(extra, 'resendOf'),
    test: extra?.['test'] === true,
  };
}

/** An attempt as it is shown: everything but its bytes. Times of its parts in milliseconds. */
export interface AttemptView {
  readonly number: number;
  readonly lane: 'first' | 'retry';
  readonly outcome: 'delivered' | 'failed' | 'ended' | 'unknown' | 'under_way';
  readonly status: number | null;
  readonly error: string | null;
  readonly message: string | null;
  readonly due_at: Temporal.Instant;
  readonly begun_at: Temporal.Instant;
  readonly ended_at: Temporal.Instant | null;
  /** Between being due and being begun. */
  readonly queued_ms: number;
  readonly ms: Readonly<Record<string, number | null>>;
  readonly peer: string | null;
  /** Version of the endpoint that it used. */
  readonly version: number | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly notes: readonly string[];
  readonly hub: string;
  /** `kept`: its bytes can be read; `erased` with a person's data, `gone` after their time, `none`: nothing was sent. */
  readonly body: 'kept' | 'gone' | 'erased' | 'none';
}

/** Reads what an attempt wrote down about itself; a row of an older hub may lack any of it. */
const factsOf = (facts: AttemptRow['facts']) => {
  const text = (name: string): string | null => (typeof facts?.[name] === 'string' ? facts[name] : null);
  const number = (name: string): number | null => (typeof facts?.[name] === 'number' ? facts[name] : null);
  return { text, number, block: text('block'), place: number('place') };
};

/** Where the bytes of an attempt are. */
export const bodyPlace = ({ facts }: Pick<AttemptRow, 'facts'>): { readonly block: string; readonly place: number } | undefined => {
  const { block, place } = factsOf(facts);
  return block === null || place === null ? undefined : { block, place };
};

/** @param kept blocks that are still there. */
export function attemptView(row: AttemptRow, kept: ReadonlySet<string>): AttemptView {
  const { text, number, block } = factsOf(row.facts);
  const parts = row.facts?.['ms'];
  const notes = row.facts?.['notes'];
  return {
    number: row.number,
    lane: row.lane === 0 ? 'first' : 'retry',
    outcome: row.outcome ?? 'under_way',
    status: row.status,
    error: row.code,
    message: text('message'),
    due_at: row.dueAt,
    begun_at: row.begunAt,
    ended_at: row.endedAt,
    queued_ms: Math.max(0, row.begunAt.epochMilliseconds - row.dueAt.epochMilliseconds),
    ms: typeof parts === 'object' && parts !== null ? (parts as Record<string, number | null>) : {},
    peer: text('peer'),
    version: number('version'),
    bytes: number('bytes'),
    sha256: text('sha256'),
    notes: Array.isArray(notes) ? notes.map(String) : [],
    hub: row.hub,
    body: row.facts?.['erased'] === true ? 'erased' : block === null ? 'none' : kept.has(block) ? 'kept' : 'gone',
  };
}
