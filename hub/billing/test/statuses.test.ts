import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { applyScheduledStatuses } from '../apply-scheduled-statuses.ts';
import { cancelScheduledStatus, changeStatus, type StatusChange } from '../change-status.ts';
import { changeStatuses } from '../change-statuses.ts';
import { startMaintenance } from '../maintenance.ts';
import { PartlyDone } from '../partly-done.ts';
import { schedulerAct } from '../system-act.ts';
import { type BillingBench, openBilling, SETTINGS } from './support/billing-bench.ts';
import { day, statusOf } from './support/fees.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling(8);
});
afterAll(() => bench.stop());
beforeEach(() => {
  bench.today = day('2026-03-15');
});

const to = (status: number, from: string, until?: string, comment = ''): StatusChange => ({
  status,
  dateFrom: day(from),
  dateTo: until === undefined ? null : day(until),
  comment,
});
const set = (id: number, change: StatusChange): Promise<number> =>
  bench.write((tx, act) => changeStatus(tx, act, id, change, { reason: 'manual' }));
const periods = async (id: number): Promise<string[]> => {
  const rows = await bench.rows<{ text: string }>(
    `SELECT status || ' ' || date_from || ' ' || COALESCE(date_to::text, '...') AS text FROM contract_status WHERE contract_id = $1 ORDER BY date_from`,
    [id],
  );
  return rows.map(({ text }) => text);
};
const shown = async (id: number): Promise<[number, string | undefined]> => {
  const [row] = await bench.rows<{ status: number; from: Temporal.PlainDate | null }>(
    'SELECT status, status_from AS "from" FROM contract WHERE contract_id = $1',
    [id],
  );
  return [row?.status ?? -1, row?.from?.toString()];
};
const apply = (): Promise<number> =>
  applyScheduledStatuses(bench.database, schedulerAct(SETTINGS, bench.secretKey, bench.act().now), bench.today);

describe('a change of status (spec 2.6)', () => {
  test('overwrites its days, shows on the contract, in the log, in the audit and in one event', async () => {
    const id = await bench.contract();
    await bench.events();
    await set(id, to(4, '2026-03-10', '2026-03-20', 'по заявлению'));
    expect(await periods(id)).toEqual(['0 2020-01-01 2026-03-09', '4 2026-03-10 2026-03-20', '0 2026-03-21 ...']);
    expect(await shown(id)).toEqual([4, '2026-03-10']);
    const log = await bench.rows(
      'SELECT status, reason, comment, operator_id AS "operatorId", login FROM contract_status_log WHERE contract_id = $1',
      [id],
    );
    expect(log).toEqual([{ status: 4, reason: 'manual', comment: 'по заявлению', operatorId: 7, login: 'alice' }]);
    const events = await bench.events();
    expect(events.map(({ type, subject }) => [type, subject])).toEqual([['contract.status-changed', `contract/${id}`]]);
    expect(events[0]?.data).toMatchObject({
      status: 4,
      statusTitle: 'Приостановлен',
      former: 0,
      dateFrom: '2026-03-10',
      dateTo: '2026-03-20',
      reason: 'manual',
    });
    const audits = await bench.rows("SELECT before, after FROM audit WHERE action = 'billing.status.change' AND object = $1", [String(id)]);
    expect(audits).toMatchObject([{ before: { status: 0 }, after: { status: 4, comment: 'по заявлению' } }]);
  });

  test.each([
    ['a transitional status by hand', to(1, '2026-03-15'), 'CONFLICT', 'transitional_status'],
    ['an unknown one', to(17, '2026-03-15'), 'NOT_FOUND', 'status'],
    ['an end before the start', to(4, '2026-03-15', '2026-03-14'), 'BAD_REQUEST', 'dateTo'],
    ['a year that nobody means', to(4, '1899-12-31'), 'BAD_REQUEST', 'dateFrom'],
  ])('refuses %s', async (_, change, code, reason) => {
    const id = await bench.contract();
    expect(await bench.refused((tx, act) => changeStatus(tx, act, id, change, { reason: 'manual' }))).toMatchObject({ code, reason });
    expect(await periods(id)).toEqual([]);
  });

  test('outside the fence there is no contract', async () => {
    const id = await bench.contract({ groups: '2' });
    const fence = { ...bench.act().fence, noneOf: 2n };
    const refusal = await bench.refused((tx, act) => changeStatus(tx, act, id, to(4, '2026-03-15'), { reason: 'manual' }), { fence });
    expect(refusal).toMatchObject({ code: 'NOT_FOUND', reason: 'contract' });
  });
});

describe('several contracts', () => {
  test('all of them, each once', async () => {
    const ids = [await bench.contract(), await bench.contract()];
    await bench.events();
    await bench.write((tx, act) => changeStatuses(tx, act, [...ids, ...ids], to(2, '2026-03-15')));
    expect(await Promise.all(ids.map((id) => statusOf(bench, id)))).toEqual([2, 2]);
    expect(await bench.events()).toHaveLength(2);
  });

  test('the first that fails ends it; those before it stay, and the error says which', async () => {
    const ids = [await bench.contract(), 999_999, await bench.contract()];
    const error = await bench.database.transaction(async (tx) => {
      try {
        await changeStatuses(tx, bench.act(), ids, to(2, '2026-03-15'));
      } catch (thrown) {
        return thrown;
      }
      throw new Error('it was not refused');
    });
    expect(error).toBeInstanceOf(PartlyDone);
    expect(error).toMatchObject({ code: 'NOT_FOUND', russian: expect.stringContaining(`Выполнено для договоров: ${ids[0]}`) });
    expect(await statusOf(bench, ids[0] ?? 0)).toBe(2);
    expect(await statusOf(bench, ids[2] ?? 0)).toBe(0);
  });

  test('where the first one fails nothing is done; without any it is refused', async () => {
    const id = await bench.contract();
    expect(await bench.refused((tx, act) => changeStatuses(tx, act, [999_999, id], to(2, '2026-03-15')))).toMatchObject({
      reason: 'contract',
    });
    expect(await bench.refused((tx, act) => changeStatuses(tx, act, [], to(2, '2026-03-15')))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await statusOf(bench, id)).toBe(0);
  });
});

describe('a scheduled change', () => {
  test('comes into force on its day, and the former status returns after it; each is told then, once', async () => {
    const id = await bench.contract();
    await set(id, to(4, '2026-03-20', '2026-03-25'));
    expect(await shown(id)).toEqual([0, '2020-01-01']);
    await bench.events();
    bench.today = day('2026-03-19');
    expect(await apply()).toBe(0);
    bench.today = day('2026-03-20');
    expect([await apply(), await apply()]).toEqual([1, 0]);
    expect(await shown(id)).toEqual([4, '2026-03-20']);
    bench.today = day('2026-03-26');
    expect(await apply()).toBe(1);
    expect(await shown(id)).toEqual([0, '2026-03-26']);
    expect((await bench.events()).map(({ data }) => [data.status, data.former, data.reason, data.protocol])).toEqual([
      [4, 0, 'scheduled', 'scheduler'],
      [0, 4, 'scheduled', 'scheduler'],
    ]);
  });

  test('is found after days in which no hub ran', async () => {
    const id = await bench.contract();
    await set(id, to(2, '2026-03-20'));
    bench.today = day('2026-07-01');
    await applyScheduledStatuses(bench.database, schedulerAct(SETTINGS, bench.secretKey, bench.act().now), null);
    expect(await shown(id)).toEqual([2, '2026-03-20']);
  });

  test('is taken back while it is not in force', async () => {
    const id = await bench.contract();
    const planned = await set(id, to(4, '2026-03-20', '2026-03-25'));
    await bench.write((tx, act) => cancelScheduledStatus(tx, act, id, planned));
    expect(await periods(id)).toEqual(['0 2020-01-01 2026-03-25', '0 2026-03-26 ...']);
    const present = await set(id, to(4, '2026-03-15'));
    expect(await bench.refused((tx, act) => cancelScheduledStatus(tx, act, id, present))).toMatchObject({ reason: 'status_in_force' });
    expect(await bench.refused((tx, act) => cancelScheduledStatus(tx, act, id, 999_999))).toMatchObject({ reason: 'status_period' });
  });
});

describe('the clock', () => {
  const started: ReturnType<typeof startMaintenance>[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((jobs) => jobs.stop()));
  });

  test('of two hubs applies a status once, at 00:00 of the billing day', async () => {
    const id = await bench.contract();
    await set(id, to(4, '2026-03-20'));
    await bench.events();
    let now = Temporal.Instant.from('2026-03-19T23:59:59+03:00');
    const ports = { database: bench.database, settings: SETTINGS, secretKey: bench.secretKey };
    const other = { ...ports, database: bench.secondHub(8) };
    for (const one of [ports, other]) started.push(startMaintenance(one, { every: 20, clock: () => now }));
    await vi.waitUntil(async () => (await bench.rows('SELECT 1 FROM accrual_mark')).length === 1, { timeout: 10_000 });
    expect(await statusOf(bench, id)).toBe(0);
    now = Temporal.Instant.from('2026-03-20T00:00:00+03:00');
    await vi.waitUntil(async () => (await statusOf(bench, id)) === 4, { timeout: 10_000 });
    await vi.waitUntil(async () => (await bench.rows("SELECT 1 FROM accrual_mark WHERE day = '2026-03-20'")).length === 1, {
      timeout: 10_000,
    });
    await Promise.all(started.splice(0).map((jobs) => jobs.stop()));
    expect((await bench.events()).filter(({ subject }) => subject === `contract/${id}`)).toHaveLength(1);
  });
});
