import type { Transaction } from '../core/database/statement.ts';
import { enqueueHere, type HandOver, type NewDelivery } from '../core/deliveries/enqueue.ts';
import type { StoredEvent } from '../core/events/subscribe.ts';
import { measure } from '../core/telemetry/channels.ts';
import type { EndpointTable } from './endpoint-table.ts';
import type { EventMemory } from './event-memory.ts';
import { isCreation } from './event-types.ts';
import { isOf, shortType } from './family.ts';
import { PROJECTED_EVENTS, projectNames } from './project-names.ts';
import { createRecipients, orderingKey, type Recipient } from './recipients.ts';
import { endpointsChanged, storeStates } from './sql/deliveries.ts';
import type { TickSource } from './ticks.ts';

export interface DistributePorts {
  readonly table: EndpointTable;
  readonly memory: EventMemory;
  readonly ticks: TickSource;
  /** Of this hub's engine. */
  readonly handOver: HandOver;
}

/**
 * Makes a delivery for every endpoint that an event is for, in the transaction that moves the subscription's cursor: so there is exactly one
 * for each event and endpoint, whichever hub does it (spec 1.3, F5). Names of dictionaries and organizations are taken from the same events.
 */
export function distributeEvents({ table, memory, ticks, handOver }: DistributePorts) {
  let recipients: ((event: StoredEvent) => Recipient[]) | undefined;
  let sendsLatest = false;
  let seen: string | null | undefined;
  table.onChange(() => {
    recipients = undefined;
  });

  return async (tx: Transaction, events: readonly StoredEvent[]): Promise<() => void> => {
    const named = events.filter(({ type }) => PROJECTED_EVENTS.includes(type));
    if (named.length > 0) await projectNames(tx, named);
    const [changed] = await endpointsChanged(tx);
    if (changed?.at !== seen) {
      // Whoever enables an endpoint and then makes a change expects a callback of it: the notification may still be on its way.
      await table.refresh();
      seen = changed?.at;
    }
    if (!recipients) {
      recipients = createRecipients(table.endpoints());
      sendsLatest = table.endpoints().some(({ family, settings }) => family === 'order' && settings.values === 'at_send');
    }
    const deliveries: NewDelivery[] = [];
    const wanted = new Map<string, StoredEvent>();
    for (const event of events) {
      measure('vestnik_callback_events_total', 1, {
        family: isOf('billing', event) ? 'billing' : String(event.data['family']),
        type: shortType(event.type),
      });
      const found = recipients(event);
      if (found.length === 0) continue;
      wanted.set(event.position, event);
      const key = orderingKey(event.data);
      const { id_Reserve: order } = event.data;
      const about = typeof order === 'number' ? `{"order":${order}}` : null;
      for (const { endpoint, eventType } of found) {
        const { settings } = endpoint;
        const callbackId = settings.callback_id === 'per_delivery' ? String(await ticks.next()) : undefined;
        const extra = callbackId === undefined ? about : JSON.stringify({ ...(typeof order === 'number' && { order }), callbackId });
        deliveries.push({ target: endpoint.id, key, strict: settings.ordering === 'strict', type: eventType, ref: event.position, extra });
      }
    }
    await keepStates(tx, events, sendsLatest);
    return enqueueHere(tx, 'callbacks', deliveries, {
      ...handOver,
      accept(items, declined) {
        // What goes out at once; the others have left a memory of this size when their turn comes.
        for (const { ref } of items) {
          const event = wanted.get(ref);
          if (event) memory.keep({ position: ref, time: event.time.toString(), data: event.data });
        }
        handOver.accept(items, declined);
      },
    });
  };
}

/** Of which trip an order is, once; the states only while an endpoint sends the latest instead of the event's. */
async function keepStates(tx: Transaction, events: readonly StoredEvent[], all: boolean): Promise<void> {
  const trips = events.filter(
    (event) =>
      event.data['family'] === 'order' && typeof event.data['id_ComplexReserve'] === 'number' && (all || isCreation(event.data['facets'])),
  );
  if (trips.length === 0) return;
  await storeStates(
    tx,
    trips.map(({ data }) => data['id_ComplexReserve'] as number),
    trips.map(({ data }) => String(data['ComplexState'])),
    trips.map(({ data }) => (typeof data['id_Reserve'] === 'number' ? data['id_Reserve'] : null)),
    trips.map(({ data }) => (typeof data['ReserveState'] === 'string' ? data['ReserveState'] : null)),
  );
}
