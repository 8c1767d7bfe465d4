import { MODULES } from '../../directories/modules.ts';
import { parseMoney } from '../../money.ts';
import { saveContractTariff } from '../../save-contract-tariff.ts';
import { addEntry } from '../../save-entry.ts';
import { savePayment } from '../../save-payment.ts';
import { saveService } from '../../save-service.ts';
import { saveServiceObject } from '../../save-service-object.ts';
import { saveTariffPlan } from '../../save-tariff-plan.ts';
import { setTariffPrices } from '../../set-tariff-prices.ts';
import type { BillingBench } from './billing-bench.ts';

export const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);

export const npayModule = async (bench: BillingBench, settings: Record<string, unknown> = {}): Promise<number> =>
  (await bench.write((tx, act) => addEntry(tx, act, MODULES, { kind: 'npay', title: 'Абонплата', settings }))).id;

export const service = (bench: BillingBench, moduleId: number): Promise<number> =>
  bench.write((tx, act) => saveService(tx, act, { id: 0, moduleId, title: 'Интернет', unit: 0, used: true }));

/** A plan with one price for a month. */
export async function plan(bench: BillingBench, serviceId: number, price: string): Promise<number> {
  return bench.write(async (tx, act) => {
    const id = await saveTariffPlan(tx, act, {
      id: 0,
      title: `Тариф ${price}`,
      titleWeb: '',
      useTitleInWeb: false,
      used: true,
      personType: -1,
      groups: '0',
      titleMask: '',
      config: '',
    });
    await setTariffPrices(tx, act, id, [{ serviceId, unit: 'month', price, dateFrom: null, dateTo: null }]);
    return id;
  });
}

export const tariff = (bench: BillingBench, contractId: number, planId: number, from: string, to?: string): Promise<number> =>
  bench.write((tx, act) => saveContractTariff(tx, act, { id: 0, contractId, planId, dateFrom: day(from), dateTo: to ? day(to) : null }));

export const object = (
  bench: BillingBench,
  contractId: number,
  serviceId: number,
  from: string,
  more: { to?: string; count?: number; id?: number } = {},
): Promise<number> =>
  bench.write((tx, act) =>
    saveServiceObject(tx, act, {
      id: more.id ?? 0,
      contractId,
      serviceId,
      objectId: 0,
      count: more.count ?? 1,
      dateFrom: day(from),
      dateTo: more.to ? day(more.to) : null,
      comment: '',
    }),
  );

export const attach = (bench: BillingBench, contractId: number, moduleId: number) =>
  bench.rows('INSERT INTO contract_module (contract_id, module_id) VALUES ($1, $2)', [contractId, moduleId]);

/** Pays on the bench's day. */
export async function pay(bench: BillingBench, contractId: number, sum: string, typeId: number): Promise<number> {
  const [id = 0] = (await bench.write((tx, act) => savePayment(tx, act, { contractId, typeId, sum: parseMoney(sum) }))).ids;
  return id;
}

/** Months with what was accrued in them, and the balance at the end of the last one. */
export async function accounts(bench: BillingBench, contractId: number): Promise<Record<string, string>> {
  const rows = await bench.rows<{ month: Temporal.PlainDate; sum: string }>(
    'SELECT month, accounts AS sum FROM contract_balance WHERE contract_id = $1 AND accounts <> 0 ORDER BY month',
    [contractId],
  );
  return Object.fromEntries(rows.map(({ month, sum }) => [month.toString().slice(0, 7), sum]));
}

export async function outgoing(bench: BillingBench, contractId: number): Promise<string> {
  const [row] = await bench.rows<{ sum: string }>(
    'SELECT incoming + payments - accounts - charges AS sum FROM contract_balance WHERE contract_id = $1 ORDER BY month DESC LIMIT 1',
    [contractId],
  );
  return row?.sum ?? '0.00';
}

export async function statusOf(bench: BillingBench, contractId: number): Promise<number> {
  const [row] = await bench.rows<{ status: number }>('SELECT status FROM contract WHERE contract_id = $1', [contractId]);
  return row?.status ?? -1;
}
