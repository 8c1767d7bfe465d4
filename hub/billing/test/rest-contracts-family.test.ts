import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeFamily } from '../change-family.ts';
import { parseMoney } from '../money.ts';
import { saveCharge } from '../save-charge.ts';
import { savePayment } from '../save-payment.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';
import { outgoing } from './support/fees.ts';

let bench: BillingRest;
let payments: number;
let charges: number;
beforeAll(async () => {
  bench = await openBillingRest();
  payments = await bench.paymentType();
  charges = await bench.chargeType();
});
afterAll(() => bench.stop());

const pay = (contractId: number, sum: string, day = bench.today) =>
  bench.write((tx, act) => savePayment(tx, act, { contractId, typeId: payments, sum: parseMoney(sum), day }));
const charge = (contractId: number, sum: string, day = bench.today) =>
  bench.write((tx, act) => saveCharge(tx, act, { contractId, typeId: charges, sum: parseMoney(sum), day }));

describe('PUT family', () => {
  test('money goes with a contract that becomes a dependent member, and leaves with it', async () => {
    const [head, id] = [await bench.contract({ title: 'голова' }), await bench.contract({ title: 'член' })];
    await pay(head, '100');
    await pay(id, '40', bench.today.subtract({ months: 2 }));
    await charge(id, '15');
    await bench.events();
    const joined = await bench.ok('PUT', `/contracts/${id}/family`, { head_id: head });
    expect(joined.family).toEqual({ role: 'member', head_id: head, dependent: true, members: 0, dependents: 0 });
    expect(await bench.ok('GET', `/contracts/${head}`)).toMatchObject({ family: { role: 'head', members: 1, dependents: 1 } });
    expect([await outgoing(bench, head), await outgoing(bench, id)]).toEqual(['125.00', '0.00']);
    expect((await bench.events()).map(({ type }) => type)).toEqual(['contract.changed']);
    expect((await bench.ok('GET', `/contracts/${id}/card`)).head).toMatchObject({ id: head, balance: '125.00' });
    expect((await bench.ok('GET', `/contracts/${head}/card`)).members).toMatchObject([{ id }]);
    await bench.ok('PUT', `/contracts/${id}/family`, { head_id: head, dependent: false });
    expect([await outgoing(bench, head), await outgoing(bench, id)]).toEqual(['100.00', '25.00']);
    const left = await bench.ok('PUT', `/contracts/${id}/family`, { head_id: null });
    expect(left.family.role).toBe('plain');
    expect(await bench.ok('GET', `/contracts/${head}`)).toMatchObject({ family: { role: 'plain' } });
    expect([await outgoing(bench, head), await outgoing(bench, id)]).toEqual(['100.00', '25.00']);
  });

  test('depth is one, closed money stays, and a version that was read before is refused', async () => {
    const [head, member, other] = [await bench.contract({ super_id: -1 }), await bench.contract(), await bench.contract()];
    await bench.ok('PUT', `/contracts/${member}/family`, { head_id: head });
    for (const [id, head_id] of [
      [other, member],
      [head, other],
      [other, other],
    ])
      expect(await bench.refusal('PUT', `/contracts/${id}/family`, { head_id }), `${id} ${head_id}`).toEqual({
        status: 409,
        code: 'CONFLICT',
        reason: 'family',
      });
    expect(await bench.refusal('PUT', `/contracts/${other}/family`, { head_id: 999_999 })).toMatchObject({ status: 404 });
    expect(await bench.refusal('PUT', `/contracts/${other}/family`, { head_id: head, version: 99 })).toMatchObject({ status: 412 });
    await pay(other, '5', bench.today.subtract({ months: 3 }));
    await bench.rows(`INSERT INTO closed_date (type_id, day) VALUES (0, $1)`, [bench.today.subtract({ months: 1 })]);
    expect(await bench.refusal('PUT', `/contracts/${other}/family`, { head_id: head })).toMatchObject({
      status: 409,
      reason: 'closed_period',
    });
    expect(await outgoing(bench, other)).toBe('5.00');
    await bench.rows('DELETE FROM closed_date');
  });

  test('a debt that comes along is told of the head; one that is taken over is gone from the member', async () => {
    const [head, id] = [await bench.contract({ title: 'в плюсе' }), await bench.contract({ title: 'должник' })];
    await pay(head, '10');
    await charge(id, '50');
    await bench.events();
    await bench.ok('PUT', `/contracts/${id}/family`, { head_id: head });
    expect((await bench.events()).map(({ type, data }) => [type, data.contractId])).toEqual([
      ['balance.below-limit', head],
      ['contract.changed', id],
    ]);
  });
});

test('whatever joins, leaves and pays, a month of a payer is the sum of the rows that count for it', async () => {
  const ids = [await bench.contract(), await bench.contract(), await bench.contract()];
  const move = fc.record({ who: fc.nat(2), head: fc.nat(3), dependent: fc.boolean() });
  const row = fc.record({ who: fc.nat(2), kopecks: fc.integer({ min: 1, max: 99_999 }), months: fc.nat(3), paid: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(move, row), { minLength: 1, maxLength: 8 }), async (steps) => {
      for (const step of steps) {
        const id = ids[step.who] ?? 0;
        if ('head' in step)
          // What the rules refuse changes nothing; that it is refused is tested above.
          await bench
            .write((tx, act) => changeFamily(tx, act, id, { superId: ids[step.head] ?? 0, subMode: step.dependent ? 0 : 1 }))
            .catch((error: { reason?: string }) => expect(error.reason).toBe('family'));
        else
          await (step.paid ? pay : charge)(
            id,
            `${Math.floor(step.kopecks / 100)}.${String(step.kopecks % 100).padStart(2, '0')}`,
            bench.today.subtract({ months: step.months }),
          );
      }
      const wrong = await bench.rows(
        `WITH rows AS (
           SELECT CASE WHEN c.super_id > 0 AND c.sub_mode = 0 THEN c.super_id ELSE c.contract_id END AS payer, m.month, m.payments, m.charges
           FROM contract c JOIN (
             SELECT contract_id, date_trunc('month', day)::date AS month, sum AS payments, 0 AS charges FROM contract_payment
             UNION ALL SELECT contract_id, date_trunc('month', day)::date, 0, sum FROM contract_charge) m USING (contract_id)
           WHERE c.contract_id = ANY ($1::int[])),
         sums AS (SELECT payer AS contract_id, month, sum(payments) AS payments, sum(charges) AS charges FROM rows GROUP BY 1, 2)
         SELECT * FROM sums s FULL JOIN (SELECT * FROM contract_balance WHERE contract_id = ANY ($1::int[])) b USING (contract_id, month)
         WHERE s.payments IS DISTINCT FROM b.payments OR s.charges IS DISTINCT FROM b.charges
           OR b.incoming <> COALESCE((SELECT sum(e.payments - e.charges) FROM sums e WHERE e.contract_id = s.contract_id AND e.month < s.month), 0)`,
        [ids],
      );
      expect(wrong).toEqual([]);
    }),
    { numRuns: 25 },
  );
}, 60_000);
