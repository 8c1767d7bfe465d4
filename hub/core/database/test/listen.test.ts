import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type Note, noteChannel } from '../../telemetry/channels.ts';
import { createListener, type Listener } from '../listen.ts';
import { run } from '../statement.ts';
import { askOnce, terminate } from './support/sql.ts';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.ts';
import { until } from './support/until.ts';

let db: TestDatabase;
const open: Listener[] = [];
const proxies: TcpProxy[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.stop()));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});
afterAll(() => db.drop());

function listen(options: Partial<Parameters<typeof createListener>[0]> = {}): Listener {
  const listener = createListener({ url: db.url, name: 'listen test', ...options });
  open.push(listener);
  return listener;
}

/** A subscriber that remembers what it was told. */
function ear() {
  const heard: string[] = [];
  return { heard, subscriber: { notify: (payload: string) => heard.push(payload), resync: () => heard.push('(resync)') } };
}

const notify = (channel: string, payload: string) => run(db.database.work, 'SELECT pg_notify($1, $2)', [channel, payload]);

describe('notifications', () => {
  test('arrive in order, with and without payload, after one resync', async () => {
    const { heard, subscriber } = ear();
    const listener = listen();
    expect(listener.listening).toBe(false);
    listener.subscribe('news', subscriber);
    await until(() => expect(heard).toEqual(['(resync)']));
    expect(listener.listening).toBe(true);
    await notify('news', 'one');
    await notify('other', 'not ours');
    await askOnce(db.url, 'NOTIFY news');
    await notify('news', 'два "три"');
    await until(() => expect(heard).toEqual(['(resync)', 'one', '', 'два "три"']));
  });

  test('of one transaction come with its commit, never from one rolled back', async () => {
    const { heard, subscriber } = ear();
    listen().subscribe('news', subscriber);
    await until(() => expect(heard).toEqual(['(resync)']));
    await expect(
      db.database.transaction(async (tx) => {
        await run(tx, "SELECT pg_notify('news', 'rolled back')");
        throw new Error('back');
      }),
    ).rejects.toThrow('back');
    await db.database.transaction((tx) => run(tx, "SELECT pg_notify('news', 'committed')"));
    await until(() => expect(heard).toEqual(['(resync)', 'committed']));
  });

  test('a channel may have any name; its case counts', async () => {
    const { heard, subscriber } = ear();
    listen().subscribe('Odd "name"; DROP TABLE event', subscriber);
    await until(() => expect(heard).toEqual(['(resync)']));
    await notify('Odd "name"; DROP TABLE event', 'heard');
    await until(() => expect(heard).toEqual(['(resync)', 'heard']));
  });
});

describe('subscribing', () => {
  test('while connecting: every subscriber of every channel is resynced once and hears', async () => {
    const listener = listen();
    const ears = Array.from({ length: 12 }, ear);
    for (const [at, { subscriber }] of ears.entries()) {
      listener.subscribe(`channel_${at % 6}`, subscriber);
      if (at % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => expect(ears.every(({ heard }) => heard.length > 0)).toBe(true));
    for (let at = 0; at < 6; at += 1) await notify(`channel_${at}`, `to ${at}`);
    await until(() => {
      for (const [at, { heard }] of ears.entries()) expect(heard).toEqual(['(resync)', `to ${at % 6}`]);
    });
    expect(await askOnce(db.url, "SELECT FROM pg_stat_activity WHERE application_name = 'listen test'")).toHaveLength(1);
  });

  test('while listening, to a new or a known channel: resynced when its channel is listened to', async () => {
    const listener = listen();
    const first = ear();
    listener.subscribe('known', first.subscriber);
    await until(() => expect(listener.listening).toBe(true));
    const second = ear();
    const third = ear();
    listener.subscribe('known', second.subscriber);
    listener.subscribe('new', third.subscriber);
    await until(() => expect([second.heard, third.heard]).toEqual([['(resync)'], ['(resync)']]));
    await notify('known', 'k');
    await notify('new', 'n');
    await until(() =>
      expect([first.heard, second.heard, third.heard]).toEqual([
        ['(resync)', 'k'],
        ['(resync)', 'k'],
        ['(resync)', 'n'],
      ]),
    );
  });

  test('ends by the answered function, for this subscriber only', async () => {
    const listener = listen();
    const leaving = ear();
    const staying = ear();
    const leave = listener.subscribe('news', leaving.subscriber);
    listener.subscribe('news', staying.subscriber);
    await until(() => expect(listener.listening).toBe(true));
    leave();
    await notify('news', 'late');
    await until(() => expect(staying.heard).toContain('late'));
    expect(leaving.heard).toEqual(['(resync)']);
  });

  test('a subscriber that throws disturbs neither the others nor the connection', async () => {
    const said: Note[] = [];
    const remember = (note: unknown) => said.push(note as Note);
    noteChannel.subscribe(remember);
    const listener = listen();
    const fails = (): void => {
      throw new Error('clumsy');
    };
    const { heard, subscriber } = ear();
    listener.subscribe('news', { notify: fails, resync: fails });
    listener.subscribe('news', subscriber);
    await until(() => expect(heard).toEqual(['(resync)']));
    await notify('news', 'one');
    await notify('news', 'two');
    await until(() => expect(heard).toEqual(['(resync)', 'one', 'two']));
    noteChannel.unsubscribe(remember);
    expect(said.filter(({ level }) => level === 'error')).toHaveLength(3);
  });
});

describe('a lost connection', () => {
  test('comes back by itself, with a resync for what was missed', async () => {
    const listener = listen();
    const { heard, subscriber } = ear();
    listener.subscribe('news', subscriber);
    await until(() => expect(listener.listening).toBe(true));
    expect(await terminate(db.url, 'listen test')).toBe(1);
    await notify('news', 'perhaps missed');
    await until(() => expect(heard.filter((entry) => entry === '(resync)')).toHaveLength(2));
    await notify('news', 'heard');
    await until(() => expect(heard.at(-1)).toBe('heard'));
  });

  test('many times over keeps one connection', async () => {
    const listener = listen();
    const { heard, subscriber } = ear();
    listener.subscribe('news', subscriber);
    for (let round = 1; round <= 4; round += 1) {
      await until(() => expect(heard).toHaveLength(round));
      await terminate(db.url, 'listen test');
    }
    await until(() => expect(listener.listening).toBe(true));
    expect(await askOnce(db.url, "SELECT FROM pg_stat_activity WHERE application_name = 'listen test'")).toHaveLength(1);
  });

  test('subscribing during the pause before the next attempt waits for it and does not connect twice', async () => {
    const proxy = await startTcpProxy(db.url);
    proxies.push(proxy);
    const listener = listen({ url: proxy.url });
    const early = ear();
    listener.subscribe('early', early.subscriber);
    await until(() => expect(listener.listening).toBe(true));
    await terminate(db.url, 'listen test');
    await until(() => expect(listener.listening).toBe(false), { interval: 1 });
    const late = ear();
    listener.subscribe('late', late.subscriber);
    await until(() => expect(late.heard).toEqual(['(resync)']));
    expect(early.heard).toEqual(['(resync)', '(resync)']);
    expect(proxy.connections).toBe(2);
  });

  test('that is half open is found out and replaced', async () => {
    const proxy = await startTcpProxy(db.url);
    proxies.push(proxy);
    const listener = listen({ url: proxy.url, probeEvery: 100, probeTimeout: 300 });
    const { heard, subscriber } = ear();
    listener.subscribe('news', subscriber);
    await until(() => expect(heard).toEqual(['(resync)']));
    proxy.swallow();
    await notify('news', 'swallowed');
    await until(() => expect(heard).toEqual(['(resync)', '(resync)']), { timeout: 5_000 });
    await notify('news', 'heard');
    await until(() => expect(heard.at(-1)).toBe('heard'));
    expect(proxy.connections).toBe(2);
  });
});

describe('stop', () => {
  test('ends the connection; nothing is heard or opened any more', async () => {
    const listener = listen();
    const { heard, subscriber } = ear();
    listener.subscribe('news', subscriber);
    await until(() => expect(listener.listening).toBe(true));
    await listener.stop();
    expect(listener.listening).toBe(false);
    listener.subscribe('more', subscriber);
    await notify('news', 'late');
    await until(async () =>
      expect(await askOnce(db.url, "SELECT FROM pg_stat_activity WHERE application_name = 'listen test'")).toEqual([]),
    );
    expect(heard).toEqual(['(resync)']);
    await listener.stop();
  });

  test('is prompt while connecting to somebody who does not answer, and on a half-open connection', async () => {
    const proxy = await startTcpProxy(db.url);
    proxies.push(proxy);
    proxy.swallowNew(true);
    const connecting = listen({ url: proxy.url });
    connecting.subscribe('news', ear().subscriber);
    await until(() => expect(proxy.connections).toBe(1));
    proxy.swallowNew(false);
    const listening = listen({ url: proxy.url });
    listening.subscribe('news', ear().subscriber);
    await until(() => expect(listening.listening).toBe(true));
    proxy.swallow();
    const begun = performance.now();
    await Promise.all([connecting.stop(), listening.stop()]);
    expect(performance.now() - begun).toBeLessThan(4_000);
  });

  test('while the server is not there at all: no more attempts', async () => {
    const proxy = await startTcpProxy(db.url);
    await proxy.close();
    const listener = listen({ url: proxy.url });
    const said: string[] = [];
    const remember = (note: unknown) => said.push((note as Note).text);
    noteChannel.subscribe(remember);
    listener.subscribe('news', ear().subscriber);
    await until(() => expect(said.length).toBeGreaterThan(1));
    await listener.stop();
    noteChannel.unsubscribe(remember);
    expect(listener.listening).toBe(false);
    expect(said).toEqual(said.map(() => 'notifications stopped; connecting again'));
  });
});
