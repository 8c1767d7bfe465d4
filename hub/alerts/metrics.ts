import type { Database } from '../core/database/database.ts';
import type { Gauge, MetricDefinition } from '../core/telemetry/metric.ts';
import { GSM_METRICS } from './channels/gsm/metrics.ts';
import { SMPP_METRICS } from './channels/smpp/metrics.ts';
import { SMTP_METRICS } from './channels/smtp/metrics.ts';
import { runGauges } from './sql/gauges.ts';

/** What the alerts count (specification of alerts, chapter 10). Results by their numbers; never a phone, a name or a PIN. */
export const METRICS: readonly MetricDefinition[] = [
  { name: 'vestnik_alerts_attempts_total', kind: 'counter', help: 'Attempts that ended', labels: ['kind', 'result'] },
  { name: 'vestnik_alerts_targets_total', kind: 'counter', help: 'Targets that came to a result', labels: ['result'] },
  { name: 'vestnik_alerts_unknown_attempts_total', kind: 'counter', help: 'Attempts of which nobody knows whether they arrived' },
  ...SMTP_METRICS,
  ...SMPP_METRICS,
  ...GSM_METRICS,
];

/** How long one look at the tables serves the gauges. Milliseconds. */
const FRESH = 5_000;

/** Numbers that are read when somebody asks. */
export function createGauges(database: Database, here: { readonly underWay: number }): Gauge[] {
  let looked: { at: number; rows: ReturnType<typeof runGauges> } | undefined;
  const look = async () => {
    if (!looked || performance.now() - looked.at > FRESH) looked = { at: performance.now(), rows: runGauges(database.work) };
    const [row] = await looked.rows;
    return row;
  };
  return [
    { name: 'vestnik_alerts_runs_active', kind: 'gauge', help: 'Runs under way', collect: async () => (await look())?.runs ?? 0 },
    {
      name: 'vestnik_alerts_due_lag_seconds',
      kind: 'gauge',
      help: 'How long the target waits whose time came first',
      collect: async () => (await look())?.lag ?? 0,
    },
    {
      name: 'vestnik_alerts_channels_fault',
      kind: 'gauge',
      help: 'Enabled channels that do not work',
      collect: async () => (await look())?.faults ?? 0,
    },
    { name: 'vestnik_alerts_attempts_under_way', kind: 'gauge', help: 'Attempts under way in this hub', collect: () => here.underWay },
  ];
}
