import type { MetricDefinition } from '../../../core/telemetry/metric.ts';

/** What the driver of GSM modems counts. */
export const GSM_METRICS: readonly MetricDefinition[] = [
  { name: 'vestnik_alerts_gsm_dropped_total', kind: 'counter', help: 'Messages, reports and lines of GSM modems that could not be read' },
];
