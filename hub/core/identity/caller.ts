import { HubError } from '../errors.ts';

/** Through which face of the hub an act came. */
export type Face = 'console' | 'rest' | 'cli' | 'feed' | 'system' | 'action' | 'soap' | 'json' | 'line';

/** Who acts: an operator, the command line's user, a client of the feed, or the hub itself. */
export interface Caller {
  /** The operator's login; for the command line `cli:<system user>`, for the hub `system`, for a feed client `client:<name>`. */
  readonly login: string;
  /** Stable number of the operator; undefined for whoever is none. */
  readonly operatorId?: number;
  readonly rights: readonly string[];
  readonly face: Face;
  readonly address: string | undefined;
  readonly requestId: string | undefined;
}

/** A right as it is granted: `travel.read` everywhere, `travel.read@12` for organization 12 only. */
const GRANT = /^(?<name>[^@]+)(?:@(?<organization>[1-9]\d{0,15}))?$/;

/** The parts of a granted right; undefined when it is malformed. */
export function parseGrant(grant: string): { readonly name: string; readonly organization: number | undefined } | undefined {
  const groups = GRANT.exec(grant)?.groups;
  if (!groups) return undefined;
  return { name: groups['name'] ?? '', organization: groups['organization'] === undefined ? undefined : Number(groups['organization']) };
}

const coversName = (granted: string, name: string): boolean =>
  granted === '*' || granted === name || (granted.endsWith('.*') && name.startsWith(granted.slice(0, -1)));

/**
 * True when one of the caller's rights covers `right`: the same name, `module.*`, or `*`. A right for one organization covers no more than
 * itself: who asks for `travel.read` and has `travel.read@12` is not allowed here (see `scopeOf`).
 */
export function allows(caller: Pick<Caller, 'rights'>, right: string): boolean {
  const wanted = parseGrant(right);
  if (!wanted) return false;
  return caller.rights.some((granted) => {
    const given = parseGrant(granted);
    return (
      given !== undefined &&
      coversName(given.name, wanted.name) &&
      (given.organization === undefined || given.organization === wanted.organization)
    );
  });
}

/** For which organizations a caller has a right: all, or these. The empty set is no right at all. */
export type Scope = 'all' | ReadonlySet<number>;

/** @example const scope = scopeOf(caller, 'travel.read'); if (!inScope(scope, trip.organizationId)) it is not there for this caller */
export function scopeOf(caller: Pick<Caller, 'rights'>, right: string): Scope {
  if (allows(caller, right)) return 'all';
  const grants = caller.rights.map(parseGrant);
  return new Set(
    grants.flatMap((grant) => (grant?.organization !== undefined && coversName(grant.name, right) ? [grant.organization] : [])),
  );
}

/** True when a thing of this organization is within the scope; what belongs to no organization is so for `all` only. */
export const inScope = (scope: Scope, organization: number | null): boolean =>
  scope === 'all' || (organization !== null && scope.has(organization));

/** @throws HubError FORBIDDEN naming the missing right. */
export function requireRight(caller: Pick<Caller, 'rights'>, right: string): void {
  if (!allows(caller, right)) throw new HubError('FORBIDDEN', `the right ${right} is needed`);
}

/** The scope of a right that the caller has at least for one organization. @throws HubError FORBIDDEN naming the missing right. */
export function requireScope(caller: Pick<Caller, 'rights'>, right: string): Scope {
  const scope = scopeOf(caller, right);
  if (scope !== 'all' && scope.size === 0) throw new HubError('FORBIDDEN', `the right ${right} is needed`);
  return scope;
}

/** The hub itself: timers, start-up. */
export const SYSTEM: Caller = { login: 'system', rights: ['*'], face: 'system', address: undefined, requestId: undefined };
