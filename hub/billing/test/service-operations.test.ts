import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MODULES } from '../directories/modules.ts';
import { contractStatusMonitorService } from '../operations/contract-status-monitor-service.ts';
import { contractStatusService } from '../operations/contract-status-service.ts';
import { contractTariffService } from '../operations/contract-tariff-service.ts';
import { inetDeviceService } from '../operations/inet-device-service.ts';
import { inetServService } from '../operations/inet-serv-service.ts';
import { moduleService } from '../operations/module-service.ts';
import { npayService } from '../operations/npay-service.ts';
import { serviceService } from '../operations/service-service.ts';
import { tariffService } from '../operations/tariff-service.ts';
import { addEntry } from '../save-entry.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { operationsOn } from './support/bindings.ts';
import { attach, day, npayModule, plan, service } from './support/fees.ts';

let bench: BillingBench;
let [mid, sid] = [0, 0];
beforeAll(async () => {
  bench = await openBilling();
  mid = await npayModule(bench);
  sid = await service(bench, mid);
});
afterAll(() => bench.stop());

/** Midnight in Moscow, as a dateTime travels. */
const at = (text: string): Temporal.Instant => Temporal.Instant.from(`${text}T00:00:00+03:00`);

describe('statuses', () => {
  test('are changed for one and for several, listed, logged and planned', async () => {
    const call = operationsOn(bench, contractStatusService);
    const [contractId, other] = [await bench.contract(), await bench.contract()];
    const bean = { status: 4, dateFrom: at('2026-03-20'), dateTo: at('2026-03-25'), comment: 'отпуск' };
    const id = await call('contractStatusChange', { contractId, contractStatus: bean, customer: false });
    expect(await call('statusFutureTasks', { entityType: 'contract', entityId: contractId, taskStatus: '' })).toMatchObject([
      { id, date: day('2026-03-20'), statusId: 4, comment: 'отпуск' },
      { date: day('2026-03-26'), statusId: 0 },
    ]);
    expect(await call('contractStatusList', { contractId })).toHaveLength(3);
    expect(await call('contractStatusList', { contractId, date: at('2026-03-22') })).toMatchObject([
      { id, contractId, status: 4, dateFrom: day('2026-03-20'), dateTo: day('2026-03-25') },
    ]);
    await call('changeContractStatus', {
      contractId: [contractId, other],
      objectId: 0,
      statusId: 2,
      dateFrom: at('2026-03-15'),
      confirmChecked: false,
    });
    await operationsOn(bench, contractStatusMonitorService)('changeContractStatus', { cid: [contractId], statusId: 0, comment: 'm' });
    const log = await call('contractStatusLogSearch', { contractId, objectId: 0, page: { pageIndex: 1, pageSize: 2 } });
    expect(log.list).toMatchObject([
      { status: 0, userId: 7, comment: 'm', dateFrom: day('2026-03-15'), dateTo: null },
      { status: 2, userId: 7 },
    ]);
    expect(log.page).toMatchObject({ pageIndex: 1, pageSize: 2, pageCount: 2, recordCount: 3 });
    expect((await call('contractStatusLogSearch', { contractId, objectId: 0, page: { pageIndex: 9, pageSize: 2 } })).page).toMatchObject({
      recordCount: 3,
    });
    expect((await call('getStatusList', { onlyManual: true })).map((row: { id: number }) => row.id)).toEqual([0, 2, 3, 4]);
    expect(await call('statusList')).toHaveLength(6);
    expect(await bench.refused(() => call('contractStatusChange', { contractId, contractStatus: null }))).toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'contractStatus',
    });
  });
});

describe('tariffs', () => {
  test('plans are made, changed in part, found and removed', async () => {
    const call = operationsOn(bench, tariffService);
    const id = await call('tariffPlanUpdate', { tariffPlan: { title: 'Тариф 50%_a', filterFace: 1, filterGroups: 4n, used: true } });
    expect(await call('tariffPlanUpdate', { tariffPlan: { id, titleWeb: 'web' } })).toBe(id);
    expect(await call('tariffPlanGet', { id })).toMatchObject({
      title: 'Тариф 50%_a',
      titleWeb: 'web',
      filterFace: 1,
      filterGroups: 4n,
      used: true,
    });
    const found = async (args: object): Promise<boolean> =>
      (await call('tariffPlanList', { groupMask: 0n, ...args })).some((bean: { id: number }) => bean.id === id);
    expect(
      await Promise.all([
        found({}),
        found({ groupMask: 4n }),
        found({ groupMask: 2n }),
        found({ personType: 0 }),
        found({ personType: 1 }),
      ]),
    ).toEqual([true, true, false, false, true]);
    expect([await found({ title: '50%_' }), await found({ title: '50_%' })]).toEqual([true, false]);
    expect(await bench.refused(() => call('tariffPlanUpdate', { tariffPlan: { title: ' ' } }))).toMatchObject({ reason: 'title' });
    expect(await bench.refused(() => call('tariffPlanUpdate', { tariffPlan: { id, filterFace: 5 } }))).toMatchObject({ reason: 'face' });
    await call('tariffPlanDelete', { id });
    expect(await bench.refused(() => call('tariffPlanGet', { id }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('of contracts, by day and entity; and groups of tariffs', async () => {
    const call = operationsOn(bench, contractTariffService);
    const contractId = await bench.contract();
    const tariffPlanId = await plan(bench, sid, '100.00');
    const id = await call('contractTariffUpdate', {
      contractTariff: { contractId, tariffPlanId, dateFrom: at('2026-03-01'), position: 1 },
    });
    const bound = await call('contractTariffUpdate', {
      contractTariff: { contractId, tariffPlanId, dateFrom: at('2026-03-01'), entityMid: 3, entityId: 8 },
    });
    const ids = async (args: object): Promise<number[]> =>
      (await call('contractTariffList', { contractId, ...args })).map((bean: { id: number }) => bean.id);
    expect(await ids({ entityMid: null, entityId: null })).toEqual([id]);
    expect(await ids({ entityMid: -1, entityId: -1 })).toEqual([bound, id]);
    expect(await ids({ entityMid: 3, entityId: 8 })).toEqual([bound]);
    expect(await ids({ date: at('2026-02-28') })).toEqual([]);
    await call('contractTariffUpdate', { contractTariff: { id, dateTo: at('2026-03-31') } });
    expect(await call('contractTariffGet', { id })).toMatchObject({
      tariffPlanId,
      position: 1,
      dateFrom: day('2026-03-01'),
      dateTo: day('2026-03-31'),
    });
    expect(await call('contractTariffEntryList', { contractId, entityMid: 0, entityId: 0 })).toMatchObject([
      { id, title: 'Тариф 100.00', tariffPlanId, personal: false, replacedFromTariffId: 0 },
    ]);
    await call('contractTariffDelete', { id });
    expect(await ids({})).toEqual([]);
    const [group] = await bench.rows<{ id: number }>(
      `WITH g AS (INSERT INTO tariff_group (title, days_forward) VALUES ('Г', 3) RETURNING tariff_group_id)
       INSERT INTO tariff_group_plan (tariff_group_id, plan_id) SELECT tariff_group_id, $1 FROM g RETURNING tariff_group_id AS id`,
      [tariffPlanId],
    );
    const tariffGroupId = group?.id;
    expect(await operationsOn(bench, tariffService)('tariffGroupGet', { id: tariffGroupId })).toMatchObject({
      title: 'Г',
      daysForward: 3,
      planList: [{ id: tariffPlanId, title: 'Тариф 100.00' }],
    });
    const tariffs = operationsOn(bench, tariffService);
    const plans = [{ id: tariffPlanId, title: 'x', date1: at('2026-04-01'), date2: null }];
    const made = await tariffs('tariffGroupUpdate', { tariffGroup: { id: 0, title: ' Летняя ', pos: -2, planList: plans } });
    await tariffs('tariffGroupUpdate', { tariffGroup: { id: made, daysForward: 30 } });
    expect(await tariffs('tariffGroupGet', { id: made })).toMatchObject({
      ...{ title: 'Летняя', pos: -2, daysForward: 30, transferMode: 0 },
      planList: [{ id: tariffPlanId, title: 'Тариф 100.00', date1: day('2026-04-01'), date2: null }],
    });
    await tariffs('tariffGroupUpdate', { tariffGroup: { id: made, planList: [] } });
    expect(await tariffs('tariffGroupGet', { id: made })).toMatchObject({ planList: [] });
    for (const [wrong, reason] of [
      [{ id: 0, title: ' ' }, 'title'],
      [{ id: made, daysForward: -1 }, 'daysForward'],
      [{ id: made, planList: [{ id: 999_999 }] }, 'plans'],
      [{ id: made, planList: [{ id: tariffPlanId, date1: at('2026-04-02'), date2: at('2026-04-01') }] }, 'date2'],
    ] as const)
      expect(await bench.refused(() => tariffs('tariffGroupUpdate', { tariffGroup: wrong }))).toMatchObject({ reason });
    await tariffs('tariffGroupDelete', { id: made });
    expect(await bench.refused(() => tariffs('tariffGroupGet', { id: made }))).toMatchObject({ code: 'NOT_FOUND' });
    const given = await call('contractTariffGroupUpdate', { contractTariffGroup: { contractId, tariffGroupId, comment: 'c' } });
    expect(await call('contractTariffGroupList', { contractId })).toMatchObject([
      { id: given, tariffGroupId, dateFrom: day('2026-03-15'), dateTo: null, comment: 'c' },
    ]);
    expect(await bench.refused(() => tariffs('tariffGroupDelete', { id: tariffGroupId }))).toMatchObject({ reason: 'tariff_group_held' });
    await call('contractTariffGroupDelete', { id: given });
    expect(await call('contractTariffGroupList', { contractId })).toEqual([]);
  });
});

describe('modules, services and recurring fees', () => {
  test('what is installed, what a contract has', async () => {
    const call = operationsOn(bench, moduleService);
    const contractId = await bench.contract();
    await attach(bench, contractId, mid);
    expect(await call('moduleList')).toMatchObject([
      { id: mid, ID: mid, name: 'npay', title: 'Абонплата', installedModule: { name: 'npay' } },
    ]);
    expect((await call('installedModuleList')).map((bean: { name: string }) => bean.name)).toEqual(['npay', 'inet', 'rscm', 'bill']);
    expect(await call('contractModuleIds', { contractId })).toEqual([mid]);
    expect(await call('contractModules', { contractId })).toEqual([{ id: mid, title: 'Абонплата' }]);
    expect(await call('moduleServiceList', { moduleId: mid })).toEqual([{ id: sid, title: 'Интернет' }]);
  });

  test('services are made, changed in part, and removed unless something uses them', async () => {
    const call = operationsOn(bench, serviceService);
    const id = await call('serviceUpdate', { service: { id: 0, title: 'ТВ', moduleId: mid, unit: 2, using: true } });
    await call('serviceUpdate', { service: { id, using: false } });
    expect(await call('serviceGet', { serivceId: id })).toEqual({ id, title: 'ТВ', moduleId: mid, unit: 2, using: false });
    expect(await call('serviceList', { moduleId: mid })).toHaveLength(2);
    await call('serviceDelete', { id });
    await plan(bench, sid, '1.00');
    expect(await bench.refused(() => call('serviceDelete', { id: sid }))).toMatchObject({ code: 'CONFLICT', reason: 'service_held' });
  });

  test('service objects of an instance', async () => {
    const call = operationsOn(bench, npayService, mid);
    const contractId = await bench.contract();
    const any = { objectId: 0, entityModuleId: -1, entityId: -1 };
    const id = await call('serviceObjectUpdate', { contractId, serviceObject: { id: 0, serviceId: sid, date1: day('2026-03-01') } });
    await call('serviceObjectUpdate', { contractId, serviceObject: { id, col: 3, date2: day('2026-03-10') } });
    const bean = {
      id,
      contractId,
      serviceId: sid,
      objectId: 0,
      col: 3,
      serviceTitle: 'Интернет',
      date1: day('2026-03-01'),
      date2: day('2026-03-10'),
    };
    expect(await call('serviceObjectGet', { id })).toMatchObject(bean);
    expect(await call('serviceObjectList', { contractId, ...any, actualItemsOnly: false })).toMatchObject([bean]);
    expect(await call('serviceObjectList', { contractId, ...any, actualItemsOnly: true })).toEqual([]);
    expect(await call('serviceObjectList', { contractId, ...any, actualItemsOnly: true, actualItemsDate: day('2026-03-10') })).toHaveLength(
      1,
    );
    const wrong = bench.refused(() => call('serviceObjectUpdate', { contractId, serviceObject: { id, col: -1 } }));
    expect(await wrong).toMatchObject({ code: 'BAD_REQUEST', reason: 'col' });
    await call('serviceObjectDelete', { contractId, serviceId: id });
    expect(await bench.refused(() => call('serviceObjectGet', { id }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('settings of an instance are checked when they are set', async () => {
    const save = (settings: Record<string, unknown>, kind = 'npay') =>
      bench.refused((tx, act) => addEntry(tx, act, MODULES, { kind, title: 'М', settings }));
    expect(await save({ manage: 'yes' })).toMatchObject({ code: 'BAD_REQUEST', reason: 'settings' });
    expect(await save({ statusPairs: '0-3' })).toMatchObject({ reason: 'settings' });
    expect(await save({ unlockBalanceLimit: '1,5' })).toMatchObject({ reason: 'settings' });
    expect(await save({ lockedStatu: 3 })).toMatchObject({ reason: 'settings' });
    expect(await save({}, 'phone')).toMatchObject({ code: 'VALIDATION' });
  });
});

describe('internet access', () => {
  test('services of a contract, their password, their tree; and a device', async () => {
    const inet = await bench.write((tx, act) => addEntry(tx, act, MODULES, { kind: 'inet', title: 'Интернет' }));
    const call = operationsOn(bench, inetServService, inet.id);
    const cid = await bench.contract();
    const [type] = await bench.rows<{ id: number }>("INSERT INTO inet_service_type (title) VALUES ('PPPoE') RETURNING type_id AS id");
    const typeId = type?.id;
    expect(await call('inetServTypeList')).toMatchObject([{ id: typeId, title: 'PPPoE', needLogin: true }]);
    const update = (inetServ: object, more: object = {}): Promise<number> =>
      call('inetServUpdate', { inetServ, optionList: null, generateLogin: false, generatePassword: false, saWaitTimeout: 0n, ...more });
    const [mac, address] = [Buffer.from('0a0b0c0d0e0f', 'hex'), Buffer.from([10, 0, 0, 1])];
    const id = await update(
      { cid, typeId, passw: 'тайна', macList: [mac], addrFrom: address, dateFrom: at('2026-03-01') },
      { generateLogin: true },
    );
    expect(await call('inetServGet', { inetServId: id })).toMatchObject({
      id,
      cid,
      typeId,
      typeTitle: 'PPPoE',
      uname: `${cid}-${id}`,
      passw: 'тайна',
      macList: [mac],
      addrFrom: address,
      dateFrom: day('2026-03-01'),
    });
    const [stored] = await bench.rows<{ password: Buffer }>('SELECT password FROM inet_service WHERE inet_service_id = $1', [id]);
    expect(stored?.password.includes('тайна')).toBe(false);
    // Sent back by somebody who may not see it, the empty password changes nothing.
    await update({ id, passw: '', comment: 'c' });
    expect(await call('inetServGet', { inetServId: id })).toMatchObject({ passw: 'тайна', comment: 'c', uname: `${cid}-${id}` });
    const child = await update({ cid, typeId, parentId: id, uname: 'below' });
    expect(await call('inetServTree', { contractId: cid })).toMatchObject({
      id: 0,
      children: [{ id, children: [{ id: child, children: [] }] }],
    });
    expect(await bench.refused(() => update({ id, parentId: child }))).toMatchObject({ code: 'NOT_FOUND', reason: 'inet_parent' });
    expect(await bench.refused(() => update({ cid, typeId, uname: 'below' }))).toMatchObject({ code: 'CONFLICT', reason: 'login_taken' });
    expect((await call('inetServList', { contractId: cid, orderBy: 'id' })).map((bean: { id: number }) => bean.id)).toEqual([id, child]);
    expect(await bench.refused(() => call('inetServDelete', { id, force: false }))).toMatchObject({ code: 'CONFLICT', reason: 'in_force' });
    await call('inetServDelete', { id, force: true });
    expect(await call('inetServList', { contractId: cid })).toEqual([]);
    const [device] = await bench.rows<{ id: number }>(
      "INSERT INTO inet_device (title, host) VALUES ('BRAS', 'bras:3799') RETURNING device_id AS id",
    );
    const device1 = operationsOn(bench, inetDeviceService, inet.id);
    expect(await device1('inetDeviceGet', { id: device?.id })).toMatchObject({
      id: device?.id,
      title: 'BRAS',
      host: 'bras:3799',
      password: '',
      secret: '',
    });
    expect(await bench.refused(() => device1('inetDeviceGet', { id: 999_999 }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
