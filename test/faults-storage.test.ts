import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, type TestContext, test, vi } from 'vitest';
import { verifyFolders } from '../hub/demo/verify.ts';
import { air, message } from '../hub/tickets/test/control-messages.ts';
import { type ClientProcess, openClient } from './support/client-process.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { asNow } from './support/operations.ts';
import { requires } from './support/requires.ts';
import { rest } from './support/rest.ts';

/**
 * Faults of the folder under a running Stat_Client (spec 7.5, 9.1): it stops taking messages, says so on both sides, and goes on by itself.
 * It looks at the folder every 30 s, so the faults happen to several clients at once.
 */
const PATIENCE = { timeout: 60_000, interval: 20 };
const folder = createFolder('storage');
let store: TestDatabase;
let hub: HubProcess;
beforeAll(async () => {
  store = await createTestDatabase();
  hub = createHubProcess({ folder: folder.at('hub'), databaseUrl: store.url });
  await hub.start();
});
afterAll(async () => {
  await hub?.stop();
  await store?.drop();
  folder.remove();
});

let sold = 0;
async function sell(client: ClientProcess, count: number): Promise<void> {
  const lines = Array.from({ length: count }, () => {
    sold += 1;
    const operation = message('issue', air('ETICKET', 'issued', `42142${String(sold).padStart(8, '0')}`));
    return JSON.stringify({ ...asNow(operation, `sale-${sold}`), deal: { agency: '17МОВ', validator: client.name.toUpperCase() } });
  });
  await rest(hub, 'POST', '/tickets/operations', lines.join('\n'), { 'content-type': 'application/x-ndjson' }).expect(200);
}

const shown = async (client: ClientProcess): Promise<{ queued: number; report: { storage: string } | null }> =>
  (await rest(hub, 'GET', `/tickets/clients/${client.name}`).expect(200)).body;
const delivered = (client: ClientProcess) => vi.waitUntil(async () => (await shown(client)).queued === 0, PATIENCE);
const reported = (client: ClientProcess, storage: string) =>
  vi.waitUntil(async () => (await shown(client)).report?.storage === storage, PATIENCE);

/** A client that has got its first messages, and takes more. */
async function runningClient({ onTestFinished }: TestContext, name: string): Promise<ClientProcess> {
  const client = await openClient(hub, {
    name,
    folder: folder.at(name),
    subscriptions: [{ validator: [name.toUpperCase()] }],
    more: ['-min_free', '0'],
  });
  onTestFinished(async ({ task }) => {
    await client.stop();
    if (task.result?.state === 'fail') process.stderr.write(`--- ${name}\n${client.tail()}\n`);
  });
  client.start();
  await vi.waitUntil(async () => {
    await sell(client, 1);
    return client.files().length > 0;
  }, PATIENCE);
  await delivered(client);
  return client;
}

/** At the end: everything is there once, nothing half-written is left. */
async function wholeAgain(client: ClientProcess): Promise<void> {
  await delivered(client);
  const verdict = await verifyFolders(store.database, [{ client: client.name, digests: client.digests() }]);
  expect(verdict).toMatchObject({ files: verdict.messages, lost: 0, doubled: 0, damaged: 0 });
  expect(client.log()).toContain(' OT1008 ');
}

/** Puts a small file system of its own where the client keeps its files, before it starts. */
async function clientOnSmallDisk(context: TestContext, name: string): Promise<ClientProcess> {
  const place = folder.at(name, 'xml');
  mkdirSync(place, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', place]);
  context.onTestFinished(() => void spawnSync('umount', ['-l', place]));
  return runningClient(context, name);
}

describe.concurrent('the folder of a running client', () => {
  requires('mount').test(
    'a full disk: OT2001 and "full" in the console, nothing half-written; resumes when there is room',
    async (context) => {
      const client = await clientOnSmallDisk(context, 'full');
      const ballast = join(client.storage, 'ballast');
      // All but a little is taken.
      const free = 2 * 1024 * 1024;
      for (let size = free; size >= 4096; size /= 2) {
        try {
          writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
        } catch (error) {
          expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
        }
      }
      await sell(client, 60);
      await reported(client, 'full');
      expect(client.log()).toContain(' OT2001 ');
      expect((await shown(client)).queued).toBeGreaterThan(0);
      for (const file of client.files()) expect(readFileSync(join(client.storage, file), 'utf8')).toMatch(/<\/TICKETS>\n$/);
      spawnSync('rm', [ballast]);
      await wholeAgain(client);
      expect(client.count('OT2001')).toBe(1);
    },
    120_000,
  );

  requires('root').test(
    'a folder that nobody may write to: "denied" in the console; resumes when it can be written',
    async (context) => {
      const client = await runningClient(context, 'read-only');
      // Root passes every permission check; what is immutable refuses even root.
      const change = (flag: '+i' | '-i') =>
        spawnSync('chattr', [flag, client.storage, join(client.storage, '.stat_client', 'tmp')], { encoding: 'utf8' });
      context.onTestFinished(() => void change('-i'));
      const { status, stderr, error } = change('+i');
      if (status !== 0) context.skip(`chattr is not possible here: ${error?.message ?? stderr.trim()}`);
      const before = client.files().length;
      await sell(client, 10);
      await reported(client, 'denied');
      expect(client.files().length).toBe(before);
      expect(change('-i').status).toBe(0);
      await wholeAgain(client);
    },
    120_000,
  );

  test('a folder that is taken away: OT2002 and "missing", it is not made anew; resumes when it is back', async (context) => {
    const client = await runningClient(context, 'taken-away');
    const elsewhere = folder.at('elsewhere');
    renameSync(client.storage, elsewhere);
    await sell(client, 10);
    await reported(client, 'missing');
    expect(client.log()).toContain(' OT2002 ');
    expect(existsSync(client.storage)).toBe(false);
    renameSync(elsewhere, client.storage);
    await wholeAgain(client);
  }, 120_000);

  test('the accounting program takes the files away and the client is killed: nothing comes twice', async (context) => {
    const client = await runningClient(context, 'accountant');
    const books = folder.at('books');
    mkdirSync(books);
    const taken = (): void => {
      for (const file of client.files()) renameSync(join(client.storage, file), join(books, file));
    };
    for (let round = 0; round < 4; round += 1) {
      await sell(client, 40);
      await vi.waitUntil(() => client.files().length > 3, PATIENCE);
      taken();
      await client.kill();
      taken();
      client.start();
    }
    await delivered(client);
    taken();
    await client.stop();
    const { items } = (await rest(hub, 'GET', `/tickets/clients/${client.name}/history?limit=1000`).expect(200)).body;
    const inBooks = spawnSync('ls', [books], { encoding: 'utf8' }).stdout.trimEnd().split('\n');
    const sequences = inBooks.map((file) => Number(file.split('-')[2]));
    expect(sequences.sort((a, b) => a - b)).toEqual(items.map(({ sequence }: { sequence: number }) => sequence).reverse());
  }, 120_000);

  test('a Storage that is missing at the start: exit 4', async () => {
    const client = await openClient(hub, { name: 'nowhere', folder: folder.at('nowhere') });
    renameSync(client.storage, `${client.storage}-away`);
    expect([(await client.ask('-once')).code, (await client.ask('-check')).code]).toEqual([4, 4]);
    expect(existsSync(client.storage)).toBe(false);
  });

  test('two clients on one folder: the second ends with exit 5 and names the first', async (context) => {
    const client = await runningClient(context, 'locked');
    const second = await client.ask('-once', '-logger', folder.at('second.out'));
    expect(second.code, second.output).toBe(5);
    expect(second.output).toContain(String(client.pid));
  });
});
