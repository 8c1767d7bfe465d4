import type { EndpointSettings } from './endpoint.ts';
import type { BillingEventData, OrderEventData, StaticEventData, ValueContext } from './event-data.ts';
import type { Family } from './family.ts';
import type { RenderValues } from './variable.ts';
import { billingValues, orderValues, staticValues } from './variables.ts';

/** What of the settings changes the values of variables, beside what the attempt says of itself. */
export const valueContext = (
  settings: Pick<EndpointSettings, 'language' | 'empty_ids' | 'event_names' | 'relation_removal' | 'subscriber_data'>,
  about: Omit<ValueContext, 'language' | 'emptyIds' | 'eventNames' | 'relationRemoval' | 'subscriberData'>,
): ValueContext => ({
  ...about,
  language: settings.language,
  emptyIds: settings.empty_ids,
  eventNames: settings.event_names,
  relationRemoval: settings.relation_removal,
  subscriberData: settings.subscriber_data,
});

/** The values of an event. @param data as it was published, of this family. */
export function valuesOf(family: Family, data: Readonly<Record<string, unknown>>, context: ValueContext): RenderValues {
  if (family === 'order') return orderValues(data as unknown as OrderEventData, context);
  if (family === 'static') return staticValues(data as unknown as StaticEventData, context);
  return billingValues(data as BillingEventData, context);
}
