/** Channels of PostgreSQL's NOTIFY that the hubs of one database hear. A notification is sent in the transaction of the change. */

/** Endpoints, their secrets, or names of organizations changed; every hub reads them again. No payload. */
export const ENDPOINTS = 'vestnik_callbacks_endpoints';
