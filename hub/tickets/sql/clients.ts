import { statement } from '../../core/database/statement.ts';
import type { ClientState } from '../routing.ts';

/** A client as its row says. */
export type Client = {
  clientId: number;
  name: string;
  title: string;
  contacts: string[];
  state: ClientState;
  stateReason: string | null;
  selfReplay: boolean;
  warnAgeDays: number[] | null;
  warnQueued: number | null;
  version: number;
  createdAt: Temporal.Instant;
  changedAt: Temporal.Instant;
};

const COLUMNS = `client_id AS "clientId", name, title, contacts, state, state_reason AS "stateReason", self_replay AS "selfReplay",
  warn_age_days AS "warnAgeDays", warn_queued AS "warnQueued", version, created_at AS "createdAt", changed_at AS "changedAt"`;

/** No row when the name is taken. */
export const insertClient = statement<Client>(
  'tickets.insertClient',
  `INSERT INTO ticket_client (name, title, contacts, self_replay, warn_age_days, warn_queued) VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (name) DO NOTHING RETURNING ${COLUMNS}`,
);

/** The rows that every client has from its first moment: its counter and its side of the feed. */
export const insertMailbox = statement(
  'tickets.insertMailbox',
  'WITH mailbox AS (INSERT INTO ticket_mailbox (client_id) VALUES ($1)) INSERT INTO ticket_feed (client_id) VALUES ($1)',
);

export const clientByName = statement<Client>('tickets.clientByName', `SELECT ${COLUMNS} FROM ticket_client WHERE name = $1`);

/** The client, locked until the commit: changes of one client follow one another. */
export const lockClient = statement<Client>('tickets.lockClient', `SELECT ${COLUMNS} FROM ticket_client WHERE name = $1 FOR NO KEY UPDATE`);

export const updateClient = statement<Client>(
  'tickets.updateClient',
  `UPDATE ticket_client SET title = $2, contacts = $3, self_replay = $4, warn_age_days = $5, warn_queued = $6,
     version = version + 1, changed_at = now() WHERE client_id = $1 RETURNING ${COLUMNS}`,
);

export const updateClientState = statement<Client>(
  'tickets.updateClientState',
  `UPDATE ticket_client SET state = $2, state_reason = $3, version = version + 1, changed_at = now() WHERE client_id = $1 RETURNING ${COLUMNS}`,
);

/** A change of what belongs to the client, such as its subscriptions: the next PATCH with the old version is refused. */
export const touchClient = statement<{ version: number }>(
  'tickets.touchClient',
  'UPDATE ticket_client SET version = version + 1, changed_at = now() WHERE client_id = $1 RETURNING version',
);
