/** What an endpoint is told of; it has one family for ever: orders and trips, other data of travel, contracts of the billing. */
export const FAMILIES = ['order', 'static', 'billing'] as const;
export type Family = (typeof FAMILIES)[number];

const BILLING = 'vestnik.billing.';

/** The events of which callbacks are made, by the beginnings of their types. */
export const CALLBACK_EVENTS: readonly string[] = ['vestnik.travel.', BILLING];

/** Whether an event is of a family. Travel says it in the event; whatever the billing publishes is of the family `billing`. */
export const isOf = (
  family: Family,
  { type, data }: { readonly type: string; readonly data: Readonly<Record<string, unknown>> },
): boolean => (type.startsWith(BILLING) ? family === 'billing' : family !== 'billing' && data['family'] === family);

/** How receivers know a type: without the hub's prefix, and without the module where the names are the receivers' own, as those of travel. */
export const shortType = (type: string): string => type.replace(/^vestnik\.(?:travel\.)?/, '');
