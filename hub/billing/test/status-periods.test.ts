import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overwrite, periodOn, type StatusPeriod, withdraw } from '../status-periods.ts';

const START = Temporal.PlainDate.from('2026-01-01');
const day = (number: number): Temporal.PlainDate => START.add({ days: number });
const DAYS = 60;

/** The status of each of the first days; undefined where none holds. */
const statuses = (periods: readonly StatusPeriod[]): (number | undefined)[] =>
  Array.from({ length: DAYS }, (_, number) => periodOn(periods, day(number))?.status);

const period = (id: number, status: number, from: number, to: number | null): StatusPeriod => ({
  id,
  status,
  dateFrom: day(from),
  dateTo: to === null ? null : day(to),
  comment: '',
});

const change = fc
  .record({ status: fc.integer({ min: 0, max: 5 }), from: fc.nat(DAYS - 1), length: fc.option(fc.nat(DAYS)) })
  .map(({ status, from, length }) => ({ status, dateFrom: day(from), dateTo: length === null ? null : day(from + length), comment: '' }));

/** Gives the new periods numbers, as the database does. */
function numbered(periods: readonly StatusPeriod[]): StatusPeriod[] {
  let next = Math.max(0, ...periods.map(({ id }) => id));
  return periods.map((one) => {
    if (one.id !== 0) return one;
    next += 1;
    return { ...one, id: next };
  });
}

const history = fc
  .array(change, { maxLength: 12 })
  .map((changes) => changes.reduce((periods, one) => numbered(overwrite(periods, one)), [period(1, 0, 0, null)] as StatusPeriod[]));

describe('setting a status for some days (spec 2.6, 2.15 number 5)', () => {
  test('changes the status of these days and of no other', () => {
    fc.assert(
      fc.property(history, change, (before, one) => {
        const [former, now] = [statuses(before), statuses(overwrite(before, one))];
        for (let number = 0; number < DAYS; number += 1) {
          const at = day(number);
          const inside =
            Temporal.PlainDate.compare(at, one.dateFrom) >= 0 && (one.dateTo === null || Temporal.PlainDate.compare(at, one.dateTo) <= 0);
          expect(now[number]).toBe(inside ? one.status : former[number]);
        }
      }),
    );
  });

  test('leaves periods in order that never overlap, no row twice', () => {
    fc.assert(
      fc.property(history, change, (before, one) => {
        const after = overwrite(before, one);
        for (const [at, next] of after.slice(1).entries()) {
          const end = after[at]?.dateTo;
          expect(end && Temporal.PlainDate.compare(end, next.dateFrom)).toBe(-1);
        }
        for (const { dateFrom, dateTo } of after) expect(dateTo === null || Temporal.PlainDate.compare(dateFrom, dateTo) <= 0).toBe(true);
        const ids = after.map(({ id }) => id).filter((id) => id !== 0);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  test('splits a period around it; after it the former status returns', () => {
    const after = overwrite([period(7, 0, 0, null)], period(0, 4, 10, 19));
    expect(after.map(({ id, status, dateFrom, dateTo }) => [id, status, `${dateFrom}`, dateTo && `${dateTo}`])).toEqual([
      [7, 0, '2026-01-01', '2026-01-10'],
      [0, 4, '2026-01-11', '2026-01-20'],
      [0, 0, '2026-01-21', null],
    ]);
  });

  test('with an open end replaces everything after its start, and what began on that day', () => {
    const before = [period(1, 0, 0, 9), period(2, 4, 10, 19), period(3, 0, 20, null)];
    expect(overwrite(before, period(0, 3, 10, null)).map(({ id, status }) => [id, status])).toEqual([
      [1, 0],
      [0, 3],
    ]);
  });
});

describe('withdrawing a scheduled status', () => {
  test('gives its days back to the one before', () => {
    const planned = numbered(overwrite([period(1, 0, 0, null)], period(0, 4, 10, 19)));
    const gone = planned.find(({ status }) => status === 4);
    const after = withdraw(planned, gone?.id ?? 0);
    expect(statuses(after ?? [])).toEqual(statuses([period(1, 0, 0, null)]));
  });

  test('is nothing for the first period and for an unknown one', () => {
    const before = [period(1, 0, 0, 9), period(2, 4, 10, null)];
    expect(withdraw(before, 1)).toBeUndefined();
    expect(withdraw(before, 9)).toBeUndefined();
  });
});
