import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type Queryable, run } from '../../database/statement.ts';
import { askOnce, terminate } from '../../database/test/support/sql.ts';
import { until } from '../../database/test/support/until.ts';
import { publish } from '../publish.ts';
import { createEventStore } from '../subscribe.ts';
import { type EventHub, numbersOf, startHub, tell } from './support/hub.ts';

let db: TestDatabase;
const hubs: EventHub[] = [];
beforeAll(async () => {
  db = await createTestDatabase({ poolSize: 4 });
  await run(db.database.work, 'CREATE TABLE seen (subscriber text, number int, hub text, place bigint GENERATED ALWAYS AS IDENTITY)');
});
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.stop()));
});
afterAll(() => db.drop());

async function hub(name = 'hub'): Promise<EventHub> {
  const started = await startHub(db.url, name);
  hubs.push(started);
  return started;
}

const tellOne = (number: number, noun?: string) => db.database.transaction((tx) => tell(tx, number, noun));
const tellMany = (from: number, to: number, noun?: string) =>
  db.database.transaction(async (tx) => {
    for (let number = from; number <= to; number += 1) await tell(tx, number, noun);
  });
const seen = async (subscriber: string): Promise<number[]> =>
  (await run<{ number: number }>(db.database.work, 'SELECT number FROM seen WHERE subscriber = $1 ORDER BY place', [subscriber])).rows.map(
    ({ number }) => number,
  );
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe('a subscription', () => {
  test('begins with its first call, not with the past, and hears what comes', async () => {
    await tellOne(1, 'begin');
    const { events } = await hub();
    // The past ends at the horizon, which any open transaction of the server holds back: so wait until it has passed the first.
    await until(async () => expect(await events.read(undefined, ['vestnik.test.begin.'], 10)).toHaveLength(1));
    const got: number[] = [];
    await events.subscribe('begin', ['vestnik.test.begin.'], async (_, list) => void got.push(...numbersOf(list)));
    await tellOne(2, 'begin');
    await until(() => expect(got).toEqual([2]));
  });

  test('gets whole events', async () => {
    const { events } = await hub();
    const got: unknown[] = [];
    await events.subscribe('whole', ['vestnik.test.whole'], async (_, list) => void got.push(...list));
    await db.database.transaction((tx) =>
      publish(
        tx,
        { type: 'vestnik.test.whole.first', subject: 'агент "7"', data: { deep: { list: [1, null, 'ё'] } } },
        { type: 'vestnik.test.whole.second', data: {} },
      ),
    );
    await until(() => expect(got).toHaveLength(2));
    expect(got).toEqual([
      {
        position: expect.stringMatching(/^\d+-\d+$/),
        time: expect.any(Temporal.Instant),
        type: 'vestnik.test.whole.first',
        source: '/vestnik/test',
        subject: 'агент "7"',
        data: { deep: { list: [1, null, 'ё'] } },
      },
      expect.objectContaining({ type: 'vestnik.test.whole.second', subject: undefined, data: {} }),
    ]);
  });

  test('gets the types that begin with one of its prefixes; none means all', async () => {
    const { events } = await hub();
    const some: string[] = [];
    const all: string[] = [];
    await events.subscribe(
      'some',
      ['vestnik.test.red.', 'vestnik.test.blue'],
      async (_, list) => void some.push(...list.map(({ type }) => type)),
    );
    await events.subscribe('all', [], async (_, list) => void all.push(...list.map(({ type }) => type)));
    for (const noun of ['red', 'reddish', 'green', 'blueish']) await tellOne(1, noun);
    await until(() => expect(all).toHaveLength(4));
    await until(() => expect(some).toEqual(['vestnik.test.red.done', 'vestnik.test.blueish.done']));
    expect(all).toEqual(['red', 'reddish', 'green', 'blueish'].map((noun) => `vestnik.test.${noun}.done`));
  });

  test('goes on where it was after a restart, also with what came meanwhile', async () => {
    const first = await hub();
    const handle = async (tx: Parameters<Parameters<EventHub['events']['subscribe']>[2]>[0], list: Parameters<typeof numbersOf>[0]) => {
      for (const number of numbersOf(list)) await run(tx, "INSERT INTO seen VALUES ('restart', $1)", [number]);
    };
    await first.events.subscribe('restart', ['vestnik.test.restart.'], handle);
    await tellMany(1, 3, 'restart');
    await until(async () => expect(await seen('restart')).toEqual([1, 2, 3]));
    await first.stop();
    hubs.splice(0);
    await tellMany(4, 1_300, 'restart');
    const second = await hub();
    await second.events.subscribe('restart', ['vestnik.test.restart.'], handle);
    await until(async () => expect(await seen('restart')).toHaveLength(1_300), { timeout: 10_000 });
    expect(await seen('restart')).toEqual(range(1, 1_300));
  });

  test('of a name that exists in this hub is refused', async () => {
    const { events } = await hub();
    await events.subscribe('twice', [], async () => undefined);
    await expect(events.subscribe('twice', [], async () => undefined)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test('works when it was made before start()', async () => {
    const { createEventStore } = await import('../subscribe.ts');
    const store = createEventStore({ database: db.database, keepDays: 7 });
    const got: number[] = [];
    await store.subscribe('before', ['vestnik.test.before.'], async (_, list) => void got.push(...numbersOf(list)));
    await store.start();
    await tellOne(1, 'before');
    await until(() => expect(got).toEqual([1]));
    await store.stop();
  });
});

describe('a handler that throws', () => {
  test('is called again with the same events after growing pauses, which news does not shorten; its writes are undone', async () => {
    const { events } = await hub();
    const calls: { at: number; numbers: number[] }[] = [];
    await events.subscribe('failing', ['vestnik.test.failing.'], async (tx, list) => {
      calls.push({ at: performance.now(), numbers: numbersOf(list) });
      for (const number of numbersOf(list)) await run(tx, "INSERT INTO seen VALUES ('failing', $1)", [number]);
      if (calls.length <= 3) throw new Error('not yet');
    });
    await tellOne(1, 'failing');
    await until(() => expect(calls).toHaveLength(1));
    let number = 1;
    const noise = setInterval(() => {
      number += 1;
      if (number <= 20) void tellOne(number, 'failing');
    }, 20);
    await until(() => expect(calls.length).toBeGreaterThanOrEqual(4), { timeout: 8_000 });
    await until(async () => expect(await seen('failing')).toHaveLength(20));
    // The twenty were published side by side; the store's order is the one that counts.
    const order = numbersOf(await events.read(undefined, ['vestnik.test.failing.'], 100));
    expect(await seen('failing')).toEqual(order);
    expect([...order].sort((a, b) => a - b)).toEqual(range(1, 20));
    clearInterval(noise);
    for (const { numbers } of calls.slice(0, 4)) expect(numbers[0]).toBe(1);
    const pauses = calls.slice(1, 4).map(({ at }, index) => at - (calls[index]?.at ?? 0));
    for (const [index, least] of [190, 390, 790].entries()) expect(pauses[index]).toBeGreaterThan(least);
  }, 20_000);

  test('does not hold back other subscriptions', async () => {
    const { events } = await hub();
    const got: number[] = [];
    await events.subscribe('poisoned', ['vestnik.test.side.'], () => Promise.reject(new Error('never')));
    await events.subscribe('healthy', ['vestnik.test.side.'], async (_, list) => void got.push(...numbersOf(list)));
    for (let number = 1; number <= 5; number += 1) await tellOne(number, 'side');
    await until(() => expect(got).toEqual(range(1, 5)));
  });

  test('having swallowed an error of the database does not lose the events: nothing was stored, so they come again', async () => {
    const { events } = await hub();
    let calls = 0;
    await events.subscribe('swallowing', ['vestnik.test.swallowing.'], async (tx, list) => {
      calls += 1;
      if (calls === 1) await run(tx, 'SELECT 1/0').catch(() => undefined);
      else for (const number of numbersOf(list)) await run(tx, "INSERT INTO seen VALUES ('swallowing', $1)", [number]);
    });
    await tellOne(1, 'swallowing');
    await until(async () => expect(await seen('swallowing')).toEqual([1]), { timeout: 5_000 });
    expect(calls).toBe(2);
  });
});

describe('two hubs on one database', () => {
  test('share a cursor: what the handlers write happens exactly once and in order', async () => {
    const pair = [await hub('left'), await hub('right')];
    for (const [at, { events }] of pair.entries()) {
      await events.subscribe('shared', ['vestnik.test.shared.'], async (tx, list) => {
        for (const number of numbersOf(list)) await run(tx, "INSERT INTO seen VALUES ('shared', $1, $2)", [number, String(at)]);
      });
    }
    await Promise.all(Array.from({ length: 200 }, (_, at) => tellOne(at + 1, 'shared')));
    await until(async () => expect(await seen('shared')).toHaveLength(200), { timeout: 10_000 });
    const order = numbersOf(await pair[0]!.events.read(undefined, ['vestnik.test.shared.'], 1_000));
    expect(await seen('shared')).toEqual(order);
    expect([...order].sort((a, b) => a - b)).toEqual(range(1, 200));
  });

  test('one takes over when the other dies in the middle of handling', async () => {
    const [left, right] = [await hub('dying'), await hub('heir')];
    const { promise: stuck, resolve: begun } = Promise.withResolvers<void>();
    const never = Promise.withResolvers<void>();
    let dead = false;
    await left.events.subscribe('heirs', ['vestnik.test.heirs.'], async (tx, list) => {
      for (const number of numbersOf(list)) await run(tx, "INSERT INTO seen VALUES ('heirs', $1, 'dying')", [number]);
      begun();
      await never.promise;
    });
    await tellMany(1, 3, 'heirs');
    await stuck;
    await right.events.subscribe('heirs', ['vestnik.test.heirs.'], async (tx, list) => {
      expect(dead).toBe(true);
      for (const number of numbersOf(list)) await run(tx, "INSERT INTO seen VALUES ('heirs', $1, 'heir')", [number]);
    });
    await tellOne(4, 'heirs');
    dead = true;
    await terminate(db.url, 'dying');
    await until(async () => expect(await seen('heirs')).toEqual([1, 2, 3, 4]), { timeout: 5_000 });
    expect((await run(db.database.work, "SELECT DISTINCT hub FROM seen WHERE subscriber = 'heirs'")).rows).toEqual([{ hub: 'heir' }]);
    never.reject(new Error('dead'));
  });
});

describe('faults', () => {
  test('every connection of the hub cut again and again under load: exactly once, in order', async () => {
    const { events } = await hub('cut');
    await events.subscribe('cut', ['vestnik.test.cut.'], async (tx, list) => {
      for (const number of numbersOf(list)) await run(tx, "INSERT INTO seen VALUES ('cut', $1)", [number]);
    });
    for (let round = 0; round < 6; round += 1) {
      await tellMany(round * 10 + 1, round * 10 + 10, 'cut');
      await terminate(db.url, 'cut');
    }
    await until(async () => expect((await seen('cut')).length).toBeGreaterThanOrEqual(60), { timeout: 10_000 });
    expect(await seen('cut')).toEqual(range(1, 60));
  }, 20_000);

  test('without any notification the poll finds the events within 5 s', async () => {
    const { events, database } = await hub('deaf');
    const got: number[] = [];
    await events.subscribe('deaf', ['vestnik.test.deaf.'], async (_, list) => void got.push(...numbersOf(list)));
    await until(() => expect(database.listener.listening).toBe(true));
    await database.listener.stop();
    await tellOne(1, 'deaf');
    await until(() => expect(got).toEqual([1]), { timeout: 7_000 });
  });

  test('passes what it does not want without a commit each, and its place is stored all the same', { timeout: 30_000 }, async () => {
    const { events, database } = await hub();
    await until(() => expect(database.listener.listening).toBe(true));
    const placeOf = async (name: string): Promise<string> =>
      (await run<{ place: string }>(db.database.work, "SELECT txid || '-' || id AS place FROM event_cursor WHERE subscriber = $1", [name]))
        .rows[0]?.place ?? '';
    const [picky, dull]: number[][] = [[], []];
    await events.subscribe('picky', ['vestnik.test.picky.'], async (_, list) => void picky?.push(...numbersOf(list)));
    await events.subscribe('dull', ['vestnik.test.dull.'], async (_, list) => void dull?.push(...numbersOf(list)));
    const [first, begun] = [await placeOf('picky'), performance.now()];
    const places = new Set([first]);
    for (let number = 1; number <= 8; number += 1) {
      await tellOne(number, 'dull');
      await until(() => expect(dull).toContain(number), { timeout: 10_000 });
      places.add(await placeOf('picky'));
    }
    expect(places.size - 1).toBeLessThanOrEqual((performance.now() - begun) / 4_000);
    await until(async () => expect(await placeOf('picky')).not.toBe(first), { timeout: 15_000 });
    await tellOne(9, 'picky');
    await until(() => expect(picky).toEqual([9]), { timeout: 10_000 });
    expect(dull).toEqual(range(1, 8));
  });

  test('rests between batches that do not concern it, and is there when one does', { timeout: 30_000 }, async () => {
    const { database } = db;
    let looks = 0;
    const counting: Queryable = {
      query(query) {
        if (query.name === 'events.lookFromCursor' && query.values?.[0] === 'calm') looks += 1;
        return database.queue.query(query);
      },
    };
    const events = createEventStore({ database: { ...database, queue: counting }, keepDays: 7 });
    await events.start();
    const got: number[] = [];
    await events.subscribe('calm', ['vestnik.test.calm.'], async (_, list) => void got.push(...numbersOf(list)));
    const begun = performance.now();
    for (let number = 1; number <= 150; number += 1) await tellOne(number, 'noise');
    await tellOne(1, 'calm');
    await until(() => expect(got).toEqual([1]), { timeout: 10_000 });
    const rests = (performance.now() - begun) / 500;
    await events.stop();
    // The first look, those for the event that is wanted and after it, the poll; and a look each 500 ms.
    expect(looks).toBeLessThanOrEqual(rests + 12);
  });

  test('a cursor that somebody deleted is an error that is told, not silence', async () => {
    const { events } = await hub();
    const handle = vi.fn(async () => undefined);
    await events.subscribe('orphan', ['vestnik.test.orphan.'], handle);
    await askOnce(db.url, "DELETE FROM event_cursor WHERE subscriber = 'orphan'");
    const { noteChannel } = await import('../../telemetry/channels.ts');
    const said: unknown[] = [];
    const remember = (note: unknown) => said.push(note);
    noteChannel.subscribe(remember);
    await tellOne(1, 'orphan');
    await until(() => expect(said).toContainEqual(expect.objectContaining({ about: expect.objectContaining({ subscriber: 'orphan' }) })));
    noteChannel.unsubscribe(remember);
    expect(handle).not.toHaveBeenCalled();
  });
});

test('stop() finishes the handler under way, with its commit, and begins no other', async () => {
  const stopping = await startHub(db.url, 'stopping');
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let calls = 0;
  await stopping.events.subscribe('stopping', ['vestnik.test.stopping.'], async (tx, list) => {
    calls += 1;
    begun.resolve();
    await go.promise;
    for (const number of numbersOf(list)) await run(tx, "INSERT INTO seen VALUES ('stopping', $1)", [number]);
  });
  await tellOne(1, 'stopping');
  await begun.promise;
  await tellOne(2, 'stopping');
  let stopped = false;
  const stop = stopping.events.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);
  go.resolve();
  await stop;
  expect(await seen('stopping')).toEqual([1]);
  expect(calls).toBe(1);
  await stopping.database.close();
});
