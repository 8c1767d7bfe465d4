import { statement } from '../../core/database/statement.ts';

/** Sends a notification when the transaction commits. Channels are in notifications.ts. */
export const notify = statement('callbacks.notify', 'SELECT pg_notify($1, $2)');
