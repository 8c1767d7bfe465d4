import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOperationSource } from '../samples/operation-source.ts';
import { openWorkbench, type Workbench } from './support/administration.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

let bench: Workbench;
let hub: Awaited<ReturnType<typeof openFeedBench>>;
let peer: Awaited<ReturnType<typeof openPeer>>;
beforeAll(async () => {
  bench = await openWorkbench();
  await bench.client({ name: 'agency-1' });
  await bench.client({ name: 'agency-2' });
  hub = await openFeedBench(bench);
  peer = await openPeer(bench, 'agency-1', hub.feed.port);
});
afterAll(async () => {
  await peer?.close();
  await hub?.close();
  await bench?.drop();
});

const snapshot = async () =>
  bench.rows(
    'SELECT client_id, seq, message_id FROM ticket_message UNION ALL SELECT client_id, -seq, message_id FROM ticket_history ORDER BY 1, 2',
  );

test.each([
  ['an unknown field', { maximum: 10 }, /maximum/],
  ['both forms of acknowledgement', { ack: [], ackThrough: { sequence: 1, id: randomUUID() } }, /ack and ackThrough exclude each other/],
  ['max -1', { max: -1 }, /max/],
  ['max over 1000', { max: 1001 }, /max/],
  ['waitSeconds 56', { waitSeconds: 56 }, /waitSeconds/],
  ['maxBytes below the least', { maxBytes: 1 }, /maxBytes/],
  ['an id that is no UUID', { ack: [{ sequence: 1, id: 'x' }] }, /ack\.0\.id/],
  ['a sequence as text', { ack: [{ sequence: '1', id: randomUUID() }] }, /ack\.0\.sequence/],
  ['1,001 acknowledgements', { ack: Array.from({ length: 1001 }, (_, i) => ({ sequence: i + 1, id: randomUUID() })) }, /ack/],
  ['an array', [], /body/],
])('%s is refused with 400 that names the field', async (_, body, named) => {
  const answer = await peer.ask<{ error: { code: string; message: string } }>('/feed/v1/pull', { body: JSON.stringify(body) });
  expect(answer.status).toBe(400);
  expect(answer.body.error.code).toBe('BAD_REQUEST');
  expect(answer.body.error.message).toMatch(named);
});

test('a body that is not JSON, or not UTF-8, is refused with 400 and the connection lives on', async () => {
  for (const body of ['{"max":', Buffer.from([0x7b, 0xff, 0x7d]), '']) {
    const answer = await peer.ask<{ error: { code: string } }>('/feed/v1/pull', { body });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'BAD_REQUEST']);
  }
  expect((await peer.pull()).messages).toEqual(expect.any(Array));
});

test('a body of 2 MiB is refused with 413', async () => {
  const answer = await peer.ask<{ error: { code: string } }>('/feed/v1/pull', { body: Buffer.alloc(2 * 1024 ** 2, 0x20) });
  expect([answer.status, answer.body.error.code]).toEqual([413, 'TOO_LARGE']);
});

test('another content type is refused with 415, another path with 404, another method with 400', async () => {
  expect((await peer.ask('/feed/v1/pull', { body: '{}', headers: { 'content-type': 'text/xml' } })).status).toBe(415);
  expect((await peer.ask('/feed/v2/pull', { body: '{}' })).status).toBe(404);
  expect((await peer.ask('/feed/v1/pull', { method: 'GET' })).status).toBe(400);
});

test('a pull without an instance, or with a malformed one, is refused with 400 that names the header', async () => {
  const answer = await peer.ask<{ error: { message: string } }>('/feed/v1/pull', { body: '{}', headers: { 'x-feed-instance': 'me' } });
  expect(answer.status).toBe(400);
  expect(answer.body.error.message).toContain('x-feed-instance');
});

test('messages come in the language that the program asks for', async () => {
  const ask = (language: string) =>
    peer.ask<{ error: { message: string } }>('/feed/v1/replay', { body: '{"numbers":["1"]}', headers: { 'accept-language': language } });
  expect((await ask('ru-RU,ru;q=0.9')).body.error.message).toMatch(/[а-я]/);
  expect((await ask('en')).body.error.message).not.toMatch(/[а-я]/);
  expect((await ask('en')).status).toBe(403);
});

test('more requests than allowed are answered 429 with Retry-After', async () => {
  const slow = await openFeedBench(bench, { requestsPerSecond: 5 });
  const eager = await openPeer(bench, 'agency-2', slow.feed.port);
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => eager.ask<{ error?: { code: string } }>('/feed/v1/status', { method: 'GET' })),
  );
  const refused = answers.filter((answer) => answer.status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(5);
  expect(refused[0]?.body.error?.code).toBe('TOO_MANY_REQUESTS');
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  await eager.close();
  await slow.close();
});

let sent = 0;
beforeEach(async () => {
  sent += 1;
  await hub.ingest.submit(createOperationSource({ seed: 1000 + sent, agencies: ['17МОВ'], history: false }).next(), 'grs');
});

test('acknowledging a sequence never issued, or with an id of another client, changes nothing', async () => {
  const mine = await peer.pull({ max: 1000 });
  const [first, second] = mine.messages;
  if (!first || !second) throw new Error('two messages were expected');
  const others = await openPeer(bench, 'agency-2', hub.feed.port);
  const theirs = await others.pull({ max: 1 });
  const foreign = theirs.messages[0]?.id ?? '';
  const before = await snapshot();
  const wrong = [
    { ack: [{ sequence: 999_999, id: first.id }] },
    {
      ack: [
        { sequence: first.sequence, id: first.id },
        { sequence: 999_999, id: randomUUID() },
      ],
    },
    { ack: [{ sequence: first.sequence, id: foreign }] },
    { ack: [{ sequence: first.sequence, id: second.id }] },
    { ackThrough: { sequence: first.sequence, id: foreign } },
    { ackThrough: { sequence: 999_999, id: first.id } },
  ];
  for (const body of wrong) expect(await peer.refused({ max: 0, ...body })).toEqual({ status: 409, code: 'ACK_MISMATCH' });
  expect(await snapshot()).toEqual(before);
  await others.close();
});

test('a wrong acknowledgement of one program does not disturb those of others in the same flush', async () => {
  const others = await openPeer(bench, 'agency-2', hub.feed.port);
  const mine = (await peer.pull({ max: 1 })).messages[0];
  const theirs = (await others.pull({ max: 1 })).messages[0];
  if (!mine || !theirs) throw new Error('a message each was expected');
  const [good, bad] = await Promise.all([
    others.pull({ max: 0, ack: [{ sequence: theirs.sequence, id: theirs.id }] }),
    peer.refused({ max: 0, ack: [{ sequence: mine.sequence, id: randomUUID() }] }),
  ]);
  expect(good.acked).toBe(1);
  expect(bad.code).toBe('ACK_MISMATCH');
  expect((await peer.pull({ max: 1 })).messages[0]?.id).toBe(mine.id);
  await others.close();
});
