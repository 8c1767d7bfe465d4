import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeClient } from '../change-client.ts';
import { ALICE, openWorkbench, type Workbench } from './support/administration.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

/** Hostile text and structure in what a program at an agency sends (spec 6.2, 9.2): refused as its mistake, or kept as it is. */
let bench: Workbench;
let hub: Awaited<ReturnType<typeof openFeedBench>>;
let peer: Awaited<ReturnType<typeof openPeer>>;
beforeAll(async () => {
  bench = await openWorkbench();
  const client = await bench.client({ name: 'agency-1' });
  await bench.database.transaction((tx) => changeClient(tx, ALICE, { client: 'agency-1', change: { selfReplay: true } }));
  hub = await openFeedBench(bench);
  await hub.routed(client);
  peer = await openPeer(bench, 'agency-1', hub.feed.port);
});
afterAll(async () => {
  await peer?.close();
  await hub?.close();
  await bench?.drop();
});

type Refusal = { error?: { code: string; message: string } };
const post = (path: string, body: string) => peer.ask<Refusal>(path, { body });
const pull = (body: object) => post('/feed/v1/pull', JSON.stringify({ max: 0, waitSeconds: 0, ...body }));
const report = (more: object) => ({ report: { version: '1.0.0', storage: 'ok', freeBytes: 1, stuck: [], ...more } });
const stuck = (code: string) => report({ stuck: [{ sequence: 1, id: randomUUID(), code }] });

test.each(['a\u0000b', '\ud800', 'b\udc00'])(
  'text that the database cannot hold, %j, is refused with 400 that names the field',
  async (text) => {
    for (const [answer, field] of [
      [await pull(report({ version: text })), /report\.version/],
      [await pull(stuck(text)), /report\.stuck\.0\.code/],
      [await post('/feed/v1/replay', JSON.stringify({ numbers: ['4214200000001', text] })), /numbers/],
    ] as const) {
      expect([answer.status, answer.body.error?.code]).toEqual([400, 'BAD_REQUEST']);
      expect(answer.body.error?.message).toMatch(field);
    }
  },
);

test.each(['\u001b[2J', '</td><script>', '\u202egpj', "'; DROP TABLE x;--", '🛫', '__proto__', ']]>'])(
  '%j in a report is kept as it is',
  async (text) => {
    expect((await pull(report({ version: text, stuck: [{ sequence: 1, id: randomUUID(), code: text }] }))).status).toBe(200);
    const [row] = await bench.rows('SELECT report FROM ticket_feed');
    expect(row).toMatchObject({ report: { version: text, stuck: [{ code: text }] } });
  },
);

test.each([
  { from: '0000-01-01T00:00:00Z', to: '0000-01-02T00:00:00Z' },
  { from: '2026-02-31T00:00:00Z', to: '2026-03-01T00:00:00Z' },
  { from: '2026-11-22T00:00:00+23:59', to: '9999-12-31T23:59:59-23:59' },
  { from: '9999-12-31T23:59:59Z', to: '0001-01-01T00:00:00Z' },
  { sequences: [{ from: 5, to: 1 }] },
  { sequences: [{ from: 1, to: Number.MAX_SAFE_INTEGER }] },
  { numbers: ['%', '_', "'", '\\'] },
])('a replay of %j is found empty or refused, and is no failure of the hub', async (selection) => {
  const answer = await post('/feed/v1/replay', JSON.stringify(selection));
  expect([200, 400, 422]).toContain(answer.status);
});

test.each([
  ['nested 1,000 deep', `${'{"report":'.repeat(1_000)}1${'}'.repeat(1_000)}`],
  ['lists 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['a key __proto__', '{"__proto__":{"max":0},"waitSeconds":0}'],
  ['a key constructor', '{"constructor":{"prototype":{"max":0}},"waitSeconds":0}'],
  ['a number over all bounds', '{"max":0,"waitSeconds":0,"after":1e400}'],
  ['a fraction of a sequence', '{"max":0,"waitSeconds":0,"after":0.5}'],
])('%s is refused with 400 and changes nothing in the process', async (_, body) => {
  const answer = await post('/feed/v1/pull', body);
  expect([answer.status, answer.body.error?.code]).toEqual([400, 'BAD_REQUEST']);
  expect(({} as Record<string, unknown>)['max']).toBeUndefined();
  expect((await pull({})).status).toBe(200);
});

test('a program may call itself anything that a header can carry', async () => {
  const agent = `Stat_Client/${'x'.repeat(4_000)} ()<>'"\u00ff`;
  const answer = await peer.ask('/feed/v1/pull', { body: '{"max":0,"waitSeconds":0}', headers: { 'user-agent': agent } });
  expect(answer.status).toBe(200);
  const language = await peer.ask('/feed/v1/pull', { body: '{"max":-1}', headers: { 'accept-language': `${'ru;q=,'.repeat(500)}\u00ff` } });
  expect(language.status).toBe(400);
});
