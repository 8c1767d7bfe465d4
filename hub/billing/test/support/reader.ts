import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Database } from '../../../core/database/database.ts';
import type { Caller } from '../../../core/identity/caller.ts';
import type { RoleKind } from '../../database-roles.ts';
import { endRoleSessions, removeDatabaseRole } from '../../remove-database-role.ts';
import { addDatabaseRole } from '../../save-database-role.ts';
import { scramVerifier } from '../../scram-verifier.ts';

export const ROOT: Caller = { login: 'cli:root', rights: ['*'], face: 'cli', address: undefined, requestId: undefined };
export const LIMITS = { connections: 5, seconds: 60 } as const;

/** A name that no other test has: roles belong to the whole server. */
export const roleName = (): string => `test_${randomBytes(5).toString('hex')}`;

/** Where a test's database is, without its user. */
export function placeOf(url: string): pg.ClientConfig {
  const { host, port, database } = new pg.Client(url);
  return { host, port, ...(database !== undefined && { database }) };
}

export interface TestReader {
  readonly name: string;
  readonly client: pg.Client;
  /** The refusal of a statement that must fail. */
  refusal(text: string, values?: readonly unknown[]): Promise<{ code: string | undefined; message: string }>;
  stop(): Promise<void>;
}

/** A role of the kind, made as the command makes it, and a connection of it. */
export async function connectReader(test: { readonly url: string; readonly database: Database }, kind: RoleKind): Promise<TestReader> {
  const name = roleName();
  const password = randomBytes(12).toString('hex');
  const verifier = await scramVerifier(password);
  await test.database.transaction((tx) => addDatabaseRole(tx, ROOT, { name, kind, limits: LIMITS, verifier }));
  const client = new pg.Client({ ...placeOf(test.url), user: name, password });
  await client.connect();
  return {
    name,
    client,
    async refusal(text, values = []) {
      try {
        await client.query(text, [...values]);
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        return { code, message };
      }
      throw new Error(`it was not refused: ${text}`);
    },
    async stop() {
      await client.end();
      const pids = await test.database.transaction((tx) => removeDatabaseRole(tx, ROOT, name));
      await endRoleSessions(test.database, name, pids);
    },
  };
}
