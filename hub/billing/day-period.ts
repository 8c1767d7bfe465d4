import { badValue } from './bad-value.ts';

const [FIRST_YEAR, LAST_YEAR] = [1900, 2200];

function checkDay(parameter: string, day: Temporal.PlainDate | null): void {
  if (day !== null && (day.year < FIRST_YEAR || day.year > LAST_YEAR))
    throw badValue(
      parameter,
      `the year ${day.year} is outside ${FIRST_YEAR}..${LAST_YEAR}`,
      `год ${day.year} вне пределов ${FIRST_YEAR}..${LAST_YEAR}`,
    );
}

/**
 * Refuses days that cannot be meant (spec 10.2). Null: that end is open.
 * @param names what the caller calls the two days
 * @throws HubError BAD_REQUEST, reason: the name of the parameter
 */
export function checkPeriod(
  dateFrom: Temporal.PlainDate | null,
  dateTo: Temporal.PlainDate | null,
  [from, to]: readonly [string, string] = ['dateFrom', 'dateTo'],
): void {
  checkDay(from, dateFrom);
  checkDay(to, dateTo);
  if (dateFrom && dateTo && Temporal.PlainDate.compare(dateFrom, dateTo) > 0)
    throw badValue(to, `${dateTo} is before ${dateFrom}`, `дата окончания ${dateTo} раньше даты начала ${dateFrom}`);
}
