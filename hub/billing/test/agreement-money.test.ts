import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  agree,
  amount,
  anyDay,
  anySum,
  anyText,
  below,
  dayOfIso,
  dayOfRussian,
  type FiveWays,
  listOf,
  one,
  openFiveWays,
  type Row,
} from './support/five-ways.ts';

/** A read through XML actions, SOAP, JSON, REST and the views of the database agrees field by field (spec billing 2.15, property 9): payments, charges and months. */
let ways: FiveWays;
let types: { payment: number; charge: number };

const PAYMENTS = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const CHARGES = 'ru.bitel.bgbilling.kernel.contract.balance/ChargeService';
const BALANCES = 'ru.bitel.bgbilling.kernel.contract.balance/BalanceService';
const ALL_TIME = { date1: '01.01.2020', date2: '31.12.2030' };

beforeAll(async () => {
  ways = await openFiveWays();
  const type = async (table: string): Promise<number> =>
    (await ways.faces.rows<{ id: number }>(`INSERT INTO ${table} (title) VALUES ('Касса') RETURNING type_id AS id`))[0]?.id ?? 0;
  types = { payment: await type('payment_type'), charge: await type('charge_type') };
});
afterAll(() => ways.faces.stop());

const rowsOf = fc.array(fc.record({ date: anyDay, sum: anySum, comment: anyText }), { maxLength: 4 });
const scene = fc.record({ payments: rowsOf, charges: rowsOf });
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

let made = 0;
async function build({ payments, charges }: Scene): Promise<number> {
  made += 1;
  const [row] = await ways.faces.rows<{ id: number }>(
    `INSERT INTO contract (title, date_from) VALUES ('money ${made}', '2020-01-02') RETURNING contract_id AS id`,
  );
  const contractId = row?.id ?? 0;
  for (const payment of payments)
    await ways.json(PAYMENTS, 'paymentUpdate', { payment: { contractId, typeId: types.payment, ...payment } });
  for (const charge of charges) await ways.json(CHARGES, 'chargeUpdate', { charge: { contractId, typeId: types.charge, ...charge } });
  return contractId;
}

/** Payments and charges are shown alike. */
async function moneyAgrees(id: number, kind: 'payment' | 'charge'): Promise<void> {
  const rows = await ways.view(
    kind,
    `${kind}_id AS id, contract_id, type_id, date::text, sum, comment, operator_id, login, date_trunc('second', changed_at) AS at`,
    id,
    '1',
  );
  const seconds = (at: unknown) => Temporal.Instant.from(String(at)).round({ smallestUnit: 'second', roundingMode: 'floor' }).toString();
  const stored = rows.map((row) => ({ ...row, at: seconds(row['at']) }));
  const byId = (a: Row, b: Row): number => Number(a['id']) - Number(b['id']);
  const service = kind === 'payment' ? PAYMENTS : CHARGES;
  const table = one(
    await ways.action('contract', kind === 'payment' ? 'ContractPayments' : 'ContractCharges', { cid: String(id), ...ALL_TIME }),
    'table',
  );
  const beans = await ways.soap(service, `${kind}List`, `<contractId>${id}</contractId><members>0</members>`);
  const list = await ways.json(service, `${kind}List`, { contractId: id, members: 0 });
  const page = await ways.rest(`/${kind}s?contract_id=${id}&limit=100`);
  const moscow = (text_: string): string => {
    const [date = '', time = ''] = text_.split(' ');
    return Temporal.PlainDateTime.from(`${dayOfRussian(date)}T${time}`)
      .toZonedDateTime('Europe/Moscow')
      .toInstant()
      .toString();
  };
  agree(stored, {
    A: below(table, 'row')
      .map(({ attributes: { id: number = '', f2, f3, f5, f6 = '', f7 } }) => ({
        id: Number(number),
        date: dayOfRussian(f2),
        sum: f3,
        comment: f5,
        at: moscow(f6),
        login: f7,
      }))
      .sort(byId),
    B: beans
      .map((bean) => ({
        id: Number(bean['id']),
        contract_id: Number(bean['contractId']),
        type_id: Number(bean['typeId']),
        date: dayOfIso(bean['date']),
        sum: bean['sum'],
        comment: bean['comment'] ?? '',
        operator_id: Number(bean['userId']),
        at: seconds(bean['timeChange']),
      }))
      .sort(byId),
    C: listOf(list)
      .map((bean) => ({
        id: bean.id,
        contract_id: bean.contractId,
        type_id: bean.typeId,
        date: dayOfIso(bean.date),
        sum: amount(bean.sum),
        comment: bean.comment,
        operator_id: bean.userId,
        at: seconds(bean.timeChange),
      }))
      .sort(byId),
    REST: listOf(page.items)
      .map((item) => ({
        id: item.id,
        contract_id: item.contract_id,
        type_id: item.type_id,
        date: item.date,
        sum: item.sum,
        comment: item.comment,
        operator_id: item.operator_id,
        login: item.login,
        at: seconds(item.changed_at),
      }))
      .sort(byId),
  });
}

async function monthsAgree(id: number): Promise<void> {
  const rows = await ways.view('contract_balance', 'year, month, incoming, payments, accounts, charges, outgoing', id, 'year, month');
  const table = await ways.action('contract', 'ContractBalanceGeneral', { cid: String(id), ...ALL_TIME });
  agree(
    rows,
    // Months without movement stand between the others here.
    {
      A: below(one(table, 'table'), 'row')
        .filter(({ attributes }) => ['payment', 'account', 'charge'].some((name) => Number(attributes[name]) !== 0))
        .map(({ attributes }) => ({
          incoming: attributes['input_balance'],
          payments: attributes['payment'],
          accounts: attributes['account'],
          charges: attributes['charge'],
          outgoing: attributes['output_balance'],
        })),
    },
  );
  for (const row of rows) {
    const { year, month } = row as { year: number; month: number };
    const [bean] = await ways.soap(
      BALANCES,
      'contractBalanceGet',
      `<contractId>${id}</contractId><year>${year}</year><month>${month}</month>`,
    );
    const json_ = await ways.json(BALANCES, 'contractBalanceGet', { contractId: id, year, month });
    const shown = await ways.rest(`/balances/month?contract_id=${id}&month=${year}-${String(month).padStart(2, '0')}`);
    agree([row], {
      B: [
        {
          year: Number(bean?.['year']),
          month: Number(bean?.['month']),
          incoming: bean?.['incomingSaldo'],
          payments: bean?.['payments'],
          accounts: bean?.['accounts'],
          charges: bean?.['charges'],
        },
      ],
      C: [
        {
          year: json_.year,
          month: json_.month,
          incoming: amount(json_.incomingSaldo),
          payments: amount(json_.payments),
          accounts: amount(json_.accounts),
          charges: amount(json_.charges),
        },
      ],
      REST: [
        {
          incoming: shown.incoming,
          payments: shown.payments,
          accounts: shown.accounts,
          charges: shown.charges,
          outgoing: shown.outgoing,
        },
      ],
    });
  }
}

test('a read through each of the five ways agrees with the others, field by field', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const id = await build(given);
      for (const [kind, rows] of [
        ['payment', given.payments],
        ['charge', given.charges],
      ] as const) {
        const stored = await ways.faces.rows(`SELECT count(*)::int AS n FROM billing_read.${kind} WHERE contract_id = ${id}`);
        expect(stored).toEqual([{ n: rows.length }]);
        await moneyAgrees(id, kind);
      }
      await monthsAgree(id);
    }),
    { numRuns: 12 },
  );
}, 180_000);
