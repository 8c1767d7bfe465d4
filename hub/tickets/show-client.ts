import type { Database } from '../core/database/database.ts';
import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type CertificateState, certificateState, daysLeft } from './certificate.ts';
import { needClient } from './find-client.ts';
import { type ClientSummary, summaryOf } from './list-clients.ts';
import type { Subscription } from './routing.ts';
import { type CertificateRow, certificatesOfClient } from './sql/certificates.ts';
import type { Client } from './sql/clients.ts';
import { clientOverview, type HistoryEntry, historyEntries, type MailboxEntry, mailboxEntries, tombstones } from './sql/overview.ts';
import { subscriptionsOfClient } from './sql/subscriptions.ts';
import { conditionsOf } from './subscribe-client.ts';

export type { HistoryEntry, MailboxEntry };

export type CertificateView = Omit<CertificateRow, 'fingerprint'> & {
  /** SHA-256 of the DER form, hexadecimal. */
  fingerprint: string;
  state: CertificateState;
  daysLeft: number;
};

export type ClientDetails = ClientSummary &
  Pick<Client, 'contacts' | 'selfReplay' | 'warnAgeDays' | 'warnQueued' | 'createdAt' | 'changedAt'> & {
    subscriptions: (Subscription & { subscriptionId: number; createdAt: Temporal.Instant })[];
    certificates: CertificateView[];
  };

/** Everything about one client but its messages. @throws HubError NOT_FOUND */
export async function showClient(database: Pick<Database, 'work' | 'queue'>, name: string): Promise<ClientDetails> {
  const client = await needClient(database.work, name);
  const [[overview], subscriptions, certificates] = await Promise.all([
    clientOverview(database.queue, name),
    subscriptionsOfClient(database.work, client.clientId),
    certificatesOfClient(database.work, client.clientId),
  ]);
  if (!overview) throw new Error(`the client ${name} has no row in ticket_feed`);
  const now = Temporal.Now.instant();
  const { contacts, selfReplay, warnAgeDays, warnQueued, createdAt, changedAt } = client;
  return {
    ...summaryOf(overview, now),
    ...{ contacts, selfReplay, warnAgeDays, warnQueued, createdAt, changedAt },
    subscriptions: subscriptions.map((row) => ({
      subscriptionId: row.subscriptionId,
      createdAt: row.createdAt,
      ...conditionsOf(row),
    })),
    certificates: certificates.map((row) => ({
      ...row,
      fingerprint: row.fingerprint.toString('hex'),
      state: certificateState(row, now),
      daysLeft: daysLeft(row.notAfter, now),
    })),
  };
}

/** Waiting messages in the order of delivery, from the sequence after `after` on. `db` is the pool of the queues. @throws HubError NOT_FOUND */
export async function listMailbox(
  db: Queryable,
  name: string,
  { after = 0, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<Page<MailboxEntry>> {
  const { clientId } = await needClient(db, name);
  return pageOf(await mailboxEntries(db, clientId, after, limit + 1), limit, (row) => String(row.sequence));
}

/** Messages that have left, newest first, below the sequence `after`; with `expired` the tombstones alone. @throws HubError NOT_FOUND */
export async function listHistory(
  db: Queryable,
  name: string,
  options: { readonly after?: number | undefined; readonly limit: number; readonly expired?: boolean | undefined },
): Promise<Page<HistoryEntry>> {
  const { clientId } = await needClient(db, name);
  const entries = options.expired === true ? tombstones : historyEntries;
  const rows = await entries(db, clientId, options.after ?? Number.MAX_SAFE_INTEGER, options.limit + 1);
  return pageOf(rows, options.limit, (row) => String(row.sequence));
}
