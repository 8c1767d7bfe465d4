import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contractModuleActions } from '../actions/contract-modules.ts';
import { contractStatusActions } from '../actions/contract-status.ts';
import { contractTariffActions } from '../actions/contract-tariffs.ts';
import { npayActions } from '../actions/npay.ts';
import { serviceActions } from '../actions/service.ts';
import { tariffActions } from '../actions/tariff.ts';
import { changeStatus } from '../change-status.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { actionsOn } from './support/bindings.ts';
import { day, npayModule, service } from './support/fees.ts';

let bench: BillingBench;
let run: ReturnType<typeof actionsOn>;
let [mid, sid] = [0, 0];
beforeAll(async () => {
  bench = await openBilling();
  run = actionsOn(bench, contractModuleActions, contractStatusActions, contractTariffActions, npayActions, serviceActions, tariffActions);
  mid = await npayModule(bench);
  sid = await service(bench, mid);
});
afterAll(() => bench.stop());

const idOf = async (table: string, column: string): Promise<number> =>
  (await bench.rows<{ id: number }>(`SELECT max(${column}) AS id FROM ${table}`))[0]?.id ?? 0;

describe('tariffs', () => {
  let [cid, tpid] = [0, 0];
  beforeAll(async () => {
    cid = await bench.contract();
  });

  test('a plan is made empty, named, and refused to go while a contract holds it', async () => {
    const made = await run('tariff/AddTariffPlan', { used: 1 });
    tpid = Number(/<tariffPlan id="(\d+)"/.exec(made)?.[1]);
    expect(made).toContain(
      `<tariffPlan id="${tpid}" tree_id="${tpid}" title="Новый тариф" titleWeb="" useTitleInWeb="0" used="1" face="-1" mask=""><config`,
    );
    await run('tariff/UpdateTariffPlan', { tpid, title: 'Домашний', face: 0, config: 'a=1' });
    expect(await bench.rows('SELECT title, person_type AS face, config, used FROM tariff_plan WHERE plan_id = $1', [tpid])).toEqual([
      { title: 'Домашний', face: 0, config: 'a=1', used: true },
    ]);
    await run('contract/UpdateContractTariffPlan', { cid, id: 'new', tpid, date1: '01.03.2026', date2: '', pos: 2, comment: 'x' });
    await expect(run('tariff/DeleteTariffPlan', { tpid })).rejects.toMatchObject({ code: 'CONFLICT', reason: 'tariff_plan_held' });
  });

  test('of a contract are listed by start and position, the columns twice', async () => {
    await run('contract/UpdateContractTariffPlan', { cid, tpid, date1: '01.02.2026', date2: '28.02.2026', comment: 'first' });
    const [first, second] = [
      await idOf('contract_tariff', 'contract_tariff_id'),
      (await idOf('contract_tariff', 'contract_tariff_id')) - 1,
    ];
    const list = await run('contract/ContractTariffPlans', { cid });
    const row = (id: number, date1: string, date2: string, period: string, comment: string, pos: number): string =>
      `<row id="${id}" tpid="${tpid}" title="Домашний" date1="${date1}" date2="${date2}" period="${period}" comment="${comment}" pos="${pos}" f0="${id}" f1="${tpid}" f2="Домашний" f3="${period}" f4="${comment}" f5="${pos}"/>`;
    expect(list).toContain(
      row(first, '01.02.2026', '28.02.2026', '01.02.2026-28.02.2026', 'first', 0) + row(second, '01.03.2026', '', '01.03.2026-…', 'x', 2),
    );
    expect(await run('contract/ContractTariffPlan', { cid, id: first })).toContain(
      `<tariffPlan tpid="${tpid}" date1="01.02.2026" date2="28.02.2026" comment="first" pos="0"/><tariffPlans><item id="${tpid}" title="Домашний"/></tariffPlans>`,
    );
    await run('contract/DeleteContractTariffPlan', { cid, id: first });
    await expect(run('contract/DeleteContractTariffPlan', { cid, id: first })).rejects.toMatchObject({ reason: 'contract_tariff' });
    await expect(run('contract/DeleteContractTariffPlan', { cid: await bench.contract(), id: second })).rejects.toMatchObject({
      reason: 'contract_tariff',
    });
  });

  test('groups of a contract', async () => {
    const [group] = await bench.rows<{ id: number }>("INSERT INTO tariff_group (title) VALUES ('Все') RETURNING tariff_group_id AS id");
    const groupId = group?.id ?? 0;
    await run('contract/UpdateContractTariffGroup', { cid, id: 'new', tariff_group: groupId, date1: '01.03.2026', comment: 'g' });
    const id = await idOf('contract_tariff_group', 'contract_tariff_group_id');
    expect(await run('contract/ContractTariffGroupTable', { cid })).toContain(
      `<row id="${id}" tariff_group="Все" tariff_group_id="${groupId}" period="01.03.2026-…" comment="g"/>`,
    );
    expect(await run('contract/GetContractTariffGroup', { cid, id })).toContain(
      `<row id="${id}" tariff_group="${groupId}" date1="01.03.2026" date2="" comment="g"/>`,
    );
    // No plan of the group: nothing to choose from but what there is.
    expect(await run('contract/ContractTariffPlan', { cid, id: 'new', tariffGroupFilter: 1 })).toContain('<tariffPlans></tariffPlans>');
    await run('contract/DeleteContractTariffGroup', { cid, id });
    expect(await run('contract/ContractTariffGroupTable', { cid })).toContain('<data></data>');
  });
});

describe('modules, services and recurring fees', () => {
  let cid = 0;
  beforeAll(async () => {
    cid = await bench.contract();
  });

  test('modules come and go; with an open object they stay, and the message names it', async () => {
    expect(await run('service/Modules')).toContain(`<module id="${mid}" title="Абонплата"/>`);
    expect(await run('service/GetServiceList', { mid })).toContain(`<services><service id="${sid}" title="Интернет"/></services>`);
    await run('contract/ContractModuleAdd', { cid, module_ids: `${mid}, ${mid}` });
    expect(await run('contract/ContractModuleList', { cid })).toContain(
      `<list_select><item id="${mid}" title="Абонплата"/></list_select><list_avaliable></list_avaliable>`,
    );
    await run('npay/ServiceObjectUpdate', { id: 'new', cid, sid, oid: 0, col: 2, comment: 'a\nb', date1: '01.03.2026', date2: '' });
    const id = await idOf('service_object', 'service_object_id');
    await expect(run('contract/ContractModuleDelete', { cid, module_id: mid })).rejects.toMatchObject({
      reason: 'open_objects',
      russian: `Модуль «Абонплата» нельзя отключить, есть открытые услуги: Интернет (объект ${id})`,
    });
    expect(await run('npay/ServiceObjectTable', { mid, cid, object_id: 0 })).toContain(
      `<row id="${id}" sid="${sid}" service="Интернет" objectId="0" object="" col="2" date1="01.03.2026" date2="" comment="a\nb"/>`.replace(
        '\n',
        '&#10;',
      ),
    );
    expect(await run('npay/ServiceObjectTable', { mid, cid, actualItemsOnly: 1, actualItemsDate: '28.02.2026' })).toContain(
      '<data></data>',
    );
    expect(await run('npay/ServiceObjectGet', { id })).toContain(
      `<object col="2" date1="01.03.2026" date2="" entityId="0" entityMid="0" oid="0" sid="${sid}"/><comment><row>a</row><row>b</row></comment>`,
    );
    await run('npay/ServiceObjectDelete', { id });
    await run('contract/ContractModuleDelete', { cid, module_id: mid });
    expect(await run('contract/ContractModuleList', { cid })).toContain('<list_select></list_select>');
  });

  test('set 0 of an instance is the complete one', async () => {
    await bench.rows("INSERT INTO service_set (module_id, title) VALUES ($1, 'Часть')", [mid]);
    const list = await run('npay/ServiceSetList', { mid });
    expect(list).toMatch(/<list><item id="0" title="Полный набор услуг"\/><item id="\d+" title="Часть"\/><\/list>/);
    await expect(run('npay/ServiceSetList', { mid: 999_999 })).rejects.toMatchObject({ reason: 'module' });
  });

  test('services of a contract', async () => {
    await run('contract/UpdateContractService', { id: 'new', cid, sid, date1: '01.03.2026', date2: '', comment: 'c' });
    const id = await idOf('contract_service', 'contract_service_id');
    expect(await run('contract/ContractServices', { cid, mid })).toContain(
      `<row f0="${id}" f1="Интернет" f2="01.03.2026-…" f3="c" f4="${sid}"/>`,
    );
    expect(await run('contract/ContractService', { id, mid, onlyUsing: 1 })).toContain(
      `<service comment="c" date1="01.03.2026" date2="" sid="${sid}"/><tree><module id="${mid}" title="Абонплата"><service id="${sid}" mid="${mid}" title="Интернет"/></module></tree>`,
    );
    await run('contract/DeleteContractService', { id });
    await expect(run('contract/DeleteContractService', { id })).rejects.toMatchObject({ reason: 'contract_service' });
  });
});

describe('statuses', () => {
  test('of the server, and of a contract with its log', async () => {
    const all = await run('contract.status/StatusList');
    expect(all).toContain('<list><item id="0" title="Активен"/><item id="1" title="В отключении"/>');
    expect(await run('contract.status/StatusList', { onlyManual: 1 })).not.toContain('id="1"');
    const cid = await bench.contract();
    expect(await run('contract.status/ContractStatusTable', { cid })).toContain(
      '<row id="0" status="Активен" period="01.01.2020-…" comment=""/>',
    );
    const id = await bench.write((tx, act) =>
      changeStatus(tx, act, cid, { status: 2, dateFrom: day('2026-03-15'), dateTo: null, comment: 'k' }, { reason: 'manual' }),
    );
    expect(await run('contract.status/ContractStatusTable', { cid })).toContain(
      `<row id="${id}" status="Отключен" period="15.03.2026-…" comment="k"/>`,
    );
    expect(await run('contract.status/ContractStatusLog', { cid })).toMatch(
      /<row date="\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d" user="alice" status="Отключен" period="15\.03\.2026-…" comment="k"\/>/,
    );
  });
});
