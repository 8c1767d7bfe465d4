import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addChannelGroup } from '../add-channel-group.ts';
import { channelKinds } from '../channels/kinds.ts';
import { type MailSink, startMailSink } from '../mail-sink/mail-sink.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';
import { type KillableHubs, killableHubs } from './support/killable-hubs.ts';

/** SIGKILL in the middle of a run by e-mail (specification of alerts 4.9.4 and 4.9.5): what is in doubt is sent again, as a mail that a receiver can drop. */

const PEOPLE = 150;

let bench: AlertsBench;
let sink: MailSink;
let hubs: KillableHubs;
beforeAll(async () => {
  bench = await alertsBench();
  hubs = killableHubs(bench.db.url);
  // Slow enough that mails are under way at the kill.
  sink = await startMailSink({ keep: 10 * PEOPLE, answer: () => ({ do: 'slow', milliseconds: 100 }) });
  await bench.rows('UPDATE alerts_channel_group SET enabled = false');
  const settings = { host: '127.0.0.1', port: sink.port, tls: 'none', from: 'duty@example.org' };
  await bench.db.database.transaction((tx) =>
    addChannelGroup(tx, bench.act, channelKinds(Buffer.alloc(32, 7)), { kind: 4, name: 'Sink', settings }),
  );
});
afterAll(async () => {
  hubs?.end();
  await sink?.stop();
  await bench?.end();
});

test('everybody gets a mail; who gets a second one gets it under the same Message-ID, and the report has an attempt in doubt for it', async () => {
  const list = await bench.list(Array.from({ length: PEOPLE }, (_, at) => ({ name: `P${at}`, emails: [`p${at}@example.org`] })));
  const task = await bench.task(list, { type: 3, settings: { rounds: 1 } });
  const first = await hubs.start();
  await vi.waitUntil(async () => (await bench.rows('SELECT FROM alerts_channel WHERE state = 1 AND group_id = 3')).length === 1, PATIENCE);
  await bench.start(task);
  await vi.waitUntil(() => sink.count > PEOPLE / 5, PATIENCE);
  await hubs.kill(first);
  const second = await hubs.start();
  await vi.waitUntil(async () => (await bench.rows('SELECT FROM alerts_run WHERE status = 4')).length === 1, PATIENCE);
  await hubs.stop(second);

  expect((await bench.targets(task)).map(({ result }) => result)).toEqual(Array(PEOPLE).fill(2));
  // Of attempts that no channel took or that were taken back (0, 11, 12) nothing has left.
  const attempts = await bench.rows<{ address: string; unknown: number; known: number }>(
    `SELECT address, count(*) FILTER (WHERE result = 14)::int AS unknown, count(*) FILTER (WHERE result NOT IN (0, 11, 12, 14))::int AS known
     FROM alerts_attempt GROUP BY 1`,
  );
  expect(attempts.filter(({ unknown }) => unknown > 0).length).toBeGreaterThan(0);
  // What is known to have arrived was not sent again.
  expect(attempts.filter(({ known }) => known !== 1)).toEqual([]);
  const mails = Map.groupBy(sink.mails, ({ to }) => to[0] ?? '');
  expect(mails.size).toBe(PEOPLE);
  for (const { address, unknown } of attempts) {
    const got = mails.get(address) ?? [];
    expect(got.length, address).toBeGreaterThanOrEqual(1);
    expect(got.length, address).toBeLessThanOrEqual(unknown + 1);
    const names = new Set(await Promise.all(got.map(async ({ raw }) => (await simpleParser(raw)).messageId)));
    expect(names.size, address).toBe(1);
  }
  expect(await bench.rows('SELECT result, sum(count)::int AS n FROM alerts_run_count GROUP BY 1 HAVING sum(count) <> 0')).toEqual([
    { result: 2, n: PEOPLE },
  ]);
});
