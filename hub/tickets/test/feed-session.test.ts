import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decideSession } from '../feed/session.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { openWorkbench, type Workbench } from './support/administration.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

describe('the decision', () => {
  const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
  test('the first instance takes a free session and displaces nobody', () => {
    expect(decideSession({ instance: null, displaced: [], live: false, old: true }, a)).toEqual({
      verdict: 'takeover',
      from: null,
      displaced: [],
    });
  });
  test('the holder goes on; its lease is written only when old', () => {
    expect(decideSession({ instance: a, displaced: [b], live: true, old: false }, a)).toMatchObject({ verdict: 'holder', write: false });
    expect(decideSession({ instance: a, displaced: [b], live: true, old: true }, a)).toMatchObject({ verdict: 'holder', write: true });
  });
  test('a new instance takes over, the older one is displaced and refused while the lease lives', () => {
    expect(decideSession({ instance: a, displaced: [], live: true, old: false }, b)).toEqual({
      verdict: 'takeover',
      from: a,
      displaced: [a],
    });
    expect(decideSession({ instance: b, displaced: [a], live: true, old: false }, a)).toEqual({ verdict: 'refused' });
  });
  test('when the holder is silent the stand-by becomes the holder and is displaced no more', () => {
    expect(decideSession({ instance: b, displaced: [a, c], live: false, old: true }, a)).toEqual({
      verdict: 'takeover',
      from: b,
      displaced: [c, b],
    });
  });
  test('only the last 16 displaced instances are remembered', () => {
    const many = Array.from({ length: 16 }, () => randomUUID());
    const decided = decideSession({ instance: a, displaced: many, live: true, old: false }, b);
    expect(decided).toMatchObject({ verdict: 'takeover', displaced: [...many.slice(1), a] });
  });
});

describe('on two hubs', () => {
  let bench: Workbench;
  let hub: Awaited<ReturnType<typeof openFeedBench>>;
  let second: Awaited<ReturnType<(typeof hub)['open']>>;
  beforeAll(async () => {
    bench = await openWorkbench();
    hub = await openFeedBench(bench);
    second = await hub.open();
  });
  afterAll(async () => {
    await second?.stop();
    await hub?.close();
    await bench?.drop();
  });

  test('a second computer with the same certificate: the newer one holds, the older stands by, nobody alternates', async () => {
    await bench.client({ name: 'agency-1' });
    const older = await openPeer(bench, 'agency-1', hub.feed.port);
    const waiting = older.refused({ waitSeconds: 30 });
    await expect.poll(() => hub.feed.waiting).toBe(1);
    const newer = await openPeer(bench, 'agency-1', second.port);
    await newer.pull();
    expect(await waiting).toEqual({ status: 409, code: 'SESSION_TAKEN' });
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await older.refused({ waitSeconds: 0 })).toEqual({ status: 409, code: 'SESSION_TAKEN' });
      await newer.pull();
    }
    const third = await openPeer(bench, 'agency-1', hub.feed.port);
    await third.pull();
    for (const loser of [older, newer]) expect((await loser.refused({ waitSeconds: 0 })).code).toBe('SESSION_TAKEN');
    const events = await bench.events();
    expect(events.filter(({ type }) => type === 'session.takenover')).toHaveLength(2);
    for (const program of [older, newer, third]) await program.close();
  });

  test('the stand-by becomes the holder when the holder has been silent for 90 s', async () => {
    const client = await bench.client({ name: 'agency-2' });
    const first = await openPeer(bench, 'agency-2', hub.feed.port);
    const next = await openPeer(bench, 'agency-2', second.port);
    await first.pull();
    await next.pull();
    expect((await first.refused({ waitSeconds: 0 })).code).toBe('SESSION_TAKEN');
    const [lease] = await bench.rows<{ seconds: number }>(
      'SELECT extract(epoch FROM lease_until - now())::float8 AS seconds FROM ticket_feed WHERE client_id = $1',
      [client.clientId],
    );
    expect(lease?.seconds).toBeGreaterThan(85);
    expect(lease?.seconds).toBeLessThanOrEqual(90);
    await bench.rows("UPDATE ticket_feed SET lease_until = now() - interval '1 s' WHERE client_id = $1", [client.clientId]);
    await first.pull();
    expect((await next.refused({ waitSeconds: 0 })).code).toBe('SESSION_TAKEN');
    await first.close();
    await next.close();
  });

  test('a takeover in mid-delivery: unacknowledged messages go to the new holder, an acknowledgement of the old one counts for nothing', async () => {
    await hub.routed(await bench.client({ name: 'agency-3' }));
    await hub.ingest.submit(createOperationSource({ seed: 31, agencies: ['17МОВ'], history: false }).next(), 'grs');
    const first = await openPeer(bench, 'agency-3', hub.feed.port);
    const taken = (await first.pull({ max: 1 })).messages[0];
    if (!taken) throw new Error('a message was expected');
    const next = await openPeer(bench, 'agency-3', second.port);
    expect((await next.pull({ max: 1 })).messages[0]?.id).toBe(taken.id);
    expect((await first.refused({ max: 0, ack: [{ sequence: taken.sequence, id: taken.id }] })).code).toBe('SESSION_TAKEN');
    expect((await next.pull({ max: 1 })).messages[0]?.id).toBe(taken.id);
    expect((await next.pull({ max: 0, ack: [{ sequence: taken.sequence, id: taken.id }] })).acked).toBe(1);
    await first.close();
    await next.close();
  });

  test('a message queued through one hub wakes the program that waits at the other', async () => {
    await hub.routed(await bench.client({ name: 'agency-4', subscriptions: [{ agency: ['42СПБ'] }] }));
    const program = await openPeer(bench, 'agency-4', second.port);
    const waiting = program.pull({ waitSeconds: 30 });
    await expect.poll(() => second.waiting).toBe(1);
    await hub.ingest.submit(createOperationSource({ seed: 41, agencies: ['42СПБ'], history: false }).next(), 'grs');
    expect((await waiting).messages.length).toBeGreaterThan(0);
    await program.close();
  });

  test('a waiting pull is woken without its notification within the healing period', async () => {
    await hub.routed(await bench.client({ name: 'agency-5', subscriptions: [{ agency: ['08НСК'] }] }));
    const program = await openPeer(bench, 'agency-5', second.port);
    const waiting = program.pull({ waitSeconds: 30 });
    await expect.poll(() => second.waiting).toBe(1);
    // The notifications of this connection are lost: LISTEN is ended behind the hub's back, before the operation comes.
    await bench.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%listen' AND datname = current_database()",
    );
    await hub.ingest.submit(createOperationSource({ seed: 51, agencies: ['08НСК'], history: false }).next(), 'grs');
    expect((await waiting).messages.length).toBeGreaterThan(0);
    await program.close();
  });
});
