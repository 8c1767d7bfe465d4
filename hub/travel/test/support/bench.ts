import { randomBytes } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { createTestDatabase } from '../../../../test/support/database.ts';
import { loadConfiguration } from '../../../config.ts';
import type { Database } from '../../../core/database/database.ts';
import { run, type Value } from '../../../core/database/statement.ts';
import { createEventStore } from '../../../core/events/subscribe.ts';
import type { Caller, Face } from '../../../core/identity/caller.ts';
import { createSecretKey } from '../../../core/identity/secret-key.ts';
import type { HubPorts } from '../../../core/module.ts';
import { type ModuleRest, startModuleRest } from '../../../test/support/module-rest.ts';
import { staticRoutes } from '../../static-api.ts';

/** A caller of the tests, with every right unless others are named. */
export const callerOf = (face: Face = 'rest', rights: readonly string[] = ['*']): Caller => ({
  login: 'alice',
  rights,
  face,
  address: '192.0.2.7',
  requestId: 'r-1',
});

export interface SeenEvent {
  readonly type: string;
  readonly subject: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was published
  readonly data: any;
}

export interface StaticBench extends ModuleRest {
  readonly ports: HubPorts;
  readonly database: Database;
  rows<R extends QueryResultRow>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** Events published since the last call, their types without `vestnik.travel.`. */
  events(): Promise<SeenEvent[]>;
  /** Sends a request that must succeed and answers its JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  ok(method: string, path: string, body?: unknown, more?: { as?: string; headers?: Record<string, string> }): Promise<any>;
  /** Sends a request that must be refused: status, reason and details. */
  refused(
    method: string,
    path: string,
    body?: unknown,
    more?: { as?: string; headers?: Record<string, string> },
  ): Promise<{ status: number; code: string; reason: string | undefined; detail: string; paths: string[] }>;
}

/** A database of one's own with the static part of travel behind the hub's HTTP listener. */
export async function openBench(): Promise<StaticBench> {
  const test = await createTestDatabase();
  const { database } = test;
  const ports = {
    configuration: loadConfiguration({ environment: { VESTNIK_LANGUAGE: 'en' }, cwd: '/' }),
    database,
    events: createEventStore({ database, keepDays: 30 }),
    authority: undefined as unknown as HubPorts['authority'],
    secretKey: createSecretKey(randomBytes(32)),
    hubId: 'test',
    databaseFolder: undefined,
  };
  const rest = await startModuleRest(database, staticRoutes(ports));
  let seen = 0;
  const rows = async <R extends QueryResultRow>(text: string, values: readonly Value[] = []): Promise<R[]> =>
    (await run<R>(database.work, text, values)).rows;
  return {
    ...rest,
    ports,
    database,
    rows,
    async events() {
      const found = await rows<{ id: number; type: string; subject: string | null; data: unknown }>(
        'SELECT id, type, subject, data FROM event WHERE id > $1 ORDER BY id',
        [seen],
      );
      seen = found.at(-1)?.id ?? seen;
      return found.map(({ type, subject, data }) => ({ type: type.replace('vestnik.travel.', ''), subject, data }));
    },
    async ok(method, path, body, more = {}) {
      const answer = await rest.send(method, path, { ...more, ...(body !== undefined && { body }) });
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.bytes}`);
      return answer.json;
    },
    async refused(method, path, body, more = {}) {
      const { status, json, bytes } = await rest.send(method, path, { ...more, ...(body !== undefined && { body }) });
      if (status < 400) throw new Error(`${method} ${path} was not refused: ${status} ${bytes}`);
      const paths = (json.details ?? []).map((fault: { path: string }) => fault.path);
      return { status, code: json.code, reason: json.reason, detail: json.detail, paths };
    },
    async stop() {
      await rest.stop();
      await test.drop();
    },
  };
}
