import { HubError } from '../../core/errors.ts';
import { publish } from '../../core/events/publish.ts';
import { measure, notesOf } from '../../core/telemetry/channels.ts';
import { FEED_CLIENT } from '../notifications.ts';
import { claimSession, type FeedEntry } from '../sql/feed.ts';
import { notify } from '../sql/notify.ts';
import type { FeedContext } from './context.ts';
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

/** Reads the certificate and its client anew. @throws HubError CERT_UNKNOWN, CERT_REVOKED, CLIENT_CLOSED */
export async function enter(context: FeedContext, fingerprint: string): Promise<FeedEntry> {
  const entry = await context.reader.entry(fingerprint);
  if (!entry) throw new HubError('CERT_UNKNOWN');
  if (entry.revoked) throw new HubError('CERT_REVOKED');
  // A new connection would be refused in the handshake; this one was made while the certificate was valid.
  if (entry.ended) throw new HubError('CERT_UNKNOWN', `the certificate ended at ${entry.not_after}`);
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
    await notify(tx, FEED_CLIENT, String(entry.client_id));
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
export async function enterSession(context: FeedContext, puller: Puller): Promise<FeedEntry> {
  for (let attempt = 0; attempt < CLAIM_TRIES; attempt += 1) {
    const entry = await enter(context, puller.fingerprint);
    const decision = decideSession(
      { instance: entry.instance, displaced: entry.displaced, live: entry.lease_live, old: entry.lease_old },
      puller.instance,
    );
    if (decision.verdict === 'refused') throw new HubError('SESSION_TAKEN');
    if (decision.verdict === 'takeover') {
      if (await takeOver(context, entry, puller, decision.from, decision.displaced)) return entry;
      continue;
    }
    if (!decision.write) return entry;
    const { instance, address, agent } = puller;
    if (await context.leases.renew({ clientId: entry.client_id, instance, address, agent })) return entry;
  }
  throw new HubError('SESSION_TAKEN');
}

/** Reads the client again in the middle of a pull. @throws HubError as enter(), SESSION_TAKEN when another instance has claimed the session. */
export async function enterAgain(context: FeedContext, puller: Puller): Promise<FeedEntry> {
  const entry = await enter(context, puller.fingerprint);
  if (entry.instance !== puller.instance) throw new HubError('SESSION_TAKEN');
  return entry;
}
