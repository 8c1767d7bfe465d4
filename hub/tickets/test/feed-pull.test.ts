import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOperationSource } from '../samples/operation-source.ts';
import { openWorkbench, type Workbench } from './support/administration.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

let bench: Workbench;
let hub: Awaited<ReturnType<typeof openFeedBench>>;
beforeAll(async () => {
  bench = await openWorkbench();
  await bench.client({ name: 'agency-1' });
  hub = await openFeedBench(bench);
});
afterAll(async () => {
  await hub?.close();
  await bench?.drop();
});

test('operations come out as the files of the mailbox, in order, until they are acknowledged', async () => {
  const source = createOperationSource({ seed: 7, agencies: ['17МОВ'] });
  const answers = [];
  for (let i = 0; i < 20; i += 1) answers.push(await hub.ingest.submit(source.next(), 'grs'));
  const documents = answers.flatMap((answer) => answer.documents);
  expect(answers.every((answer) => answer.status === 'created')).toBe(true);

  const peer = await openPeer(bench, 'agency-1', hub.feed.port);
  const first = await peer.pull({ max: 10 });
  expect(first.messages.map((message) => message.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(first.behind).toBe(documents.length - 10);
  for (const message of first.messages) expect(hash('sha256', Buffer.from(message.xml, 'utf8'))).toBe(message.sha256);
  const again = await peer.pull({ max: 10 });
  expect(again.messages).toEqual(first.messages);

  const tenth = first.messages[9];
  if (!tenth) throw new Error('ten messages were expected');
  const rest = await peer.pull({ ackThrough: { sequence: 10, id: tenth.id }, max: 1000 });
  expect(rest.acked).toBe(10);
  expect(rest.messages[0]?.sequence).toBe(11);
  expect(rest.messages).toHaveLength(documents.length - 10);
  const done = await peer.pull({ ack: rest.messages.map(({ sequence, id }) => ({ sequence, id })), max: 10 });
  expect(done.acked).toBe(documents.length - 10);
  expect(done).toMatchObject({ messages: [], behind: 0 });
  const repeated = await peer.pull({ ack: rest.messages.map(({ sequence, id }) => ({ sequence, id })), max: 0 });
  expect(repeated.acked).toBe(0);
  const history = await bench.rows<{ outcome: string; n: number }>('SELECT outcome, count(*) AS n FROM ticket_history GROUP BY outcome');
  expect(history).toEqual([{ outcome: 'delivered', n: documents.length }]);
  await peer.close();
});

test('a waiting pull is answered at once when an operation comes', async () => {
  const peer = await openPeer(bench, 'agency-1', hub.feed.port);
  const waiting = peer.pull({ waitSeconds: 30 });
  await expect.poll(() => hub.feed.waiting).toBe(1);
  const source = createOperationSource({ seed: 8, agencies: ['17МОВ'], history: false });
  await hub.ingest.submit(source.next(), 'grs');
  const answer = await waiting;
  expect(answer.messages.length).toBeGreaterThan(0);
  await peer.close();
});
