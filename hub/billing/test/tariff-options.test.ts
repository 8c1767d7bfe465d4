import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tariffOptionService } from '../operations/tariff-option-service.ts';
import { activationOf, isForHolder, type Option, type OptionHolder, type OptionMode, optionRefusal } from '../tariff-option.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { operationsOn } from './support/bindings.ts';
import { day, outgoing } from './support/fees.ts';

const option = (more: Partial<Option> = {}): Option => ({
  id: 1,
  enabled: true,
  groups: 0n,
  dateFrom: null,
  dateTo: null,
  depends: [],
  incompatible: [],
  tariffs: [],
  hideGroups: 0n,
  hideMode: 0,
  hideWeb: false,
  ...more,
});
const mode = (more: Partial<OptionMode> = {}): OptionMode => ({
  dateFrom: null,
  dateTo: null,
  chargeSum: 31_000n,
  chargeProportional: false,
  periodMode: 1,
  periodCount: 1,
  ...more,
});
const HOLDER: OptionHolder = { groups: 0b110n, tariffs: [5], active: [7] };
const TODAY = day('2026-03-22');

describe('whether an option can be activated (spec 2.8)', () => {
  test.each([
    ['as it is', {}, undefined],
    ['disabled', { enabled: false }, 'not_offered'],
    ['not yet', { dateFrom: day('2026-03-23') }, 'not_offered'],
    ['no more', { dateTo: day('2026-03-21') }, 'not_offered'],
    ['on its last day', { dateTo: TODAY }, undefined],
    ['for another group', { groups: 1n }, 'not_for_contract'],
    ['for one of the groups', { groups: 0b101n }, undefined],
    ['for another tariff', { tariffs: [6] }, 'not_for_contract'],
    ['for its tariff', { tariffs: [6, 5] }, undefined],
    ['active', { id: 7 }, 'active_already'],
    ['on an option that is not active', { depends: [7, 8] }, 'depends'],
    ['on one that is', { depends: [7] }, undefined],
    ['beside an incompatible one', { incompatible: [7] }, 'incompatible'],
  ] as const)('%s', (_, more, refusal) => {
    expect(optionRefusal(option(more), HOLDER, TODAY, false)).toBe(refusal);
  });

  test('customers do not see what is hidden from them', () => {
    expect(isForHolder(option({ hideWeb: true }), HOLDER, true)).toBe(false);
    expect(isForHolder(option({ hideWeb: true }), HOLDER, false)).toBe(true);
    expect(isForHolder(option({ hideGroups: 2n }), HOLDER, true)).toBe(false);
    expect(isForHolder(option({ hideGroups: 2n, hideMode: 1 }), HOLDER, true)).toBe(true);
    expect(isForHolder(option({ hideGroups: 1n, hideMode: 1 }), HOLDER, true)).toBe(false);
  });
});

describe('for how long, and for how much', () => {
  test.each([
    ['days', { periodMode: 0, periodCount: 10 }, '2026-04-01', 31_000n],
    ['months', { periodCount: 2 }, '2026-05-22', 31_000n],
    ['without end', { periodMode: 2 }, undefined, 31_000n],
    ['proportional: the rest of the calendar month', { chargeProportional: true }, '2026-04-01', 10_000n],
  ])('%s', (_, more, until, sum) => {
    const activation = activationOf(mode(more), TODAY);
    expect([activation.until?.toString(), activation.sum]).toEqual([until, sum]);
  });

  test('proportional from the first day on is the whole charge, and never more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), fc.bigInt({ min: 0n, max: 10_000_000n }), (number, chargeSum) => {
        const at = day('2024-01-01').add({ days: number });
        const { sum } = activationOf(mode({ chargeSum, chargeProportional: true }), at);
        expect(sum <= chargeSum && (at.day > 1 || sum === chargeSum)).toBe(true);
      }),
    );
  });
});

describe('TariffOptionService', () => {
  let bench: BillingBench;
  let call: ReturnType<typeof operationsOn>;
  beforeAll(async () => {
    bench = await openBilling();
    call = operationsOn(bench, tariffOptionService);
  });
  afterAll(() => bench.stop());

  const made = async (columns: { deactivation?: number; proportional?: boolean; sum?: string } = {}) => {
    const type = await bench.chargeType({ editable: false });
    const [row] = await bench.rows<{ optionId: number; modeId: number }>(
      `WITH o AS (INSERT INTO tariff_option (title) VALUES ('Турбо') RETURNING option_id)
       INSERT INTO tariff_option_mode (option_id, title, charge_sum, charge_type_id, charge_proportional, deactivation_mode)
       SELECT option_id, 'месяц', $1, $2, $3, $4 FROM o RETURNING option_id AS "optionId", mode_id AS "modeId"`,
      [columns.sum ?? '310.00', type, columns.proportional ?? false, columns.deactivation ?? 0],
    );
    return { optionId: row?.optionId ?? 0, modeId: row?.modeId ?? 0, type };
  };

  test('activation writes the charge with it, and is listed until its end', async () => {
    const contractId = await bench.contract();
    const { optionId, modeId, type } = await made({ proportional: true });
    bench.today = day('2026-03-22');
    await bench.events();
    await call('contractTariffOptionActivate', { contractId, optionId, modeId, web: false });
    expect(await outgoing(bench, contractId)).toBe('-100.00');
    expect((await bench.events()).map((event) => event.type)).toEqual(['charge.created', 'balance.below-limit', 'contract.tariff-changed']);
    const [charge] = await bench.rows<{ id: number; type: number }>(
      'SELECT charge_id AS id, type_id AS type FROM contract_charge WHERE contract_id = $1',
      [contractId],
    );
    expect(charge?.type).toBe(type);
    const [held] = await call('contractTariffOptionList', { contractId });
    expect(held).toMatchObject({
      optionId,
      optionTitle: 'Турбо',
      activatedMode: modeId,
      chargeId: charge?.id,
      summa: '100.00',
      timeFrom: '22.03.2026 12:00:00',
      timeTo: '01.04.2026 00:00:00',
      deactivatedTime: null,
      userId: 7,
      userTitle: 'alice',
    });
    const again = bench.refused(() => call('contractTariffOptionActivate', { contractId, optionId, modeId, web: false }));
    expect(await again).toMatchObject({ code: 'CONFLICT', reason: 'active_already' });
    const at = (text: string) => Temporal.Instant.from(text);
    expect(await call('contractTariffOptionList', { contractId, date: at('2026-04-01T10:00:00+03:00') })).toEqual([]);
    expect(await call('contractTariffOptionList', { contractId, date: at('2026-03-31T10:00:00+03:00') })).toHaveLength(1);
    bench.today = day('2026-04-01');
    expect(await call('contractTariffOptionList', { contractId })).toEqual([]);
    expect(await call('contractTariffOptionHistory', { contractId, web: false })).toHaveLength(1);
    expect(await call('contractTariffOptionHistory', { contractId, date: at('2026-03-20T10:00:00+03:00'), web: false })).toEqual([]);
  });

  test.each([
    ['at once', 0, []],
    ['with its period', 1, [1]],
  ])('deactivation %s', async (_, deactivation, left) => {
    const contractId = await bench.contract();
    const { optionId, modeId } = await made({ deactivation, sum: '0.00' });
    await call('contractTariffOptionActivate', { contractId, optionId, modeId, web: false });
    const [{ id }] = await call('contractTariffOptionList', { contractId });
    await call('contractTariffOptionDeactivate', { contractId, contractOptionId: id });
    expect((await call('contractTariffOptionList', { contractId })).map(() => 1)).toEqual(left);
    const twice = bench.refused(() => call('contractTariffOptionDeactivate', { contractId, contractOptionId: id }));
    expect(await twice).toMatchObject({ code: 'CONFLICT', reason: 'option_over' });
    expect(await outgoing(bench, contractId)).toBe('0.00');
  });

  test('not by hand, of another contract, of no contract', async () => {
    const contractId = await bench.contract();
    const { optionId, modeId } = await made({ deactivation: 2 });
    await call('contractTariffOptionActivate', { contractId, optionId, modeId, web: false });
    const [{ id }] = await call('contractTariffOptionList', { contractId });
    const refused = (args: object) =>
      bench.refused(() => call('contractTariffOptionDeactivate', { contractId, contractOptionId: id, ...args }));
    expect(await refused({})).toMatchObject({ reason: 'option_not_by_hand' });
    expect(await refused({ contractId: await bench.contract() })).toMatchObject({ code: 'NOT_FOUND', reason: 'contract_option' });
    expect(await refused({ contractId: 999_999 })).toMatchObject({ code: 'NOT_FOUND', reason: 'contract' });
    const other = await made();
    const wrong = bench.refused(() => call('contractTariffOptionActivate', { contractId, optionId: other.optionId, modeId, web: false }));
    expect(await wrong).toMatchObject({ code: 'NOT_FOUND', reason: 'option_mode' });
  });

  test('options and their modes, and those that a contract can have', async () => {
    const contractId = await bench.contract();
    const { optionId, modeId } = await made();
    expect(await call('tariffOptionGet', { id: optionId })).toMatchObject({
      id: optionId,
      title: 'Турбо',
      enable: true,
      modeList: [{ id: modeId, chargeSumma: '310.00', periodMode: 1, periodCol: 1 }],
    });
    expect((await call('tariffOptionList')).map(({ id }: { id: number }) => id)).toContain(optionId);
    expect(await call('tariffOptionActivateModeList', { optionId })).toMatchObject([{ id: modeId }]);
    const available = async (onlyAvailable: boolean): Promise<boolean> =>
      (await call('tariffOptionListAvailable', { contractId, onlyAvailable, web: false })).some(
        ({ id }: { id: number }) => id === optionId,
      );
    expect([await available(true), await available(false)]).toEqual([true, true]);
    await call('contractTariffOptionActivate', { contractId, optionId, modeId, web: false });
    expect([await available(true), await available(false)]).toEqual([false, true]);
    expect(await bench.refused(() => call('tariffOptionGet', { id: 999_999 }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
