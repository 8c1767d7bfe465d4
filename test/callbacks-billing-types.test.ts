import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BillingBench, openBilling } from '../hub/billing/test/support/billing-bench.ts';
import { liveThrough } from '../hub/billing/test/support/live-through.ts';
import { BILLING_EVENT_TYPES } from '../hub/callbacks/billing-event-types.ts';
import type { ValueContext } from '../hub/callbacks/event-data.ts';
import { shortType } from '../hub/callbacks/family.ts';
import { billingValues, VARIABLES } from '../hub/callbacks/variables.ts';

/** What callbacks promise of the billing's events is what the billing publishes: the two modules know nothing of each other. */
let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

const CONTEXT: ValueContext = {
  eventId: '1-1',
  deliveryId: '1',
  attempt: 1,
  callbackId: 1n,
  eventTime: '2026-03-15T09:00:00Z',
  language: 'en',
  emptyIds: '',
  eventNames: {},
  eventType: '',
  relationRemoval: 'empty',
  subscriberData: true,
};
/** What this contract has none of: an end at first, an external id of its payment, a head, tariffs of its pattern ... */
const MAY_BE_EMPTY = new Set(['dateTo', 'comment', 'externalId', 'superId', 'tariffs', 'paymentId', 'detached', 'timeTo', 'position']);
/** Told under another name (the title, by contractTitle; groups, by contractGroups) or read by REST. */
const NOT_OFFERED = new Set(['groups', 'before', 'chargeId', 'modeId', 'service', 'inetService']);

test('every type has values for its variables, and every field of it a variable', async () => {
  await liveThrough(bench);
  const events = (await bench.events()).map(({ type, data }) => ({ type: shortType(`vestnik.billing.${type}`), data }));
  const known = new Set(VARIABLES.filter(({ families }) => families.includes('billing')).map(({ name }) => name));
  for (const { name, variables } of BILLING_EVENT_TYPES) {
    if (name === 'billing.operator.locked-out') continue;
    const ofType = events.filter(({ type }) => type === name);
    expect(ofType.length, name).toBeGreaterThan(0);
    for (const variable of variables) {
      const values = ofType.map(({ data }) => billingValues(data, { ...CONTEXT, eventType: name }).get(variable));
      if (!MAY_BE_EMPTY.has(variable))
        expect(
          values.some((value) => value !== undefined && value !== ''),
          `${name}: ${variable}`,
        ).toBe(true);
    }
    for (const { data } of ofType) {
      const fields = Object.keys(data).filter((field) => !NOT_OFFERED.has(field));
      expect(
        fields.filter((field) => !known.has(field)),
        name,
      ).toEqual([]);
      const said = String(billingValues(data, { ...CONTEXT, eventType: name }).get('EventDescription'));
      expect(said).toMatch(/^Contract C-00001: \S/);
      expect(said, name).not.toMatch(/undefined|null|\[object|Smith|Jones| {2}| ,/);
    }
  }
  // And nothing that the billing publishes of contracts is unknown here.
  expect(events.filter(({ type }) => !BILLING_EVENT_TYPES.some(({ name }) => name === type))).toEqual([]);
});
