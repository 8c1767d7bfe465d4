import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { daysLeft } from './certificate.ts';
import type { ClientState } from './routing.ts';
import { type ClientOverview, COUNT_MOST, clientOverviews } from './sql/overview.ts';

/** A row of the list of clients. */
export type ClientSummary = Omit<ClientOverview, 'clientId' | 'agent'> & {
  /** Version of the client program, of the form `Stat_Client/<version> (<os>)`. */
  program: string | null;
  /** `queued` is the exact number; otherwise there are more. */
  queuedExact: boolean;
  certificateDaysLeft: number | null;
};

export function summaryOf({ clientId: _, agent, queued, ...row }: ClientOverview, now: Temporal.Instant): ClientSummary {
  return {
    ...row,
    program: agent,
    queued: Math.min(queued, COUNT_MOST),
    queuedExact: queued <= COUNT_MOST,
    certificateDaysLeft: row.certificateUntil === null ? null : daysLeft(row.certificateUntil, now),
  };
}

/** A text to look for, anywhere in a field: its own % and _ mean themselves. */
const contains = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** Clients by name, with what the list shows of each. `db` is the pool of the queues: each row looks into its mailbox. */
export async function listClients(
  db: Queryable,
  options: {
    readonly state?: ClientState | undefined;
    readonly q?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<Page<ClientSummary>> {
  const { state, q, after, limit } = options;
  const rows = await clientOverviews(db, state ?? null, q === undefined ? null : contains(q), after ?? '', limit + 1);
  const now = Temporal.Now.instant();
  return pageOf(
    rows.map((row) => summaryOf(row, now)),
    limit,
    (row) => row.name,
  );
}
