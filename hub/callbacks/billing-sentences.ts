import type { BillingEventData } from './event-data.ts';

/** What happened to a contract, as half a sentence; nothing in it is personal. */
export type Words = readonly [en: string, ru: string];
export type Saying = (data: BillingEventData) => Words;

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** Nouns of money, each masculine in Russian. */
export const PAYMENT: Words = ['payment', 'платёж'];
export const CHARGE: Words = ['charge', 'расход'];

export const moneyStored =
  ([en, ru]: Words): Saying =>
  ({ id, amount, typeTitle, balanceAfter }) => {
    const what = `${text(id)} ${text(amount)} (${text(typeTitle)})`;
    return [`${en} ${what}, balance ${text(balanceAfter)}`, `${ru} ${what}, баланс ${text(balanceAfter)}`];
  };

export const moneyChanged =
  ([en, ru]: Words): Saying =>
  ({ id, amount, before, balanceAfter }) => {
    const former = typeof before === 'object' && before !== null && 'amount' in before ? text(before.amount) : '';
    const change = `${former} → ${text(amount)}`;
    return [
      `${en} ${text(id)} changed: ${change}, balance ${text(balanceAfter)}`,
      `${ru} ${text(id)} изменён: ${change}, баланс ${text(balanceAfter)}`,
    ];
  };

export const moneyDeleted =
  ([en, ru]: Words): Saying =>
  ({ id, amount, balanceAfter }) => [
    `${en} ${text(id)} ${text(amount)} deleted, balance ${text(balanceAfter)}`,
    `${ru} ${text(id)} ${text(amount)} удалён, баланс ${text(balanceAfter)}`,
  ];

const reserveSpan = ({ dateFrom, dateTo }: BillingEventData): Words => {
  const [from, to] = [text(dateFrom), text(dateTo)];
  return to === '' ? [`from ${from}`, `с ${from}`] : [`from ${from} to ${to}`, `с ${from} по ${to}`];
};

export const reserveStored: Saying = (data) => {
  const what = `${text(data.id)} ${text(data.amount)} (${text(data.typeTitle)})`;
  const [en, ru] = reserveSpan(data);
  return [`reserve ${what} ${en}`, `резерв ${what} ${ru}`];
};

export const reserveChanged: Saying = (data) => {
  const what = `${text(data.id)}`;
  const [en, ru] = reserveSpan(data);
  return [`reserve ${what} changed: ${text(data.amount)} ${en}`, `резерв ${what} изменён: ${text(data.amount)} ${ru}`];
};

export const reserveClosed: Saying = ({ id, amount }) => [
  `reserve ${text(id)} released: ${text(amount)}`,
  `резерв ${text(id)} закрыт: ${text(amount)}`,
];

export const belowLimit: Saying = ({ balance, limit }) => [
  `balance ${text(balance)} is below the limit ${text(limit)}`,
  `баланс ${text(balance)} ниже лимита ${text(limit)}`,
];

export const restored: Saying = ({ balance, limit }) => [
  `balance ${text(balance)} is no longer below the limit ${text(limit)}`,
  `баланс ${text(balance)} больше не ниже лимита ${text(limit)}`,
];

export const closed: Saying = ({ dateTo }) => [`last day ${text(dateTo)}`, `последний день ${text(dateTo)}`];

const REASONS: Readonly<Record<string, Words>> = {
  manual: ['by an operator', 'вручную'],
  scheduled: ['as scheduled', 'по плану'],
  payment: ['after a payment', 'после оплаты'],
  debt: ['because of a debt', 'из-за долга'],
};

export const statusChanged: Saying = ({ statusTitle, dateFrom, reason }) => {
  const known = text(reason);
  const [en, ru] = (Object.hasOwn(REASONS, known) ? REASONS[known] : undefined) ?? [known, known];
  return [`status "${text(statusTitle)}" from ${text(dateFrom)}, ${en}`, `статус «${text(statusTitle)}» с ${text(dateFrom)}, ${ru}`];
};

export const limitChanged: Saying = ({ former, limit, until }) => {
  const change = `${text(former)} → ${text(limit)}`;
  const day = text(until);
  return day === '' ? [`limit ${change}`, `лимит ${change}`] : [`limit ${change} until ${day}`, `лимит ${change} до ${day}`];
};

export const parameterChanged: Saying = ({ parameterId }) => [
  `parameter ${text(parameterId)} changed`,
  `изменён параметр ${text(parameterId)}`,
];
