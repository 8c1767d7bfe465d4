/** Channel of PostgreSQL that wakes subscribers; it carries the type, so that whom it does not concern need not look at once. */
export const EVENT_CHANNEL = 'vestnik_event';

/**
 * One statement whatever the number of events, and one notification a transaction for each type: equal notifications are folded by the server.
 * Their place is our transaction's, but never before a transaction that was complete when we published: so who publishes after having
 * seen another's change comes after it, also when his transaction began earlier. Readers wait until all transactions up to a place are over
 * (events.ts); a place is never below our own transaction, so none is passed by.
 *
 * A statement of another author that publishes, too, begins `WITH ${WRITTEN_EVENTS}` and ends with `TOLD_EVENTS`; its `$1` to `$3` are the `valuesOfEvents` of publish.ts.
 */
export const WRITTEN_EVENTS = `written AS (
     INSERT INTO event (txid, type, source, subject, data)
     SELECT GREATEST(pg_current_xact_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8),
       type, '/' || replace(substring(type FROM '^[^.]+\\.[^.]+'), '.', '/'), subject, data::json
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS fresh (type, subject, data, place) ORDER BY place)`;
export const TOLD_EVENTS = `SELECT pg_notify('${EVENT_CHANNEL}', type) FROM (SELECT DISTINCT type FROM unnest($1::text[]) AS fresh (type)) AS told`;
