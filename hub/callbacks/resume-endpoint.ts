import type { Transaction } from '../core/database/statement.ts';
import { cancelDeliveries } from '../core/deliveries/enqueue.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { EndpointPorts } from './check-endpoint.ts';
import { enableEndpoint } from './enable-endpoint.ts';

/** What becomes of the deliveries that were held while an endpoint was disabled (spec 6.9). */
export const WAITING_CHOICES = ['send', 'drop'] as const;
export type WaitingChoice = (typeof WAITING_CHOICES)[number];

/**
 * Enables an endpoint and sends what it held, or drops it: then those end as canceled with the error `dropped`.
 * @returns who had disabled it (undefined: it was enabled), and how many were dropped.
 * @throws HubError as enabling does.
 */
export async function resumeEndpoint(
  tx: Transaction,
  caller: Caller,
  ports: EndpointPorts,
  { id, waiting }: { readonly id: number; readonly waiting: WaitingChoice },
): Promise<{ readonly was: 'user' | 'hub' | 'new' | undefined; readonly dropped: number }> {
  const was = await enableEndpoint(tx, caller, ports, id);
  if (was === undefined || waiting === 'send') return { was, dropped: 0 };
  const { ended, underWay } = await cancelDeliveries(tx, 'callbacks', id, undefined, 'canceled', 'dropped');
  await audit(tx, caller, { action: 'callbacks.endpoint.drop-waiting', object: String(id), after: { dropped: ended + underWay } });
  return { was, dropped: ended + underWay };
}
