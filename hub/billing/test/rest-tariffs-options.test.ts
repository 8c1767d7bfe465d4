import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activateOption } from '../activate-option.ts';
import { dependsOnItself } from '../option-circle.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
let [chargeType, chargeClass] = [0, 0];
beforeAll(async () => {
  bench = await openBillingRest();
  await bench.rows("INSERT INTO billing_group (group_id, title) VALUES (1, 'Частные')");
  chargeType = await bench.chargeType();
  chargeClass = await bench.chargeType({ is_class: true });
});
afterAll(() => bench.stop());

const monthly = () => ({ title: 'На месяц', charge_sum: '50.00', charge_type_id: chargeType });
const newOption = (more: object = {}) => bench.ok('POST', '/tariff-options', { title: 'Турбо', modes: [monthly()], ...more });

describe('tariff options', () => {
  test('an option with its modes, as REST gives it', async () => {
    const option = await newOption({
      groups: [1],
      hide_groups: [1],
      hide_mode: 'all_but_these',
      date_from: '2026-01-01',
      modes: [monthly(), { title: 'Навсегда', period: 'endless', deactivation: 'never' }],
    });
    expect(option).toEqual({
      ...{ id: option.id, title: 'Турбо', comment: '', description: '', enabled: true, version: 1 },
      ...{ date_from: '2026-01-01', date_to: null, groups: [1], tariffs: [], depends: [], incompatible: [] },
      ...{ hide_web: false, hide_groups: [1], hide_mode: 'all_but_these' },
      modes: [
        {
          ...{ id: option.modes[0].id, title: 'На месяц', date_from: null, date_to: null, charge_sum: '50.00', charge_type_id: chargeType },
          ...{ charge_proportional: false, period: 'months', period_count: 1, deactivation: 'at_once' },
        },
        {
          ...{ id: option.modes[1].id, title: 'Навсегда', date_from: null, date_to: null, charge_sum: '0.00', charge_type_id: null },
          ...{ charge_proportional: false, period: 'endless', period_count: 1, deactivation: 'never' },
        },
      ],
    });
    expect(await bench.ok('GET', `/tariff-options/${option.id}`)).toEqual(option);
    expect((await bench.ok('GET', '/tariff-options?enabled=false')).items).toEqual([]);
  });

  test('modes are changed by their number, added and taken away; what was activated stays', async () => {
    const { id, modes } = await newOption({ modes: [monthly(), { title: 'Лишний' }] });
    // By their titles.
    const [spare, used] = modes;
    const contract = await bench.contract();
    await bench.write((tx, act) => activateOption(tx, act, { contractId: contract, optionId: id, modeId: used.id, web: false }));
    const changed = await bench.ok('PATCH', `/tariff-options/${id}`, {
      modes: [
        { ...used, charge_sum: '60.00' },
        { title: 'Новый', period: 'days', period_count: 3 },
      ],
      version: 1,
    });
    expect(changed.version).toBe(2);
    expect(changed.modes).toMatchObject([
      { id: used.id, charge_sum: '60.00' },
      { title: 'Новый', period: 'days', period_count: 3 },
    ]);
    expect(changed.modes.map((mode: { id: number }) => mode.id)).not.toContain(spare.id);
    expect(await bench.refusal('PATCH', `/tariff-options/${id}`, { modes: [] })).toEqual({
      status: 409,
      code: 'CONFLICT',
      reason: 'option_mode_held',
    });
    expect(await bench.ok('GET', `/tariff-options/${id}`)).toEqual(changed);
    const stranger = await newOption();
    expect(await bench.refusal('PATCH', `/tariff-options/${id}`, { modes: [used, stranger.modes[0]] })).toMatchObject({ reason: 'modes' });
    expect(await bench.refusal('PATCH', `/tariff-options/${id}`, { modes: [used, used] })).toMatchObject({ reason: 'modes' });
    expect((await bench.call('DELETE', `/tariff-options/${id}`)).json).toMatchObject({ reason: 'tariff_option_held' });
    expect((await bench.call('DELETE', `/tariff-options/${stranger.id}`)).status).toBe(204);
    expect(await bench.rows('SELECT mode_id FROM tariff_option_mode WHERE option_id = $1', [stranger.id])).toEqual([]);
  });

  test('options that need or exclude each other keep each other, and no circle is made', async () => {
    const a = await newOption({ title: 'А' });
    const b = await newOption({ title: 'Б', depends: [a.id] });
    const c = await newOption({ title: 'В', depends: [b.id], incompatible: [] });
    expect(await bench.refusal('PATCH', `/tariff-options/${a.id}`, { depends: [c.id] })).toMatchObject({ status: 400, reason: 'depends' });
    expect(await bench.refusal('PATCH', `/tariff-options/${a.id}`, { depends: [a.id] })).toMatchObject({ reason: 'depends' });
    expect(await bench.refusal('PATCH', `/tariff-options/${a.id}`, { incompatible: [a.id] })).toMatchObject({ reason: 'incompatible' });
    expect(await bench.refusal('PATCH', `/tariff-options/${c.id}`, { incompatible: [b.id] })).toMatchObject({ reason: 'incompatible' });
    expect(await bench.refusal('POST', '/tariff-options', { title: 'x', depends: [999_999] })).toMatchObject({ reason: 'depends' });
    expect((await bench.call('DELETE', `/tariff-options/${a.id}`)).json.detail).toContain('tariff option «Б»');
    await bench.ok('PATCH', `/tariff-options/${b.id}`, { depends: [] });
    expect((await bench.call('DELETE', `/tariff-options/${a.id}`)).status).toBe(204);
  });

  test.each([
    ['a charge without a type', { title: 'x', charge_sum: '1.00' }, 400, 'modes.0.charge_type_id'],
    ['a charge below zero', { title: 'x', charge_sum: '-1.00' }, 400, 'modes.0.charge_sum'],
    ['days in proportion', { title: 'x', period: 'days', charge_proportional: true }, 400, 'modes.0.charge_proportional'],
    ['a length beyond reason', { title: 'x', period_count: 1_201 }, 400, 'modes.0.period_count'],
    ['a length of nothing', { title: 'x', period_count: 0 }, 422, undefined],
    ['days that are turned round', { title: 'x', date_from: '2026-02-01', date_to: '2026-01-01' }, 400, 'modes.0.date_to'],
    ['no title', {}, 422, undefined],
  ])('a mode with %s is refused', async (_, mode, status, reason) => {
    expect(await bench.refusal('POST', '/tariff-options', { title: 'x', modes: [mode] })).toMatchObject({ status, reason });
  });

  test('a class of charges is no type', async () => {
    const mode = { title: 'x', charge_sum: '1.00', charge_type_id: chargeClass };
    expect(await bench.refusal('POST', '/tariff-options', { title: 'x', modes: [mode] })).toMatchObject({ reason: 'modes' });
  });
});

test('a circle is found in whatever the options need', () => {
  const options = 6;
  const needs = fc.array(fc.tuple(fc.integer({ min: 1, max: options }), fc.integer({ min: 1, max: options })), { maxLength: 15 });
  fc.assert(
    fc.property(needs, (pairs) => {
      // Each need is stored only when no circle is seen: then none can be there in the end.
      const stored = new Map<number, number[]>();
      for (const [id, other] of pairs) {
        const wanted = [...(stored.get(id) ?? []), other];
        if (!dependsOnItself(stored, id, wanted)) stored.set(id, wanted);
      }
      const reaches = (from: number, steps: number): Set<number> =>
        steps === 0 ? new Set([from]) : new Set((stored.get(from) ?? []).flatMap((next) => [next, ...reaches(next, steps - 1)]));
      for (const id of stored.keys()) expect(reaches(id, options).has(id)).toBe(false);
    }),
  );
  expect(dependsOnItself(new Map([[1, [2]]]), 2, [1])).toBe(true);
});
