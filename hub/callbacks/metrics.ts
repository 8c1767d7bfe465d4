import type { Database } from '../core/database/database.ts';
import type { Gauge, MetricDefinition } from '../core/telemetry/metric.ts';
import { dueGauges } from './sql/gauges.ts';

/** What the module counts (spec 9.2). The label `endpoint` is its number, for at most 1,000 of them. */
export const METRICS: readonly MetricDefinition[] = [
  { name: 'vestnik_callback_events_total', kind: 'counter', help: 'Events that were distributed', labels: ['family', 'type'] },
  { name: 'vestnik_callback_deliveries_total', kind: 'counter', help: 'Deliveries that ended', labels: ['endpoint', 'state'] },
  { name: 'vestnik_callback_attempts_total', kind: 'counter', help: 'Attempts that ended', labels: ['endpoint', 'lane', 'outcome'] },
  {
    name: 'vestnik_callback_attempt_seconds',
    kind: 'histogram',
    help: 'Time of an attempt',
    labels: ['lane'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120],
  },
  {
    name: 'vestnik_callback_event_to_receipt_seconds',
    kind: 'histogram',
    help: 'Time from an event to the success of its delivery',
    buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30, 300, 3_600, 86_400],
  },
  { name: 'vestnik_callback_lease_takeovers_total', kind: 'counter', help: 'Attempts of hubs that have died, made again' },
  { name: 'vestnik_callback_render_errors_total', kind: 'counter', help: 'Messages that could not be made of their event' },
];

/** How long one look at the table of due deliveries serves the gauges. Milliseconds. */
const FRESH = 5_000;

/** Numbers that are read when somebody asks. */
export function createGauges(database: Database, here: { readonly underWay: number; readonly pools: number }): Gauge[] {
  let looked: { at: number; rows: ReturnType<typeof dueGauges> } | undefined;
  const look = async () => {
    if (!looked || performance.now() - looked.at > FRESH) looked = { at: performance.now(), rows: dueGauges(database.work) };
    const [row] = await looked.rows;
    return row;
  };
  return [
    {
      name: 'vestnik_callback_waiting_first',
      kind: 'gauge',
      help: 'First attempts that wait, held ones included',
      collect: async () => (await look())?.first ?? 0,
    },
    {
      name: 'vestnik_callback_waiting_retry',
      kind: 'gauge',
      help: 'Later attempts that wait',
      collect: async () => (await look())?.later ?? 0,
    },
    {
      name: 'vestnik_callback_oldest_due_seconds',
      kind: 'gauge',
      help: 'Age of the oldest due attempt of an enabled endpoint',
      collect: async () => (await look())?.oldest ?? 0,
    },
    {
      name: 'vestnik_callback_breaker_open',
      kind: 'gauge',
      help: 'Endpoints whose breaker is open',
      collect: async () => (await look())?.open ?? 0,
    },
    { name: 'vestnik_callback_inflight', kind: 'gauge', help: 'Attempts under way in this process', collect: () => here.underWay },
    { name: 'vestnik_callback_pools', kind: 'gauge', help: 'Open pools of connections to receivers', collect: () => here.pools },
  ];
}
