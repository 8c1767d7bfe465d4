import type { EndpointSettings, Family } from './endpoint.ts';
import type { OrderEventData, StaticEventData, ValueContext } from './event-data.ts';
import { orderValues, type RenderValues, staticValues } from './variables.ts';

/** What of the settings changes the values of variables, beside what the attempt says of itself. */
export const valueContext = (
  settings: Pick<EndpointSettings, 'language' | 'empty_ids' | 'event_names' | 'relation_removal'>,
  about: Omit<ValueContext, 'language' | 'emptyIds' | 'eventNames' | 'relationRemoval'>,
): ValueContext => ({
  ...about,
  language: settings.language,
  emptyIds: settings.empty_ids,
  eventNames: settings.event_names,
  relationRemoval: settings.relation_removal,
});

/** The values of an event of travel. @param data as it was published, of this family. */
export const valuesOf = (family: Family, data: Readonly<Record<string, unknown>>, context: ValueContext): RenderValues =>
  family === 'order' ? orderValues(data as unknown as OrderEventData, context) : staticValues(data as unknown as StaticEventData, context);
