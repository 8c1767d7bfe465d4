import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SYSTEM } from '../../core/identity/caller.ts';
import { formatChangeCursor, parseChangeCursor } from '../feed-cursor.ts';
import { numberChanges, sweepChanges } from '../number-changes.ts';
import { runOrderAction } from '../run-order-action.ts';
import { openTrips, type TripsBench } from './support/trips.ts';

let bench: TripsBench;
beforeAll(async () => {
  bench = await openTrips();
});
afterAll(() => bench.stop());

interface Item {
  readonly seq: number;
  readonly EventType: string;
  readonly id_Reserve: number | null;
  readonly id_ComplexReserve: number;
  readonly at: string;
}
interface Page {
  readonly items: Item[];
  readonly next: string;
  readonly more: boolean;
}
const changes = (query: string, more?: Parameters<TripsBench['ok']>[3]): Promise<Page> =>
  bench.ok('GET', `/changes?${query}`, undefined, more);
const START = 'dateStart=2020-01-01T00:00:00Z';
/** The cursor behind everything that is there. */
async function end(): Promise<string> {
  let page = await changes(`${START}&limit=1000`);
  while (page.more) page = await changes(`after=${page.next}&limit=1000`);
  return page.next;
}

describe('the feed', () => {
  test('shows every event of trips and orders, whether or not anybody has an endpoint', async () => {
    const after = await end();
    const first = await bench.ok('POST', '/orders', { id_Organization: await bench.organization(), OuterId: 'F-1', ReserveType: 'avia' });
    const { id_Reserve: order, id_ComplexReserve: trip } = first;
    await bench.ok('POST', `/orders/${order}/book`);
    const page = await bench.ok('GET', `/changes?after=${after}`, undefined, { headers: { 'accept-language': 'ru' } });
    expect(page).toEqual({
      items: [
        expect.objectContaining({ EventType: 'ComplexReserveCreated', id_Reserve: null, id_ComplexReserve: trip, ReserveState: null }),
        expect.objectContaining({ EventType: 'ReserveCreated', id_Reserve: order, ReserveState: 'draft', PreviousReserveState: null }),
        {
          seq: expect.any(Number),
          at: expect.any(String),
          EventType: 'ReserveStateChanged',
          facets: ['ReserveStateChanged'],
          id_Reserve: order,
          id_ComplexReserve: trip,
          OuterId: 'F-1',
          ReserveState: 'inprocess',
          PreviousReserveState: 'draft',
          ComplexState: 'draft',
          PreviousComplexState: null,
          description: `Заказ ${order}: черновик → в обработке`,
        },
      ],
      next: expect.any(String),
      more: false,
    });
    expect(await changes(`after=${page.next}`)).toEqual({ items: [], next: page.next, more: false });
  });

  test('by order, trip, organization and dates, page by page', async () => {
    const organization = await bench.organization();
    const trip = await bench.trip({ id_Organization: organization });
    const [one, two] = [await bench.order({}, trip), await bench.order({}, trip)];
    await bench.ok('POST', `/trips/${trip}/book`);
    const ids = ({ items }: Page) => items.map(({ id_Reserve }) => id_Reserve);
    expect(ids(await changes(`id_ComplexReserve=${trip}`))).toEqual([null, one, two, one, two]);
    expect(ids(await changes(`id_Reserve=${two}`))).toEqual([two, two]);
    expect(ids(await changes(`${START}&organization=${organization}`))).toHaveLength(5);
    const first = await changes(`id_ComplexReserve=${trip}&limit=3`);
    expect([ids(first), first.more]).toEqual([[null, one, two], true]);
    const second = await changes(`id_ComplexReserve=${trip}&limit=3&after=${first.next}`);
    expect([ids(second), second.more]).toEqual([[one, two], false]);
    const [{ at: from } = { at: '' }, , { at: until } = { at: '' }] = first.items;
    expect(ids(await changes(`id_ComplexReserve=${trip}&dateStart=${from}&dateEnd=${until}`))).toEqual([null, one]);
    expect(ids(await changes(`id_ComplexReserve=${trip}&dateStart=${until}`))).toEqual([two, one, two]);
  });

  test('of foreign organizations shows nothing', async () => {
    const organization = await bench.organization();
    const trip = await bench.trip({ id_Organization: organization });
    await bench.trip();
    const as = `travel.read@${organization}`;
    const own = await changes(START, { as });
    expect(own.items.map(({ id_ComplexReserve }) => id_ComplexReserve)).toEqual([trip]);
    expect((await changes(START, { as: 'travel.read@999999' })).items).toEqual([]);
    expect(await bench.refused('GET', `/changes?${START}`, undefined, { as: 'travel.write' })).toBe('403 FORBIDDEN');
  });

  test('refuses a damaged cursor and dates that make no sense (B21)', async () => {
    const cursor = formatChangeCursor(1042);
    expect(parseChangeCursor(cursor)).toBe(1042);
    const damaged = [...cursor].map((_, at) => `${cursor.slice(0, at)}${cursor[at] === '7' ? '8' : '7'}${cursor.slice(at + 1)}`);
    for (const text of [...damaged, cursor.slice(1), cursor.slice(0, -1), '', 'x', '99999999999999999zzzz', `${cursor} `])
      expect(await bench.refused('GET', `/changes?after=${encodeURIComponent(text)}`), text).toBe('400 cursor');
    expect(await bench.refused('GET', '/changes')).toBe('400 dates');
    expect(await bench.refused('GET', '/changes?organization=1')).toBe('400 dates');
    expect(await bench.refused('GET', '/changes?dateStart=2026-02-01T00:00:00Z&dateEnd=2026-01-01T00:00:00Z')).toBe('400 dates');
    expect(await bench.refused('GET', '/changes?dateStart=2026-01-01T00:00:00Z&dateEnd=2026-01-01T00:00:00Z')).toBe('400 dates');
    expect(await bench.refused('GET', '/changes?dateStart=2026-01-01T00:00:00Z&dateEnd=2026-02-01T00:00:01Z')).toBe('400 dates');
    await changes('dateStart=2026-01-01T00:00:00Z&dateEnd=2026-02-01T00:00:00Z');
    for (const date of ['2026-01-01', '+275760-09-13T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-14:00'])
      expect(await bench.refused('GET', `/changes?dateStart=${encodeURIComponent(date)}`), date).toBe('400 BAD_REQUEST');
    await changes('dateStart=9999-12-31T23:00:00Z&dateEnd=9999-12-31T23:59:59Z');
    await changes('dateStart=0001-01-01T00:00:00Z&dateEnd=0001-01-02T00:00:00Z');
    expect(await bench.refused('GET', `/changes?${START}&wait=31`)).toBe('400 BAD_REQUEST');
  });
});

describe('no gaps', () => {
  test('a change that commits late comes behind the cursor that passed it by', async () => {
    const [early, late] = [await bench.order(), await bench.order()];
    const after = await end();
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let written = (): void => undefined;
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    // Written first, committed last.
    const slow = bench.database.transaction(async (tx) => {
      await runOrderAction(tx, SYSTEM, { id: late, action: 'book' });
      written();
      await held;
    });
    await isWritten;
    await bench.ok('POST', `/orders/${early}/book`);
    const first = await changes(`after=${after}`);
    expect(first.items.map(({ id_Reserve }) => id_Reserve)).toEqual([early]);
    commit();
    await slow;
    const second = await changes(`after=${first.next}`);
    expect(second.items.map(({ id_Reserve }) => id_Reserve)).toEqual([late]);
    expect(second.items[0]?.seq).toBeGreaterThan(first.items[0]?.seq ?? 0);
  });

  test('a poller under load sees every change once, in the order of seq, and those of an order as they were made', async () => {
    const organization = await bench.organization();
    const after = await end();
    const orders = await Promise.all(
      Array.from({ length: 8 }, async () => bench.order({}, await bench.trip({ id_Organization: organization }))),
    );
    const ACTIONS = ['book', 'queue', 'ask-client', 'resume', 'confirm', 'cancel'];
    let running = true;
    const work = Promise.all(
      orders.map(async (order) => {
        for (const action of ACTIONS) await bench.ok('POST', `/orders/${order}/${action}`);
      }),
    ).then(() => {
      running = false;
    });
    const seen: Item[] = [];
    let cursor = after;
    for (let last = false; ; ) {
      const page = await changes(`after=${cursor}&limit=7`);
      seen.push(...page.items);
      cursor = page.next;
      if (page.items.length === 0 && last) break;
      last = !running;
    }
    await work;
    const rows = await bench.rows<{ count: number }>('SELECT count(*) FROM travel_change WHERE organization_id = $1', [organization]);
    const own = seen.filter(({ id_Reserve }) => id_Reserve !== null && orders.includes(id_Reserve));
    expect(seen).toHaveLength(rows[0]?.count ?? 0);
    expect(own).toHaveLength(orders.length * (ACTIONS.length + 1));
    const seqs = seen.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other));
    for (const order of orders) {
      const states = own
        .filter(({ id_Reserve }) => id_Reserve === order)
        .map((item) => (item as unknown as { ReserveState: string }).ReserveState);
      expect(states).toEqual(['draft', 'inprocess', 'queued', 'needswork', 'inprocess', 'readyforissuance', 'canceled']);
    }
  });
});

describe('waiting', () => {
  test('a call that waits is answered by the next change, of any hub', async () => {
    const after = await end();
    const order = await bench.order();
    const behind = await end();
    const began = performance.now();
    const waiting = changes(`after=${behind}&id_Reserve=${order}&wait=30`);
    await vi.waitUntil(async () => bench.feed.waiting === 1, { timeout: 10_000 });
    // What does not fit does not end the wait.
    await bench.order();
    await bench.ok('POST', `/orders/${order}/book`);
    const page = await waiting;
    expect(page.items.map(({ id_Reserve, EventType }) => [id_Reserve, EventType])).toEqual([[order, 'ReserveStateChanged']]);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await changes(`after=${after}&wait=30`)).toMatchObject({ more: false });
  });

  test('with nothing to tell it ends after its time, and the cursor moves past what did not fit', async () => {
    const behind = await end();
    await bench.order();
    const began = performance.now();
    const page = await changes(`after=${behind}&id_Reserve=999999&wait=1`);
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(page.items).toEqual([]);
    expect(page.next).toBe(await end());
    expect(bench.feed.waiting).toBe(0);
  });

  test('a caller that goes away no longer waits', async () => {
    const behind = await end();
    const leaving = new AbortController();
    const call = fetch(`${bench.address}/api/v1/changes?after=${behind}&wait=30`, {
      headers: { authorization: `Basic ${Buffer.from('*:x').toString('base64')}` },
      signal: leaving.signal,
    }).catch(() => undefined);
    await vi.waitUntil(async () => bench.feed.waiting === 1, { timeout: 10_000 });
    leaving.abort();
    await call;
    await vi.waitUntil(async () => bench.feed.waiting === 0, { timeout: 10_000 });
  });
});

test('old changes are swept, and a cursor to them stays good', async () => {
  const order = await bench.order();
  const page = await changes(`id_Reserve=${order}`);
  await numberChanges(bench.database);
  await bench.rows("UPDATE travel_change SET at = now() - interval '91 days'");
  await bench.ok('POST', `/orders/${order}/book`);
  expect(await sweepChanges(bench.database, Temporal.Now.instant().subtract({ hours: 90 * 24 }))).toBeGreaterThan(0);
  const rest = await changes(`after=${page.next}&id_Reserve=${order}`);
  expect(rest.items.map(({ EventType }) => EventType)).toEqual(['ReserveStateChanged']);
  expect((await changes(`id_Reserve=${order}`)).items).toEqual(rest.items);
});

test('numbers are given once, however many hubs number at the same time', async () => {
  const orders = await Promise.all(Array.from({ length: 20 }, () => bench.order()));
  await Promise.all(Array.from({ length: 6 }, () => numberChanges(bench.database)));
  const client = new pg.Client({ connectionString: bench.url });
  await client.connect();
  try {
    const { rows } = await client.query(
      'SELECT count(*)::int AS rows, count(DISTINCT seq)::int AS numbers FROM travel_change WHERE order_id = ANY($1)',
      [orders],
    );
    expect(rows[0]).toEqual({ rows: 20, numbers: 20 });
  } finally {
    await client.end();
  }
});
