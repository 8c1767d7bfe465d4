import type { Queryable } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import { allows } from '../../core/identity/caller.ts';
import type { Principal } from '../../core/identity/principal.ts';
import type { Fence } from '../fence.ts';
import { loadFence } from '../load-fence.ts';

/**
 * What operators may do, remembered as long as identity answers the same principal: it answers another one as soon as the operator, the rights or the
 * fence change, on every hub.
 */
export interface Permissions {
  /** @throws HubError FORBIDDEN */
  require(principal: Principal, right: string, target: string): void;
  fence(principal: Principal): Fence | Promise<Fence>;
}

interface Known {
  readonly rights: Map<string, boolean>;
  fence: Fence | Promise<Fence> | undefined;
}

export function createPermissions(db: Queryable): Permissions {
  const known = new WeakMap<Principal, Known>();
  const knownOf = (principal: Principal): Known => {
    const present = known.get(principal);
    if (present) return present;
    const fresh: Known = { rights: new Map(), fence: undefined };
    known.set(principal, fresh);
    return fresh;
  };
  return {
    require(principal, right, target) {
      const { rights } = knownOf(principal);
      let allowed = rights.get(right);
      if (allowed === undefined) {
        allowed = allows(principal, right);
        rights.set(right, allowed);
      }
      if (!allowed) throw new HubError('FORBIDDEN', `no right for ${target}`, { russian: `Нет прав на ${target}` });
    },
    fence(principal) {
      const entry = knownOf(principal);
      if (entry.fence) return entry.fence;
      entry.fence = loadFence(db, principal.operatorId).then(
        (fence) => {
          entry.fence = fence;
          return fence;
        },
        (error: unknown) => {
          entry.fence = undefined;
          throw error;
        },
      );
      return entry.fence;
    },
  };
}
