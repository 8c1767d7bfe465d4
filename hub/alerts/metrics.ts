import type { Database } from '../core/database/database.ts';
import { measure } from '../core/telemetry/channels.ts';
import type { Gauge, MetricDefinition } from '../core/telemetry/metric.ts';
import { CHANNEL_STATE, CHANNEL_STATES, kindName } from './channels/driver.ts';
import { GSM_METRICS } from './channels/gsm/metrics.ts';
import { SMPP_METRICS } from './channels/smpp/metrics.ts';
import { SMTP_METRICS } from './channels/smtp/metrics.ts';
import { ATTEMPT_SECONDS, TARGETS_TOTAL, THROTTLED_TOTAL } from './count-results.ts';
import { type GaugeRow, gaugeRow } from './sql/gauges.ts';

const CHANNELS = 'vestnik_alerts_channels';

/** What the alerts count (specification of alerts, chapter 10). Results by their numbers; never a phone, a name or a PIN. */
export const METRICS: readonly MetricDefinition[] = [
  { name: 'vestnik_alerts_attempts_total', kind: 'counter', help: 'Attempts that ended', labels: ['kind', 'result'] },
  { name: TARGETS_TOTAL, kind: 'counter', help: 'Targets that came to a result', labels: ['type', 'result'] },
  {
    name: ATTEMPT_SECONDS,
    kind: 'histogram',
    help: 'Seconds that an attempt took, from handing it to its channel to what the far side said',
    labels: ['kind'],
    buckets: [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30, 60, 120],
  },
  { name: THROTTLED_TOTAL, kind: 'counter', help: 'Attempts that a far side answered by asking to slow down', labels: ['group'] },
  { name: CHANNELS, kind: 'gauge', help: 'Channels by kind and state, as the hubs saw them last', labels: ['kind', 'state'] },
  { name: 'vestnik_alerts_unknown_attempts_total', kind: 'counter', help: 'Attempts of which nobody knows whether they arrived' },
  ...SMTP_METRICS,
  ...SMPP_METRICS,
  ...GSM_METRICS,
];

/** How long one look at the tables serves the gauges. Milliseconds. */
const FRESH = 5_000;

/** Numbers that are read when somebody asks. @param fresh milliseconds for which one look serves. (Default: 5000) */
export function createGauges(database: Database, here: { readonly underWay: number }, fresh = FRESH): Gauge[] {
  let looked: { at: number; row: Promise<GaugeRow | undefined> } | undefined;
  /** Kinds and states that were told once: none of them is 0, not the last that there were. */
  const told = new Map<string, Readonly<Record<string, string>>>();
  const read = async (): Promise<GaugeRow | undefined> => {
    const [row] = await gaugeRow(database.work);
    const counts = new Map<string, number>();
    for (const [kind, state, count] of row?.channels ?? []) {
      const labels = { kind: kindName(kind), state: CHANNEL_STATES[state] ?? String(state) };
      const key = `${labels.kind} ${labels.state}`;
      told.set(key, labels);
      counts.set(key, count);
    }
    for (const [key, labels] of told) measure(CHANNELS, counts.get(key) ?? 0, labels);
    return row;
  };
  const look = (): Promise<GaugeRow | undefined> => {
    if (!looked || performance.now() - looked.at > fresh) looked = { at: performance.now(), row: read() };
    return looked.row;
  };
  const faults = (row: GaugeRow | undefined): number =>
    (row?.channels ?? []).reduce((sum, [, state, count]) => (state === CHANNEL_STATE.fault ? sum + count : sum), 0);
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
      collect: async () => faults(await look()),
    },
    {
      name: 'vestnik_alerts_smpp_window_used',
      kind: 'gauge',
      help: 'Requests that message centres have not answered yet, as the hubs saw them last',
      collect: async () => (await look())?.smppWindow ?? 0,
    },
    { name: 'vestnik_alerts_attempts_under_way', kind: 'gauge', help: 'Attempts under way in this hub', collect: () => here.underWay },
  ];
}
