import type { Source } from './endpoint.ts';
import { chooseFacet } from './event-types.ts';
import { type Family, isOf, shortType } from './family.ts';

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
  /** Bits of the groups of contracts; 0: all. */
  readonly groups: bigint;
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
    readonly groups: readonly number[];
  },
): Selection => ({
  family,
  events: new Set(settings.events),
  actions: new Set(settings.actions),
  organizations: new Set(settings.organizations),
  sources: new Set(settings.sources),
  sendUnchanged: settings.send_unchanged,
  groups: settings.groups.reduce((mask, group) => mask | (1n << BigInt(group)), 0n),
});

/** An event of travel or of the billing; what it must hold is checked here, so that a malformed one matches nothing. */
export interface PublishedEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** What belongs to no contract is for those who get all contracts. */
const inGroups = (groups: bigint, mask: unknown): boolean =>
  groups === 0n || (typeof mask === 'string' && /^\d{1,19}$/.test(mask) && (BigInt(mask) & groups) !== 0n);

/** The type of an event of the billing, when it was selected in what it is and how it came, and its contract is one of those. */
function matchBilling({ events, sources, groups }: Selection, { type, data }: PublishedEvent): { eventType: string } | undefined {
  const eventType = shortType(type);
  if (!events.has(eventType) || typeof data['protocol'] !== 'string' || !sources.has(data['protocol'])) return undefined;
  return inGroups(groups, data['contractGroups']) ? { eventType } : undefined;
}

/**
 * Whether the endpoint gets the event; `eventType` is then what `@EventType` says before the name map: of the facets that were selected the one
 * of highest precedence, the kind of the static object, or the type of the billing's event. Whether the endpoint is enabled is not asked here.
 */
export function match(
  endpoint: { readonly selection: Selection; readonly sees: Sight },
  event: PublishedEvent,
): { eventType: string } | undefined {
  const { selection, sees } = endpoint;
  const { data } = event;
  if (!isOf(selection.family, event)) return undefined;
  if (selection.family === 'billing') return matchBilling(selection, event);
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
