import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HubError } from '../../core/errors.ts';
import { deleteCharge } from '../delete-charge.ts';
import { deletePayment } from '../delete-payment.ts';
import { listDetail } from '../list-detail.ts';
import { type Money, money, moneyText, parseMoney } from '../money.ts';
import { monthBalance, outgoingOf } from '../move-balance.ts';
import { readBalance } from '../read-balance.ts';
import { saveCharge } from '../save-charge.ts';
import { savePayment } from '../save-payment.ts';
import { setClosedDate } from '../set-closed-date.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
let types: { payment: number; charge: number };
beforeAll(async () => {
  bench = await openBilling();
  types = { payment: await bench.paymentType(), charge: await bench.chargeType() };
});
afterAll(() => bench.stop());

const FIRST = Temporal.PlainDate.from('2025-11-01');
const LENGTH = 8;
const MONTHS = Array.from({ length: LENGTH }, (_, at) => FIRST.add({ months: at }));

/** Contracts of a run: a head, two dependent members of it, an independent one. Their payers, by place. */
const PAYERS = [0, 0, 0, 3];

async function family(): Promise<number[]> {
  const head = await bench.contract({ super_id: -1 });
  return [
    head,
    await bench.contract({ super_id: head }),
    await bench.contract({ super_id: head }),
    await bench.contract({ super_id: head, sub_mode: 1 }),
  ];
}

type Kind = 'payment' | 'charge';
interface Row {
  readonly kind: Kind;
  readonly contract: number;
  readonly day: Temporal.PlainDate;
  readonly sum: Money;
}

type Step =
  | ({ readonly do: 'add' } & Row)
  | { readonly do: 'change'; readonly row: number; readonly day: Temporal.PlainDate; readonly sum: Money }
  | { readonly do: 'delete'; readonly row: number }
  | { readonly do: 'close'; readonly of: number; readonly day: Temporal.PlainDate | undefined };

const day = fc.nat(LENGTH * 28).map((days) => FIRST.add({ days }));
const sum = fc.bigInt(-10_000_00n, 10_000_00n).filter((amount) => amount !== 0n);
const adds = fc.record({
  do: fc.constant('add' as const),
  kind: fc.constantFrom<Kind>('payment', 'charge'),
  contract: fc.nat(3),
  day,
  sum,
});
const changes = fc.record({ do: fc.constant('change' as const), row: fc.nat(20), day, sum });
const deletes = fc.record({ do: fc.constant('delete' as const), row: fc.nat(20) });
const closes = fc.record({ do: fc.constant('close' as const), of: fc.nat(2), day: fc.option(day, { nil: undefined }) });
const open: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: adds },
  { weight: 2, arbitrary: changes },
  { weight: 1, arbitrary: deletes },
);

const add = ({ kind, contract, ...row }: Row, ids: readonly number[]): Promise<number> =>
  bench.write(async (tx, act) => {
    const input = { contractId: ids[contract], typeId: types[kind], ...row };
    return kind === 'payment' ? ((await savePayment(tx, act, input)).ids[0] ?? 0) : saveCharge(tx, act, input);
  });
const change = (id: number, { kind }: Row, to: { day: Temporal.PlainDate; sum: Money }): Promise<unknown> =>
  bench.write<unknown>((tx, act) => (kind === 'payment' ? savePayment(tx, act, { id, ...to }) : saveCharge(tx, act, { id, ...to })));
const remove = (id: number, { kind }: Row): Promise<unknown> =>
  bench.write((tx, act) => (kind === 'payment' ? deletePayment(tx, act, { id }) : deleteCharge(tx, act, { id })));

/** What should be: the rows that there are, and up to when each kind is closed (0 all, 1 payments, 2 charges). */
class Model {
  readonly rows = new Map<number, Row>();
  readonly closed = new Map<number, Temporal.PlainDate>();

  isClosed(kind: Kind, on: Temporal.PlainDate): boolean {
    return [0, kind === 'payment' ? 1 : 2].some((of) => {
      const last = this.closed.get(of);
      return last !== undefined && Temporal.PlainDate.compare(on, last) <= 0;
    });
  }

  sumOf(payer: number, month: Temporal.PlainDate, kind: Kind): Money {
    let all = 0n;
    for (const row of this.rows.values())
      if (PAYERS[row.contract] === payer && row.kind === kind && row.day.with({ day: 1 }).equals(month)) all += row.sum;
    return all;
  }
}

/** Runs a step on the database and on the model. Refused is what touches a closed day, and nothing else. */
async function step(model: Model, ids: readonly number[], act: Step): Promise<void> {
  const places = [...model.rows.keys()];
  const closedOr = async (isClosed: boolean, work: () => Promise<void>): Promise<void> => {
    if (!isClosed) return work();
    const error = await work().then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ code: 'CONFLICT', reason: 'closed_period' });
  };
  if (act.do === 'close') {
    await bench.write((tx, who) => setClosedDate(tx, who, act.of, act.day));
    if (act.day) model.closed.set(act.of, act.day);
    else model.closed.delete(act.of);
    return;
  }
  if (act.do === 'add') {
    const { do: _, ...row } = act;
    await closedOr(model.isClosed(row.kind, row.day), async () => {
      model.rows.set((await add(row, ids)) * (row.kind === 'payment' ? 1 : -1), row);
    });
    return;
  }
  const key = places[act.row % Math.max(places.length, 1)];
  const row = key === undefined ? undefined : model.rows.get(key);
  if (key === undefined || row === undefined) return;
  if (act.do === 'delete') {
    await closedOr(model.isClosed(row.kind, row.day), async () => {
      await remove(Math.abs(key), row);
      model.rows.delete(key);
    });
    return;
  }
  await closedOr(model.isClosed(row.kind, row.day) || model.isClosed(row.kind, act.day), async () => {
    await change(Math.abs(key), row, act);
    model.rows.set(key, { ...row, day: act.day, sum: act.sum });
  });
}

/** Every month of every payer is what the rows make it, and carries on (2.15, 1 and 2). */
async function compare(model: Model, ids: readonly number[]): Promise<void> {
  for (const [payer, contractId] of ids.entries()) {
    let incoming = 0n;
    for (const month of MONTHS) {
      const [payments, charges] = [model.sumOf(payer, month, 'payment'), model.sumOf(payer, month, 'charge')];
      const found = await monthBalance(bench.database.work, contractId, month);
      expect(found, `${contractId} ${month}`).toEqual({ month, incoming, payments, accounts: 0n, charges });
      incoming = outgoingOf(found);
    }
  }
  const stored = await bench.rows<{ bad: number }>(
    `SELECT count(*) AS bad FROM contract_balance b WHERE contract_id = ANY ($1) AND incoming <> COALESCE(
       (SELECT e.incoming + e.payments - e.accounts - e.charges FROM contract_balance e WHERE e.contract_id = b.contract_id AND e.month < b.month ORDER BY e.month DESC LIMIT 1), 0)`,
    [ids],
  );
  expect(stored[0]?.bad).toBe(0);
}

/** The detail list ends with what the balance is, and its sum after each line runs. */
async function compareDetail(contractId: number): Promise<void> {
  const act = bench.act();
  const to = FIRST.add({ months: LENGTH }).subtract({ days: 1 });
  const lines = await listDetail(bench.database.work, act, { contractId, from: null, to, available: false });
  let after = 0n;
  for (const line of lines) {
    after += line.sum;
    expect(line.after).toBe(after);
  }
  const contract = { id: contractId, superId: 0, subMode: 0 as const };
  expect(moneyText(after)).toBe(moneyText((await readBalance(bench.database.work, act, contract, to)).outgoing));
}

const runs = { numRuns: 25, endOnFailure: true };

describe('for any sequence of money operations', () => {
  test('the identity holds for every month of every contract, and a month is the sum of its rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(open, { minLength: 1, maxLength: 20 }), async (steps) => {
        const [model, ids] = [new Model(), await family()];
        for (const one of steps) await step(model, ids, one);
        await compare(model, ids);
        for (const id of [ids[0], ids[3]]) await compareDetail(id ?? 0);
      }),
      runs,
    );
  }, 90_000);

  test('nothing dated in a closed period changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 3, arbitrary: open }, { weight: 1, arbitrary: closes }), { minLength: 1, maxLength: 20 }),
        async (steps) => {
          const [model, ids] = [new Model(), await family()];
          for (const one of steps) await step(model, ids, one);
          await compare(model, ids);
          for (const of of [0, 1, 2]) await bench.write((tx, act) => setClosedDate(tx, act, of, undefined));
        },
      ),
      runs,
    );
  }, 90_000);

  test('a row that is added and then deleted leaves every balance as it was, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(open, { maxLength: 8 }), adds, async (steps, { do: _, ...row }) => {
        const [model, ids] = [new Model(), await family()];
        for (const one of steps) await step(model, ids, one);
        const balances = () => bench.rows('SELECT * FROM contract_balance WHERE contract_id = ANY ($1) ORDER BY contract_id, month', [ids]);
        const before = await balances();
        await remove(await add(row, ids), row);
        expect(await balances()).toEqual(before);
      }),
      runs,
    );
  }, 90_000);
});

test('money reads back as it was written; an amount that comes in has at most 13 digits', () => {
  fc.assert(fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), (amount) => money(moneyText(amount)) === amount));
  fc.assert(fc.property(fc.bigInt(-(10n ** 15n) + 1n, 10n ** 15n - 1n), (amount) => parseMoney(moneyText(amount)) === amount));
  for (const text of ['', '-', '1.', '.5', '1.234', '1e3', '0x1', '1,5', '10000000000000', '١', 'NaN', 'Infinity', '--1', '1 2'])
    expect(parseMoney(text), text).toBeUndefined();
});
