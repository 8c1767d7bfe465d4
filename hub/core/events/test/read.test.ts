import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import type { Database } from '../../database/database.ts';
import { run } from '../../database/statement.ts';
import { askOnce, terminate } from '../../database/test/support/sql.ts';
import { until } from '../../database/test/support/until.ts';
import { type Note, noteChannel } from '../../telemetry/channels.ts';
import { publish } from '../publish.ts';
import { createEventStore, type StoredEvent } from '../subscribe.ts';
import { type EventHub, numbersOf, startHub, tell } from './support/hub.ts';

let db: TestDatabase;
let hub: EventHub;
const ends: (() => void)[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  hub = await startHub(db.url, 'reading');
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
});
afterAll(async () => {
  await hub.stop();
  await db.drop();
});

const tellMany = (noun: string, ...numbers: number[]) =>
  db.database.transaction(async (tx) => {
    for (const number of numbers) await tell(tx, number, noun);
  });
const settled = async (noun: string, count: number): Promise<readonly StoredEvent[]> =>
  until(async () => {
    const events = await hub.events.read(undefined, [`vestnik.test.${noun}.`], 10_000);
    expect(events).toHaveLength(count);
    return events;
  });

async function tail(options: { after?: string; types: readonly string[] }): Promise<number[]> {
  const got: number[] = [];
  const end = hub.events.tail(options, (event) => got.push(...numbersOf([event])));
  ends.push(end);
  await end.listening;
  return got;
}

describe('read', () => {
  test('pages: each page after the last position, in the end nothing', async () => {
    await tellMany('pages', ...Array.from({ length: 25 }, (_, at) => at));
    await settled('pages', 25);
    const all: number[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await hub.events.read(after, ['vestnik.test.pages.'], 10);
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(10);
      all.push(...numbersOf(page));
      after = page.at(-1)?.position;
    }
    expect(all).toEqual(Array.from({ length: 25 }, (_, at) => at));
  });

  test('finds rare types among many others, up to its limit', async () => {
    for (let block = 0; block < 3; block += 1) {
      await tellMany('common', ...Array.from({ length: 600 }, (_, at) => at));
      await tellMany('rare', block);
    }
    await settled('rare', 3);
    expect(numbersOf(await hub.events.read(undefined, ['vestnik.test.rare.'], 2))).toEqual([0, 1]);
    expect(numbersOf(await hub.events.read(undefined, ['vestnik.test.nothing.', 'vestnik.test.rare'], 9))).toEqual([0, 1, 2]);
    expect(await hub.events.read(undefined, ['vestnik.test.rare'], 0)).toEqual([]);
  });

  test('a prefix is text, not a pattern', async () => {
    await tellMany('literal', 1);
    await settled('literal', 1);
    expect(await hub.events.read(undefined, ['vestnik.test.l%'], 10)).toEqual([]);
    expect(await hub.events.read(undefined, ['vestnik.test.l_teral'], 10)).toEqual([]);
    expect(await hub.events.read(undefined, ["'; DROP TABLE event; --", '\\'], 10)).toEqual([]);
  });

  test.each([
    '',
    '1',
    '-',
    '1-',
    '-1',
    '1-2-3',
    ' 1-2',
    '1-2\n',
    'a-b',
    '0x1-2',
    '1.5-2',
    '-1-2',
    '١-٢',
    '18446744073709551616-1',
    '99999999999999999999-1',
    '1-9999999999999999',
    "1-2'; DROP TABLE event",
    '1'.repeat(100_000),
  ])('malformed position %#', async (position) => {
    const refused = { code: 'BAD_REQUEST', message: expect.stringContaining('1234-567') };
    await expect(hub.events.read(position, [], 1)).rejects.toMatchObject(refused);
    expect(() => hub.events.tail({ after: position, types: [] }, () => undefined)).toThrow(expect.objectContaining(refused));
    const { message } = (await hub.events.read(position, [], 1).catch((error: Error) => error as Error & { message: string })) as Error;
    expect(message.length).toBeLessThan(200);
  });

  test.each(['0-0', '18446744073709551615-999999999999999', '007-01'])('well-formed position %s', async (position) => {
    await expect(hub.events.read(position, [], 1)).resolves.toBeDefined();
  });
});

describe('tail', () => {
  test('from now on: nothing of the past, everything after', async () => {
    await tellMany('now', 1, 2);
    await settled('now', 2);
    const got = await tail({ types: ['vestnik.test.now.'] });
    await tellMany('now', 3);
    await tellMany('now', 4);
    await until(() => expect(got).toEqual([3, 4]));
  });

  test('after a position: what came since, then what comes', async () => {
    await tellMany('since', 1, 2, 3);
    const events = await settled('since', 3);
    const got = await tail({ after: events[0]?.position ?? '', types: ['vestnik.test.since.'] });
    await until(() => expect(got).toEqual([2, 3]));
    await tellMany('since', 4);
    await until(() => expect(got).toEqual([2, 3, 4]));
  });

  test('more than one batch behind catches up in order', async () => {
    await tellMany('behind', 0);
    const [first] = await settled('behind', 1);
    await tellMany('behind', ...Array.from({ length: 1_250 }, (_, at) => at + 1));
    const got = await tail({ after: first?.position ?? '', types: ['vestnik.test.behind.'] });
    await until(() => expect(got).toHaveLength(1_250), { timeout: 5_000 });
    expect(got).toEqual(Array.from({ length: 1_250 }, (_, at) => at + 1));
  });

  test('commits one after the other do not make it read as often', async () => {
    let reads = 0;
    const counting: Database = {
      ...hub.database,
      queue: {
        query(query: { name?: string }) {
          if (query.name === 'events.after') reads += 1;
          return hub.database.queue.query(query as never);
        },
      } as Database['queue'],
    };
    const store = createEventStore({ database: counting, keepDays: 7 });
    await store.start();
    const got: number[] = [];
    const end = store.tail({ types: ['vestnik.test.rush.'] }, (event) => got.push(...numbersOf([event])));
    await end.listening;
    const began = performance.now();
    const all = Array.from({ length: 300 }, (_, at) => at);
    for (const number of all) await tellMany('rush', number);
    await until(() => expect(got).toEqual(all));
    expect(reads).toBeLessThan((performance.now() - began) / 100 + 3);
    end();
    await store.stop();
  });

  test('ends at once, also from within the listener', async () => {
    const got: number[] = [];
    const end = hub.events.tail({ types: ['vestnik.test.ending.'] }, (event) => {
      got.push(...numbersOf([event]));
      end();
    });
    await end.listening;
    const other = await tail({ types: ['vestnik.test.ending.'] });
    await tellMany('ending', 1, 2, 3);
    await tellMany('ending', 4);
    await until(() => expect(got).toEqual([1]));
    await until(() => expect(other).toEqual([1, 2, 3, 4]));
    expect(got).toEqual([1]);
  });

  test('a listener that throws is reported and goes on with the next event', async () => {
    const said: Note[] = [];
    const remember = (note: unknown) => said.push(note as Note);
    noteChannel.subscribe(remember);
    const got: number[] = [];
    const end = hub.events.tail({ types: ['vestnik.test.clumsy.'] }, (event) => {
      if (event.data['number'] === 2) throw new Error('clumsy');
      got.push(...numbersOf([event]));
    });
    ends.push(end);
    await end.listening;
    await tellMany('clumsy', 1, 2, 3);
    await until(() => expect(got).toEqual([1, 3]));
    noteChannel.unsubscribe(remember);
    expect(said).toMatchObject([{ level: 'error', text: 'the listener of a tail failed' }]);
  });

  test('heals when its connections and the listener are cut', async () => {
    const got = await tail({ types: ['vestnik.test.healing.'] });
    await tellMany('healing', 1);
    await until(() => expect(got).toEqual([1]));
    expect(await terminate(db.url, 'reading')).toBeGreaterThan(1);
    await tellMany('healing', 2);
    await until(() => expect(got).toEqual([1, 2]), { timeout: 7_000 });
  });
});

describe('publish', () => {
  test('of nothing sends nothing', async () => {
    await db.database.transaction(async (tx) => {
      await publish(tx);
      expect((await run(tx, 'SELECT pg_current_xact_id_if_assigned() AS xid')).rows).toEqual([{ xid: null }]);
    });
  });

  test('one notification a transaction for each type, whatever the number of events', async () => {
    const heard: string[] = [];
    const leave = db.database.listener.subscribe('vestnik_event', {
      notify: (payload) => heard.push(`news ${payload}`),
      resync: () => heard.push('(resync)'),
    });
    await until(() => expect(heard).toEqual(['(resync)']));
    await tellMany('folded', 1, 2, 3);
    await db.database.transaction(async (tx) => {
      await publish(tx, ...['folded', 'other', 'folded'].map((noun) => ({ type: `vestnik.test.${noun}.done`, data: {} })));
    });
    const [folded, other] = ['folded', 'other'].map((noun) => `news vestnik.test.${noun}.done`);
    await until(() => expect(heard).toHaveLength(4));
    expect(heard.slice(0, 2)).toEqual(['(resync)', folded]);
    expect(heard.slice(2).sort()).toEqual([folded, other]);
    leave();
  });

  test('texts that PostgreSQL refuses do not make the change fail', async () => {
    await db.database.transaction((tx) =>
      publish(tx, {
        type: 'vestnik.test.odd.done',
        subject: 'a\0b\ud800c',
        data: { nul: 'x\0y', half: 'x\udfffy', deep: [{ text: '\ud83c' }], fine: '🎫 \\u0000 \\ud800', number: 1 },
      }),
    );
    const [event] = await settled('odd', 1);
    expect(event).toMatchObject({
      subject: 'a\ufffdb\ufffdc',
      data: { nul: 'x\ufffdy', half: 'x\ufffdy', deep: [{ text: '\ufffd' }], fine: '🎫 \\u0000 \\ud800', number: 1 },
    });
  });

  test('a large event arrives whole', async () => {
    const text = 'ж'.repeat(500_000);
    await db.database.transaction((tx) => publish(tx, { type: 'vestnik.test.large.done', data: { text } }));
    expect((await settled('large', 1))[0]?.data['text']).toBe(text);
  });
});

test('a store that was stopped answers no tail any more', async () => {
  const brief = await startHub(db.url, 'brief');
  await brief.stop();
  const listener = vi.fn();
  const end = brief.events.tail({ types: [] }, listener);
  await end.listening;
  await tellMany('brief', 1);
  await settled('brief', 1);
  end();
  expect(listener).not.toHaveBeenCalled();
  expect(await askOnce(db.url, "SELECT FROM pg_stat_activity WHERE application_name LIKE 'brief%'")).toEqual([]);
});
