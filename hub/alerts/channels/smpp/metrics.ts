import type { MetricDefinition } from '../../../core/telemetry/metric.ts';

/** What the SMPP driver counts (specification of alerts, chapter 10); window and state of each bind are in its channel. */
export const SMPP_METRICS: readonly MetricDefinition[] = [
  {
    name: 'vestnik_alerts_smpp_dropped_total',
    kind: 'counter',
    help: 'Units of message centres that were left out: malformed, unreadable, unknown, stray answers, receipts without an id',
    labels: ['reason'],
  },
];
