import type { MetricDefinition } from '../core/telemetry/metric.ts';

/** The metrics of spec 9.2 that are travel's. */
export const METRICS: readonly MetricDefinition[] = [
  {
    name: 'vestnik_travel_transitions_total',
    kind: 'counter',
    help: 'Steps of trips and orders by action and source; roll_up: a trip moved by its orders',
    labels: ['object', 'action', 'source'],
  },
];
