import type { MetricDefinition } from '../telemetry/metric.ts';

/** What the HTTP listener counts. `route` is the pattern of the path, never the path itself. */
export const HTTP_METRICS: readonly MetricDefinition[] = [
  { name: 'vestnik_http_requests_total', kind: 'counter', help: 'Requests answered', labels: ['method', 'route', 'status'] },
  {
    name: 'vestnik_http_request_seconds',
    kind: 'histogram',
    help: 'Time from the headers to the end of the answer; streams of events are left out',
    labels: ['method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
];
