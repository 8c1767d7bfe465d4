import type { MetricDefinition } from '../../../core/telemetry/metric.ts';

/** What came to the listener of bounces; the attempts themselves are counted by the engine. */
export const SMTP_METRICS: readonly MetricDefinition[] = [
  {
    name: 'vestnik_alerts_bounces_total',
    kind: 'counter',
    help: 'Mails to the listener of bounces, by what was done: permanent, temporary, no_bounce, refused, unstored',
    labels: ['result'],
  },
];
