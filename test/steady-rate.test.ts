import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { run } from '../hub/core/database/statement.ts';
import { openAuthority } from '../hub/core/identity/authority.ts';
import { openSecretKey } from '../hub/core/identity/secret-key.ts';
import { air, message } from '../hub/tickets/test/control-messages.ts';
import type { Workbench } from '../hub/tickets/test/support/administration.ts';
import { openPeer } from '../hub/tickets/test/support/feed-bench.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { nowText } from './support/operations.ts';
import { rest } from './support/rest.ts';

/** Guard of spec 5.3: in and out at a fixed rate from an empty database on; a pull must not take longer the more has gone through. */
const SECONDS = 10;
/** Operations of one request, ten requests a second. */
const BATCH = 40;
const folder = createFolder('steady');
let store: TestDatabase;
let hub: HubProcess;
beforeAll(async () => {
  store = await createTestDatabase();
  // The peer asks as often as it likes.
  const environment = { VESTNIK_TICKETS__REQUESTS_PER_SECOND: '10000' };
  hub = createHubProcess({ folder: folder.at('hub'), databaseUrl: store.url, environment });
  await hub.start();
});
afterAll(async () => {
  await hub?.stop();
  await store?.drop();
  folder.remove();
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('the time of a pull does not grow while messages come and go', async () => {
  await rest(hub, 'POST', '/tickets/clients', { name: 'reader', title: 'reader', subscriptions: [{ everything: true }] }).expect(201);
  const authority = await openAuthority({ database: store.database, secretKey: await openSecretKey(hub.folder) });
  const bench = { database: store.database, authority } as Workbench;
  const peer = await openPeer(bench, 'reader', Number(hub.feed.split(':').at(-1)));
  let sent = 0;
  let received = 0;
  let sending = true;
  const times: number[] = [];
  onTestFailed(() => {
    const tenths = Array.from({ length: 10 }, (_, n) =>
      median(times.slice((n * times.length) / 10, ((n + 1) * times.length) / 10)).toFixed(2),
    );
    process.stderr.write(`${times.length} pulls, medians of each tenth in ms: ${tenths.join(' ')}; sent ${sent}, received ${received}\n`);
  });

  const send = async (): Promise<void> => {
    const begun = performance.now();
    for (let tick = 0; tick < SECONDS * 10; tick += 1) {
      const lines = Array.from({ length: BATCH }, (_, n) => {
        const number = `42142${String(tick * BATCH + n).padStart(8, '0')}`;
        return JSON.stringify({ ...message('issue', air('ETICKET', 'issued', number)), id: `steady-${number}`, time: nowText() });
      });
      await rest(hub, 'POST', '/tickets/operations', lines.join('\n'), { 'content-type': 'application/x-ndjson' }).expect(200);
      sent += BATCH;
      // The rate is what is tested: the next request leaves when its time has come.
      await pause(Math.max(0, begun + (tick + 1) * 100 - performance.now()));
    }
    sending = false;
  };
  const receive = async (): Promise<void> => {
    let last: { sequence: number; id: string } | undefined;
    while (sending || received < sent) {
      const begun = performance.now();
      const answer = await peer.pull({ max: 100, ...(last && { ackThrough: last }) });
      if (answer.messages.length > 0) times.push(performance.now() - begun);
      for (const { sequence } of answer.messages) {
        received += 1;
        expect(sequence).toBe(received);
      }
      const end = answer.messages.at(-1);
      if (end) last = { sequence: end.sequence, id: end.id };
      else await pause(5);
    }
    await peer.pull({ max: 0, ...(last && { ackThrough: last }) });
  };
  await Promise.all([send(), receive()]);
  await peer.close();

  expect(received).toBe(SECONDS * 10 * BATCH);
  const { rows } = await run<{ queued: number; gone: number }>(
    store.database.work,
    'SELECT (SELECT count(*) FROM ticket_message) AS queued, (SELECT count(*) FROM ticket_history) AS gone',
  );
  expect(rows).toEqual([{ queued: 0, gone: received }]);
  const third = Math.floor(times.length / 3);
  expect(third).toBeGreaterThan(15);
  const [early, late] = [median(times.slice(0, third)), median(times.slice(-third))];
  // A plan made on an empty table made pulls ten times slower within seconds; a busy machine makes them twice as slow.
  expect(late).toBeLessThan(Math.max(early * 3, early + 10));
}, 90_000);
