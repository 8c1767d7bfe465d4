import { describe, expect, test } from 'vitest';
import { bestOf, countedAs, improves, RESULT, type Result } from '../result.ts';

/** Best first, by the numbers of specification of alerts 4.3.4. */
const ORDER: readonly Result[] = [3, 2, 13, 7, 8, 14, 5, 4, 15, 6, 11];

describe('the best of the results of a target', () => {
  test.each(ORDER.flatMap((better, place) => ORDER.slice(place).map((worse) => [better, worse] as const)))(
    '%i stands above %i',
    (better, worse) => {
      expect([bestOf(better, worse), bestOf(worse, better)]).toEqual([better, better]);
    },
  );
  test.each(ORDER)('%i is better than none', (result) => {
    expect([bestOf(RESULT.queued, result), bestOf(result, RESULT.queued)]).toEqual([result, result]);
  });
});

describe('a fact that comes after the end', () => {
  const ALL = Object.values(RESULT);
  test('2 over what was not reached or not known, never over 2, 3 and 13', () => {
    expect(ALL.filter((present) => improves(present, RESULT.notified))).toEqual(ALL.filter((present) => ![2, 3, 13].includes(present)));
  });
  test('3 over everything but itself', () => {
    expect(ALL.filter((present) => improves(present, RESULT.confirmed))).toEqual(ALL.filter((present) => present !== 3));
  });
  test('13 as 2: the receipt of somebody who is asked for more', () => {
    expect(ALL.filter((present) => improves(present, RESULT.unconfirmed))).toEqual(ALL.filter((present) => ![2, 3, 13].includes(present)));
  });
  test.each(ALL.filter((later) => ![2, 3, 13].includes(later)))('%i improves nothing', (later) => {
    expect(ALL.filter((present) => improves(present, later))).toEqual([]);
  });
});

test('progress counts 2 as notified, 3 as confirmed, and everything else that is final as failed', () => {
  const final = Object.values(RESULT).filter((result) => result > 1);
  expect(final.map(countedAs)).toEqual(final.map((result) => (result === 2 ? 'notified' : result === 3 ? 'confirmed' : 'failed')));
});
