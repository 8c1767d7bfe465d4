import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';
import { attach, npayModule, object, plan, service, tariff } from './support/fees.ts';

let bench: BillingRest;
beforeAll(async () => {
  bench = await openBillingRest();
});
afterAll(() => bench.stop());

const day = (days: number): string => bench.today.add({ days }).toString();

describe('the time line', () => {
  test('a bounded status comes and goes, a later one is planned and taken back', async () => {
    const id = await bench.contract();
    const first = await bench.ok('GET', `/contracts/${id}/statuses`);
    expect(first).toMatchObject({
      status: 0,
      title: 'Активен',
      today: day(0),
      periods: [{ id: null, status: 0, when: 'present', date_from: '2020-01-01' }],
    });
    await bench.events();
    const now = await bench.call('POST', `/contracts/${id}/statuses`, {
      status: 4,
      date_to: day(3),
      comment: 'отпуск',
      version: first.version,
    });
    expect(now.status).toBe(201);
    expect(now.json.periods).toMatchObject([
      { status: 0, when: 'past', date_to: day(-1) },
      { status: 4, title: 'Приостановлен', when: 'present', date_from: day(0), date_to: day(3), comment: 'отпуск' },
      { status: 0, when: 'planned', date_from: day(4), date_to: null },
    ]);
    expect(now.json).toMatchObject({ status: 4, version: first.version + 1 });
    expect(await bench.events()).toMatchObject([
      { type: 'contract.status-changed', data: { status: 4, former: 0, reason: 'manual', protocol: 'rest' } },
    ]);
    const planned = await bench.ok('POST', `/contracts/${id}/statuses`, { status: 2, date_from: day(10), comment: 'съезжает' });
    const last = planned.periods.at(-1);
    expect(last).toMatchObject({ status: 2, when: 'planned', date_from: day(10) });
    expect(await bench.events()).toEqual([]);
    const back = await bench.ok('DELETE', `/contracts/${id}/statuses/${last.id}`);
    expect(back.periods.at(-1)).toMatchObject({ status: 0, date_from: day(4), date_to: null });
    const present = back.periods.find(({ when }: { when: string }) => when === 'present');
    expect(await bench.refusal('DELETE', `/contracts/${id}/statuses/${present.id}`)).toEqual({
      status: 409,
      code: 'CONFLICT',
      reason: 'status_in_force',
    });
    const log = await bench.ok('GET', `/contracts/${id}/statuses/log?limit=1`);
    expect(log.items).toMatchObject([{ status: 2, title: 'Отключен', comment: 'съезжает', reason: 'manual', login: '*' }]);
    expect((await bench.ok('GET', `/contracts/${id}/statuses/log?after=${log.next}`)).items).toMatchObject([{ status: 4 }]);
  });

  test('refusals name what is wrong', async () => {
    const id = await bench.contract();
    expect(await bench.refusal('POST', `/contracts/${id}/statuses`, { status: 1 })).toMatchObject({
      status: 409,
      reason: 'transitional_status',
    });
    expect(await bench.refusal('POST', `/contracts/${id}/statuses`, { status: 99 })).toMatchObject({ status: 404, reason: 'status' });
    expect(await bench.refusal('POST', `/contracts/${id}/statuses`, { status: 4, date_from: day(5), date_to: day(2) })).toMatchObject({
      status: 400,
      reason: 'dateTo',
    });
    expect(await bench.refusal('POST', `/contracts/${id}/statuses`, { status: 4, date_from: 'tomorrow' })).toMatchObject({ status: 422 });
    expect(await bench.refusal('DELETE', `/contracts/${id}/statuses/12345`)).toMatchObject({ status: 404, reason: 'status_period' });
    expect(await bench.refusal('POST', `/contracts/${id}/statuses`, { status: 4 }, { as: 'billing.read' })).toMatchObject({ status: 403 });
  });

  test('several contracts: each by itself, and the answer says which', async () => {
    const ids = [await bench.contract(), await bench.contract()];
    expect(await bench.ok('POST', '/status-changes', { contract_ids: [ids[0], 999_999, ids[1], ids[0]], status: 4 })).toEqual({
      done: ids,
      failed: [{ contract_id: 999_999, code: 'NOT_FOUND', detail: 'there is no contract 999999' }],
    });
    for (const id of ids) expect(await bench.ok('GET', `/contracts/${id}`)).toMatchObject({ status: 4, status_from: day(0) });
    expect(await bench.refusal('POST', '/status-changes', { contract_ids: [], status: 4 })).toMatchObject({ status: 422 });
  });
});

describe('what-if', () => {
  /** A debit contract with a fee, locked: it needs the fee in advance to be unlocked. */
  async function lockedDebtor(): Promise<{ id: number; fee: string; type: number }> {
    const module = await npayModule(bench, { manage: true });
    const priced = await service(bench, module);
    const id = await bench.contract({ mode: 1, status: 3 });
    await bench.rows(`INSERT INTO contract_status (contract_id, status, date_from) VALUES ($1, 3, '2020-01-01')`, [id]);
    await attach(bench, id, module);
    await tariff(bench, id, await plan(bench, priced, '310'), '2020-01-01');
    await object(bench, id, priced, '2020-01-01');
    const days = bench.today.daysInMonth;
    const kopecks = Math.round((31_000 * (days - bench.today.day + 1)) / days);
    return { id, fee: `${Math.floor(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`, type: await bench.paymentType() };
  }

  test('a payment that is enough unlocks, one that is not does nothing but lie there; nothing is stored', async () => {
    const { id, fee, type } = await lockedDebtor();
    await bench.events();
    const much = await bench.ok('POST', `/contracts/${id}/what-if/payment`, { type_id: type, sum: '310' });
    expect(much).toMatchObject({
      before: { status: 3, balance: { outgoing: '0.00' } },
      after: { status: 0, in_debt: false, balance: { payments: '310.00', accounts: fee } },
      fees: fee,
      status_changes: true,
    });
    const little = await bench.ok('POST', `/contracts/${id}/what-if/payment`, { type_id: type, sum: '1' });
    expect(little).toMatchObject({ after: { status: 3, balance: { outgoing: '1.00' } }, fees: '0.00', status_changes: false });
    expect(await bench.events()).toEqual([]);
    expect(await bench.ok('GET', `/contracts/${id}`)).toMatchObject({ status: 3 });
    expect(await bench.rows('SELECT FROM contract_payment WHERE contract_id = $1', [id])).toEqual([]);
    // What was foretold comes true.
    await bench.ok('POST', '/payments', { contract_id: id, type_id: type, sum: '310' });
    expect((await bench.ok('GET', `/contracts/${id}/card`)).balance).toEqual(much.after.balance);
    expect(await bench.ok('GET', `/contracts/${id}`)).toMatchObject({ status: 0 });
  });

  test('a status and a limit', async () => {
    const { id, fee } = await lockedDebtor();
    const active = await bench.ok('POST', `/contracts/${id}/what-if/status`, { status: 0 });
    expect(active).toMatchObject({ after: { status: 0, in_debt: true, balance: { accounts: fee } }, fees: fee });
    const credit = await bench.ok('POST', `/contracts/${id}/what-if/limit`, { limit: '-1000' });
    expect(credit).toMatchObject({
      before: { limit: '0.00' },
      after: { limit: '-1000.00', status: 0, in_debt: false },
      status_changes: true,
    });
    expect(await bench.ok('GET', `/contracts/${id}`)).toMatchObject({ status: 3, limit: '0.00' });
  });

  test('is refused with what the change would be refused with, and by the right', async () => {
    const id = await bench.contract();
    expect(await bench.refusal('POST', `/contracts/${id}/what-if/payment`, { type_id: 999, sum: '5' })).toMatchObject({ status: 404 });
    expect(await bench.refusal('POST', `/contracts/${id}/what-if/payment`, { type_id: 999, sum: '1e5' })).toMatchObject({ status: 422 });
    expect(await bench.refusal('POST', `/contracts/${id}/what-if/status`, { status: 1 })).toMatchObject({ status: 409 });
    expect(await bench.refusal('POST', '/contracts/999999/what-if/limit', { limit: '5' })).toMatchObject({ status: 404 });
    expect(await bench.refusal('POST', `/contracts/${id}/what-if/limit`, { limit: '5' }, { as: 'billing.money' })).toMatchObject({
      status: 403,
    });
  });
});
