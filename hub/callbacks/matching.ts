import type { Family, Source } from './endpoint.ts';
import { chooseFacet } from './event-types.ts';

/** Which events an endpoint gets, and under which name (spec 3.1, 4). */

/** An organization as the projection knows it. */
export interface KnownOrganization {
  readonly kind: 'agency' | 'client';
  readonly parent: number | null;
}

/** Decides whether the owner may see what belongs to an organization; null belongs to all. */
export type Sight = (organization: number | null) => boolean;

/**
 * What an owner sees. The hub itself (null) sees all; a client its own; an agency all but other agencies and what stands under them.
 * Static data of no organization is shared by all.
 */
export function sightOf(owner: number | null, known: ReadonlyMap<number, KnownOrganization>): Sight {
  if (owner === null) return () => true;
  if (known.get(owner)?.kind !== 'agency') return (organization) => organization === null || organization === owner;
  return (organization) => {
    const passed = new Set<number>();
    for (let at = organization; at !== null && !passed.has(at); at = known.get(at)?.parent ?? null) {
      if (at === owner) return true;
      if (known.get(at)?.kind === 'agency') return false;
      passed.add(at);
    }
    return true;
  };
}

/** What of the settings decides, made once a version. */
export interface Selection {
  readonly family: Family;
  readonly events: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
  /** Empty: all. */
  readonly organizations: ReadonlySet<number>;
  readonly sources: ReadonlySet<string>;
  readonly sendUnchanged: boolean;
}

export const selectionOf = (
  family: Family,
  settings: {
    readonly events: readonly string[];
    readonly actions: readonly string[];
    readonly organizations: readonly number[];
    readonly sources: readonly Source[];
    readonly send_unchanged: boolean;
  },
): Selection => ({
  family,
  events: new Set(settings.events),
  actions: new Set(settings.actions),
  organizations: new Set(settings.organizations),
  sources: new Set(settings.sources),
  sendUnchanged: settings.send_unchanged,
});

/** An event of travel; what it must hold is checked here, so that a malformed one matches nothing. */
export interface TravelEvent {
  readonly data: Readonly<Record<string, unknown>>;
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/**
 * Whether the endpoint gets the event; `eventType` is then what `@EventType` says before the name map: of the facets that were selected the one
 * of highest precedence, or the kind of the static object. Whether the endpoint is enabled is not asked here.
 */
export function match(
  endpoint: { readonly selection: Selection; readonly sees: Sight },
  event: TravelEvent,
): { eventType: string } | undefined {
  const { selection, sees } = endpoint;
  const { data } = event;
  if (data['family'] !== selection.family) return undefined;
  if (typeof data['change_source'] !== 'string' || !selection.sources.has(data['change_source'])) return undefined;
  const organization = typeof data['organization_id'] === 'number' ? data['organization_id'] : null;
  // Trips and their orders always have an organization; only static data is shared.
  if (organization === null && selection.family === 'order') return undefined;
  if (!sees(organization)) return undefined;
  if (selection.organizations.size > 0 && organization !== null && !selection.organizations.has(organization)) return undefined;
  if (selection.family === 'order') {
    const eventType = chooseFacet(textsOf(data['facets']), (name) => selection.events.has(name));
    return eventType === undefined ? undefined : { eventType };
  }
  const { kind, action, changed } = data;
  if (typeof kind !== 'string' || typeof action !== 'string' || !selection.events.has(kind)) return undefined;
  if (action === 'save' || changed === false) return selection.sendUnchanged ? { eventType: kind } : undefined;
  return selection.actions.has(action) ? { eventType: kind } : undefined;
}
