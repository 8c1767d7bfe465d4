import { HubError } from '../errors.ts';

/** Through which face of the hub an act came. */
export type Face = 'console' | 'rest' | 'cli' | 'feed' | 'system';

/** Who acts: an operator, the command line's user, a client of the feed, or the hub itself. */
export interface Caller {
  /** The operator's login; for the command line `cli:<system user>`, for the hub `system`, for a feed client `client:<name>`. */
  readonly login: string;
  readonly rights: readonly string[];
  readonly face: Face;
  readonly address: string | undefined;
  readonly requestId: string | undefined;
}

/** True when one of the caller's rights covers `right`: the same name, `module.*`, or `*`. */
export function allows(caller: Pick<Caller, 'rights'>, right: string): boolean {
  return caller.rights.some(
    (granted) => granted === '*' || granted === right || (granted.endsWith('.*') && right.startsWith(granted.slice(0, -1))),
  );
}

/** @throws HubError FORBIDDEN naming the missing right. */
export function requireRight(caller: Pick<Caller, 'rights'>, right: string): void {
  if (!allows(caller, right)) throw new HubError('FORBIDDEN', `the right ${right} is needed`);
}

/** The hub itself: timers, start-up. */
export const SYSTEM: Caller = { login: 'system', rights: ['*'], face: 'system', address: undefined, requestId: undefined };
