import type { BillingEventData } from '../event-data.ts';

/** Events of the billing that never were, for previews and tests of templates (spec callbacks 5.6). */

const HEAD: BillingEventData = {
  contractId: 1042,
  contractTitle: 'Д-01042',
  contractGroups: '40',
  contractDomainId: 0,
  operatorId: 7,
  protocol: 'soap',
  requestId: 'f3f7ab52',
};

type Fields = Readonly<Record<string, unknown>>;

const MONEY: Fields = {
  timestamp: '2026-11-22T09:30:00.123Z',
  id: 5001,
  typeId: 2,
  typeTitle: 'Касса',
  userId: 7,
  date: '2026-11-22',
  amount: '590.00',
  description: 'Оплата за ноябрь',
  externalId: 'kassa-77-0001',
  balanceAfter: '120.50',
};
const CHANGED_MONEY: Fields = { ...MONEY, before: { typeId: 1, date: '2026-11-21', amount: '500.00', description: 'Оплата' } };
const RESERVE: Fields = {
  timestamp: '2026-11-22T09:30:00.123Z',
  id: 71,
  typeId: 1,
  typeTitle: 'Залог',
  userId: 7,
  amount: '40.00',
  dateFrom: '2026-11-22',
  dateTo: null,
  description: 'Роутер',
};
const BALANCE: Fields = { balance: '120.50', limit: '0.00', mode: 'debit' };
const RECORD: Fields = { title: 'Д-01042', patternId: 1, dateFrom: '2026-11-01', dateTo: null };
const STATUS: Fields = {
  status: 0,
  statusTitle: 'Активен',
  former: 3,
  dateFrom: '2026-11-22',
  dateTo: null,
  reason: 'payment',
  paymentId: 5001,
};
const SERVICE: Fields = { id: 31, change: 'created', serviceId: 9, dateFrom: '2026-11-22', dateTo: null, comment: 'Второй адрес' };

const OF_TYPE: Readonly<Record<string, Fields>> = {
  'payment.created': MONEY,
  'payment.changed': CHANGED_MONEY,
  'payment.deleted': MONEY,
  'charge.created': MONEY,
  'charge.changed': CHANGED_MONEY,
  'charge.deleted': MONEY,
  'reserve.created': RESERVE,
  'reserve.changed': {
    ...RESERVE,
    before: { typeId: 1, amount: '30.00', dateFrom: '2026-11-22', dateTo: '2026-12-31', description: 'Роутер' },
  },
  'reserve.closed': { ...RESERVE, closedOn: '2026-11-25' },
  'balance.below-limit': { ...BALANCE, balance: '-10.00' },
  'balance.restored': BALANCE,
  'contract.created': { ...RECORD, superId: 0, groups: '40', modules: [1], tariffs: [4] },
  'contract.changed': { ...RECORD, changed: { comment: 'переехал' } },
  'contract.closed': { ...RECORD, dateTo: '2026-11-30', changed: { dateTo: '2026-11-30' } },
  'contract.deleted': RECORD,
  'contract.status-changed': STATUS,
  'contract.parameter-changed': { parameterId: 12, kind: 1, value: 'Иванова Анна', former: 'Петрова Анна' },
  'contract.limit-changed': { limit: '-300.00', former: '0.00', until: '2026-11-29' },
  'contract.tariff-changed': { ...SERVICE, serviceId: undefined, tariffPlanId: 4, position: 0 },
  'contract.module-changed': { attached: [3], detached: [], service: SERVICE },
  'contract.group-changed': { groupId: 5, added: true, groups: '40', former: '8' },
  'service-object.changed': { ...SERVICE, objectId: 0, count: 1 },
};

const LOCKOUT: BillingEventData = { operatorId: 0, protocol: 'json', requestId: null, login: 'desk', remoteAddress: '192.0.2.7' };

/** Of any other type, such as that of a test: a payment with the status that it changed, so that most templates show values. */
const PAYMENT_THAT_UNLOCKS: Fields = { ...MONEY, ...BALANCE, ...STATUS };

/** @param eventType as receivers know it: `billing.payment.created` */
export function billingSample(eventType: string): BillingEventData {
  const name = eventType.replace(/^billing\./, '');
  if (name === 'operator.locked-out') return LOCKOUT;
  return { ...HEAD, ...(Object.hasOwn(OF_TYPE, name) ? OF_TYPE[name] : PAYMENT_THAT_UNLOCKS) };
}
