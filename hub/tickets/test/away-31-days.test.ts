import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireMessages } from '../expire-messages.ts';
import { replayMessages } from '../replay-messages.ts';
import { warnMailboxes } from '../warn-mailboxes.ts';
import { ALICE, openWorkbench, storeDocuments, type Workbench } from './support/administration.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

/** Fault "client away 31 days" (spec 9.1): tombstones, warnings to both sides, newer messages intact. */
let bench: Workbench;
let feed: Awaited<ReturnType<typeof openFeedBench>>;
beforeAll(async () => {
  bench = await openWorkbench();
  feed = await openFeedBench(bench);
});
afterAll(async () => {
  await feed.close();
  await bench.drop();
});

test('a client that comes back after 31 days is told what expired, gets what is newer, and what expired once more on request', async () => {
  const client = await bench.client({ name: 'traveller' });
  const peer = await openPeer(bench, 'traveller', feed.feed.port);
  const old = await storeDocuments(bench.database, [client], ['OLD1', 'OLD2', 'OLD3']);
  await bench.events();
  for (const days of [1, 8, 21, 28]) {
    const now = Temporal.Now.instant().add({ hours: 24 * days });
    await warnMailboxes(bench.database, { now, warnAgeDays: [1, 7, 20, 27], warnQueued: 10_000 });
  }
  // The shifted clock: 31 days pass for what is queued, then two newer messages come.
  await bench.rows(
    "UPDATE ticket_message SET enqueued_at = enqueued_at - interval '31 days', expires_at = expires_at - interval '31 days'",
  );
  await storeDocuments(bench.database, [client], ['NEW1', 'NEW2']);

  // Expired but not swept yet: a pull never returns them.
  expect((await peer.pull()).messages.map((message) => message.meta.number)).toEqual(['NEW1', 'NEW2']);
  await expireMessages(bench.database, { now: Temporal.Now.instant(), keepDays: 400 });
  expect((await bench.events()).map(({ type, data }) => [type, data['days'] ?? data['count']])).toEqual([
    ...[1, 7, 20, 27].map((days) => ['mailbox.warning', days]),
    ['message.expired', 3],
  ]);

  const back = await peer.pull();
  expect(back.expired).toEqual([{ from: 1, to: 3, count: 3 }]);
  expect(back.messages.map(({ sequence, meta }) => [sequence, meta.number])).toEqual([
    [4, 'NEW1'],
    [5, 'NEW2'],
  ]);
  const last = back.messages.at(-1);
  const stored = await peer.pull({ ackThrough: { sequence: 5, id: last?.id ?? '' }, ackExpired: 3 });
  expect([stored.acked, stored.messages, stored.expired]).toEqual([2, [], []]);

  // The replay answers the pull, which waits by now or is about to.
  const waiting = peer.pull({ waitSeconds: 20 });
  await bench.database.transaction((tx) =>
    replayMessages(tx, ALICE, { client: 'traveller', selection: { first: 1, last: 3 }, queueDays: 30 }),
  );
  const first = await waiting;
  const replayed = [...first.messages];
  while (replayed.length < 3) replayed.push(...(await peer.pull({ after: replayed.at(-1)?.sequence ?? 0, waitSeconds: 5 })).messages);
  expect(replayed.map(({ sequence, documentId, replay }) => [sequence, documentId, replay])).toEqual(
    old.map((made, index) => [6 + index, made.documentId, true]),
  );
  expect(replayed.every((message) => message.name.endsWith('-R.xml'))).toBe(true);
  await peer.close();
});
