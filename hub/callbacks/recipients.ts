import { isOf } from './family.ts';
import type { LiveEndpoint } from './live-endpoint.ts';
import { match, type PublishedEvent } from './matching.ts';

/** One delivery that an event makes. */
export interface Recipient {
  readonly endpoint: LiveEndpoint;
  /** What `@EventType` says before the name map. */
  readonly eventType: string;
}

/**
 * Finds who gets an event. Made for one state of the endpoints; which of them may see an organization is worked out once, so that an
 * event costs as much as the endpoints of its organization and not as much as all.
 */
export function createRecipients(endpoints: readonly LiveEndpoint[]): (event: PublishedEvent) => Recipient[] {
  // One that the hub disabled still gets deliveries, which are held (spec 6.9).
  const active = endpoints.filter(({ enabled, disabledBy }) => enabled || disabledBy === 'hub');
  const ofBilling = active.filter(({ family }) => family === 'billing');
  const byOrganization = new Map<number | null, readonly LiveEndpoint[]>();
  const candidates = (organization: number | null): readonly LiveEndpoint[] => {
    const known = byOrganization.get(organization);
    if (known) return known;
    const found = active.filter(
      ({ family, sees, selection }) =>
        family !== 'billing' &&
        sees(organization) &&
        (organization === null || selection.organizations.size === 0 || selection.organizations.has(organization)),
    );
    byOrganization.set(organization, found);
    return found;
  };
  return (event) => {
    const { organization_id: organization } = event.data;
    const known = isOf('billing', event) ? ofBilling : candidates(typeof organization === 'number' ? organization : null);
    return known.flatMap((endpoint) => {
      const matched = match(endpoint, event);
      return matched ? [{ endpoint, eventType: matched.eventType }] : [];
    });
  };
}

/** Which object keeps its order (spec 6.7): the trip; of static data the person, or the dictionary, which counts below zero; of the billing the contract. */
export function orderingKey(data: Readonly<Record<string, unknown>>): number {
  const [trip, person, dictionary] = [data['id_ComplexReserve'] ?? data['contractId'], data['id_Person'], data['id_Dictionary']];
  if (typeof trip === 'number') return trip;
  if (typeof person === 'number') return person;
  return typeof dictionary === 'number' ? -dictionary : 0;
}
