import type { Database } from '../core/database/database.ts';
import type { Gauge, MetricDefinition } from '../core/telemetry/metric.ts';
import type { Feed } from './feed/feed.ts';
import { feedGauges } from './sql/gauges.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const DELIVERY_SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 60, 600, 3_600, 86_400, 604_800];

/** The metrics of spec chapter 8 that components report as they happen. Values of one client are in REST, not here. */
export const METRICS: readonly MetricDefinition[] = [
  { name: 'vestnik_tickets_operations_total', kind: 'counter', help: 'Control messages by kind and result', labels: ['kind', 'result'] },
  { name: 'vestnik_tickets_documents_total', kind: 'counter', help: 'Documents written, by type', labels: ['type'] },
  { name: 'vestnik_tickets_unrouted_total', kind: 'counter', help: 'Documents that no client receives' },
  {
    name: 'vestnik_tickets_batch_size',
    kind: 'histogram',
    help: 'Operations of one transaction',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
  },
  { name: 'vestnik_tickets_batch_seconds', kind: 'histogram', help: 'Seconds of one transaction of operations', buckets: SECONDS },
  { name: 'vestnik_mailbox_expired_total', kind: 'counter', help: 'Messages that expired undelivered' },
  { name: 'vestnik_mailbox_replayed_total', kind: 'counter', help: 'Messages queued again by a replay' },
  {
    name: 'vestnik_feed_pull_seconds',
    kind: 'histogram',
    help: 'Seconds of a pull that brought messages, waiting included',
    buckets: SECONDS,
  },
  { name: 'vestnik_feed_messages_total', kind: 'counter', help: 'Messages handed out, repeats included' },
  { name: 'vestnik_feed_bytes_total', kind: 'counter', help: 'Bytes of XML handed out' },
  { name: 'vestnik_feed_acked_total', kind: 'counter', help: 'Messages acknowledged' },
  { name: 'vestnik_feed_errors_total', kind: 'counter', help: 'Requests of the feed that failed, by code', labels: ['code'] },
  { name: 'vestnik_feed_takeovers_total', kind: 'counter', help: 'Sessions taken over by another instance' },
  { name: 'vestnik_feed_delivery_seconds', kind: 'histogram', help: 'Seconds from queueing to acknowledgement', buckets: DELIVERY_SECONDS },
];

/** How long the figures read from the database serve before they are read again: /metrics must not load it. Milliseconds. */
const FRESH_FOR = 5_000;

/** The metrics that are read when somebody asks. */
export function createGauges(database: Database, feed: Feed): Gauge[] {
  let figures: Promise<{ queued: number; oldest: number; certificateDays: number }> | undefined;
  let readAt = 0;
  const read = (): Promise<{ queued: number; oldest: number; certificateDays: number }> => {
    if (!figures || performance.now() - readAt > FRESH_FOR) {
      readAt = performance.now();
      figures = feedGauges(database.work).then(([row]) => ({
        queued: row?.queued ?? 0,
        oldest: row?.oldest ?? 0,
        // Of no certificate the least is endless; a zero would raise every alarm.
        certificateDays: row?.certificate_days ?? Number.POSITIVE_INFINITY,
      }));
    }
    return figures;
  };
  const gauge = (name: string, help: string, collect: Gauge['collect']): Gauge => ({ name, kind: 'gauge', help, collect });
  return [
    gauge('vestnik_feed_sessions', 'Certificates of clients that are connected to this hub', () => feed.sessions),
    gauge('vestnik_feed_waiting', 'Pulls that wait on this hub', () => feed.waiting),
    gauge('vestnik_mailbox_queued', 'Messages that wait in all mailboxes, at most', async () => (await read()).queued),
    gauge('vestnik_mailbox_oldest_seconds', 'Age of the oldest waiting message', async () => (await read()).oldest),
    gauge(
      'vestnik_feed_certificate_days_min',
      'Days until the first client that is not closed is without a valid certificate',
      async () => (await read()).certificateDays,
    ),
  ];
}
