import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminClosedDateActions } from '../actions/admin-closed-date.ts';
import { contractBalanceActions } from '../actions/contract-balance.ts';
import { contractLimitActions } from '../actions/contract-limits.ts';
import { contractMoneyActions } from '../actions/contract-money.ts';
import type { Call } from '../catalogue/descriptor.ts';
import { actionArgs } from '../wire/action/args.ts';
import { createXmlWriter } from '../wire/action/xml-writer.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

const ACTIONS = {
  ...contractMoneyActions.actions,
  ...contractBalanceActions.actions,
  ...contractLimitActions.actions,
  ...adminClosedDateActions.actions,
};

/** Runs an action in a transaction. @returns the answer as XML. */
async function run(name: string, parameters: Record<string, string | number>): Promise<string> {
  const action = ACTIONS[name];
  if (!action) throw new Error(`there is no action ${name}`);
  const out = createXmlWriter();
  const pairs = new Map(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
  await bench.write((tx, act) => {
    const call: Call = { ...act, tx, db: tx, profile: '7', moduleId: undefined };
    return action(call, actionArgs(pairs, act.settings.timeZone), out);
  });
  return out.document();
}

const idIn = (xml: string): number => Number(/^<data[^>]* id="(\d+)"/.exec(xml)?.[1]);

describe('payments and charges', () => {
  test('are made, changed, listed and deleted; the id is an attribute of the root', async () => {
    const cid = await bench.contract({ title: 'Д-1' });
    const pt = await bench.paymentType({ title: 'Касса' });
    const made = await run('UpdateContractPayment', { cid, pt, date: '10.03.2026', summa: '100.5', comment: 'a&b', id: 'new' });
    const id = idIn(made);
    expect(id).toBeGreaterThan(0);
    expect(await run('ContractPayment', { id })).toContain(`<payment date="10.03.2026" summa="100.50" comment="a&amp;b" pt="${pt}"/>`);
    expect(idIn(await run('UpdateContractPayment', { cid, pt, date: '2026-03-11', summa: '7', id }))).toBe(id);
    const list = await run('ContractPayments', { cid, date1: '01.03.2026', date2: '' });
    expect(list).toContain(
      `<table summa="7.00"><data><row id="${id}" f0="${id}" f1="1" f2="11.03.2026" f3="7.00" f4="Касса" f5="a&amp;b" f6="15.03.2026 12:00:00" f7="alice"/></data></table>`,
    );
    expect(list).toContain('<sub_table summa="0.00"><data></data></sub_table>');
    expect(await run('ContractPayments', { cid, date1: '12.03.2026' })).toContain('<table summa="0.00">');
    await run('DeleteContractPayment', { cid, id });
    await expect(run('DeleteContractPayment', { cid, id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const chargeType = await bench.chargeType();
    expect(idIn(await run('UpdateContractCharge', { cid, pt: chargeType, date: '10.03.2026', summa: '1', id: '0' }))).toBeGreaterThan(0);
    await expect(run('UpdateContractCharge', { cid, pt: chargeType, summa: '1', external_id: 'x' })).rejects.toMatchObject({
      reason: 'external_id',
    });
  });

  test('with an external id are paid once', async () => {
    const [cid, pt] = [await bench.contract(), await bench.paymentType()];
    const sent = { cid, pt, date: '10.03.2026', summa: '5', external_id: 'A-1' };
    expect(idIn(await run('UpdateContractPayment', sent))).toBe(idIn(await run('UpdateContractPayment', sent)));
    await expect(run('UpdateContractPayment', { ...sent, summa: '6' })).rejects.toMatchObject({ code: 'CONFLICT', reason: 'external_id' });
  });

  test('id=new shows the types that may be used: those without a class first, then each class with its own', async () => {
    const folder = await bench.chargeType({ title: 'а класс', is_class: true });
    const inside = await bench.chargeType({ title: 'внутри', parent_id: folder });
    await bench.chargeType({ title: 'чужой', editable: false });
    await bench.chargeType({ title: 'пустой', is_class: true });
    const xml = await run('ContractCharge', { id: 'new' });
    const items = [...xml.matchAll(/<item id="(\d+)" title="([^"]*)" type="(\d)"\/>/g)].map(([, id, , type]) => [Number(id), type]);
    expect(items.slice(-2)).toEqual([
      [folder, '1'],
      [inside, '0'],
    ]);
    expect(items.slice(0, -2).every(([, type]) => type === '0')).toBe(true);
    expect(xml).not.toContain('чужой');
    expect(xml).not.toContain('пустой');
  });
});

describe('balances', () => {
  test('five lines a month, one line a month, and movements with their sign', async () => {
    const cid = await bench.contract({ title: 'Б-1' });
    const [pt, ct] = [await bench.paymentType({ title: 'Банк' }), await bench.chargeType({ title: 'Штраф' })];
    await run('UpdateContractPayment', { cid, pt, date: '10.01.2026', summa: '100' });
    await run('UpdateContractCharge', { cid, pt: ct, date: '05.03.2026', summa: '30.25', comment: 'за февраль' });
    const totals = 'summa1="0.00" summa2="100.00" summa3="0.00" summa4="30.25" summa5="69.75"';
    const lines = await run('ContractBalance', { cid });
    expect(lines).toContain(`<table ${totals}>`);
    expect(lines).toContain('<row f0="Январь 2026" f1="Приход" f2="100.00"/>');
    expect(lines).toContain('<row f0="Март 2026" f1="Исходящий остаток" f2="69.75"/>');
    expect(lines.match(/<row /g)).toHaveLength(10);
    const general = await run('ContractBalanceGeneral', { cid, date1: '01.02.2026', date2: '31.03.2026' });
    expect(general).toContain('<table summa1="100.00" summa2="0.00" summa3="0.00" summa4="30.25" summa5="69.75">');
    expect(general).toContain(
      '<row month="Март 2026" input_balance="100.00" payment="0.00" account="0.00" charge="30.25" output_balance="69.75"/>',
    );
    expect(await run('ContractBalanceGeneral', { cid, date1: '01.04.2026', date2: '30.04.2026' })).toContain('summa1="69.75"');
    expect(await run('ContractBalanceDetail', { cid })).toContain(
      '<table summa="69.75"><data><row contractTitle="Б-1" date="10.01.2026" type="Банк" summa="100.00" comment=""/>' +
        '<row contractTitle="Б-1" date="05.03.2026" type="Штраф" summa="-30.25" comment="за февраль"/></data></table>',
    );
    expect(await run('ContractAccounts', { cid })).toContain('<table summa="0.00">');
  });
});

describe('limits and closed dates', () => {
  test('a temporary limit is in the log and among the planned returns, which can be deleted', async () => {
    const cid = await bench.contract();
    await run('UpdateContractLimit', { cid, value: '-10', comment: 'насовсем' });
    await run('UpdateContractLimitPeriod', { cid, limit: '-20,5', period: 5, comment: 'на время' });
    const xml = await run('ContractLimit', { cid, pageIndex: 1, pageSize: 1 });
    expect(xml).toContain('<table limitValue="-20.50" pageCount="2" pageIndex="1" pageSize="1" recordCount="2">');
    expect(xml).toContain('<row f0="15.03.2026 12:00:00" f1="alice" f2="-20.50" comment="на время" days="5"/>');
    const [, id = ''] = /<table_lp><data><row id="(\d+)" f0="20.03.2026" f1="alice" f2="-10.00"\/>/.exec(xml) ?? [];
    await run('LimitChangeTaskDelete', { cid, id });
    expect(await run('ContractLimit', { cid })).toContain('<table_lp><data></data></table_lp>');
  });

  test('a closed date is set, read, moved back and taken away; it must be said', async () => {
    await run('SetClosedDate', { date: '31.01.2026', typeId: 0 });
    expect(await run('GetClosedDate', {})).toContain('<closed date="31.01.2026"/>');
    const [cid, pt] = [await bench.contract(), await bench.paymentType()];
    const payment = { cid, pt, date: '31.01.2026', summa: '1' };
    await expect(run('UpdateContractPayment', payment)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'closed_period' });
    await run('SetClosedDate', { date: '30.01.2026' });
    expect(idIn(await run('UpdateContractPayment', payment))).toBeGreaterThan(0);
    await expect(run('SetClosedDate', {})).rejects.toMatchObject({ reason: 'date' });
    await expect(run('SetClosedDate', { date: '', typeId: 9 })).rejects.toMatchObject({ reason: 'typeId' });
    await run('SetClosedDate', { date: '' });
    expect(await run('GetClosedDate', {})).toContain('<closed date=""/>');
  });
});
