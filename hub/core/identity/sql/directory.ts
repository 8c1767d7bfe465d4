import { statement } from '../../database/statement.ts';

/** Channel of PostgreSQL that tells of changed operators, ended sessions and revoked tokens. The payload is empty. */
export const IDENTITY_CHANNEL = 'vestnik_identity';

export const selectVersion = statement<{ version: number }>('identity.selectVersion', 'SELECT version FROM identity_version');

/** Changes of the directory come one after the other: each takes this lock first, so that rules over several rows hold and nothing deadlocks. */
export const lockDirectory = statement('identity.lockDirectory', 'SELECT version FROM identity_version FOR UPDATE');
