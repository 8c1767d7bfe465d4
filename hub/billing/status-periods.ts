/**
 * The statuses of a contract as periods (spec billing 2.6): they never overlap, an open end is null. What begins in the future is a scheduled change.
 */
export interface StatusPeriod {
  /** 0: not stored yet. */
  readonly id: number;
  readonly status: number;
  readonly dateFrom: Temporal.PlainDate;
  readonly dateTo: Temporal.PlainDate | null;
  readonly comment: string;
}

const { compare } = Temporal.PlainDate;

const reaches = ({ dateTo }: Pick<StatusPeriod, 'dateTo'>, day: Temporal.PlainDate): boolean =>
  dateTo === null || compare(dateTo, day) >= 0;

const holdsOn = (period: StatusPeriod, day: Temporal.PlainDate): boolean => compare(period.dateFrom, day) <= 0 && reaches(period, day);

/** The period that holds on a day; undefined: none does. */
export const periodOn = (periods: readonly StatusPeriod[], day: Temporal.PlainDate): StatusPeriod | undefined =>
  periods.find((period) => holdsOn(period, day));

/**
 * The periods after a status was set for [dateFrom, dateTo]: what lies inside vanishes, neighbours are cut, a period around it is split in two, so that
 * after a bounded one the former status returns. The first half of a split keeps the number of its row. In order of time.
 */
export function overwrite(periods: readonly StatusPeriod[], change: Omit<StatusPeriod, 'id'>): StatusPeriod[] {
  const left: StatusPeriod[] = [];
  for (const period of periods) {
    const before = compare(period.dateFrom, change.dateFrom) < 0;
    const cut = before && reaches(period, change.dateFrom);
    left.push(...(before ? [cut ? { ...period, dateTo: change.dateFrom.subtract({ days: 1 }) } : period] : []));
    const { dateTo: end } = change;
    if (end === null || !(period.dateTo === null || compare(period.dateTo, end) > 0)) continue;
    if (compare(period.dateFrom, end) > 0) left.push(period);
    else left.push({ ...period, id: before ? 0 : period.id, dateFrom: end.add({ days: 1 }) });
  }
  return [...left, { ...change, id: 0 }].sort((a, b) => compare(a.dateFrom, b.dateFrom));
}

/**
 * The periods without one that is scheduled: the one before it goes on in its place.
 * @returns undefined: there is no such period, or nothing comes before it
 */
export function withdraw(periods: readonly StatusPeriod[], id: number): StatusPeriod[] | undefined {
  const place = periods.findIndex((period) => period.id === id);
  const [gone, former] = [periods[place], periods[place - 1]];
  if (gone === undefined || former === undefined) return undefined;
  return periods.toSpliced(place - 1, 2, { ...former, dateTo: gone.dateTo });
}
