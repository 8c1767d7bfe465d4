import type { FeedMessage, FeedWarning, PullAnswer } from '@vestnik/protocol/feed.ts';
import { compileFileName, DEFAULT_FILE_NAME } from '@vestnik/protocol/file-name.ts';
import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { run } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import { publish } from '../../core/events/publish.ts';
import { measure, notesOf } from '../../core/telemetry/channels.ts';
import { FEED_SESSION } from '../notifications.ts';
import {
  claimSession,
  expiredRanges,
  type FeedEntry,
  feedEntry,
  nextMessages,
  type QueuedMessage,
  seeExpired,
  writeReport,
} from '../sql/feed.ts';
import type { FeedContext } from './context.ts';
import type { Pull } from './request.ts';
import { decideSession } from './session.ts';

/** Who pulls: the certificate of the connection and the program instance behind it. */
export interface Puller {
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
  readonly instance: string;
  readonly address: string;
  readonly agent: string;
}

const notes = notesOf('tickets.feed');
const CLAIM_TRIES = 5;
const REPORT_EVERY = 60_000;
const WARN_DAYS = 30;

/** File name of a message in the hub's own zone; the same rules as in the client. */
const compiled = compileFileName(DEFAULT_FILE_NAME);
if (!compiled.ok) throw new Error(compiled.why.en);
const fileName = compiled.name;
const zone = systemTimeZone();

/** Reads the certificate and its client anew. @throws HubError CERT_UNKNOWN, CERT_REVOKED, CLIENT_CLOSED */
export async function enter(context: FeedContext, fingerprint: string): Promise<FeedEntry> {
  const [entry] = await feedEntry(context.database.queue, Buffer.from(fingerprint, 'hex'));
  if (!entry) throw new HubError('CERT_UNKNOWN');
  if (entry.revoked) throw new HubError('CERT_REVOKED');
  if (entry.state === 'closed') throw new HubError('CLIENT_CLOSED');
  return entry;
}

async function takeOver(
  context: FeedContext,
  entry: FeedEntry,
  puller: Puller,
  from: string | null,
  displaced: readonly string[],
): Promise<boolean> {
  const claimed = await context.database.queueTransaction(async (tx) => {
    const rows = await claimSession(tx, entry.client_id, puller.instance, from, displaced, context.hubId, puller.address, puller.agent);
    if (rows.length === 0) return false;
    await run(tx, 'SELECT pg_notify($1, $2)', [FEED_SESSION, `${entry.client_id} ${puller.instance}`]);
    // The first session of a client, and one after an orderly absence, displaces nobody.
    if (from !== null && entry.lease_live) {
      await publish(tx, {
        type: 'vestnik.tickets.session.takenover',
        subject: entry.name,
        data: { client: entry.name, from, to: puller.instance, address: puller.address, agent: puller.agent },
      });
    }
    return true;
  });
  if (claimed && from !== null && entry.lease_live) {
    measure('vestnik_feed_takeovers_total', 1);
    notes.warn('a session was taken over', { client: entry.name, address: puller.address });
  }
  return claimed;
}

/** Enters and holds the session. @throws HubError as enter(), SESSION_TAKEN */
async function enterSession(context: FeedContext, puller: Puller): Promise<FeedEntry> {
  for (let attempt = 0; attempt < CLAIM_TRIES; attempt += 1) {
    const entry = await enter(context, puller.fingerprint);
    const decision = decideSession(
      { instance: entry.instance, displaced: entry.displaced, live: entry.lease_live, old: entry.lease_old },
      puller.instance,
    );
    if (decision.verdict === 'refused') throw new HubError('SESSION_TAKEN');
    if (decision.verdict === 'takeover') {
      if (await takeOver(context, entry, puller, decision.from, decision.displaced)) return entry;
    } else {
      if (!decision.write) return entry;
      const displaced = decision.displaced;
      const rows = await claimSession(
        context.database.queue,
        entry.client_id,
        puller.instance,
        puller.instance,
        displaced,
        context.hubId,
        puller.address,
        puller.agent,
      );
      if (rows.length > 0) return entry;
    }
  }
  throw new HubError('SESSION_TAKEN');
}

/** Writes a report when it says something new, and now and then. */
async function keepReport(context: FeedContext, entry: FeedEntry, report: Pull['report']): Promise<void> {
  if (!report) return;
  const text = JSON.stringify(report);
  const last = context.reports.get(entry.client_id);
  const now = performance.now();
  if (last && last.text === text && now - last.at < REPORT_EVERY) return;
  context.reports.set(entry.client_id, { text, at: now });
  await writeReport(context.database.work, entry.client_id, text);
}

async function acknowledge(context: FeedContext, entry: FeedEntry, pull: Pull): Promise<number> {
  if (pull.ackExpired !== undefined && pull.ackExpired > entry.expired_seen)
    await seeExpired(context.database.work, entry.client_id, pull.ackExpired);
  const entries = pull.ackThrough ? [pull.ackThrough] : (pull.ack ?? []);
  if (entries.length === 0) return 0;
  return context.acknowledger.acknowledge({
    clientId: entry.client_id,
    client: entry.name,
    entries,
    through: pull.ackThrough !== undefined,
    floor: entry.floor_seq,
  });
}

function toMessage(row: QueuedMessage, client: string): FeedMessage {
  const meta = {
    type: row.type,
    opType: row.op_type,
    transType: row.trans_type,
    number: row.number,
    ...(row.pnr !== null && { pnr: row.pnr }),
  };
  const named = {
    id: row.message_id,
    sequence: row.seq,
    documentId: row.document_id,
    createdAt: row.enqueued_at.toString(),
    replay: row.replay,
    meta,
  };
  return {
    ...named,
    name: fileName(named, { client, zone }),
    sha256: row.sha256.toString('hex'),
    expiresAt: row.expires_at.toString(),
    xml: row.xml.toString('utf8'),
  };
}

function warningsOf(entry: FeedEntry): FeedWarning[] {
  const days = Math.floor((entry.not_after.epochMilliseconds - Date.now()) / 86_400_000);
  return days <= WARN_DAYS ? [{ code: 'CERT_EXPIRES', days: Math.max(0, days) }] : [];
}

/** Entry for as long as it matters, and the messages; one turn of a pull. */
async function read(context: FeedContext, entry: FeedEntry, pull: Pull): Promise<QueuedMessage[]> {
  if (entry.state === 'held' || pull.max === 0) return [];
  return nextMessages(context.database.queue, entry.client_id, Math.max(pull.after, entry.floor_seq), pull.max, pull.maxBytes);
}

async function answer(
  context: FeedContext,
  entry: FeedEntry,
  pull: Pull,
  acked: number,
  rows: readonly QueuedMessage[],
): Promise<PullAnswer> {
  const seen = Math.max(entry.expired_seen, pull.ackExpired ?? 0);
  const looked = entry.state !== 'held' && pull.max > 0;
  // Nothing was there to read: nothing is behind. Where nothing was read, what was acknowledged has left since the entry.
  const last = rows.at(-1)?.seq ?? (looked ? entry.next_seq - 1 : entry.floor_seq + acked);
  let bytes = 0;
  for (const row of rows) bytes += row.xml.length;
  measure('vestnik_feed_messages_total', rows.length);
  measure('vestnik_feed_bytes_total', bytes);
  return {
    client: entry.name,
    serverTime: Temporal.Now.instant().toString({ smallestUnit: 'millisecond' }),
    held: entry.state === 'held',
    acked,
    behind: Math.max(0, entry.next_seq - 1 - last),
    messages: rows.map((row) => toMessage(row, entry.name)),
    expired: entry.expired_last > seen ? await expiredRanges(context.database.queue, entry.client_id, seen) : [],
    warnings: warningsOf(entry),
  };
}

/**
 * One pull (spec 6.2): acknowledges first, then answers what waits, or waits for it.
 * @param gone aborts the wait when the connection ends.
 * @throws HubError as enterSession(), ACK_MISMATCH, SHUTTING_DOWN, STORE_UNAVAILABLE
 */
export async function pullMessages(context: FeedContext, puller: Puller, pull: Pull, gone: AbortSignal): Promise<PullAnswer> {
  let entry = await enterSession(context, puller);
  const acked = await acknowledge(context, entry, pull);
  await keepReport(context, entry, pull.report);
  if (pull.max === 0) return answer(context, entry, pull, acked, []);

  const end = performance.now() + pull.waitSeconds * 1000;
  const alarm = context.waiters.arm(entry.client_id, puller.instance, entry.next_seq);
  const onGone = (): void => alarm.disarm();
  gone.addEventListener('abort', onGone, { once: true });
  try {
    for (;;) {
      const rows = await read(context, entry, pull);
      const left = end - performance.now();
      // Acknowledgements and tombstones are no reason to come back early: the program asks again at once only for messages.
      if (rows.length > 0 || left <= 0 || gone.aborted) return await answer(context, entry, pull, acked, rows);
      const reason = await alarm.wait(left);
      if (reason === 'taken') throw new HubError('SESSION_TAKEN');
      if (reason === 'stop') throw new HubError('SHUTTING_DOWN', undefined, { retryAfter: 1 });
      if (reason === 'time') return await answer(context, entry, pull, acked, []);
      alarm.rearm();
      if (reason === 'changed') entry = await enter(context, puller.fingerprint);
    }
  } finally {
    gone.removeEventListener('abort', onGone);
    alarm.disarm();
  }
}
