import type { MetricDefinition } from '../core/telemetry/metric.ts';

/** The metrics of spec billing 9.8 that the faces count, and the unlockings. */
export const METRICS: readonly MetricDefinition[] = [
  {
    name: 'vestnik_billing_calls_total',
    kind: 'counter',
    help: 'Calls of foreign programs by protocol, operation and outcome: ok, or the code of the error',
    labels: ['protocol', 'operation', 'outcome'],
  },
  {
    name: 'vestnik_billing_call_seconds',
    kind: 'histogram',
    help: 'Seconds of a call, from its decoded request to its encoded answer',
    labels: ['protocol'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  {
    name: 'vestnik_billing_unsupported_total',
    kind: 'counter',
    help: 'Calls of operations that are known and not served yet',
    labels: ['service', 'operation'],
  },
  {
    name: 'vestnik_billing_status_reactions_total',
    kind: 'counter',
    help: 'Contracts that money locked and unlocked',
    labels: ['reaction'],
  },
  {
    name: 'vestnik_billing_journal_lost_total',
    kind: 'counter',
    help: 'Calls that the journal of calls should have noted and could not',
  },
];
