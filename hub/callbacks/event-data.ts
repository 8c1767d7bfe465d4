/** What the events of travel and of the billing carry, as callbacks read them: the only meeting point of the modules. */

/** How every event of travel begins. */
interface EventHead {
  readonly organization_id: number | null;
  readonly change_source: string;
  readonly actor_id: number | null;
  readonly actor: string;
  readonly OrganizationName?: string | null;
}

/** `data` of `vestnik.travel.<facet>`: an order with its trip, or a trip alone (spec callbacks 3.1 to 3.3). */
export interface OrderEventData extends EventHead {
  readonly family: 'order';
  /** Everything that happened, highest precedence first. */
  readonly facets: readonly string[];
  /** null: only the trip changed. */
  readonly id_Reserve: number | null;
  readonly id_ComplexReserve: number;
  readonly OuterId: string | null;
  readonly ReserveState: string | null;
  readonly PreviousReserveState: string | null;
  readonly ComplexState: string;
  readonly PreviousComplexState: string | null;
  readonly ReserveType: string | null;
  readonly Total: string | null;
  readonly Currency: string | null;
  readonly TimeLimit: string | null;
  readonly FileNames: readonly string[];
  /** Those of the order and of its trip. */
  readonly codes: readonly EventCode[];
  readonly description: { readonly ru: string; readonly en: string };
}

/** A structural or budget code on the order or on its trip, with the names of its dictionary. */
export interface EventCode {
  readonly dictionary: string;
  readonly dictionaryLatin: string | null;
  readonly id_MetaDictionary: number;
  readonly value: string;
  readonly name: string;
  readonly on: 'order' | 'trip';
  readonly sequence: number;
}

/** `data` of `vestnik.travel.<kind>`: an object of static data before and after (spec callbacks 2.9). */
export interface StaticEventData extends EventHead {
  readonly family: 'static';
  readonly kind: string;
  readonly action: 'create' | 'update' | 'delete' | 'save';
  readonly changed: boolean;
  readonly id_Object: number;
  readonly id_Person: number | null;
  readonly id_Dictionary: number | null;
  /** XML of one root, or empty. */
  readonly before: string;
  readonly after: string;
  /** A deleted relation as `Type` = `Unrelate`; else empty. */
  readonly unrelated: string;
  readonly related: { readonly id: number | string; readonly kind: string; readonly name: string } | null;
  /** Names of the elements with personal data. */
  readonly sensitive: readonly string[];
}

/**
 * `data` of `vestnik.billing.<noun>.<what happened>` (spec billing 2.13). Further fields go by the type (billing-event-types.ts): numbers, texts, amounts as
 * decimals, days as `YYYY-MM-DD`, null for nothing.
 */
export interface BillingEventData {
  /** Absent when it is about no contract. */
  readonly contractId?: number;
  readonly contractTitle?: string;
  /** Bit n: group n, as a decimal. */
  readonly contractGroups?: string;
  readonly operatorId?: number;
  readonly protocol?: string;
  readonly requestId?: string | null;
  readonly [field: string]: unknown;
}

/** What a value depends on beside the event: the attempt, and the endpoint's settings. */
export interface ValueContext {
  readonly eventId: string;
  readonly deliveryId: string;
  /** From 1. */
  readonly attempt: number;
  /** Ticks, see ticks.ts. */
  readonly callbackId: bigint;
  /** RFC 3339. */
  readonly eventTime: string;
  readonly language: 'ru' | 'en';
  /** What stands for the number of an order that the event does not have. */
  readonly emptyIds: '' | '0';
  /** Texts to send instead of names of event types. */
  readonly eventNames: Readonly<Record<string, string>>;
  /** The facet that this endpoint gets, by its name in event-types.ts. */
  readonly eventType: string;
  readonly relationRemoval: 'empty' | 'unrelate';
  /** Whether personal data of subscribers is sent (family billing). */
  readonly subscriberData: boolean;
  /** Later states than those of the event (`values=at_send`). */
  readonly states?: { readonly ReserveState: string | null; readonly ComplexState: string };
  /** For events that do not carry it. */
  readonly organizationName?: string | null;
}
