import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../core/database/database.ts';
import { changeClientState } from '../change-client-state.ts';
import { route } from '../routing.ts';
import { type RoutingTable, startRoutingTable } from '../routing-table.ts';
import { subscribeClient, unsubscribeClient } from '../subscribe-client.ts';
import { ALICE, openWorkbench, type Workbench } from './support/administration.ts';

let bench: Workbench;
let tables: RoutingTable[];
/** Makes the next readings of the second hub fail. */
let failing = false;
let failed = 0;
beforeAll(async () => {
  bench = await openWorkbench();
  const work: Database['work'] = {
    query(query) {
      if (!failing) return bench.database.work.query(query);
      failed += 1;
      return Promise.reject(new Error('Connection terminated unexpectedly'));
    },
  };
  tables = [await startRoutingTable(bench.database), await startRoutingTable({ ...bench.database, work })];
});
afterAll(async () => {
  for (const table of tables ?? []) await table.stop();
  await bench?.drop();
});

const receivers = (table: RoutingTable, agency: string): string[] =>
  route(table.index, { agency, kind: 'issue' }, { type: 'ETICKET', carrier: 'S7', segmentCarriers: [] }).map(table.nameOf).sort();
const onBoth = (agency: string) => tables.map((table) => receivers(table, agency));
/** Spec 4: a change works within a second, on every hub. */
const within = { timeout: 20_000, interval: 5 };

test('a client, a subscription and their end work within a second on every hub', async () => {
  await bench.client({ name: 'agency-1', subscriptions: [{ agency: ['17МОВ'] }] });
  await expect.poll(() => onBoth('17МОВ'), within).toEqual([['agency-1'], ['agency-1']]);
  const { subscriptionId } = await bench.database.transaction((tx) =>
    subscribeClient(tx, ALICE, { client: 'agency-1', subscription: { agency: ['42СПБ'] } }),
  );
  await expect.poll(() => onBoth('42СПБ'), within).toEqual([['agency-1'], ['agency-1']]);
  await bench.database.transaction((tx) => unsubscribeClient(tx, ALICE, { client: 'agency-1', subscriptionIds: [subscriptionId] }));
  await expect.poll(() => onBoth('42СПБ'), within).toEqual([[], []]);
  expect(onBoth('17МОВ')).toEqual([['agency-1'], ['agency-1']]);
});

test('a held client is sent to, a closed one is not', async () => {
  await bench.client({ name: 'agency-2', subscriptions: [{ agency: ['ALA01'] }] });
  await expect.poll(() => onBoth('ALA01'), within).toEqual([['agency-2'], ['agency-2']]);
  const change = (act: 'hold' | 'close' | 'open') =>
    bench.database.transaction((tx) => changeClientState(tx, ALICE, { client: 'agency-2', act, reason: 'test' }));
  await change('hold');
  await change('close');
  await expect.poll(() => onBoth('ALA01'), within).toEqual([[], []]);
  await change('open');
  await expect.poll(() => onBoth('ALA01'), within).toEqual([['agency-2'], ['agency-2']]);
});

test('it never goes backwards: of many changes in a row every reading shows a later state than the one before', async () => {
  const seen: number[][] = [[], []];
  const last = 25;
  const looking = setInterval(() => {
    for (const [at, table] of tables.entries()) seen[at]?.push(receivers(table, 'BURST').length);
  }, 1);
  for (let at = 0; at < last; at += 1) await bench.client({ name: `burst-${at}`, subscriptions: [{ agency: ['BURST'] }] });
  await expect.poll(() => onBoth('BURST').map(({ length }) => length), within).toEqual([last, last]);
  clearInterval(looking);
  for (const counts of seen) expect(counts).toEqual([...counts].sort((a, b) => a - b));
});

test('when the tables cannot be read the index of before stays in force, and is read again without a new notification', async () => {
  failing = true;
  await bench.client({ name: 'agency-3', subscriptions: [{ agency: ['08НСК'] }] });
  await expect.poll(() => receivers(tables[0] as RoutingTable, '08НСК'), within).toEqual(['agency-3']);
  await expect.poll(() => failed).toBeGreaterThan(0);
  expect(receivers(tables[1] as RoutingTable, '17МОВ')).toEqual(['agency-1']);
  failing = false;
  await expect.poll(() => receivers(tables[1] as RoutingTable, '08НСК')).toEqual(['agency-3']);
});

test('a client that is newer than the table is named by its number; after stop() nothing is read any more', async () => {
  const table = await startRoutingTable(bench.database);
  expect(table.nameOf(987_654)).toBe('987654');
  await table.stop();
  await bench.client({ name: 'agency-4', subscriptions: [{ agency: ['LATE'] }] });
  await expect.poll(() => receivers(tables[0] as RoutingTable, 'LATE'), within).toEqual(['agency-4']);
  expect(receivers(table, 'LATE')).toEqual([]);
});
