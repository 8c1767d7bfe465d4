import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../config.ts';
import { addTarget, enqueue } from '../../core/deliveries/enqueue.ts';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { keepExchange } from '../record-attempts.ts';
import { runResendJobs } from '../run-resend-jobs.ts';
import { BIN, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
let endpoint: number;
let failed: number;
beforeAll(async () => {
  bench = await openEndpointBench();
  const made = await bench.rest.send('POST', '/callbacks/endpoints', { body: { family: 'order', name: 'Шина', url: BIN, enabled: true } });
  endpoint = made.json.id;
  // A delivery that failed an hour ago with its bytes, as the engine would have left it.
  const exchange = {
    method: 'POST',
    url: BIN,
    headers: [['Content-Type', 'text/plain']] as const,
    answerHeaders: [['X-A', 'b']] as const,
    body: Buffer.from('beep\u0007 1042'),
    answer: Buffer.from('no'),
  };
  failed = await bench.database.transaction(async (tx) => {
    await addTarget(tx, 'callbacks', endpoint);
    const item = { target: endpoint, key: 77, strict: false, type: 'ReserveIssued', ref: '1-1', extra: '{"order":1042}' };
    const [id = 0] = await enqueue(tx, 'callbacks', [item]);
    const { block, place } = await keepExchange(tx, bench.secretKey, exchange, 30);
    await tx.query({ text: 'DELETE FROM delivery_due WHERE id = $1', values: [id] });
    await tx.query({
      text: `INSERT INTO delivery (engine, id, target, key, type, ref, extra, state, tries, status, code, created_at, ended_at)
        VALUES (1, $1, $2, 77, 'ReserveIssued', '1-1', '{"order":1042}', 'failed', 1, 500, 'status', now() - interval '1 hour', now())`,
      values: [id, endpoint],
    });
    await tx.query({
      text: `INSERT INTO delivery_attempt (engine, delivery, number, target, lane, due_at, begun_at, ended_at, outcome, status, code, hub, facts)
        VALUES (1, $1, 1, $2, 0, now(), now(), now(), 'failed', 500, 'status', $3, $4)`,
      values: [id, endpoint, randomUUID(), JSON.stringify({ version: 1, bytes: 10, peer: '192.0.2.1', ms: { end: 12 }, block, place })],
    });
    return id;
  });
});
afterAll(() => bench.drop());

const configuration = loadConfiguration({ environment: { VESTNIK_CALLBACKS__PUBLIC_URL: 'https://hub.example' }, cwd: '/' });
const commands = moduleCommands('callbacks', addCommands, () => ({
  configuration,
  database: bench.database,
  secretKey: bench.secretKey,
  hubId: randomUUID(),
}));
const callbacks = (line: string, language?: 'ru') => commands(line.split(' '), language);

test('the log from a terminal: list, show, bytes, export', async () => {
  expect(await callbacks('deliveries list --state failed --order 1042 --trip 77')).toBe('nothing here\n');
  await bench.database.transaction((tx) => tx.query({ text: 'INSERT INTO callback_order (order_id, trip_id) VALUES (1042, 77)' }));
  const listed = await callbacks('deliveries list --state failed --order 1042 --trip 77', 'ru');
  expect(listed).toMatch(new RegExp(`${failed} .* ${endpoint} Шина +ReserveIssued +trip/77 order/1042 +не доставлена +1 +500 status`));
  expect(await callbacks(`deliveries show ${failed}`)).toMatch(/1 .* 12 +failed 500 status +192\.0\.2\.1 +1 +10/);
  const bytes = await callbacks(`deliveries bytes ${failed}`);
  expect(bytes).toContain('beep\ufffd 1042');
  expect(bytes).toContain('(2 bytes, shown with --unmasked)');
  expect(await callbacks(`deliveries bytes ${failed} --unmasked`)).toMatch(/X-A: b\n\nno\n$/);
  expect(JSON.parse(await callbacks('deliveries export --attempts'))).toMatchObject({ id: failed, attempt_list: [{ number: 1 }] });
  await expect(callbacks('deliveries list --state nonsense')).rejects.toThrow(/pending, sending/);
  await expect(callbacks('deliveries show 999')).rejects.toMatchObject({ code: 'NOT_FOUND', russian: 'доставки 999 нет' });
});

test('what was told of a contract', async () => {
  expect(await callbacks('deliveries list --contract 77')).toBe('nothing here\n');
  await bench.database.transaction((tx) =>
    tx.query({
      text: `INSERT INTO delivery (engine, id, target, key, type, ref, extra, state, tries, status, code, created_at, ended_at)
        VALUES (1, 900000, $1, 77, 'billing.payment.created', '1-2', NULL, 'delivered', 1, 200, NULL, now() - interval '1 hour', now())`,
      values: [endpoint],
    }),
  );
  const listed = await callbacks('deliveries list --contract 77');
  expect(listed).toMatch(/900000 .* billing\.payment\.created +contract\/77 +delivered/);
  expect(listed).not.toContain('ReserveIssued');
  expect(await callbacks('deliveries list --contract 77 --trip 77')).toBe('nothing here\n');
  expect(await callbacks('deliveries list --trip 77')).not.toContain('billing');
  await bench.rows('DELETE FROM delivery WHERE id = 900000');
});

test('resend and cancel; a job is counted, then started', async () => {
  expect(await callbacks(`deliveries resend ${failed}`)).toBe(`sent again as ${failed + 1} (same_bytes)\n`);
  await expect(callbacks(`deliveries resend ${failed} --mode render_again`)).rejects.toMatchObject({ reason: 'event_gone' });
  expect(await callbacks(`deliveries cancel ${failed + 1}`)).toBe(`delivery ${failed + 1} is canceled\n`);
  expect(await callbacks(`deliveries show ${failed}`)).toMatch(new RegExp(`sent again as +${failed + 1} \\(cli:alice\\)`));
  expect(await callbacks('resend-jobs add --state failed')).toContain('job 1 is counting');
  const ticks = { next: async () => 1n };
  while (await runResendJobs(bench.database, ticks));
  expect(await callbacks('resend-jobs show 1')).toMatch(/1 +ready +1 +0 +0 +50 +cli:alice/);
  expect(await callbacks('resend-jobs start 1')).toMatch(/1 +running/);
  await bench.rows(`UPDATE callback_resend_job SET sent_at = now() - interval '1 second'`);
  while (await runResendJobs(bench.database, ticks))
    await bench.rows(`UPDATE callback_resend_job SET sent_at = now() - interval '1 second'`);
  expect(await callbacks('resend-jobs list')).toMatch(/1 +done +1 +1 +0/);
  expect(await callbacks('health')).toMatch(new RegExp(`${endpoint} +Шина +ok .* 1 \\+ 0`));
});

test('those of another organization are not there', async () => {
  const as = (right: string) => ({ as: `callbacks.${right}@5` });
  expect((await bench.rest.send('GET', '/callbacks/deliveries', as('read'))).json.items).toEqual([]);
  expect((await bench.rest.send('GET', `/callbacks/deliveries/${failed}`, as('read'))).status).toBe(404);
  expect((await bench.rest.send('GET', `/callbacks/deliveries/${failed}/attempts/1`, as('read'))).status).toBe(404);
  expect((await bench.rest.send('POST', `/callbacks/deliveries/${failed}/resend`, { ...as('resend'), body: {} })).status).toBe(404);
  expect((await bench.rest.send('POST', '/callbacks/deliveries/resend', { ...as('resend'), body: { ids: [failed] } })).json.items).toEqual([
    { of: failed, id: null, mode: null, refusal: 'not_found' },
  ]);
  expect((await bench.rest.send('GET', '/callbacks/resend-jobs/1', as('resend'))).status).toBe(404);
  expect((await bench.rest.send('GET', '/callbacks/resend-jobs', as('resend'))).json.items).toEqual([]);
  const mine = await bench.rest.send('POST', '/callbacks/resend-jobs', { ...as('resend'), body: { filter: { endpoint: [endpoint] } } });
  while (await runResendJobs(bench.database, { next: async () => 1n }));
  expect((await bench.rest.send('GET', `/callbacks/resend-jobs/${mine.json.id}`, as('resend'))).json).toMatchObject({
    state: 'ready',
    found: 0,
  });
  expect((await bench.rest.send('GET', `/callbacks/deliveries/${failed}/attempts/1?unmasked=true`, { as: 'callbacks.read' })).status).toBe(
    403,
  );
  expect((await bench.rest.send('GET', '/callbacks/deliveries?after=nonsense')).json.reason).toBe('cursor');
});
