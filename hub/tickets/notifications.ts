/**
 * Channels of PostgreSQL's NOTIFY that the hubs of one database hear. A notification is sent in the transaction of the change, so it
 * arrives after the commit and never for a change that was rolled back.
 */

/** Messages were queued, or a hold was released. Payload: client ids separated by commas, at most WAKE_IDS of them. */
export const FEED_WAKE = 'vestnik_feed';
/** A certificate was revoked. Payload: its SHA-256 fingerprint as 64 hex digits. */
export const FEED_REVOKED = 'vestnik_feed_revoked';
/** A client was closed, held or opened again, or its session was claimed. Payload: the client id. */
export const FEED_CLIENT = 'vestnik_feed_client';
/** Clients or subscriptions changed; every hub reads them again. No payload. */
export const ROUTING = 'vestnik_tickets_routing';

/** Ids in one payload: PostgreSQL takes less than 8,000 bytes, an id has up to 16 digits and a comma. */
export const WAKE_IDS = 400;
