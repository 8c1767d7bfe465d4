import type { Database } from '../core/database/database.ts';
import { createDeliveryEngine } from '../core/deliveries/engine.ts';
import type { Policy } from '../core/deliveries/policy.ts';
import type { EventStore } from '../core/events/subscribe.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { measure } from '../core/telemetry/channels.ts';
import { type AttemptRecord, deliverCallback, type SendMessage } from './deliver-callback.ts';
import { distributeEvents } from './distribute-events.ts';
import type { EndpointTable } from './endpoint-table.ts';
import { ERASURE_EVENTS, isErasure } from './erase-person.ts';
import { createEventMemory } from './event-memory.ts';
import { CALLBACK_EVENTS } from './family.ts';
import type { LiveEndpoint } from './live-endpoint.ts';
import { readExchange, recordAttempts } from './record-attempts.ts';
import { attemptFacts } from './sql/deliveries.ts';
import type { Ticks } from './tick-slot.ts';

/**
 * From events to receivers: distributes events into deliveries and makes their attempts.
 *
 * started -> (an event is committed: deliveries are due; a delivery is due: an attempt is made) -> stop(): no event is distributed, attempts under way
 * end, the others are left to the other hubs -> stopped.
 */
export interface Deliveries {
  /** Attempts under way here. */
  readonly underWay: number;
  stop(): Promise<void>;
}

export interface DeliveriesOptions {
  readonly database: Database;
  readonly events: EventStore;
  readonly secretKey: SecretKey;
  readonly hubId: string;
  readonly table: EndpointTable;
  readonly ticks: Ticks;
  readonly send: SendMessage;
  readonly slots: number;
  readonly leaseSeconds: number;
}

/** How the engine treats an endpoint; made once a version and state of it. */
function policyOf({ enabled, settings, next }: LiveEndpoint): Policy {
  return {
    held: !enabled,
    capacity: settings.concurrency,
    rate: settings.rate ?? undefined,
    ordering: settings.ordering,
    maxHold: settings.max_hold * 1000,
    breaker: settings.breaker,
    next,
  };
}

export async function startDeliveries(options: DeliveriesOptions): Promise<Deliveries> {
  const { database, table, ticks, secretKey } = options;
  // On the queue pool: a plan that was made while there were few events would read them all later.
  const memory = createEventMemory(database.queue);
  const policies = new WeakMap<LiveEndpoint, Policy>();
  const storedExchange = async (delivery: number, attempt: number) => {
    const [row] = await attemptFacts(database.work, delivery, attempt);
    return row && readExchange(database.work, secretKey, row.facts ?? {});
  };
  const engine = createDeliveryEngine<AttemptRecord>({
    engine: 'callbacks',
    database,
    hubId: options.hubId,
    slots: options.slots,
    lease: options.leaseSeconds * 1000,
    policy(target) {
      const endpoint = table.byId(target);
      if (!endpoint) return undefined;
      const known = policies.get(endpoint);
      if (known) return known;
      const policy = policyOf(endpoint);
      policies.set(endpoint, policy);
      return policy;
    },
    attempt: deliverCallback({ db: database.work, table, memory, ticks, send: options.send, storedExchange }),
    record: recordAttempts(secretKey),
    tookOver: (attempts) => measure('vestnik_callback_lease_takeovers_total', attempts),
    weigh: ({ exchange }) => (exchange ? exchange.body.length + exchange.answer.length : 0),
  });
  const unwatch = table.onChange(() => engine.wake());
  // What this process remembers of a person who was erased must go, too.
  const forget = options.events.tail({ types: ERASURE_EVENTS }, (event) => {
    if (isErasure(event)) memory.clear();
  });
  await engine.start();
  await options.events.subscribe(
    'callbacks.deliveries',
    CALLBACK_EVENTS,
    distributeEvents({ table, memory, ticks, handOver: engine.handOver }),
    { queue: true },
  );
  return {
    get underWay() {
      return engine.underWay;
    },
    async stop() {
      unwatch();
      forget();
      await engine.stop();
      await ticks.stop();
    },
  };
}
