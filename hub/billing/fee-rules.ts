import { divideRounded, type Money } from './money.ts';
import type { StatusPeriod } from './status-periods.ts';

/**
 * How much a service object costs in a month (spec billing 2.10): pure and exact. A day counts when the object, the contract and a tariff that prices the
 * service include it and its status is none without fee; the fee is month price / days of the month x counted days, rounded once per object and month.
 */
export interface FeeDays {
  readonly dateFrom: Temporal.PlainDate | null;
  readonly dateTo: Temporal.PlainDate | null;
}

export interface FeeObject extends FeeDays {
  readonly id: number;
  readonly serviceId: number;
  readonly count: number;
  readonly entityMid: number;
  readonly entityId: number;
}

/** A plan on a contract. One bound to an entity prices only the objects of that entity. */
export interface FeeTariff extends FeeDays {
  readonly planId: number;
  readonly entityMid: number;
  readonly entityId: number;
}

export type PriceUnit = 'month' | 'day' | 'once';

export interface FeePrice extends FeeDays {
  readonly serviceId: number;
  readonly unit: PriceUnit;
  readonly price: Money;
}

/** All that the fees of one contract depend on. */
export interface FeeGround {
  readonly contract: FeeDays;
  /** 0 credit: day by day up to yesterday; 1 debit: in advance. */
  readonly mode: 0 | 1;
  readonly objects: readonly FeeObject[];
  /** The lowest position first. */
  readonly tariffs: readonly FeeTariff[];
  /** By plan; of one unit the one that began last stands last. */
  readonly prices: ReadonlyMap<number, readonly FeePrice[]>;
  readonly statuses: readonly Pick<StatusPeriod, 'status' | 'dateFrom' | 'dateTo'>[];
  /** Statuses without fee. */
  readonly suspendCodes: readonly number[];
}

/** Days of a month by number, both included; first > last: none. */
type Span = readonly [first: number, last: number];

const DAY = 86_400_000;
const numberOf = ({ year, month, day }: Temporal.PlainDate): number => {
  // Date.UTC takes the years 0 to 99 for those of the twentieth century; there are none here.
  return Date.UTC(year, month - 1, day) / DAY;
};

function spanIn(month: Temporal.PlainDate, { dateFrom, dateTo }: FeeDays): Span {
  const before = numberOf(month) - 1;
  return [
    dateFrom ? Math.max(1, numberOf(dateFrom) - before) : 1,
    dateTo ? Math.min(month.daysInMonth, numberOf(dateTo) - before) : month.daysInMonth,
  ];
}

const within = ([first, last]: Span, day: number): boolean => first <= day && day <= last;

/** What one day costs, times the days of the month: so that no day is rounded by itself. */
function dayCost(month: Temporal.PlainDate, object: FeeObject, price: FeePrice, day: number): bigint {
  const whole = price.price * BigInt(object.count);
  if (price.unit === 'month') return whole;
  if (price.unit === 'once' && !(object.dateFrom?.day === day && object.dateFrom.with({ day: 1 }).equals(month))) return 0n;
  return whole * BigInt(month.daysInMonth);
}

/** The cost of each day by one plan; undefined where the plan does not price the service. */
function planCosts(ground: FeeGround, month: Temporal.PlainDate, object: FeeObject, tariff: FeeTariff): (bigint | undefined)[] {
  const costs: (bigint | undefined)[] = [];
  const onPlan = spanIn(month, tariff);
  const prices = (ground.prices.get(tariff.planId) ?? [])
    .filter(({ serviceId }) => serviceId === object.serviceId)
    .map((price) => ({ price, span: spanIn(month, price) }));
  if (prices.length === 0) return costs;
  for (let day = Math.max(1, onPlan[0]); day <= onPlan[1]; day += 1) {
    const byUnit = new Map<PriceUnit, FeePrice>();
    for (const { price, span } of prices) if (within(span, day)) byUnit.set(price.unit, price);
    if (byUnit.size > 0) costs[day] = [...byUnit.values()].reduce((sum, price) => sum + dayCost(month, object, price, day), 0n);
  }
  return costs;
}

/** The cost of each day that counts, times the days of the month; undefined where none does. */
function countedDays(ground: FeeGround, object: FeeObject, month: Temporal.PlainDate): (bigint | undefined)[] {
  const days: (bigint | undefined)[] = [];
  const [onObject, onContract] = [spanIn(month, object), spanIn(month, ground.contract)];
  const [first, last] = [Math.max(onObject[0], onContract[0]), Math.min(onObject[1], onContract[1])];
  if (first > last) return days;
  const suspended = ground.statuses.filter(({ status }) => ground.suspendCodes.includes(status)).map((period) => spanIn(month, period));
  const plans = ground.tariffs
    .filter(
      ({ entityMid, entityId }) => (entityMid === 0 && entityId === 0) || (entityMid === object.entityMid && entityId === object.entityId),
    )
    .map((tariff) => planCosts(ground, month, object, tariff));
  for (let day = first; day <= last; day += 1)
    if (!suspended.some((span) => within(span, day))) days[day] = plans.find((costs) => costs[day] !== undefined)?.[day];
  return days;
}

/**
 * What is accrued for an object and a month by the end of `today`'s run: of a month that is over everything; of the present one in credit mode the days
 * up to yesterday, in debit mode these and in advance today and what follows without a break; of a later one nothing.
 * @param month its first day
 */
export function feeOf(ground: FeeGround, object: FeeObject, month: Temporal.PlainDate, today: Temporal.PlainDate): Money {
  const present = today.with({ day: 1 });
  const order = Temporal.PlainDate.compare(month, present);
  if (order > 0) return 0n;
  const days = countedDays(ground, object, month);
  const sure = order < 0 ? month.daysInMonth : today.day - 1;
  let sum = 0n;
  for (let day = 1; day <= sure; day += 1) sum += days[day] ?? 0n;
  if (order === 0 && ground.mode === 1)
    for (let day = today.day; day <= month.daysInMonth; day += 1) {
      const cost = days[day];
      if (cost === undefined) break;
      sum += cost;
    }
  return divideRounded(sum, BigInt(month.daysInMonth));
}

/** The first days of the months from that of `from` to that of `to`. */
export function monthsBetween(from: Temporal.PlainDate, to: Temporal.PlainDate): Temporal.PlainDate[] {
  const months: Temporal.PlainDate[] = [];
  for (let month = from.with({ day: 1 }); Temporal.PlainDate.compare(month, to) <= 0; month = month.add({ months: 1 })) months.push(month);
  return months;
}
