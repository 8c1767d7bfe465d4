import type { MetricDefinition } from '../telemetry/metric.ts';

/** How logins ended: by password, token or session; remembered, accepted, refused, throttled, busy. */
export const LOGINS = 'vestnik_identity_logins_total';
/** Seconds that checking one password took, waiting in line included. */
export const PASSWORD_SECONDS = 'vestnik_identity_password_seconds';

export const IDENTITY_METRICS: readonly MetricDefinition[] = [
  { name: LOGINS, kind: 'counter', help: 'Logins and authenticated requests by credential and outcome', labels: ['by', 'outcome'] },
  {
    name: PASSWORD_SECONDS,
    kind: 'histogram',
    help: 'Time that checking one password took, from its place in the line to the result',
    buckets: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
  },
];
