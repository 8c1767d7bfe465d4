import { hash } from 'node:crypto';
import { FEED_LIMITS, type FeedMessage, type FeedWarning, type PullAnswer } from '@vestnik/protocol/feed.ts';
import { compileFileName, DEFAULT_FILE_NAME } from '@vestnik/protocol/file-name.ts';
import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { HubError } from '../../core/errors.ts';
import { measure } from '../../core/telemetry/channels.ts';
import { expiredRanges, type FeedEntry, type QueuedMessage, seeExpired, writeReport } from '../sql/feed.ts';
import type { FeedContext } from './context.ts';
import { enterAgain, enterSession, type Puller } from './enter.ts';
import type { Pull } from './request.ts';

const REPORT_EVERY = 60_000;
const WARN_DAYS = 30;
/** Pulls of one client that wait at once on one hub. A program has one; those of half-open connections end by themselves. */
const MOST_WAITING = 40;
/** How an answer's share of the memory is reckoned before its messages are known: bytes of a large message, messages that a wake may bring. */
const LARGE_MESSAGE = 8_192;
const WOKEN = 32;

/** File name of a message in the hub's own zone; the same rules as in the client. */
const compiled = compileFileName(DEFAULT_FILE_NAME);
if (!compiled.ok) throw new Error(compiled.why.en);
const fileName = compiled.name;
const zone = systemTimeZone();

/** Writes a report when it says something new, and now and then. Free space alone, which changes with every file, is nothing new. */
async function keepReport(context: FeedContext, entry: FeedEntry, report: Pull['report']): Promise<void> {
  if (!report) return;
  const { freeBytes: _, ...lasting } = report;
  const digest = hash('sha256', JSON.stringify(lasting), 'base64');
  const last = context.reports.get(entry.client_id);
  const now = performance.now();
  if (last && last.digest === digest && now - last.at < REPORT_EVERY) return;
  await writeReport(context.database.queue, entry.client_id, JSON.stringify(report));
  context.reports.set(entry.client_id, { digest, at: now });
}

async function acknowledge(context: FeedContext, entry: FeedEntry, pull: Pull): Promise<number> {
  if (pull.ackExpired !== undefined && pull.ackExpired > entry.expired_seen)
    await seeExpired(context.database.queue, entry.client_id, pull.ackExpired);
  const about = { clientId: entry.client_id, client: entry.name };
  if (pull.ackThrough) return context.acknowledger.through({ ...about, upTo: pull.ackThrough, floor: entry.floor_seq });
  return pull.ack && pull.ack.length > 0 ? context.acknowledger.each({ ...about, entries: pull.ack }) : 0;
}

/** `2026-11-22 11:05:00.05+00`, as PostgreSQL writes it, in the form of RFC 3339. */
const instantOf = (text: string): string => `${text.slice(0, 10)}T${text.slice(11, -3)}Z`;

function toMessage(row: QueuedMessage, client: string): FeedMessage {
  const named = {
    id: row.message_id,
    sequence: row.seq,
    documentId: row.document_id,
    createdAt: instantOf(row.enqueued_at),
    replay: row.replay,
    meta: {
      type: row.type,
      opType: row.op_type,
      transType: row.trans_type,
      number: row.number,
      ...(row.pnr !== null && { pnr: row.pnr }),
    },
  };
  return { ...named, name: fileName(named, { client, zone }), sha256: row.sha256, expiresAt: instantOf(row.expires_at), xml: row.xml };
}

function warningsOf(entry: FeedEntry): FeedWarning[] {
  const days = Math.floor((entry.not_after.epochMilliseconds - Date.now()) / 86_400_000);
  return days <= WARN_DAYS ? [{ code: 'CERT_EXPIRES', days: Math.max(0, days) }] : [];
}

const bytesOf = (rows: readonly QueuedMessage[]): number => rows.reduce((sum, row) => sum + row.bytes, 0);

/**
 * The messages that may be handed out now; what they take of the memory is given back with the end of the answer.
 * @param woken more may be there than the entry says.
 */
async function read(context: FeedContext, entry: FeedEntry, pull: Pull, woken: boolean, gone: AbortSignal): Promise<QueuedMessage[]> {
  const after = Math.max(pull.after, entry.floor_seq);
  // Of what came after the entry was read the alarm knows.
  if (entry.state === 'held' || (!woken && entry.next_seq - 1 <= after)) return [];
  const backlog = Math.max(entry.next_seq - 1 - after, woken ? WOKEN : 1);
  const share = context.room.take(Math.min(pull.maxBytes, Math.max(FEED_LIMITS.minBytes, backlog * LARGE_MESSAGE)));
  let rows: QueuedMessage[] = [];
  try {
    rows = await context.reader.messages({ clientId: entry.client_id, after, max: pull.max, maxBytes: share.bytes, expected: backlog });
    return rows;
  } finally {
    share.used(bytesOf(rows));
    if (gone.aborted) share.release();
    else if (rows.length > 0) gone.addEventListener('abort', share.release, { once: true });
  }
}

/** An upper estimate of what is queued beyond the answer. */
function behindOf(entry: FeedEntry, pull: Pull, acked: number, rows: readonly QueuedMessage[]): number {
  const last = rows.at(-1);
  if (last) return Math.max(0, last.next_seq - 1 - last.seq);
  // Where it was read and nothing was there, nothing is behind.
  if (entry.state !== 'held' && pull.max > 0) return 0;
  return Math.max(0, entry.next_seq - 1 - entry.floor_seq - acked);
}

async function answer(
  context: FeedContext,
  entry: FeedEntry,
  pull: Pull,
  acked: number,
  rows: readonly QueuedMessage[],
): Promise<PullAnswer> {
  const seen = Math.max(entry.expired_seen, pull.ackExpired ?? 0);
  if (rows.length > 0) {
    measure('vestnik_feed_messages_total', rows.length);
    measure('vestnik_feed_bytes_total', bytesOf(rows));
  }
  return {
    client: entry.name,
    serverTime: Temporal.Now.instant().toString({ smallestUnit: 'millisecond' }),
    held: entry.state === 'held',
    acked,
    behind: behindOf(entry, pull, acked, rows),
    messages: rows.map((row) => toMessage(row, entry.name)),
    expired: entry.expired_last > seen ? await expiredRanges(context.database.queue, entry.client_id, seen) : [],
    warnings: warningsOf(entry),
  };
}

/**
 * One pull (spec 6.2): acknowledges first, then answers what waits, or waits for it.
 * @param gone aborted when the answer is sent or the connection has ended.
 * @throws HubError as enterSession(), ACK_MISMATCH, TOO_MANY_REQUESTS, SHUTTING_DOWN, STORE_UNAVAILABLE
 */
export async function pullMessages(context: FeedContext, puller: Puller, pull: Pull, gone: AbortSignal): Promise<PullAnswer> {
  const { waiters } = context;
  const { rings } = waiters;
  let entry = await enterSession(context, puller);
  const acked = await acknowledge(context, entry, pull);
  await keepReport(context, entry, pull.report);
  if (pull.max === 0) return answer(context, entry, pull, acked, []);
  if (waiters.armed(entry.client_id) >= MOST_WAITING)
    throw new HubError('TOO_MANY_REQUESTS', `more than ${MOST_WAITING} pulls of one client at once`, { retryAfter: 5 });

  const end = performance.now() + pull.waitSeconds * 1000;
  const alarm = waiters.arm(entry.client_id, rings, entry.next_seq);
  const onGone = (): void => alarm.disarm();
  gone.addEventListener('abort', onGone, { once: true });
  try {
    let reason = alarm.heard();
    let woken = reason !== undefined;
    for (;;) {
      if (reason === 'stop') throw new HubError('SHUTTING_DOWN', undefined, { retryAfter: 1 });
      if (reason === 'changed') entry = await enterAgain(context, puller);
      const rows = await read(context, entry, pull, woken, gone);
      const left = end - performance.now();
      // Acknowledgements and tombstones are no reason to come back early: the program asks again at once only for messages.
      if (rows.length > 0 || left <= 0 || gone.aborted) return await answer(context, entry, pull, acked, rows);
      const next = await alarm.wait(left);
      if (next === 'time') return await answer(context, entry, pull, acked, []);
      reason = next;
      woken = true;
    }
  } finally {
    gone.removeEventListener('abort', onGone);
    alarm.disarm();
  }
}
