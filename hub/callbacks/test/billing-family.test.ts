import { describe, expect, test } from 'vitest';
import { BILLING_EVENT_TYPES } from '../billing-event-types.ts';
import { SUBSCRIBER_VARIABLES } from '../billing-variables.ts';
import { describeBilling } from '../describe-billing.ts';
import type { EndpointSettings } from '../endpoint.ts';
import type { BillingEventData, ValueContext } from '../event-data.ts';
import { isOf, shortType } from '../family.ts';
import { match, selectionOf, sightOf } from '../matching.ts';
import { profileSettings } from '../profiles.ts';
import { createRecipients, orderingKey } from '../recipients.ts';
import { sampleValues } from '../render/samples.ts';
import { subscriberTexts } from '../subscriber-texts.ts';
import { billingValues, findVariable, VARIABLES } from '../variables.ts';

const HEAD: BillingEventData = {
  contractId: 12,
  contractTitle: 'Д-1',
  contractGroups: '40',
  contractDomainId: 2,
  operatorId: 7,
  protocol: 'soap',
  requestId: 'r-1',
};
const PAYMENT = {
  ...HEAD,
  timestamp: '2026-03-15T09:00:00Z',
  id: 5,
  typeId: 1,
  typeTitle: 'Касса',
  userId: 7,
  date: '2026-03-15',
  amount: '100.50',
  description: 'за Иванова',
  externalId: null,
  balanceAfter: '0.50',
};
const CONTEXT: ValueContext = {
  eventId: '9-1',
  deliveryId: '501',
  attempt: 2,
  callbackId: 639_309_366_001_230_000n,
  eventTime: '2026-03-15T09:00:00Z',
  language: 'ru',
  emptyIds: '',
  eventNames: {},
  eventType: 'billing.payment.created',
  relationRemoval: 'empty',
  subscriberData: true,
};
const of = (data: BillingEventData, context: Partial<ValueContext> = {}) => {
  const values = billingValues(data, { ...CONTEXT, ...context });
  return (...names: string[]) => names.map((name) => values.get(name));
};

describe('variables', () => {
  test('of a payment: as the event has them, numbers as numbers, what is null as absent', () => {
    const get = of(PAYMENT);
    expect(get('contractId', 'contractTitle', 'contractGroups', 'contractDomainId')).toEqual([12, 'Д-1', '3,5', 2]);
    expect(get('id', 'typeTitle', 'amount', 'description', 'externalId')).toEqual([5, 'Касса', '100.50', 'за Иванова', undefined]);
    expect(get('EventType', 'EventId', 'CallbackId', 'Attempt')).toEqual(['billing.payment.created', '9-1', CONTEXT.callbackId, 2]);
    expect(get('EventDescription')).toEqual(['Договор Д-1: платёж 5 100.50 (Касса), баланс 0.50']);
    expect(of(PAYMENT, { eventNames: { 'billing.payment.created': 'PAY' } })('EventType')).toEqual(['PAY']);
  });

  test('what was before a change, and what lies deeper', () => {
    const before = { typeId: 2, date: '2026-03-01', amount: '1.00', description: 'was' };
    expect(of({ ...PAYMENT, before })('beforeTypeId', 'beforeDate', 'beforeAmount', 'beforeDescription')).toEqual([
      2,
      '2026-03-01',
      '1.00',
      'was',
    ]);
    expect(of(PAYMENT)('beforeAmount')).toEqual([undefined]);
    const service = { id: 4, change: 'created', serviceId: 9, dateFrom: '2026-01-01', dateTo: null, comment: 'c' };
    expect(of({ ...HEAD, attached: [1, 2], detached: [], service })('attached', 'detached', 'id', 'change', 'serviceId', 'dateTo')).toEqual(
      [...['1,2', undefined, 4, 'created', 9, undefined]],
    );
    expect(of({ ...HEAD, changed: { comment: 'secret', hidden: true } })('changed')).toEqual(['comment,hidden']);
  });

  test('former is a status, a limit, groups by their numbers, or the value of a parameter', () => {
    expect(of({ ...HEAD, status: 0, former: 3 })('former')).toEqual([3]);
    expect(of({ ...HEAD, limit: '0.00', former: '-5.00' })('former')).toEqual(['-5.00']);
    expect(of({ ...HEAD, groupId: 5, added: true, former: '9223372036854775807' })('former', 'added')[0]).toMatch(/^0,1,2,.*,62$/);
    expect(of({ ...HEAD, parameterId: 1, value: 'new', former: 'old' })('former')).toEqual(['old']);
  });

  test('without subscriber_data what may be personal is empty, and nothing else is', () => {
    const data = { ...PAYMENT, before: { description: 'x' }, comment: 'y', value: 'z', remoteAddress: '192.0.2.1' };
    const get = of(data, { subscriberData: false });
    for (const name of SUBSCRIBER_VARIABLES.filter((one) => one !== 'former')) expect(get(name), name).toEqual([undefined]);
    expect(of({ ...HEAD, parameterId: 1, value: 'new', former: 'old' }, { subscriberData: false })('value', 'former')).toEqual([
      undefined,
      undefined,
    ]);
    expect(of({ ...HEAD, status: 0, former: 3 }, { subscriberData: false })('former')).toEqual([3]);
    expect(get('amount', 'contractTitle')).toEqual(['100.50', 'Д-1']);
  });

  test('malformed fields are absent, and throw nothing', () => {
    const broken = { ...HEAD, contractGroups: 'x', amount: { deep: 1 }, before: 7, changed: 'no', attached: null, service: [] };
    expect(of(broken)('contractGroups', 'amount', 'beforeAmount', 'changed', 'attached', 'serviceId')).toEqual(Array(6).fill(undefined));
    expect(of(broken)('constructor', '__proto__', 'id_Reserve')).toEqual([undefined, undefined, undefined]);
  });

  test('each type names variables of the billing only, and bare are those alone that every event has', () => {
    for (const { name, variables } of BILLING_EVENT_TYPES)
      for (const variable of variables) expect(findVariable(variable)?.families, `${name}: ${variable}`).toEqual(['billing']);
    expect(VARIABLES.filter(({ bareIn }) => bareIn.includes('billing')).map(({ name }) => name)).toEqual([
      ...['EventType', 'EventDescription', 'CallbackId', 'contractId', 'contractTitle'],
    ]);
  });
});

describe('the sentence', () => {
  test.each([
    ['billing.payment.changed', { ...PAYMENT, before: { amount: '90.00' } }, 'платёж 5 изменён: 90.00 → 100.50, баланс 0.50'],
    ['billing.charge.deleted', PAYMENT, 'расход 5 100.50 удалён, баланс 0.50'],
    [
      'billing.reserve.created',
      { id: 7, amount: '40.00', typeTitle: 'Залог', dateFrom: '2026-03-15', dateTo: null },
      'резерв 7 40.00 (Залог) с 2026-03-15',
    ],
    [
      'billing.reserve.changed',
      { id: 7, amount: '50.00', dateFrom: '2026-03-15', dateTo: '2026-03-31' },
      'резерв 7 изменён: 50.00 с 2026-03-15 по 2026-03-31',
    ],
    ['billing.reserve.closed', { id: 7, amount: '50.00' }, 'резерв 7 закрыт: 50.00'],
    ['billing.balance.below-limit', { balance: '-1.00', limit: '0.00' }, 'баланс -1.00 ниже лимита 0.00'],
    ['billing.balance.restored', { balance: '1.00', limit: '0.00' }, 'баланс 1.00 больше не ниже лимита 0.00'],
    ['billing.contract.created', {}, 'создан договор'],
    ['billing.contract.closed', { dateTo: '2026-03-31' }, 'последний день 2026-03-31'],
    [
      'billing.contract.status-changed',
      { statusTitle: 'Активен', dateFrom: '2026-03-15', reason: 'payment' },
      'статус «Активен» с 2026-03-15, после оплаты',
    ],
    ['billing.contract.limit-changed', { former: '0.00', limit: '-9.00', until: '2026-04-01' }, 'лимит 0.00 → -9.00 до 2026-04-01'],
    ['billing.contract.parameter-changed', { parameterId: 3, value: 'Иванов' }, 'изменён параметр 3'],
    ['billing.something.new', {}, 'billing.something.new'],
    ['CallbackTest', {}, 'тестовый вызов'],
  ])('%s', (type, data, sentence) => {
    expect(describeBilling(type, { ...HEAD, ...data }, 'ru')).toBe(`Договор Д-1: ${sentence}`);
  });

  test('says something for every type in both languages, without a contract too', () => {
    for (const { name, en } of BILLING_EVENT_TYPES) {
      expect(describeBilling(name, HEAD, 'en')).toMatch(/^Contract Д-1: \S/);
      expect(describeBilling(name, { login: 'x' }, 'en').length, name).toBeGreaterThan(3);
      expect(en).not.toBe('');
    }
  });
});

describe('who gets an event', () => {
  const endpoint = (change: Partial<EndpointSettings> = {}, family: 'order' | 'static' | 'billing' = 'billing') => ({
    selection: selectionOf(family, { ...profileSettings('classic', family), ...change }),
    sees: sightOf(null, new Map()),
  });
  const event = (type: string, about: object = {}) => ({ type: `vestnik.billing.${type}`, data: { ...HEAD, ...about } });

  test('by type, under its own name; by default what most receivers want', () => {
    expect(match(endpoint(), event('payment.created'))).toEqual({ eventType: 'billing.payment.created' });
    expect(match(endpoint(), event('charge.created'))).toBeUndefined();
    expect(match(endpoint({ events: ['billing.charge.created'] }), event('charge.created'))).toEqual({
      eventType: 'billing.charge.created',
    });
    expect(match(endpoint({ events: ['billing.charge.created'] }), event('payment.created'))).toBeUndefined();
  });

  test('by protocol, and by groups: one in common is enough', () => {
    expect(match(endpoint({ sources: ['soap'] }), event('payment.created'))).toBeDefined();
    expect(match(endpoint({ sources: ['json'] }), event('payment.created'))).toBeUndefined();
    expect(match(endpoint({ groups: [5, 9] }), event('payment.created'))).toBeDefined();
    expect(match(endpoint({ groups: [4] }), event('payment.created'))).toBeUndefined();
    expect(match(endpoint({ groups: [62] }), event('payment.created', { contractGroups: (1n << 62n).toString() }))).toBeDefined();
    expect(match(endpoint({ groups: [5] }), event('payment.created', { contractGroups: undefined }))).toBeUndefined();
  });

  test('no endpoint of travel gets news of the billing, nor the other way round', () => {
    for (const family of ['order', 'static'] as const) expect(match(endpoint({}, family), event('payment.created'))).toBeUndefined();
    const order = {
      type: 'vestnik.travel.ReserveCreated',
      data: { family: 'order', organization_id: 1, change_source: 'api', facets: [] },
    };
    expect(match(endpoint(), order)).toBeUndefined();
    // An event cannot choose its family by saying so.
    expect(isOf('order', event('payment.created', { family: 'order' }))).toBe(false);
    expect(match(endpoint({}, 'order'), event('payment.created', { family: 'order', facets: ['ReserveCreated'] }))).toBeUndefined();
    expect(isOf('billing', { type: 'vestnik.travel.X', data: { family: 'billing' } })).toBe(false);
  });

  test('the contract keeps the order', () => {
    expect(orderingKey({ ...PAYMENT })).toBe(12);
    expect(orderingKey({ login: 'x' })).toBe(0);
    expect(shortType('vestnik.billing.payment.created')).toBe('billing.payment.created');
    expect(shortType('vestnik.travel.Person')).toBe('Person');
  });

  test('recipients are looked for among the endpoints of the billing alone', () => {
    const live = (id: number, family: 'order' | 'billing') =>
      ({ id, family, enabled: true, disabledBy: null, ...endpoint({}, family) }) as unknown as Parameters<
        typeof createRecipients
      >[0][number];
    const recipients = createRecipients([live(1, 'order'), live(2, 'billing')]);
    expect(recipients(event('payment.created')).map(({ endpoint: { id } }) => id)).toEqual([2]);
  });
});

test('there is a sample of every type, with a value for each of its variables', () => {
  const empty = new Set(['dateTo', 'detached', 'labelId', 'tariffGroupId', 'optionId', 'timeTo', 'amount']);
  for (const { name, variables } of BILLING_EVENT_TYPES) {
    const values = sampleValues('billing', 'typical', { eventType: name });
    for (const variable of variables) if (!empty.has(variable)) expect(values.get(variable), `${name}: ${variable}`).toBeDefined();
    expect(values.get('EventDescription')).toMatch(/\S{5}/);
    expect(values.get('EventType')).toBe(name);
  }
  const values = sampleValues('billing', 'typical');
  expect(['amount', 'status', 'paymentId', 'balance', 'value'].map((name) => values.get(name))).toEqual([
    '590.00',
    0,
    5001,
    '120.50',
    undefined,
  ]);
});

describe('what the log hides', () => {
  test('are the personal texts, line by line, and the parts that windows-1251 can write', () => {
    expect(subscriberTexts({ ...PAYMENT, description: 'ул. Ленина\r\n Иванов 漢字 Пётр ' })).toEqual([
      ...['ул. Ленина', 'Иванов 漢字 Пётр', 'Иванов', 'Пётр'],
    ]);
    expect(subscriberTexts({ ...HEAD, parameterId: 1, value: 'new value', former: 'old value' })).toEqual(['old value', 'new value']);
    expect(subscriberTexts({ ...HEAD, status: 1, former: 300 })).toEqual([]);
  });

  test('and everything, where one is too short to be found', () => {
    expect(subscriberTexts({ ...HEAD, parameterId: 1, value: 'М', former: '' })).toBeUndefined();
  });
});
