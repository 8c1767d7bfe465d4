import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { addChannelGroup } from '../add-channel-group.ts';
import { channelKinds } from '../channels/kinds.ts';
import { startAlertEngine } from '../engine/alert-engine.ts';
import { startMailSink } from '../mail-sink/mail-sink.ts';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './support/alerts-bench.ts';

// A far side that asks for patience with an address (greylisting) has it, whatever was tried in between.

let bench: AlertsBench;
beforeAll(async () => {
  bench = await alertsBench();
  await bench.hub();
  await vi.waitFor(() => expect(bench.mail.running).toBe(1), PATIENCE);
});
afterAll(() => bench.end());

test('the next round waits for an address that was held before another one was tried', async () => {
  bench.mail.answer = ({ address }) =>
    address.startsWith('grey') ? outcome('temporary', { code: '450', notBefore: 300_000 }) : outcome('temporary', { code: '451' });
  const list = await bench.list([{ name: 'Grey', emails: ['grey@example.org', 'plain@example.org'] }]);
  const task = await bench.task(list, { type: 3, settings: { rounds: 3, pause: 0, gap: 0 } });
  await bench.start(task);
  const standing = () =>
    bench.rows<{ round: number; at: number; state: string; seconds: number }>(
      `SELECT round, at, state::text, extract(epoch FROM due_at - last_at)::float8 AS seconds FROM alerts_target t JOIN alerts_run r USING (run_id) WHERE r.task_id = $1`,
      task,
    );
  await vi.waitFor(async () => expect(await standing()).toMatchObject([{ round: 2, at: 0, state: 'l' }]), PATIENCE);
  const [row] = await standing();
  expect(row?.seconds).toBeGreaterThan(280);
  expect(bench.mail.orders.map(({ address }) => address)).toEqual(['grey@example.org', 'plain@example.org']);
  // When its time has come it is tried, and what was said of it then counts anew: the other address is not kept waiting by it.
  await bench.rows(`UPDATE alerts_target SET due_at = now(), not_before = NULL WHERE state = 'l'`);
  await vi.waitFor(() => expect(bench.mail.orders).toHaveLength(4), PATIENCE);
  expect(bench.mail.orders.slice(2).map(({ address }) => address)).toEqual(['grey@example.org', 'plain@example.org']);
});

test('a server that greylists is asked again after five minutes, by the real driver', async () => {
  const real = await alertsBench();
  onTestFinished(() => real.end());
  const sink = await startMailSink({ answer: () => ({ do: 'refuse', at: 'rcpt', code: 450, text: '4.7.1 greylisted' }) });
  onTestFinished(() => sink.stop());
  const kinds = channelKinds(Buffer.alloc(32, 7));
  await real.rows('UPDATE alerts_channel_group SET enabled = false');
  const settings = { host: '127.0.0.1', port: sink.port, tls: 'none', from: 'duty@example.org' };
  await real.db.database.transaction((tx) => addChannelGroup(tx, real.act, kinds, { kind: 4, name: 'Sink', settings }));
  const engine = await startAlertEngine({
    database: real.db.database,
    events: real.events,
    secretKey: real.act.secretKey,
    hubId: randomUUID(),
    kinds,
    settings: () => ({ ...real.act.settings, leaseSeconds: 5 }),
    confirmUrlOf: () => undefined,
  });
  onTestFinished(() => engine.stop());
  await vi.waitFor(
    async () => expect(await real.rows('SELECT number FROM alerts_channel WHERE state IN (1, 5) AND group_id > 2')).toHaveLength(1),
    PATIENCE,
  );
  const task = await real.task(await real.list([{ name: 'Grey', emails: ['grey@example.org'] }]), { type: 3, settings: { pause: 0 } });
  await real.start(task);
  await vi.waitFor(async () => expect(await real.targets(task)).toMatchObject([{ state: 'l', attempts: 1 }]), PATIENCE);
  const [row] = await real.rows<{ seconds: number }>('SELECT extract(epoch FROM due_at - last_at)::float8 AS seconds FROM alerts_target');
  expect(row?.seconds).toBeGreaterThan(290);
  expect(row?.seconds).toBeLessThan(310);
});
