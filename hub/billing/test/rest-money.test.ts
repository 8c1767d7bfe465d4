import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
let type: number;
let chargeType: number;
let contract: number;
beforeAll(async () => {
  bench = await openBillingRest();
  type = await bench.paymentType({ title: 'Касса' });
  chargeType = await bench.chargeType({ title: 'Штраф' });
  // Whoever calls over the bench is operator 1.
  await bench.rows(
    `INSERT INTO operator (operator_id, login, display_name, password_hash) OVERRIDING SYSTEM VALUE VALUES (1, 'alice', 'Алиса', 'x')`,
  );
});
afterAll(() => bench.stop());
beforeEach(async () => {
  contract = await bench.contract();
  await bench.events();
});

const outgoing = async (id = contract): Promise<string> => (await bench.ok('GET', `/balances/month?contract_id=${id}`)).outgoing;
const payment = (more: object = {}) => ({ contract_id: contract, type_id: type, sum: '100.50', ...more });
const today = () => Temporal.Now.plainDateISO('Europe/Moscow').toString();

describe('a payment', () => {
  test('is stored, shown, changed and deleted; the balance and the news follow', async () => {
    const made = await bench.call('POST', '/payments', payment({ comment: 'наличные' }));
    expect(made.status).toBe(201);
    const [id] = made.json.ids;
    expect(made.headers.get('location')).toBe(`/api/v1/billing/payments/${id}`);
    expect(made.json).toMatchObject({
      replayed: false,
      items: [
        {
          id,
          contract_id: contract,
          type_title: 'Касса',
          date: today(),
          sum: '100.50',
          comment: 'наличные',
          editable: true,
          login: '*',
          operator_id: 1,
          operator_name: 'Алиса',
        },
      ],
    });
    expect(await outgoing()).toBe('100.50');
    expect(await bench.ok('PATCH', `/payments/${id}`, { sum: '90', comment: 'исправлено' })).toMatchObject({
      id,
      sum: '90.00',
      comment: 'исправлено',
      date: today(),
    });
    expect(await outgoing()).toBe('90.00');
    expect(await bench.ok('GET', `/payments/${id}`)).toMatchObject({ sum: '90.00' });
    expect((await bench.call('DELETE', `/payments/${id}`)).status).toBe(204);
    expect(await bench.refusal('GET', `/payments/${id}`)).toEqual({ status: 404, code: 'NOT_FOUND', reason: 'payment' });
    expect(await outgoing()).toBe('0.00');
    expect((await bench.events()).map(({ type: name, data }) => [name, data.protocol])).toEqual([
      ['payment.created', 'rest'],
      ['payment.changed', 'rest'],
      ['payment.deleted', 'rest'],
    ]);
  });

  test('with an external id is paid once: the repeat is replayed, another content refused', async () => {
    const body = payment({ external_id: `e-${contract}`, source: 'desk' });
    const first = await bench.call('POST', '/payments', body);
    const second = await bench.call('POST', '/payments', body);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.json).toEqual({ ...first.json, replayed: true });
    expect(await bench.refusal('POST', '/payments', { ...body, sum: '1' })).toEqual({
      status: 409,
      code: 'CONFLICT',
      reason: 'external_id',
    });
    expect(await outgoing()).toBe('100.50');
    expect((await bench.ok('GET', `/payments?external_id=e-${contract}&source=desk`)).items).toEqual(first.json.items);
    expect((await bench.ok('GET', `/payments?external_id=e-${contract}`)).items).toEqual([]);
  });

  test('with an Idempotency-Key is paid once, also when both calls come at the same moment', async () => {
    const headers = { 'idempotency-key': `k-${contract}` };
    const answers = await Promise.all([1, 2, 3].map(() => bench.call('POST', '/payments', payment(), { headers })));
    expect(new Set(answers.map(({ bytes }) => bytes.toString())).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(answers.filter(({ headers: sent }) => sent.get('idempotency-replayed') === 'true')).toHaveLength(2);
    expect(await outgoing()).toBe('100.50');
    expect(await bench.refusal('POST', '/payments', payment({ sum: '1' }), { headers })).toMatchObject({
      status: 422,
      reason: 'idempotency_key',
    });
    // A call that failed leaves its key free.
    const other = { headers: { 'idempotency-key': `f-${contract}` } };
    expect(await bench.refusal('POST', '/payments', payment({ type_id: 9_999 }), other)).toMatchObject({ status: 404, reason: 'type' });
    expect((await bench.call('POST', '/payments', payment({ type_id: 9_999 }), other)).status).toBe(404);
  });

  test('is refused precisely', async () => {
    expect(await bench.refusal('POST', '/payments', payment({ sum: '0' }))).toMatchObject({ status: 422 });
    expect(await bench.refusal('POST', '/payments', payment({ sum: '1e3' }))).toMatchObject({ status: 422 });
    expect(await bench.refusal('POST', '/payments', payment({ sum: 5 }))).toMatchObject({ status: 422 });
    expect(await bench.refusal('POST', '/payments', payment({ date: '2026-02-30' }))).toMatchObject({ status: 422 });
    expect(await bench.refusal('POST', '/payments', payment({ contract_id: 999_999 }))).toMatchObject({ status: 404, reason: 'contract' });
    expect(await bench.refusal('POST', '/payments', payment({ distribution: 'equal' }))).toMatchObject({
      status: 400,
      reason: 'distribution',
    });
    expect(await bench.refusal('POST', '/payments', payment(), { as: 'billing.read' })).toMatchObject({ status: 403 });
    expect(await outgoing()).toBe('0.00');
  });

  test('of a head is split over its members', async () => {
    await bench.rows('UPDATE contract SET super_id = -1 WHERE contract_id = $1', [contract]);
    const members = [await bench.contract({ super_id: contract }), await bench.contract({ super_id: contract })];
    const made = await bench.ok('POST', '/payments', payment({ distribution: 'equal', sum: '0.03' }));
    expect(made.items.map((row: { contract_id: number; sum: string }) => [row.contract_id, row.sum]).sort()).toEqual([
      [members[0], '0.02'],
      [members[1], '0.01'],
    ]);
    expect((await bench.ok('GET', `/payments?contract_id=${contract}`)).items).toEqual([]);
    expect((await bench.ok('GET', `/payments?contract_id=${contract}&of=members`)).items).toHaveLength(2);
    expect(await bench.ok('GET', `/payments?contract_id=${contract}&of=family&totals=true`)).toMatchObject({
      totals: { count: 2, sum: '0.03' },
    });
  });
});

describe('a charge', () => {
  test('is stored, changed and deleted', async () => {
    const made = await bench.call('POST', '/charges', { contract_id: contract, type_id: chargeType, sum: '10', date: '2026-01-31' });
    expect([made.status, made.json]).toMatchObject([201, { sum: '10.00', date: '2026-01-31', payback: false }]);
    const path = `/charges/${made.json.id}`;
    expect(made.headers.get('location')).toBe(`/api/v1/billing${path}`);
    expect(await outgoing()).toBe('-10.00');
    expect(await bench.ok('PATCH', path, { date: '2026-02-01' })).toMatchObject({ sum: '10.00', date: '2026-02-01' });
    expect((await bench.ok('GET', `/balances?contract_id=${contract}`)).items).toEqual([
      { month: '2026-02', incoming: '0.00', payments: '0.00', accounts: '0.00', charges: '10.00', outgoing: '-10.00', reserve: '0.00' },
    ]);
    expect((await bench.ok('GET', `/charges?contract_id=${contract}`)).items).toMatchObject([{ id: made.json.id }]);
    expect((await bench.call('DELETE', path)).status).toBe(204);
    expect(await bench.refusal('GET', path)).toMatchObject({ status: 404, reason: 'charge' });
  });
});

describe('balances', () => {
  test('by month, in one month, and what moved them', async () => {
    await bench.ok('POST', '/payments', payment({ date: '2026-01-10' }));
    await bench.ok('POST', '/charges', {
      contract_id: contract,
      type_id: chargeType,
      sum: '0.50',
      date: '2026-03-05',
      comment: 'опоздание',
    });
    const months = await bench.ok('GET', `/balances?contract_id=${contract}&from=2026-02`);
    expect(months).toMatchObject({ contract_id: contract, payer_id: contract });
    expect(months.items).toEqual([
      { month: '2026-03', incoming: '100.50', payments: '0.00', accounts: '0.00', charges: '0.50', outgoing: '100.00', reserve: '0.00' },
    ]);
    expect(await bench.ok('GET', `/balances/month?contract_id=${contract}&month=2026-02`)).toMatchObject({
      month: '2026-02',
      incoming: '100.50',
      outgoing: '100.50',
      limit: '0.00',
      available: '100.50',
    });
    const detail = await bench.ok('GET', `/balances/detail?contract_id=${contract}&from=2026-02-01`);
    expect(detail.items.map((line: { kind: string; sum: string; after: string }) => [line.kind, line.sum, line.after])).toEqual([
      ['incoming', '100.50', '100.50'],
      ['charge', '-0.50', '100.00'],
    ]);
    expect(await bench.refusal('GET', `/balances/month?contract_id=${contract}&month=2026-13`)).toMatchObject({ status: 400 });
    expect(await bench.refusal('GET', '/balances?contract_id=999999')).toMatchObject({ status: 404, reason: 'contract' });
  });

  test('what was accrued is paged, the newest first', async () => {
    await bench.rows(
      `INSERT INTO contract_account (contract_id, month, service_id, object_id, sum, until)
       SELECT $1, make_date(2026, m, 1), s, o, m + s / 10.0, make_date(2026, m, 15) FROM generate_series(1, 3) m, generate_series(7, 8) s, generate_series(0, 1) o`,
      [contract],
    );
    const seen: string[] = [];
    let after = '';
    for (let pages = 0; pages < 10; pages += 1) {
      const page = await bench.ok('GET', `/accounts?contract_id=${contract}&limit=5${after}`);
      for (const row of page.items) seen.push(`${row.month} ${row.service_id} ${row.object_id} ${row.sum} ${row.until}`);
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    expect(seen).toHaveLength(12);
    expect(seen[0]).toBe('2026-03 8 1 3.80 2026-03-15');
    expect(seen.at(-1)).toBe('2026-01 7 0 1.70 2026-01-15');
    expect(new Set(seen).size).toBe(12);
    expect((await bench.ok('GET', `/accounts?contract_id=${contract}&from=2026-02&to=2026-02&service_id=7`)).items).toHaveLength(2);
  });
});

describe('a reserve', () => {
  test('lowers what is available, not the balance, until it is closed', async () => {
    const { id: reserveType } = await bench.ok('POST', '/reserve-types', { title: 'Залог' });
    await bench.ok('POST', '/payments', payment());
    const made = await bench.call('POST', '/reserves', { contract_id: contract, type_id: reserveType, sum: '40', comment: 'роутер' });
    expect([made.status, made.json]).toMatchObject([
      201,
      { sum: '40.00', date_from: today(), date_to: null, closed_on: null, type_title: 'Залог' },
    ]);
    const path = `/reserves/${made.json.id}`;
    const figures = () => bench.ok('GET', `/balances/month?contract_id=${contract}`);
    expect(await figures()).toMatchObject({ outgoing: '100.50', reserve: '40.00', available: '60.50' });
    expect(await bench.ok('PATCH', path, { sum: '50' })).toMatchObject({ sum: '50.00', comment: 'роутер' });
    expect((await bench.ok('GET', `/reserves?contract_id=${contract}&on=${today()}`)).items).toMatchObject([
      { id: made.json.id, sum: '50.00' },
    ]);
    expect(await bench.ok('POST', `${path}/close`)).toMatchObject({ closed_on: today() });
    expect(await figures()).toMatchObject({ outgoing: '100.50', reserve: '0.00', available: '100.50' });
    expect((await bench.ok('GET', `/reserves?contract_id=${contract}&on=${today()}`)).items).toEqual([]);
    expect(await bench.refusal('POST', `${path}/close`)).toMatchObject({ status: 409, reason: 'reserve_closed' });
    expect(await bench.refusal('PATCH', path, { sum: '1' })).toMatchObject({ status: 409, reason: 'reserve_closed' });
    expect(
      await bench.rows("SELECT action FROM audit WHERE object = $1 AND action LIKE 'billing.reserve.%' ORDER BY id", [String(contract)]),
    ).toEqual([{ action: 'billing.reserve.add' }, { action: 'billing.reserve.change' }, { action: 'billing.reserve.close' }]);
  });

  test('is refused precisely', async () => {
    const { id: reserveType } = await bench.ok('POST', '/reserve-types', { title: 'Прежний', used: false });
    const body = { contract_id: contract, type_id: reserveType, sum: '1' };
    expect(await bench.refusal('POST', '/reserves', body)).toMatchObject({ status: 409, reason: 'type_not_used' });
    await bench.ok('PATCH', `/reserve-types/${reserveType}`, { used: true });
    expect(await bench.refusal('POST', '/reserves', { ...body, sum: '-1' })).toMatchObject({ status: 422 });
    expect(await bench.refusal('POST', '/reserves', { ...body, date_from: '2026-02-01', date_to: '2026-01-01' })).toMatchObject({
      status: 400,
      reason: 'date_to',
    });
    expect(await bench.refusal('POST', '/reserves', { ...body, type_id: 9_999 })).toMatchObject({ status: 404, reason: 'type' });
    expect(await bench.refusal('GET', '/reserves/999999')).toMatchObject({ status: 404, reason: 'reserve' });
  });
});

describe('types', () => {
  test('stand in classes, and are listed as a tree laid flat', async () => {
    const electronic = await bench.ok('POST', '/payment-types', { title: 'Электронные', is_class: true });
    const card = await bench.ok('POST', '/payment-types', { title: 'Карта', parent_id: electronic.id });
    const locked = await bench.ok('POST', '/payment-types', { title: 'Автоплатёж', parent_id: electronic.id, editable: false });
    const place = (items: { id: number; level: number; path: string }[], id: number) => items.find((item) => item.id === id);
    const { items } = await bench.ok('GET', '/payment-types');
    expect(place(items, card.id)).toMatchObject({
      level: 1,
      path: 'Электронные / Карта',
      parent_id: electronic.id,
      is_class: false,
      payback: false,
    });
    expect(items.findIndex(({ id }: { id: number }) => id === electronic.id)).toBeLessThan(
      items.findIndex(({ id }: { id: number }) => id === card.id),
    );
    const byHand = (await bench.ok('GET', '/payment-types?editable=true')).items;
    expect([place(byHand, locked.id), place(byHand, electronic.id)]).toMatchObject([undefined, { level: 0 }]);
    expect(await bench.ok('PATCH', `/payment-types/${card.id}`, { title: 'Банковская карта', parent_id: null })).toMatchObject({
      title: 'Банковская карта',
      parent_id: null,
    });
    expect(await bench.refusal('PATCH', `/payment-types/${electronic.id}`, { is_class: false })).toMatchObject({
      status: 409,
      reason: 'type_in_use',
    });
    expect(await bench.refusal('POST', '/payment-types', { title: 'x', payback: true })).toMatchObject({ status: 422 });
    expect(await bench.refusal('POST', '/payments', payment({ type_id: electronic.id }))).toMatchObject({
      status: 409,
      reason: 'type_is_class',
    });
    expect(await bench.refusal('POST', '/payments', payment({ type_id: locked.id }))).toMatchObject({
      status: 409,
      reason: 'type_not_editable',
    });
    expect(await bench.refusal('POST', '/payment-types', { title: 'x' }, { as: 'billing.money+billing.read' })).toMatchObject({
      status: 403,
    });
  });

  test('of charges may be paybacks', async () => {
    const made = await bench.ok('POST', '/charge-types', { title: 'Возврат', payback: true });
    expect(await bench.ok('GET', `/charge-types/${made.id}`)).toMatchObject({ title: 'Возврат', payback: true });
    const charge = await bench.ok('POST', '/charges', { contract_id: contract, type_id: made.id, sum: '5' });
    expect(charge.payback).toBe(true);
  });
});

describe('closed dates', () => {
  test('close one kind or all, also back, and are opened by null', async () => {
    const other = await bench.contract();
    expect(await bench.ok('PUT', '/closed-dates/payments', { day: '2026-01-31' })).toEqual({ kind: 'payments', day: '2026-01-31' });
    expect(await bench.refusal('POST', '/payments', payment({ contract_id: other, date: '2026-01-31' }))).toMatchObject({
      status: 409,
      reason: 'closed_period',
    });
    await bench.ok('POST', '/charges', { contract_id: other, type_id: chargeType, sum: '1', date: '2026-01-31' });
    await bench.ok('PUT', '/closed-dates/payments', { day: '2026-01-30' });
    await bench.ok('POST', '/payments', payment({ contract_id: other, date: '2026-01-31' }));
    expect((await bench.ok('GET', '/closed-dates')).items).toEqual([
      { kind: 'all', day: null },
      { kind: 'payments', day: '2026-01-30' },
      { kind: 'charges', day: null },
      { kind: 'accounts', day: null },
    ]);
    expect(await bench.ok('PUT', '/closed-dates/payments', { day: null })).toEqual({ kind: 'payments', day: null });
    expect(await bench.refusal('PUT', '/closed-dates/payments', { day: null }, { as: 'billing.money+billing.read' })).toMatchObject({
      status: 403,
    });
    expect(await bench.refusal('PUT', '/closed-dates/everything', { day: null })).toMatchObject({ status: 400 });
  });
});
