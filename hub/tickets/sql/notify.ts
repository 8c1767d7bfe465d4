import { statement } from '../../core/database/statement.ts';

/** Sends a notification when the transaction commits. Channels and payloads are in notifications.ts. */
export const notify = statement('tickets.notify', 'SELECT pg_notify($1, $2)');
