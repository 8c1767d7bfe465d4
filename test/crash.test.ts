import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import type { Database } from '../hub/core/database/database.ts';
import { run } from '../hub/core/database/statement.ts';
import { isDatabaseAway } from '../hub/core/errors.ts';
import { verifyFolders } from '../hub/demo/verify.ts';
import { createOperationSource } from '../hub/tickets/samples/operation-source.ts';
import { createRandom } from '../hub/tickets/samples/random.ts';
import { type ClientProcess, openClient } from './support/client-process.ts';
import { CONSISTENT, discardDataOf, findInconsistencies, openDatabaseOf } from './support/database-of-hub.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess } from './support/hub-process.ts';
import { type Load, startLoad } from './support/load.ts';
import { rest } from './support/rest.ts';

/**
 * Spec 9.1, "hub killed during ingest", "database killed", "client killed": SIGKILL at random moments under load, again and again.
 * CRASH_ROUNDS sets the number of rounds, CRASH_SEED repeats the order of a failed run.
 */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] || 20);
const SEED = Number(process.env['CRASH_SEED'] || randomInt(1_000_000));
const VICTIMS = ['hub', 'database', 'client', 'hub', 'database', 'client', 'hub and database', 'hub and client', 'everything'] as const;
const PATIENCE = { timeout: 45_000, interval: 10 };

const folder = createFolder('crash');
const hub = createHubProcess({ folder: folder.at('hub') });
let client: ClientProcess;
/** Takes the same documents and is never there: its mailbox only grows. */
const ABSENT = 'absent';
let database: Database;
let load: Load;
beforeAll(async () => {
  await hub.start();
  client = await openClient(hub, { name: 'agency', folder: folder.at('agency') });
  await rest(hub, 'POST', '/tickets/clients', {
    name: ABSENT,
    title: ABSENT,
    subscriptions: [{ carrier: ['S7', 'SU'], carrierScope: 'any' }],
  });
  database = await openDatabaseOf(hub);
});
afterAll(async () => {
  await database?.close();
  await client?.kill();
  await hub.stop();
  await discardDataOf(hub);
  folder.remove();
});

const ready = async (): Promise<boolean> => (await fetch(`${hub.http}/readyz`).catch(() => undefined))?.ok === true;

/** How many messages wait; undefined while the database is away, which it may still be after the last kill: readiness is half a second old. */
const queued = async (name: string): Promise<number | undefined> => {
  try {
    const { rows } = await run<{ n: number }>(
      database.work,
      'SELECT count(*) AS n FROM ticket_message JOIN ticket_client USING (client_id) WHERE name = $1',
      [name],
    );
    return rows[0]?.n;
  } catch (error) {
    if (isDatabaseAway(error)) return undefined;
    throw error;
  }
};

test(
  `after ${ROUNDS} rounds of kill -9 every answered operation is in the folder exactly once`,
  async () => {
    const begun = performance.now();
    const told: string[] = [];
    onTestFailed(() => {
      process.stderr.write(`CRASH_SEED=${SEED}; rounds so far: ${told.join(', ')}\n--- hub\n${hub.tail()}\n--- client\n${client.tail()}\n`);
    });
    const random = createRandom(SEED);
    const sources = [1, 2, 3, 4, 5].map((n) => createOperationSource({ seed: (SEED % 900) + n, start: Temporal.Now.instant() }));
    client.start();
    load = startLoad({
      hubs: [hub],
      authorization: hub.authorization,
      patient: sources.slice(0, 3).map((source) => source.next),
      // What is never repeated must not be built upon by later operations: sales only.
      impatient: sources.slice(3).map((source) => () => {
        for (;;) {
          const message = source.next();
          if (message.kind === 'issue') return message;
        }
      }),
      every: 12,
    });

    for (let round = 0; round < ROUNDS; round += 1) {
      const victim = random.pick(VICTIMS);
      told.push(victim);
      const operations = load.answered.size + random.int(3, 25);
      await vi.waitUntil(() => load.answered.size >= operations, PATIENCE);
      if (victim.includes('client') || victim === 'everything') {
        const files = client.files().length + random.int(1, 15);
        await vi.waitUntil(() => client.files().length >= files, PATIENCE);
      }
      const struck = victim.includes('hub') || victim === 'everything';
      const pid = await vi.waitUntil(() => hub.databasePid(), PATIENCE);
      const kills: (() => Promise<void> | void)[] = [];
      if (struck) kills.push(() => hub.kill());
      if (victim.includes('database') || victim === 'everything') kills.push(() => void process.kill(pid, 'SIGKILL'));
      if (victim.includes('client') || victim === 'everything') kills.push(() => client.kill());
      if (random.chance(0.5)) kills.reverse();
      await Promise.all(kills.map((kill) => kill()));
      if (struck) await hub.start();
      if (victim.includes('client') || victim === 'everything') client.start();
      await vi.waitUntil(ready, PATIENCE);
      // The death of its database is no reason for a hub to end.
      expect([victim, hub.alive]).toEqual([victim, true]);
    }

    await load.stop();
    // A client that waits for its next attempt would come by itself; a new start comes at once.
    await client.kill();
    client.start();
    await vi.waitUntil(async () => (await queued('agency')) === 0, PATIENCE);
    await client.stop();

    expect(await findInconsistencies(database)).toEqual(CONSISTENT);
    const verdict = await verifyFolders(database, [{ client: 'agency', digests: client.digests() }]);
    expect(verdict).toMatchObject({ files: verdict.messages, lost: 0, doubled: 0, damaged: 0 });

    const answered = [...load.answered.values()].flatMap(({ documents }) => documents.filter(({ clients }) => clients.includes('agency')));
    const { rows } = await run<{ document_id: string; times: number }>(
      database.work,
      `SELECT document_id, count(*) AS times FROM ticket_history JOIN ticket_client USING (client_id)
       WHERE name = 'agency' AND outcome = 'delivered' GROUP BY document_id`,
    );
    const delivered = new Map(rows.map((row) => [row.document_id, row.times]));
    expect(answered.filter(({ documentId }) => delivered.get(documentId) !== 1)).toEqual([]);
    // Every document of an answered operation goes to a client that takes everything.
    expect([...load.answered.values()].filter(({ documents }) => documents.some(({ clients }) => !clients.includes('agency')))).toEqual([]);
    // The run was one: operations came, were cut off, and were sent again.
    expect(answered.length).toBeGreaterThan(ROUNDS * 3);
    if (told.some((victim) => victim !== 'client')) expect(load.failures.size).toBeGreaterThan(0);
    expect(performance.now() - begun).toBeLessThan(120_000 + ROUNDS * 10_000);
  },
  60_000 + ROUNDS * 10_000,
);
