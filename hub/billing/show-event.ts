import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Queryable } from '../core/database/statement.ts';
import type { StoredEvent } from '../core/events/subscribe.ts';
import type { ShowEvent } from '../core/http/event-stream.ts';
import { allows, type Caller } from '../core/identity/caller.ts';
import { type Fence, fenceValues, isOpen, OPEN_FENCE } from './fence.ts';
import { loadFence } from './load-fence.ts';
import { contractsWithin } from './sql/seen-contracts.ts';

/** Looks contracts up, those asked about in one turn of the loop and behind one fence in one statement. */
function createSight(db: Queryable): (fence: Fence, contractId: number) => Promise<boolean> {
  const asked = new Map<Fence, { readonly ids: Set<number>; readonly seen: Promise<ReadonlySet<number>> }>();
  return async (fence, contractId) => {
    const open = asked.get(fence);
    if (open) {
      open.ids.add(contractId);
      return (await open.seen).has(contractId);
    }
    const ids = new Set([contractId]);
    const look = async () => {
      await nextTurn();
      asked.delete(fence);
      return new Set((await contractsWithin(db, [...ids], ...fenceValues(fence))).map(({ id }) => id));
    };
    const seen = look();
    asked.set(fence, { ids, seen });
    return (await seen).has(contractId);
  };
}

/** An event as one may see it who may see its contract: nothing of a parameter that is not there for him. */
function withinRules({ parameters }: Fence, event: StoredEvent): StoredEvent | undefined {
  const { parameterId } = event.data;
  return typeof parameterId === 'number' && parameters.get(parameterId) === 'none' ? undefined : event;
}

/**
 * What of the billing's events a caller may follow live: with `billing.read`, and of contracts within the fence. A fence is loaded anew with each caller,
 * whom a stream recognises again with every heartbeat. What is about operators and no contract needs `identity.view`, too.
 */
export function createShowEvent(db: Queryable): ShowEvent {
  const isWithin = createSight(db);
  const fences = new WeakMap<Caller, Fence | Promise<Fence>>();
  const fenceOf = (caller: Caller): Fence | Promise<Fence> => {
    const known = fences.get(caller);
    if (known) return known;
    if (caller.operatorId === undefined) return OPEN_FENCE;
    const loading = loadFence(db, caller.operatorId).then((fence) => {
      fences.set(caller, fence);
      return fence;
    });
    fences.set(caller, loading);
    loading.catch(() => fences.delete(caller));
    return loading;
  };
  const shown = async (fence: Fence, event: StoredEvent): Promise<StoredEvent | undefined> => {
    const { contractId } = event.data;
    const visible = isOpen(fence) || typeof contractId !== 'number' || (await isWithin(fence, contractId));
    return visible ? withinRules(fence, event) : undefined;
  };
  return (caller, event) => {
    if (!allows(caller, 'billing.read')) return undefined;
    if (typeof event.data['contractId'] !== 'number' && 'login' in event.data && !allows(caller, 'identity.view')) return undefined;
    const fence = fenceOf(caller);
    if (fence instanceof Promise) return fence.then((loaded) => shown(loaded, event));
    return isOpen(fence) ? withinRules(fence, event) : shown(fence, event);
  };
}
