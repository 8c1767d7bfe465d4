import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HubError } from '../../core/errors.ts';
import type { ImportRow } from '../import-rows.ts';
import { type Importer, runImport } from '../run-import.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

const rowsOf = (lanes: readonly string[]): ImportRow[] => lanes.map((lane, at) => ({ line: at + 1, fields: { lane, at } }));

/** Stores nothing, but notes which rows are under way together; each takes as many turns of the loop as `delays` says. */
function watched(delays: readonly number[], failing: ReadonlySet<number> = new Set()) {
  const begun: number[] = [];
  const ended: number[] = [];
  const overlaps: [number, number][] = [];
  const open = new Set<number>();
  const importer: Importer = {
    prepare: ({ lane, at }) => ({
      lane: String(lane),
      async store() {
        const place = Number(at);
        begun.push(place);
        for (const other of open) overlaps.push([other, place]);
        open.add(place);
        for (let turn = 0; turn < (delays[place % delays.length] ?? 0); turn += 1) await new Promise((resolve) => setImmediate(resolve));
        open.delete(place);
        ended.push(place);
        if (failing.has(place)) throw new HubError('STORE_UNAVAILABLE');
        return { result: 'created', contractId: place, title: '' };
      },
    }),
  };
  return { importer, begun, ended, overlaps };
}

describe('rows under way', () => {
  test('of one lane never overlap, one of the lane "all" has all others behind it, and reports come in the order of the file', async () => {
    const lanes = fc.array(fc.constantFrom('a', 'b', 'c', 'all'), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(lanes, fc.array(fc.nat(4), { minLength: 1, maxLength: 7 }), async (names, delays) => {
        const { importer, begun, overlaps } = watched(delays);
        const lines: number[] = [];
        for await (const { line } of runImport(rowsOf(names), importer)) lines.push(line);
        expect(lines).toEqual(names.map((_, at) => at + 1));
        expect(begun.toSorted((one, other) => one - other)).toEqual(names.map((_, at) => at));
        for (const [one, other] of overlaps) {
          expect(names[one]).not.toBe(names[other]);
          expect([names[one], names[other]]).not.toContain('all');
        }
      }),
      { numRuns: 60 },
    );
  });

  test('are several at once where lanes differ', async () => {
    const { importer, overlaps } = watched([3]);
    for await (const _ of runImport(rowsOf(['a', 'b', 'c', 'd', 'e', 'f']), importer));
    expect(overlaps.length).toBeGreaterThan(3);
  });

  test('end when nobody takes the reports any more', async () => {
    const { importer, begun } = watched([1]);
    const reports = runImport(rowsOf(Array.from({ length: 100 }, (_, at) => String(at))), importer);
    for (let taken = 0; taken < 3; taken += 1) await reports.next();
    await reports.return(undefined);
    const then = begun.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun.length).toBe(then);
    expect(then).toBeLessThan(10);
  });

  test('of a database that went away end the import, after the reports of what is stored', async () => {
    const { importer, begun } = watched([1], new Set([5]));
    const lines: number[] = [];
    const all = async (): Promise<void> => {
      for await (const { line } of runImport(rowsOf(Array.from({ length: 100 }, (_, at) => String(at))), importer)) lines.push(line);
    };
    await expect(all()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(lines).toEqual([1, 2, 3, 4, 5]);
    expect(begun.length).toBeLessThan(12);
  });
});

describe('one file sent twice at the same moment', () => {
  let bench: BillingRest;
  beforeAll(async () => {
    bench = await openBillingRest();
  });
  afterAll(() => bench.stop());

  const post = (path: string, rows: readonly object[]) =>
    bench.rest.send('POST', `/billing/imports/${path}`, {
      body: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
      headers: { 'content-type': 'application/x-ndjson' },
    });

  test('pays once', async () => {
    const typeId = await bench.paymentType();
    const contracts = [await bench.contract(), await bench.contract()];
    const rows = Array.from({ length: 40 }, (_, n) => ({
      external_id: `t-${n}`,
      contract_id: contracts[n % 2] ?? 0,
      sum: '1.25',
      type_id: typeId,
    }));
    const reports = await Promise.all([1, 2].map(() => post('payments?dry_run=false', rows)));
    expect(reports.map(({ json }) => [json.created + json.unchanged, json.failed])).toEqual([
      [40, 0],
      [40, 0],
    ]);
    expect(reports.reduce((sum, { json }) => sum + json.created, 0)).toBe(40);
    expect(await bench.rows('SELECT count(*)::int AS count, sum(sum)::text AS sum FROM contract_payment')).toEqual([
      { count: 40, sum: '50.00' },
    ]);
    expect(await bench.rows('SELECT sum(payments)::text AS sum FROM contract_balance')).toEqual([{ sum: '50.00' }]);
  });

  test('makes each contract once', async () => {
    const rows = Array.from({ length: 20 }, (_, n) => ({ title: `дважды ${n}` }));
    const reports = await Promise.all([1, 2].map(() => post('contracts?dry_run=false&source=x', rows)));
    expect(reports.map(({ json }) => json.failed)).toEqual([0, 0]);
    expect(reports.reduce((sum, { json }) => sum + json.created, 0)).toBe(20);
    expect(await bench.rows("SELECT count(*)::int AS count FROM contract WHERE title LIKE 'дважды %'")).toEqual([{ count: 20 }]);
  });
});
