import { afterEach, expect, test } from 'vitest';
import { publish } from '../../../core/events/publish.ts';
import { createRate } from '../listener.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';
import { openLineClient } from './support/line-client.ts';
import { standardData } from './support/standard-data.ts';

let bench: LineBench;
afterEach(() => bench.stop());

test('before LOGIN a line has 1 KiB: one more and the connection is closed; after it 64 KiB, one more is one error', async () => {
  bench = await openLineBench();
  const stranger = await bench.connect();
  expect(await stranger.ask(`PING ${'a'.repeat(1_024 - 5)}`)).toBe(`PING OK ${'a'.repeat(1_024 - 5)}`);
  stranger.say(`PING ${'a'.repeat(1_024 - 4)}`);
  expect(await stranger.closed()).toEqual([]);

  const client = await bench.client();
  const longest = 'b'.repeat(64 * 1024 - 5);
  expect(await client.ask(`PING ${longest}`)).toBe(`PING OK ${longest}`);
  client.say(`PING b${longest}`, 'PING next');
  expect(await client.lines(2)).toEqual(['UNKNOWN ERR_BADSYNTAX неправильный%20синтаксис%20команды.', 'PING OK next']);
});

test('bytes without an end: closed before LOGIN; after it one error however many, and the session goes on', async () => {
  bench = await openLineBench();
  const stranger = await bench.connect();
  stranger.write(Buffer.alloc(1024 * 1024, 0x61));
  expect(await stranger.closed()).toEqual([]);
  const client = await bench.client();
  for (let at = 0; at < 16; at += 1) client.write(Buffer.alloc(1024 * 1024, 0x61));
  client.say('', 'PING next');
  expect(await client.lines(2)).toEqual(['UNKNOWN ERR_BADSYNTAX неправильный%20синтаксис%20команды.', 'PING OK next']);
});

test('who does not log in in time, or does not finish the handshake, is closed', async () => {
  bench = await openLineBench({ limits: { login: 300, handshake: 300 } });
  const idle = await bench.connect();
  const client = await bench.client();
  expect(await idle.closed()).toEqual([]);
  const { connect } = await import('node:net');
  const [host, port] = bench.server.address.split(':');
  const raw = connect({ host: host ?? '', port: Number(port) });
  raw.on('error', () => undefined);
  await new Promise((resolve) => raw.once('close', resolve));
  // A session that is logged in has no such limit, and one that failed to log in again has.
  expect(await client.ask('PING still')).toBe('PING OK still');
  expect(await client.ask('LOGIN admin wrong')).toMatch(/ERR_BADLOGIN/);
  expect(await client.closed()).toEqual([]);
});

test('a session too many is closed before it is heard, and there is room again when one has left', async () => {
  bench = await openLineBench({ line: { sessions: 2 } });
  const first = await bench.client();
  await bench.client();
  await expect(openLineClient(bench.server.address)).rejects.toThrow();
  first.say('QUIT');
  await first.closed();
  await expect.poll(() => bench.server.sessions).toBe(1);
  await bench.client();
});

test('connections above the rate are closed', async () => {
  bench = await openLineBench({ line: { connectionsPerSecond: 3 } });
  const tried = await Promise.allSettled(Array.from({ length: 12 }, () => bench.connect()));
  const accepted = tried.filter(({ status }) => status === 'fulfilled').length;
  expect(accepted).toBeGreaterThanOrEqual(3);
  expect(accepted).toBeLessThan(12);
});

test('the rate fills up again with time', () => {
  let now = 0;
  const admit = createRate(2, () => now);
  expect([admit(), admit(), admit()]).toEqual([true, true, false]);
  now += 500;
  expect([admit(), admit()]).toEqual([true, false]);
  now += 60_000;
  expect([admit(), admit(), admit()]).toEqual([true, true, false]);
});

test('who reads nothing is waited for with little memory, then cut', async () => {
  bench = await openLineBench({ limits: { slowReader: 1_500 } });
  const client = await bench.client();
  client.socket.pause();
  const token = 'x'.repeat(60_000);
  let sent = 0;
  const begun = process.memoryUsage().rss;
  while (client.socket.writableLength < 8_000_000 && sent < 2_000) {
    client.say(`PING ${token}`);
    sent += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  // The server has stopped reading: what it does not take stays with the client.
  expect(client.socket.writableLength).toBeGreaterThan(7_000_000);
  expect(process.memoryUsage().rss - begun).toBeLessThan(150_000_000);
  await expect.poll(() => bench.server.sessions).toBe(0);
});

test('reading stops while requests wait, and all of them are answered in order', async () => {
  bench = await openLineBench();
  const client = await bench.client();
  const lines = Array.from({ length: 5_000 }, (_, at) => (at % 50 === 0 ? 'GETGROUPS' : `PING ${at}`));
  client.say(...lines, 'QUIT');
  const found = await client.closed();
  const expected = lines.flatMap((line, at) => (at % 50 === 0 ? ['GETGROUPS BEGIN', 'GETGROUPS END'] : [line.replace('PING', 'PING OK')]));
  expect(found).toEqual([...expected, 'QUIT OK']);
});

test('a client that half-closes still gets its answers', async () => {
  bench = await openLineBench();
  const client = await bench.connect();
  client.say(`LOGIN admin ${PASSWORD}`, 'GETGROUPS', 'PING last');
  client.socket.end();
  expect((await client.closed()).slice(2)).toEqual(['GETGROUPS BEGIN', 'GETGROUPS END', 'PING OK last']);
});

test('the server pings in silence, but only those who know PING', async () => {
  bench = await openLineBench({ limits: { ping: 400 } });
  const quiet = await bench.client();
  const client = await bench.client();
  expect(await client.ask('MONITORING 0')).toBe('MONITORING OK 0');
  expect(await client.line()).toBe('PING');
  // Its answer is accepted silently; a PING with that token is a PING again afterwards.
  client.say('PING OK', 'PING OK');
  expect(await client.line()).toBe('PING OK OK');
  expect(await client.line()).toBe('PING');
  expect(quiet.heard()).toEqual([]);
});

test('stopping answers what is being served and closes everybody', async () => {
  bench = await openLineBench();
  const clients = [await bench.client(), await bench.client(), await bench.connect()];
  clients[0]?.say('GETGROUPS');
  await bench.server.stop();
  for (const client of clients) expect((await client.closed()).length % 2).toBe(0);
  await expect(openLineClient(bench.server.address)).rejects.toThrow();
});

test('logins that fail do not prolong the time in which one must succeed', async () => {
  bench = await openLineBench({ limits: { login: 1_500 } });
  const client = await bench.connect();
  const began = performance.now();
  const trying = setInterval(() => client.socket.writable && client.say('LOGIN admin wrong'), 200);
  const lines = await client.closed();
  clearInterval(trying);
  expect(lines.length).toBeGreaterThan(1);
  expect(performance.now() - began).toBeLessThan(20_000);
});

test('news that a slow receiver has not taken: the last of each task counts, lines of MONITORING are dropped, and it is told', async () => {
  bench = await openLineBench({ limits: { pushBytes: 4_000 } });
  await standardData(bench);
  const client = await bench.client();
  expect(await client.ask('MONITORING 8')).toBe('MONITORING OK 8');
  client.socket.pause();
  // What the server has sent and nobody takes fills the buffers between.
  client.say(...Array.from({ length: 300 }, () => `PING ${'x'.repeat(60_000)}`));
  await expect.poll(() => client.socket.writableLength).toBeGreaterThan(1_000_000);
  const watch = await bench.client();
  for (let at = 0; at < 200; at += 1)
    await bench.db.database.transaction(async (tx) => {
      const data = { task_id: 1, name: 'Сбор дежурных', type: 3, status: at === 199 ? 4 : 2, runs: at, request_id: null };
      await publish(tx, { type: 'vestnik.alerts.task.status', subject: 'task/1', data });
      await publish(tx, {
        type: 'vestnik.alerts.list.cleared',
        subject: 'list/1',
        data: { list_id: 1, people: 0, groups: 0, request_id: null },
      });
    });
  await watch.until(/^UPDATETASK OK 1 Сбор%20дежурных 3 4$/);
  client.socket.resume();
  client.say('PING last');
  const lines = await client.until(/^PING OK last$/);
  const statuses = [...lines, ...client.heard()].filter((line) => line.startsWith('UPDATETASK'));
  await expect
    .poll(() => [...statuses, ...client.heard().filter((line) => line.startsWith('UPDATETASK'))].at(-1))
    .toBe('UPDATETASK OK 1 Сбор%20дежурных 3 4');
  expect(statuses.length).toBeLessThan(20);
  expect(lines.filter((line) => line.startsWith('LISTCLEAR')).length).toBeLessThan(200);
});
