import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupsOf, HIGHEST_GROUP, maskOf } from '../group-mask.ts';

const groups = fc.uniqueArray(fc.integer({ min: 0, max: HIGHEST_GROUP }));

test('a mask holds exactly the groups that it was made of, and never becomes negative', () => {
  fc.assert(
    fc.property(groups, (some) => {
      const mask = maskOf(some);
      expect(groupsOf(mask)).toEqual(some.toSorted((one, other) => one - other));
      // As it lies in a bigint of the database.
      expect(BigInt.asIntN(64, mask)).toBe(mask);
      expect(mask >= 0n).toBe(true);
    }),
  );
  expect(maskOf(Array.from({ length: HIGHEST_GROUP + 1 }, (_, at) => at))).toBe(2n ** 63n - 1n);
});
