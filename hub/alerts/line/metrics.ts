import type { MetricDefinition } from '../../core/telemetry/metric.ts';

export const LINE_COMMANDS_TOTAL = 'vestnik_alerts_line_commands_total';
export const LINE_SECONDS = 'vestnik_alerts_line_seconds';
export const LINE_LOGINS_FAILED = 'vestnik_alerts_logins_failed_total';
export const LINE_PUSHES_DROPPED = 'vestnik_alerts_pushes_dropped_total';

/** What the line protocol counts (specification of alerts, chapter 10); sessions are a gauge of the server. */
export const LINE_METRICS: readonly MetricDefinition[] = [
  {
    name: LINE_COMMANDS_TOTAL,
    kind: 'counter',
    help: 'Requests of the line protocol, by command and answered code',
    labels: ['command', 'code'],
  },
  {
    name: LINE_SECONDS,
    kind: 'histogram',
    help: 'Seconds from the whole request to the end of its answer, by command',
    labels: ['command'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
  },
  { name: LINE_LOGINS_FAILED, kind: 'counter', help: 'Logins and checks of passwords that the line protocol refused' },
  { name: LINE_PUSHES_DROPPED, kind: 'counter', help: 'Lines of MONITORING that were dropped because their receiver was too slow' },
];
