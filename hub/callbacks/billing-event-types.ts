import {
  belowLimit,
  CHARGE,
  closed,
  limitChanged,
  moneyChanged,
  moneyDeleted,
  moneyStored,
  PAYMENT,
  parameterChanged,
  reserveChanged,
  reserveClosed,
  reserveStored,
  restored,
  type Saying,
  statusChanged,
} from './billing-sentences.ts';

/**
 * What the billing tells of, by the names that receivers see (spec billing 2.13): the type of the event without the hub's prefix. The one place of
 * these names in the module; an endpoint may send other texts instead (`event_names`).
 */
export interface BillingEventType {
  readonly name: string;
  /** Selected in a new endpoint. */
  readonly selected: boolean;
  readonly en: string;
  readonly ru: string;
  /** The variables that this type has beside those of every event, for the reference. */
  readonly variables: readonly string[];
  /** What happened, for `@EventDescription`; without it the label says all. */
  readonly says?: Saying;
}

const type = (
  name: string,
  selected: boolean,
  [en, ru]: readonly [en: string, ru: string],
  variables: readonly string[],
  says?: Saying,
): BillingEventType => ({ name: `billing.${name}`, selected, en, ru, variables, ...(says && { says }) });

const MONEY = ['id', 'typeId', 'typeTitle', 'date', 'amount', 'description', 'externalId', 'balanceAfter', 'userId', 'timestamp'];
const BEFORE = ['beforeTypeId', 'beforeDate', 'beforeAmount', 'beforeDescription'];
const RESERVE = ['id', 'typeId', 'typeTitle', 'amount', 'dateFrom', 'dateTo', 'description', 'userId', 'timestamp'];
const RESERVE_BEFORE = ['beforeTypeId', 'beforeAmount', 'beforeDateFrom', 'beforeDateTo', 'beforeDescription'];
const BALANCE = ['balance', 'limit', 'mode'];
const RECORD = ['title', 'patternId', 'dateFrom', 'dateTo'];

export const BILLING_EVENT_TYPES: readonly BillingEventType[] = [
  type('payment.created', true, ['Payment stored', 'Принят платёж'], MONEY, moneyStored(PAYMENT)),
  type('payment.changed', true, ['Payment changed', 'Платёж изменён'], [...MONEY, ...BEFORE], moneyChanged(PAYMENT)),
  type('payment.deleted', true, ['Payment deleted', 'Платёж удалён'], MONEY, moneyDeleted(PAYMENT)),
  type('charge.created', false, ['Charge stored', 'Записан расход'], MONEY, moneyStored(CHARGE)),
  type('charge.changed', false, ['Charge changed', 'Расход изменён'], [...MONEY, ...BEFORE], moneyChanged(CHARGE)),
  type('charge.deleted', false, ['Charge deleted', 'Расход удалён'], MONEY, moneyDeleted(CHARGE)),
  type('reserve.created', false, ['Amount reserved', 'Сумма зарезервирована'], RESERVE, reserveStored),
  type('reserve.changed', false, ['Reserve changed', 'Резерв изменён'], [...RESERVE, ...RESERVE_BEFORE], reserveChanged),
  type('reserve.closed', false, ['Reserve released', 'Резерв закрыт'], [...RESERVE, 'closedOn'], reserveClosed),
  type('balance.below-limit', true, ['Balance fell below the limit', 'Баланс стал ниже лимита'], BALANCE, belowLimit),
  type('balance.restored', true, ['Balance is no longer below the limit', 'Баланс больше не ниже лимита'], BALANCE, restored),
  type('contract.created', true, ['Contract created', 'Создан договор'], [...RECORD, 'superId', 'modules', 'tariffs']),
  type('contract.changed', false, ["Fields of the contract's record changed", 'Изменены поля договора'], [...RECORD, 'changed']),
  type('contract.closed', true, ['Contract got its last day', 'Договор закрыт датой'], [...RECORD, 'changed'], closed),
  type('contract.deleted', true, ['Contract deleted', 'Договор удалён'], RECORD),
  type(
    'contract.status-changed',
    true,
    ['Status changed', 'Изменён статус'],
    ['status', 'statusTitle', 'former', 'dateFrom', 'dateTo', 'reason', 'paymentId'],
    statusChanged,
  ),
  type(
    'contract.parameter-changed',
    false,
    ['Parameter changed', 'Изменён параметр'],
    ['parameterId', 'kind', 'value', 'former'],
    parameterChanged,
  ),
  type('contract.limit-changed', false, ['Limit changed', 'Изменён лимит'], ['limit', 'former', 'until'], limitChanged),
  type(
    'contract.tariff-changed',
    false,
    ['Tariff, tariff group or option changed', 'Изменён тариф, группа тарифов или опция'],
    ['change', 'id', 'tariffPlanId', 'tariffGroupId', 'optionId', 'dateFrom', 'dateTo', 'timeTo', 'position', 'amount', 'comment'],
  ),
  type(
    'contract.module-changed',
    false,
    ['Modules or services changed', 'Изменены модули или услуги'],
    ['attached', 'detached', 'change', 'id', 'serviceId', 'dateFrom', 'dateTo', 'comment'],
  ),
  type(
    'contract.group-changed',
    false,
    ['Groups or labels changed', 'Изменены группы или метки'],
    ['groupId', 'labelId', 'added', 'former'],
  ),
  type(
    'service-object.changed',
    false,
    ['Service object changed', 'Изменён объект абонплаты'],
    ['change', 'id', 'serviceId', 'objectId', 'count', 'dateFrom', 'dateTo', 'comment'],
  ),
  type(
    'operator.locked-out',
    false,
    ['Logins refused after wrong passwords', 'Вход закрыт после неверных паролей'],
    ['login', 'remoteAddress'],
  ),
];
