import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SUMMA } from '../balance-figures.ts';
import { listDetail } from '../list-detail.ts';
import { listAccounts, listMoney } from '../list-money.ts';
import { money, moneyText } from '../money.ts';
import { moveBalance } from '../move-balance.ts';
import { EVER, listMonths, readBalance } from '../read-balance.ts';
import { CHARGES, saveCharge } from '../save-charge.ts';
import { PAYMENTS, savePayment } from '../save-payment.ts';
import type { ContractRow } from '../sql/contracts.ts';
import { type BillingBench, openBilling, SETTINGS } from './support/billing-bench.ts';

let bench: BillingBench;
let type: number;
let chargeType: number;
beforeAll(async () => {
  bench = await openBilling();
  type = await bench.paymentType({ title: 'Касса' });
  chargeType = await bench.chargeType({ title: 'Штраф', payback: true });
});
afterAll(() => bench.stop());

const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
const pay = (contractId: number, sum: string, on = '2026-03-15') =>
  bench.write((tx, act) => savePayment(tx, act, { contractId, typeId: type, sum: money(sum), day: day(on) }));
const charge = (contractId: number, sum: string, on = '2026-03-15') =>
  bench.write((tx, act) => saveCharge(tx, act, { contractId, typeId: chargeType, sum: money(sum), day: day(on) }));
const db = () => bench.database.work;
const plain = (id: number): Pick<ContractRow, 'id' | 'superId' | 'subMode'> => ({ id, superId: 0, subMode: 0 });

/** An amount accrued for a service, as the fees of a month are. */
async function accrue(contractId: number, month: string, sum: string): Promise<number> {
  const [module] = await bench.rows<{ id: number }>(
    "INSERT INTO billing_module (name, title) VALUES ('npay', 'm') RETURNING module_id AS id",
  );
  const [service] = await bench.rows<{ id: number }>(
    "INSERT INTO billing_service (module_id, title) VALUES ($1, 'Интернет') RETURNING service_id AS id",
    [module?.id ?? 0],
  );
  const first = day(month);
  await bench.rows('INSERT INTO contract_account (contract_id, month, service_id, object_id, sum, until) VALUES ($1, $2, $3, 1, $4, $5)', [
    contractId,
    first,
    service?.id ?? 0,
    sum,
    first.with({ day: 20 }),
  ]);
  await bench.write((tx) => moveBalance(tx, contractId, first, { accounts: money(sum) }));
  return service?.id ?? 0;
}

async function reserve(contractId: number, sum: string, from: string, to: string | null, closed: string | null = null): Promise<void> {
  const reserveType = await bench.reserveType();
  await bench.rows(
    'INSERT INTO contract_reserve (contract_id, type_id, sum, date_from, date_to, closed_on) VALUES ($1, $2, $3, $4, $5, $6)',
    [contractId, reserveType, sum, day(from), to && day(to), closed && day(closed)],
  );
}

describe('the figures of a balance', () => {
  test('available = outgoing - limit - reserve; numbered in the order of the original', async () => {
    const contract = await bench.contract({ balance_limit: '-50' });
    await pay(contract, '100', '2026-02-01');
    await pay(contract, '10');
    await charge(contract, '30.50');
    await accrue(contract, '2026-03-01', '4.25');
    await reserve(contract, '7', '2026-03-01', '2026-03-15');
    await reserve(contract, '8', '2026-03-01', '2026-03-14');
    await reserve(contract, '9', '2026-03-01', null, '2026-03-15');
    const figures = await readBalance(db(), bench.act(), plain(contract), bench.today);
    const shown = Object.entries(SUMMA).map(([name, field]) => [name, moneyText(figures[field])]);
    expect(shown).toEqual([
      ['summa1', '100.00'],
      ['summa2', '10.00'],
      ['summa3', '4.25'],
      ['summa4', '30.50'],
      ['summa5', '75.25'],
      ['summa6', '118.25'],
      ['summa7', '7.00'],
    ]);
    const later = await readBalance(db(), bench.act(), plain(contract), day('2026-05-10'));
    expect([later.incoming, later.payments, later.outgoing].map(moneyText)).toEqual(['75.25', '0.00', '75.25']);
    expect(
      (await listMonths(db(), bench.act(), plain(contract), EVER)).map(({ month, outgoing, reserve: held }) => [
        String(month),
        moneyText(outgoing),
        moneyText(held),
      ]),
    ).toEqual([
      ['2026-02-01', '100.00', '0.00'],
      ['2026-03-01', '75.25', '7.00'],
    ]);
    expect(await listMonths(db(), bench.act(), plain(contract), { from: day('2026-03-31'), to: null })).toHaveLength(1);
  });

  test('of a dependent member are those of its head, with what is reserved in the family', async () => {
    const head = await bench.contract({ super_id: -1, balance_limit: '-1' });
    const member = await bench.contract({ super_id: head, balance_limit: '-1000' });
    await pay(member, '20');
    await reserve(member, '5', '2026-03-01', null);
    const figures = await readBalance(db(), bench.act(), { id: member, superId: head, subMode: 0 }, bench.today);
    expect([figures.outgoing, figures.reserve, figures.available].map(moneyText)).toEqual(['20.00', '5.00', '16.00']);
  });

  test('of a contract without any movement are zeros', async () => {
    const contract = await bench.contract({ balance_limit: '-3' });
    const { outgoing, available } = await readBalance(db(), bench.act(), plain(contract), bench.today);
    expect([outgoing, available].map(moneyText)).toEqual(['0.00', '3.00']);
    expect(await listMonths(db(), bench.act(), plain(contract), EVER)).toEqual([]);
  });
});

describe('lists', () => {
  test('show own rows (1), those of sub-contracts (3) or both (2), oldest first, with their sum', async () => {
    const head = await bench.contract({ super_id: -1 });
    const [dependent, independent] = [
      await bench.contract({ super_id: head, groups: 2n }),
      await bench.contract({ super_id: head, sub_mode: 1 }),
    ];
    await pay(head, '1', '2026-03-10');
    await pay(dependent, '2', '2026-03-09');
    await pay(independent, '4', '2026-03-11');
    const shown = async (members: number, fence = bench.act().fence) => {
      const { rows, total } = await listMoney(db(), bench.act({ fence }), PAYMENTS, { contractId: head, members, ...EVER });
      return [...rows.map(({ sum }) => sum), moneyText(total)];
    };
    expect(await shown(1)).toEqual(['1.00', '1.00']);
    expect(await shown(0)).toEqual(['1.00', '1.00']);
    expect(await shown(2)).toEqual(['2.00', '1.00', '4.00', '7.00']);
    expect(await shown(3)).toEqual(['2.00', '4.00', '6.00']);
    expect(await shown(2, { someOf: 0n, noneOf: 2n, domains: null, parameters: new Map() })).toEqual(['1.00', '4.00', '5.00']);
    await expect(shown(4)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'members' });
  });

  test('of a period hold its first and its last day; of charges those of one type; paybacks are marked', async () => {
    const contract = await bench.contract();
    for (const on of ['2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01']) await charge(contract, '1', on);
    const span = { from: day('2026-03-01'), to: day('2026-03-31') };
    const wanted = { contractId: contract, members: 1, ...span };
    const { rows } = await listMoney(db(), bench.act(), CHARGES, wanted);
    expect(rows.map((row) => [String(row.day), row.payback])).toEqual([
      ['2026-03-01', true],
      ['2026-03-31', true],
    ]);
    expect((await listMoney(db(), bench.act(), CHARGES, wanted, chargeType)).rows).toHaveLength(2);
    expect((await listMoney(db(), bench.act(), CHARGES, wanted, chargeType + 1_000)).rows).toHaveLength(0);
    await expect(listMoney(db(), bench.act(), CHARGES, { ...wanted, from: span.to, to: span.from })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  });

  test('of accounts are by service and month', async () => {
    const contract = await bench.contract();
    const service = await accrue(contract, '2026-03-01', '12.34');
    await accrue(contract, '2026-02-01', '1.00');
    const wanted = { contractId: contract, members: 1, from: day('2026-03-31'), to: null };
    const { rows, total } = await listAccounts(db(), bench.act(), wanted);
    expect(rows).toMatchObject([{ serviceId: service, serviceTitle: 'Интернет', sum: '12.34', month: day('2026-03-01') }]);
    expect(moneyText(total)).toBe('12.34');
  });

  test('of more rows than are answered at once are refused', async () => {
    const contract = await bench.contract();
    for (let at = 0; at < 3; at += 1) await pay(contract, '1');
    const shown = (mostRows: number) =>
      listMoney(db(), bench.act({ settings: { ...SETTINGS, mostRows } }), PAYMENTS, { contractId: contract, members: 1, ...EVER });
    expect((await shown(3)).rows).toHaveLength(3);
    await expect(shown(2)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'too_many_rows' });
  });
});

describe('the detail list', () => {
  test('begins with what there was, runs, and names each kind', async () => {
    const contract = await bench.contract({ title: 'Д-9', balance_limit: '-10' });
    await pay(contract, '100', '2026-01-31');
    await charge(contract, '20', '2026-03-05');
    await pay(contract, '1', '2026-03-10');
    await accrue(contract, '2026-03-01', '3');
    await reserve(contract, '7', '2026-03-02', '2026-03-11');
    const shown = async (from: string | null, available: boolean) =>
      (await listDetail(db(), bench.act(), { contractId: contract, from: from === null ? null : day(from), to: null, available })).map(
        ({ kind, day: on, title, sum, after }) => [kind, String(on), title, moneyText(sum), moneyText(after)],
      );
    expect(await shown('2026-03-06', false)).toEqual([
      [0, '2026-03-06', 'Входящий остаток', '80.00', '80.00'],
      [1, '2026-03-10', 'Касса', '1.00', '81.00'],
      [2, '2026-03-20', 'Интернет', '-3.00', '78.00'],
    ]);
    expect((await shown(null, false)).map(([kind, , , , after]) => [kind, after])).toEqual([
      [1, '100.00'],
      [3, '80.00'],
      [1, '81.00'],
      [2, '78.00'],
    ]);
    const available = await shown('2026-03-06', true);
    expect(available.map(([kind, on, , sum, after]) => [kind, on, sum, after])).toEqual([
      [0, '2026-03-06', '83.00', '83.00'],
      [1, '2026-03-10', '1.00', '84.00'],
      [4, '2026-03-12', '7.00', '91.00'],
      [2, '2026-03-20', '-3.00', '88.00'],
    ]);
    expect(moneyText((await readBalance(db(), bench.act(), plain(contract), bench.today)).available)).toBe('88.00');
  });
});
