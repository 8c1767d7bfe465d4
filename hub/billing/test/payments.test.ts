import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deleteCharge } from '../delete-charge.ts';
import { deletePayment } from '../delete-payment.ts';
import { money, moneyText, parseMoney } from '../money.ts';
import { monthBalance, outgoingOf } from '../move-balance.ts';
import { saveCharge } from '../save-charge.ts';
import { type PaymentInput, savePayment } from '../save-payment.ts';
import { setClosedDate } from '../set-closed-date.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
let type: number;
let chargeType: number;
beforeAll(async () => {
  bench = await openBilling();
  type = await bench.paymentType({ title: 'Касса' });
  chargeType = await bench.chargeType({ title: 'Услуги' });
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.events();
});

const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
const pay = async (input: PaymentInput) => bench.write((tx, act) => savePayment(tx, act, { typeId: type, ...input }));
const paid = async (input: PaymentInput): Promise<number> => (await pay(input)).ids[0] ?? 0;
const charge = async (contractId: number, sum: string, more: object = {}) =>
  bench.write((tx, act) => saveCharge(tx, act, { contractId, typeId: chargeType, sum: money(sum), ...more }));
const outgoing = async (contract: number, on = '2026-03-15'): Promise<string> =>
  moneyText(outgoingOf(await monthBalance(bench.database.work, contract, day(on))));
const refused = async (input: PaymentInput) => bench.refused((tx, act) => savePayment(tx, act, { typeId: type, ...input }));

describe('a payment', () => {
  test('moves the balance, is told and audited, with who did it', async () => {
    const contract = await bench.contract({ title: '0001/16' });
    const { ids, replayed } = await pay({ contractId: contract, sum: money('100.50'), comment: 'наличные' });
    expect(replayed).toBe(false);
    expect(await outgoing(contract)).toBe('100.50');
    const [id] = ids;
    expect(await bench.events()).toEqual([
      {
        type: 'payment.created',
        subject: `contract/${contract}`,
        data: {
          contractId: contract,
          contractTitle: '0001/16',
          contractGroups: '0',
          contractDomainId: 0,
          operatorId: 7,
          protocol: 'rest',
          requestId: 'r-1',
          timestamp: '2026-03-15T09:00:00Z',
          id,
          typeId: type,
          typeTitle: 'Касса',
          userId: 7,
          date: '2026-03-15',
          amount: '100.50',
          description: 'наличные',
          externalId: null,
          balanceAfter: '100.50',
        },
      },
    ]);
    const [row] = await bench.rows('SELECT login, operator_id, changed_at FROM contract_payment WHERE payment_id = $1', [id ?? 0]);
    expect(row).toEqual({ login: 'alice', operator_id: 7, changed_at: Temporal.Instant.from('2026-03-15T09:00:00Z') });
    const audit = await bench.rows("SELECT login, action, after FROM audit WHERE action = 'billing.payment.add' AND object = $1", [
      String(contract),
    ]);
    expect(audit).toMatchObject([{ login: 'alice', action: 'billing.payment.add', after: { id, amount: '100.50', date: '2026-03-15' } }]);
  });

  test('that is moved to another month changes both, and all that was carried; the event tells what was before', async () => {
    const contract = await bench.contract();
    const id = await paid({ contractId: contract, sum: money('10'), day: day('2026-01-10') });
    await bench.events();
    await pay({ id, day: day('2026-02-28'), sum: money('12'), comment: 'исправлено' });
    expect([await outgoing(contract, '2026-01-31'), await outgoing(contract, '2026-02-01'), await outgoing(contract)]).toEqual([
      '0.00',
      '12.00',
      '12.00',
    ]);
    expect(await bench.events()).toMatchObject([
      {
        type: 'payment.changed',
        data: {
          id,
          amount: '12.00',
          date: '2026-02-28',
          balanceAfter: '12.00',
          before: { amount: '10.00', date: '2026-01-10', typeId: type, description: '' },
        },
      },
    ]);
    await pay({ id, sum: money('12.00') });
    expect(await bench.events()).toEqual([]);
  });

  test('that is deleted lies in the archive with who and when; the balance is as before', async () => {
    const contract = await bench.contract();
    const id = await paid({ contractId: contract, sum: money('7.77'), comment: 'ошибка' });
    await bench.events();
    await bench.write((tx, act) => deletePayment(tx, act, { id, contractId: contract }));
    expect(await outgoing(contract)).toBe('0.00');
    expect(
      await bench.rows('SELECT kind, record, login, operator_id FROM money_archive WHERE row_id = $1 AND contract_id = $2', [id, contract]),
    ).toMatchObject([{ kind: 'payment', record: { sum: 7.77, comment: 'ошибка' }, login: 'alice', operator_id: 7 }]);
    expect(await bench.events()).toMatchObject([{ type: 'payment.deleted', data: { id, amount: '7.77', balanceAfter: '0.00' } }]);
    expect(await bench.refused((tx, act) => deletePayment(tx, act, { id }))).toMatchObject({ code: 'NOT_FOUND', reason: 'payment' });
  });

  test('needs a contract in the fence, a type that may be used by hand, an amount, a day that can be meant', async () => {
    const contract = await bench.contract({ groups: 2n });
    const other = await bench.contract();
    const [fixed, folder] = [await bench.paymentType({ editable: false }), await bench.paymentType({ is_class: true })];
    const sum = money('1');
    expect(await refused({ contractId: 999_999, sum })).toMatchObject({ code: 'NOT_FOUND', reason: 'contract' });
    expect(await refused({ sum })).toMatchObject({ code: 'BAD_REQUEST', reason: 'contractId' });
    expect(await refused({ contractId: contract, sum, typeId: fixed })).toMatchObject({ code: 'CONFLICT', reason: 'type_not_editable' });
    expect(await refused({ contractId: contract, sum, typeId: folder })).toMatchObject({ code: 'CONFLICT', reason: 'type_is_class' });
    expect(await refused({ contractId: contract, sum, typeId: 999_999 })).toMatchObject({ code: 'NOT_FOUND', reason: 'type' });
    expect(await refused({ contractId: contract, sum, typeId: 0 })).toMatchObject({ code: 'BAD_REQUEST', reason: 'typeId' });
    expect(await refused({ contractId: contract })).toMatchObject({ code: 'BAD_REQUEST', reason: 'sum' });
    expect(await refused({ contractId: contract, sum, day: day('1899-12-31') })).toMatchObject({ code: 'BAD_REQUEST', reason: 'date' });
    const fence = { someOf: 4n, noneOf: 0n, domains: null, parameters: new Map() };
    expect(await bench.refused((tx, act) => savePayment(tx, act, { contractId: contract, typeId: type, sum }), { fence })).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'contract',
    });
    const id = await paid({ contractId: contract, sum });
    expect(await refused({ id, contractId: other, sum: money('2') })).toMatchObject({ code: 'NOT_FOUND', reason: 'payment' });
    expect(await bench.refused((tx, act) => deletePayment(tx, act, { id }), { fence })).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'payment',
    });
    expect(await outgoing(contract)).toBe('1.00');
  });

  test('of the largest amount can be made many times', async () => {
    const contract = await bench.contract();
    const largest = parseMoney('9999999999999.99');
    for (let at = 0; at < 101; at += 1) await pay({ contractId: contract, sum: largest });
    expect(await outgoing(contract)).toBe('1009999999999998.99');
    expect((await bench.events()).at(-1)?.data).toMatchObject({ amount: '9999999999999.99', balanceAfter: '1009999999999998.99' });
  });

  test('of a dependent member is the money of its head; of an independent one its own', async () => {
    const head = await bench.contract({ super_id: -1 });
    const [dependent, independent] = [await bench.contract({ super_id: head }), await bench.contract({ super_id: head, sub_mode: 1 })];
    await pay({ contractId: dependent, sum: money('30') });
    await pay({ contractId: independent, sum: money('5') });
    expect([await outgoing(head), await outgoing(dependent), await outgoing(independent)]).toEqual(['30.00', '0.00', '5.00']);
    expect((await bench.events()).map(({ subject, data }) => [subject, data.balanceAfter])).toEqual([
      [`contract/${dependent}`, '30.00'],
      [`contract/${independent}`, '5.00'],
    ]);
  });
});

describe('a payment that is split', () => {
  let head: number;
  let members: number[];
  beforeAll(async () => {
    head = await bench.contract({ super_id: -1 });
    members = [
      await bench.contract({ super_id: head }),
      await bench.contract({ super_id: head }),
      await bench.contract({ super_id: head }),
    ];
    await bench.contract({ super_id: head, sub_mode: 1 });
  });
  const rowsOf = (ids: readonly number[]) =>
    bench.rows<{ contract_id: number; sum: string }>(
      'SELECT contract_id, sum FROM contract_payment WHERE payment_id = ANY ($1) ORDER BY payment_id',
      [ids],
    );

  test('equally: the first members get the kopecks that are left, the head has the whole', async () => {
    const before = money(await outgoing(head));
    const { ids } = await pay({ contractId: head, sum: money('100.01'), distribution: 'equal' });
    expect((await rowsOf(ids)).map(({ contract_id, sum }) => [contract_id, sum])).toEqual([
      [members[0], '33.34'],
      [members[1], '33.34'],
      [members[2], '33.33'],
    ]);
    expect(money(await outgoing(head)) - before).toBe(money('100.01'));
    const { ids: minus } = await pay({ contractId: head, sum: money('-0.02'), distribution: 'equal' });
    expect((await rowsOf(minus)).map(({ sum }) => sum)).toEqual(['-0.01', '-0.01']);
  });

  test('by amounts, which must make the payment; nobody else gets anything', async () => {
    const [first = 0, second = 0] = members;
    const { ids } = await pay({ contractId: head, sum: money('10'), distribution: `${first}:4.00, ${head}:6` });
    expect((await rowsOf(ids)).map(({ contract_id, sum }) => [contract_id, sum])).toEqual([
      [first, '4.00'],
      [head, '6.00'],
    ]);
    const bad = [`${first}:4`, `${first}:4,${first}:6`, '999999:10', 'half', `${first}:10.001`, `${first}:10,${second}:0`, ','];
    for (const distribution of bad)
      expect(await refused({ contractId: head, sum: money('10'), distribution })).toMatchObject({
        code: 'BAD_REQUEST',
        reason: 'distribution',
      });
    expect(await refused({ contractId: first, sum: money('10'), distribution: 'equal' })).toMatchObject({ reason: 'distribution' });
    expect(await refused({ id: ids[0], sum: money('10'), distribution: 'equal' })).toMatchObject({ reason: 'distribution' });
  });
});

describe('an external id', () => {
  test('is one payment, however often it is sent; other content is refused', async () => {
    const contract = await bench.contract();
    const sent = { contractId: contract, sum: money('50'), comment: 'терминал', external: { source: 'desk', id: 'T-1' } };
    const first = await pay(sent);
    expect(await pay(sent)).toEqual({ ids: first.ids, replayed: true });
    expect(await refused({ ...sent, sum: money('51') })).toMatchObject({ code: 'CONFLICT', reason: 'external_id' });
    expect((await pay({ ...sent, external: { source: 'other desk', id: 'T-1' } })).replayed).toBe(false);
    expect(await outgoing(contract)).toBe('100.00');
    expect((await bench.events()).map(({ data }) => data.externalId)).toEqual(['T-1', 'T-1']);
  });

  test('stays taken when the payment was corrected, deleted, or its period was closed', async () => {
    const contract = await bench.contract();
    const sent = { contractId: contract, sum: money('50'), day: day('2026-03-01'), external: { id: 'T-2' } };
    const [id = 0] = (await pay(sent)).ids;
    await pay({ id, sum: money('40') });
    expect(await pay(sent)).toEqual({ ids: [id], replayed: true });
    await bench.write((tx, act) => deletePayment(tx, act, { id }));
    await bench.write((tx, act) => setClosedDate(tx, act, 0, day('2026-03-01')));
    expect(await pay(sent)).toEqual({ ids: [id], replayed: true });
    await bench.write((tx, act) => setClosedDate(tx, act, 0, undefined));
    expect(await outgoing(contract)).toBe('0.00');
  });

  test('is free again when the payment was refused', async () => {
    const contract = await bench.contract();
    const external = { id: 'T-3' };
    expect(await refused({ contractId: contract, sum: money('1'), typeId: 999_999, external })).toMatchObject({ reason: 'type' });
    expect((await pay({ contractId: contract, sum: money('1'), external })).replayed).toBe(false);
    expect(await refused({ contractId: contract, sum: money('1'), external: { id: ' ' } })).toMatchObject({ reason: 'externalId' });
  });

  test('sent twenty times at once is paid once, and everybody gets its id', async () => {
    const contract = await bench.contract();
    const sent = { contractId: contract, sum: money('5'), external: { id: 'T-4' } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(sent)));
    expect(new Set(answers.map(({ ids }) => ids.join())).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await outgoing(contract)).toBe('5.00');
  });
});

describe('a charge', () => {
  test('takes from the balance; falling below the limit and coming back are told', async () => {
    const contract = await bench.contract({ balance_limit: '-10', mode: 1 });
    await charge(contract, '10');
    expect((await bench.events()).map(({ type: name }) => name)).toEqual(['charge.created']);
    const id = await charge(contract, '0.01');
    expect(await bench.events()).toMatchObject([
      { type: 'charge.created', data: { id, balanceAfter: '-10.01', typeTitle: 'Услуги' } },
      { type: 'balance.below-limit', subject: `contract/${contract}`, data: { balance: '-10.01', limit: '-10.00', mode: 'debit' } },
    ]);
    await bench.write((tx, act) => saveCharge(tx, act, { id, sum: money('0.02') }));
    expect((await bench.events()).map(({ type: name }) => name)).toEqual(['charge.changed']);
    await bench.write((tx, act) => deleteCharge(tx, act, { id, contractId: contract }));
    expect((await bench.events()).map(({ type: name, data }) => [name, data.balanceAfter ?? data.balance])).toEqual([
      ['charge.deleted', '-10.00'],
      ['balance.restored', '-10.00'],
    ]);
  });

  test('in a month to come does not count today', async () => {
    const contract = await bench.contract();
    await charge(contract, '10', { day: day('2026-04-01') });
    expect(await bench.events()).toMatchObject([{ type: 'charge.created', data: { balanceAfter: '0.00' } }]);
    expect([await outgoing(contract), await outgoing(contract, '2026-04-30')]).toEqual(['0.00', '-10.00']);
  });

  test('of a type that only modules use is made and deleted by them', async () => {
    const contract = await bench.contract();
    const fixed = await bench.chargeType({ editable: false });
    const id = await charge(contract, '3', { typeId: fixed, byHand: false });
    expect(await bench.refused((tx, act) => deleteCharge(tx, act, { id }))).toMatchObject({
      code: 'CONFLICT',
      reason: 'type_not_editable',
    });
    await bench.write((tx, act) => deleteCharge(tx, act, { id, byHand: false }));
    expect(await outgoing(contract)).toBe('0.00');
  });
});
