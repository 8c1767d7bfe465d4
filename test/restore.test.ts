import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import { air, message } from '../hub/tickets/test/control-messages.ts';
import { type ClientProcess, openClient } from './support/client-process.ts';
import { discardDataOf } from './support/database-of-hub.ts';
import { type FaultProxy, startFaultProxy } from './support/fault-proxy.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess } from './support/hub-process.ts';
import { asNow } from './support/operations.ts';
import { rest } from './support/rest.ts';

/** A hub that came back from an older copy of its data (spec 9.1): it gives sequences out again that the client has seen already. */
const PATIENCE = { timeout: 40_000, interval: 10 };
const folder = createFolder('restore');
const hub = createHubProcess({ folder: folder.at('hub') });
let proxy: FaultProxy;
let client: ClientProcess;
beforeAll(async () => {
  await hub.start();
  proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(hub.feed.split(':').at(-1)) });
  client = await openClient(hub, { name: 'agency', folder: folder.at('agency'), connect: `localhost:${proxy.port}` });
});
afterAll(async () => {
  await client?.kill();
  await proxy?.stop();
  await hub.stop();
  await discardDataOf(hub);
  folder.remove();
});

const sell = async (...numbers: number[]): Promise<void> => {
  for (const number of numbers) {
    const operation = message('issue', air('ETICKET', 'issued', `42142${String(number).padStart(8, '0')}`));
    await rest(hub, 'POST', '/tickets/operations', asNow(operation, `sale-${number}`)).expect(201);
  }
};
const queued = async (): Promise<number> => (await rest(hub, 'GET', '/tickets/clients/agency').expect(200)).body.queued;
/** Numbers of the documents in the folder, in the order of the names, each as often as it is there. */
const inFolder = (): number[] =>
  client
    .files()
    .map((file) => Number(/-42142(\d{8})\.xml$/.exec(file)?.[1]))
    .sort((a, b) => a - b);
const copy = (from: string, to: string): void => {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cp ${from} ${to}: ${stderr}`);
};

test('acknowledgements of lost sequences get ACK_MISMATCH, new messages are accepted by id, the client goes on', async () => {
  onTestFailed(() => void process.stderr.write(`--- hub\n${hub.tail()}\n--- client\n${client.tail()}\n`));
  client.start();
  await sell(1, 2, 3);
  await vi.waitUntil(async () => inFolder().length === 3 && (await queued()) === 0, PATIENCE);
  await client.stop();
  await hub.stop();
  copy(hub.folder, folder.at('copy'));

  // What the copy does not know: messages that were delivered and acknowledged, and some of which the acknowledgement was lost.
  await hub.start();
  client.start();
  await sell(4, 5);
  await vi.waitUntil(async () => inFolder().length === 5 && (await queued()) === 0, PATIENCE);
  const waiting = async (): Promise<boolean> => /^vestnik_feed_waiting 1$/m.test(await (await fetch(`${hub.http}/metrics`)).text());
  await vi.waitUntil(waiting, PATIENCE);
  proxy.set({ swallow: 'up' });
  await sell(6);
  await vi.waitUntil(() => inFolder().length === 6, PATIENCE);
  expect(await queued()).toBe(1);
  await client.kill();
  await hub.kill();
  // The server of a killed hub lives on: it must not see its folder change.
  await hub.start();
  await hub.stop();
  await discardDataOf(hub);
  renameSync(folder.at('copy'), hub.folder);
  await hub.start();
  proxy.set({});

  // Sequences 4, 5 and 6 are given out again, for other documents.
  await sell(104, 105, 106, 107);
  client.start();
  await vi.waitUntil(async () => (await queued()) === 0, PATIENCE);
  expect(inFolder()).toEqual([1, 2, 3, 4, 5, 6, 104, 105, 106, 107]);
  expect(client.log()).toContain('ACK_MISMATCH');
  for (const file of client.files()) expect(readFileSync(join(client.storage, file), 'utf8')).toMatch(/<\/TICKETS>\n$/);
  await sell(108);
  await vi.waitUntil(async () => inFolder().length === 11 && (await queued()) === 0, PATIENCE);
  // A new start finds nothing to mend.
  await client.stop();
  expect((await client.ask('-once')).code).toBe(0);
  expect(inFolder()).toHaveLength(11);
}, 120_000);
