import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { loadConfiguration } from '../config.ts';
import { run } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { addOperator } from '../core/identity/add-operator.ts';
import { SYSTEM } from '../core/identity/caller.ts';
import { type Hub, startHub } from '../hub.ts';
import { createOperationSource } from '../tickets/samples/operation-source.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'vestnik-hub-'));
});
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const configuration = (environment: Record<string, string> = {}) =>
  loadConfiguration({
    cwd: folder,
    environment: {
      VESTNIK_DATA_FOLDER: folder,
      VESTNIK_DATABASE__URL: database.url,
      VESTNIK_HTTP__PORT: '0',
      VESTNIK_TICKETS__FEED_PORT: '0',
      VESTNIK_ALERTS__LINE__PORT: '0',
      VESTNIK_TICKETS__FEED_HOST: '127.0.0.1',
      ...environment,
    },
  });

async function occupied(): Promise<{ port: string; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: String((server.address() as { port: number }).port), server };
}

/** Connections of a hub to the database; those of the test itself have another name. */
const connections = async (): Promise<number> => {
  const { rows } = await run<{ n: number }>(
    database.database.work,
    "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'vestnik %'",
  );
  return rows[0]?.n ?? 0;
};

test.each([
  ['the feed', 'VESTNIK_TICKETS__FEED_PORT', /tickets\.feedPort/],
  ['the HTTP listener', 'VESTNIK_HTTP__PORT', /http\.port/],
])('when the port of %s is in use the start says so, and leaves nothing running', async (_, variable, advice) => {
  const { port, server } = await occupied();
  const error = await startHub(configuration({ [variable]: port })).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HubError);
  expect(error).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(advice) });
  await expect.poll(connections).toBe(0);
  await new Promise((resolve) => server.close(resolve));
  const hub = await startHub(configuration({ [variable]: port }));
  await hub.stop();
});

/** Starts a hub with a sender; answers a function that posts one operation and tells the status, 0 when the connection was refused. */
async function hubWithSender(login: string): Promise<{ hub: Hub; post(message: unknown): Promise<number> }> {
  const hub = await startHub(configuration());
  const password = await hub.identity.hashPassword('a-password');
  await hub.identity.change((tx) => addOperator(tx, SYSTEM, { login, rights: ['tickets.ingest'], password }, hub.identity.rights));
  const post = (message: unknown): Promise<number> =>
    fetch(`${hub.addresses['http']}/api/v1/tickets/operations`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${login}:a-password`)}`, 'content-type': 'application/json' },
      body: JSON.stringify(message),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
  return { hub, post };
}

test('a stop under load: what was answered 201 is stored, what was not answered so is stored wholly or not at all', async () => {
  const { hub, post } = await hubWithSender('grs');
  const source = createOperationSource({ seed: 3, history: false });
  const answered = new Map<string, number>();
  let stopping: Promise<void> | undefined;
  await Promise.all(
    Array.from({ length: 16 }, async (_, sender) => {
      for (let sent = 0; sent < 40; sent += 1) {
        const message = source.next() as unknown as { id: string };
        const status = await post(message);
        answered.set(message.id, status);
        if (sender === 0 && sent === 10) stopping = hub.stop();
        if (status !== 201) return;
      }
    }),
  );
  await Promise.all([stopping, hub.stop()]);
  // The server notices a moment later that a connection is gone.
  await expect.poll(connections).toBe(0);
  for (const status of answered.values()) expect([201, 503, 0]).toContain(status);
  const { rows } = await run<{ id: string; documents: number; expected: number }>(
    database.database.work,
    `SELECT external_id AS id, (SELECT count(*) FROM ticket_document d WHERE d.operation_id = o.operation_id) AS documents,
       json_array_length(control -> 'documents') AS expected FROM ticket_operation o`,
  );
  for (const row of rows) expect(row.documents).toBe(row.expected);
  const stored = new Set(rows.map(({ id }) => id));
  const created = [...answered].filter(([, status]) => status === 201).map(([id]) => id);
  expect(created.length).toBeGreaterThan(10);
  expect(created.filter((id) => !stored.has(id))).toEqual([]);
});

test('two hubs on one database have identities of their own and stop apart', async () => {
  const [one, two] = [await startHub(configuration()), await startHub(configuration())];
  expect(one.ground.hubId).not.toBe(two.ground.hubId);
  await one.stop();
  expect((await fetch(`${two.addresses['http']}/readyz`)).status).toBe(200);
  await two.stop();
});
