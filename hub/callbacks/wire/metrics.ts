import type { MetricDefinition } from '../../core/telemetry/metric.ts';

/** What the sender counts (spec 9.2); `vestnik_callback_pools` is a gauge over `Sender.pools`. */
export const WIRE_METRICS: readonly MetricDefinition[] = [
  {
    name: 'vestnik_callback_guard_refused_total',
    kind: 'counter',
    help: 'Addresses that the network guard refused, by stage',
    labels: ['stage'],
  },
  { name: 'vestnik_callback_allow_refused_total', kind: 'counter', help: 'Addresses that were not on the allow-list' },
];
