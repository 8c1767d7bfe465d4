/**
 * How days, times and periods read in XML actions: `31.03.2020`, `31.03.2020 08:05:00`, `01.02.2020-31.03.2020`, an open end `…` (spec billing 4).
 */
const two = (number: number): string => String(number).padStart(2, '0');

type Day = Pick<Temporal.PlainDate, 'day' | 'month' | 'year'>;

/** `31.03.2020`; '' for none. */
export const dayText = (day: Day | null | undefined): string =>
  day ? `${two(day.day)}.${two(day.month)}.${String(day.year).padStart(4, '0')}` : '';

/** `31.03.2020 08:05:00` by the clock of the billing's time zone; '' for none. */
export function dateTimeText(at: Temporal.Instant | null | undefined, timeZone: string): string {
  if (!at) return '';
  const time = at.toZonedDateTimeISO(timeZone);
  return `${dayText(time)} ${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
}

/** `01.02.2020-31.03.2020`; an end that is open reads `…`; '' when both are. */
export const periodText = (from: Day | null | undefined, to: Day | null | undefined): string =>
  from || to ? `${dayText(from) || '…'}-${dayText(to) || '…'}` : '';
