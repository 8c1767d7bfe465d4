import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubError } from '../../core/errors.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { openWorkbench, type Workbench } from './support/administration.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

let bench: Workbench;
let hub: Awaited<ReturnType<typeof openFeedBench>>;
beforeAll(async () => {
  bench = await openWorkbench();
  hub = await openFeedBench(bench);
});
afterAll(async () => {
  await hub?.close();
  await bench?.drop();
});

/** Ends every connection of the hub to its database, as a restart of the server does: in the middle of whatever statement is under way. */
const cutConnections = () =>
  bench
    .rows('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')
    // The cut may hit the one that asks for it, when another asks as well.
    .catch(() => []);

test('connections cut again and again under load: only STORE_UNAVAILABLE is answered, nothing answered is lost, nothing is doubled', async () => {
  const client = await bench.client({ name: 'agency-1' });
  await hub.routed(client);
  const refusals = new Set<string>();
  /** Repeats as senders and programs do. */
  const insist = async <T>(act: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        refusals.add(error instanceof HubError ? error.code : String(error));
        await pause(5);
      }
    }
  };

  const documents: string[] = [];
  let sending = true;
  const senders = Array.from({ length: 8 }, async (_, at) => {
    const source = createOperationSource({ seed: 700 + at, agencies: ['17МОВ'], history: at % 2 === 0 });
    for (let sent = 0; sent < 40; sent += 1) {
      const message = source.next();
      const answer = await insist(() => hub.ingest.submit(message, `sender-${at}`));
      documents.push(...answer.documents.map(({ documentId }) => documentId));
    }
  });
  const peer = await openPeer(bench, 'agency-1', hub.feed.port);
  const received: { sequence: number; id: string; documentId: string }[] = [];
  const receiving = (async () => {
    let ackThrough: { sequence: number; id: string } | undefined;
    for (;;) {
      const finished = !sending;
      const answer = await insist(() => peer.pull({ max: 20, waitSeconds: 1, ...(ackThrough && { ackThrough }) }));
      const last = answer.messages.at(-1);
      ackThrough = last && { sequence: last.sequence, id: last.id };
      received.push(...answer.messages);
      if (finished && !last) return;
    }
  })();
  let cuts = 0;
  const cutting = (async () => {
    while (sending) {
      await cutConnections();
      cuts += 1;
      await pause(40);
    }
  })();
  await Promise.all(senders);
  sending = false;
  await Promise.all([cutting, receiving]);
  await peer.close();

  expect(cuts).toBeGreaterThan(3);
  expect(refusals.size).toBeGreaterThan(0);
  for (const refusal of refusals) expect(refusal).toMatch(/^(STORE_UNAVAILABLE$|Error: 503 .*STORE_UNAVAILABLE)/);
  expect(new Set(documents).size).toBe(documents.length);
  expect([...received.map(({ documentId }) => documentId)].sort()).toEqual([...documents].sort());
  const history = await bench.rows<{ seq: number }>("SELECT seq FROM ticket_history WHERE outcome = 'delivered' ORDER BY seq");
  expect(history.map(({ seq }) => seq)).toEqual(documents.map((_, at) => at + 1));
  expect(await bench.rows('SELECT seq FROM ticket_message')).toEqual([]);
  const operations = await bench.rows<{ n: number; keys: number }>(
    'SELECT count(*) AS n, count(DISTINCT (source, external_id)) AS keys FROM ticket_operation',
  );
  expect(operations).toEqual([{ n: 320, keys: 320 }]);
});

test('a pull that waits lives through the cut and is woken by the next message; no connection and no alarm is left over', async () => {
  const client = await bench.client({ name: 'agency-2' });
  await hub.routed(client);
  const peer = await openPeer(bench, 'agency-2', hub.feed.port);
  const waiting = peer.pull({ waitSeconds: 30 });
  await expect.poll(() => hub.feed.waiting).toBe(1);
  await cutConnections();
  const message = createOperationSource({ seed: 800, history: false }).next();
  await expect
    .poll(() =>
      hub.ingest.submit(message, 'grs').then(
        ({ status }) => status,
        () => undefined,
      ),
    )
    .toMatch(/created|duplicate/);
  expect((await waiting).messages.length).toBeGreaterThan(0);
  await expect.poll(() => hub.feed.waiting).toBe(0);
  const [used] = await bench.rows<{ n: number }>(
    "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
  );
  expect(used?.n).toBe(0);
  await peer.close();
});
