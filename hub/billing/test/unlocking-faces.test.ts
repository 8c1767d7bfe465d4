import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Faces, openFaces } from './support/faces.ts';

const PAYMENTS = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const STATUSES = 'ru.bitel.bgbilling.kernel.contract.api/ContractStatusService';

let faces: Faces;
let [typeId, moduleId] = [0, 0];
const idOf = async (text: string, values: readonly (string | number)[] = []): Promise<number> =>
  (await faces.rows<{ id: number }>(text, values))[0]?.id ?? 0;

beforeAll(async () => {
  faces = await openFaces();
  typeId = await idOf("INSERT INTO payment_type (title) VALUES ('Касса') RETURNING type_id AS id");
  moduleId = await idOf(
    `INSERT INTO billing_module (name, title, settings) VALUES ('npay', 'Абонплата', '{"manage": true}') RETURNING module_id AS id`,
  );
});
afterAll(() => faces.stop());

let made = 0;
/** A debit contract of the managing instance, closed by an operator over JSON. */
async function locked(): Promise<number> {
  made += 1;
  const id = await idOf("INSERT INTO contract (title, mode, date_from) VALUES ($1, 1, '2020-01-01') RETURNING contract_id AS id", [
    `L-${made}`,
  ]);
  await faces.rows('INSERT INTO contract_module (contract_id, module_id) VALUES ($1, $2)', [id, moduleId]);
  const params = { contractId: [id], objectId: 0, statusId: 3, dateFrom: new Date().toISOString().slice(0, 10), confirmChecked: true };
  expect(await faces.json(STATUSES, 'changeContractStatus', params)).toMatchObject({ status: 'ok' });
  expect(await statusOf(id)).toBe(3);
  return id;
}
const statusOf = (id: number): Promise<number> => idOf('SELECT status AS id FROM contract WHERE contract_id = $1', [id]);
const today = (): string => new Date().toISOString().slice(0, 10);

const PAY: Record<string, (id: number) => Promise<unknown>> = {
  action: (id) =>
    faces.action('contract', 'UpdateContractPayment', {
      cid: String(id),
      id: 'new',
      pt: String(typeId),
      summa: '10.00',
      date: today(),
      comment: '',
    }),
  json: (id) => faces.json(PAYMENTS, 'paymentUpdate', { payment: { contractId: id, typeId, sum: 10, date: today() } }),
  soap: (id) =>
    faces.soap(PAYMENTS, 'paymentUpdate', `<payment id="0" contractId="${id}" typeId="${typeId}" date="${today()}" sum="10.00"/>`),
};

describe('a payment unlocks, whichever face it came through (spec 2.11)', () => {
  test.each(Object.keys(PAY))('%s', async (protocol) => {
    const id = await locked();
    await PAY[protocol]?.(id);
    expect(await statusOf(id)).toBe(0);
    const events = await faces.rows<{ type: string; data: Record<string, unknown> }>(
      "SELECT type, data FROM event WHERE subject = $1 AND type = 'vestnik.billing.contract.status-changed' ORDER BY id",
      [`contract/${id}`],
    );
    expect(events.map(({ data }) => [data['status'], data['reason'], data['protocol']])).toEqual([
      [3, 'manual', 'json'],
      [0, 'payment', protocol],
    ]);
  });

  test('of several at once each counts, and one of them unlocks', async () => {
    const id = await locked();
    await Promise.all(Array.from({ length: 12 }, (_, number) => Object.values(PAY)[number % 3]?.(id)));
    const [row] = await faces.rows<{ payments: string }>('SELECT payments FROM contract_balance WHERE contract_id = $1', [id]);
    expect(row?.payments).toBe('120.00');
    const periods = await faces.rows('SELECT 1 FROM contract_status_log WHERE contract_id = $1 AND reason = $2', [id, 'payment']);
    expect(periods).toHaveLength(1);
  });
});

describe('several contracts in one call', () => {
  test('those before the one that fails stay changed, and the answer names them', async () => {
    const [first, last] = [await locked(), await locked()];
    const answer = await faces.json(STATUSES, 'changeContractStatus', {
      contractId: [first, 999_999, last],
      objectId: 0,
      statusId: 2,
      dateFrom: today(),
      confirmChecked: true,
    });
    expect(answer).toMatchObject({ status: 'error', message: expect.stringContaining(`Выполнено для договоров: ${first}`) });
    expect([await statusOf(first), await statusOf(last)]).toEqual([2, 3]);
  });
});
