import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { HubError } from '../../errors.ts';
import { idCursor, limitSchema, pageAnswer, pageOf, pageQuery } from '../page.ts';

/** What an act throws. */
function failure(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe('a page', () => {
  const rows = [3, 5, 8].map((id) => ({ id }));
  const cursorOf = ({ id }: { id: number }): string => `behind ${id}`;

  test('goes on behind its last row when there was one row more than its limit', () => {
    expect(pageOf(rows, 2, cursorOf)).toEqual({ items: [{ id: 3 }, { id: 5 }], next: 'behind 5' });
  });

  test('is the last one when there was not, and when there is nothing', () => {
    expect(pageOf(rows, 3, cursorOf)).toEqual({ items: rows, next: null });
    expect(pageOf(rows, 4, cursorOf).next).toBeNull();
    expect(pageOf([], 1, cursorOf)).toEqual({ items: [], next: null });
  });

  test('page after page, a list comes whole and in order, whatever the limit', () => {
    const cursor = idCursor('t1');
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1_000 })), fc.integer({ min: 1, max: 10 }), (ids, limit) => {
        const list = ids.toSorted((one, other) => one - other);
        const read: number[] = [];
        for (let after: string | null | undefined; after !== null; ) {
          const from = cursor.idOf(after);
          const found = list.filter((id) => id > from).slice(0, limit + 1);
          const page: { items: readonly number[]; next: string | null } = pageOf(found, limit, cursor.after);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          read.push(...page.items);
          after = page.next;
        }
        expect(read).toEqual(list);
      }),
    );
  });
});

describe('of a query', () => {
  test('the limit is a whole number from 1 to 1000, 100 when it is left out', () => {
    expect([undefined, '1', '1000'].map((text) => limitSchema.parse(text))).toEqual([100, 1, 1_000]);
    for (const text of ['0', '-1', '1001', '1.5', 'ten', 'Infinity']) expect(limitSchema.safeParse(text).success, text).toBe(false);
  });

  test('a cursor longer than any of ours is refused', () => {
    const query = z.strictObject(pageQuery);
    expect(query.parse({ after: 'x'.repeat(100) })).toEqual({ limit: 100, after: 'x'.repeat(100) });
    expect(query.safeParse({ after: 'x'.repeat(101) }).success).toBe(false);
  });

  test('the answer is described with its items', () => {
    const answer = pageAnswer(z.object({ id: z.int() }));
    expect(answer.parse({ items: [{ id: 1 }], next: null })).toEqual({ items: [{ id: 1 }], next: null });
    expect(answer.safeParse({ items: [{ id: 'one' }], next: null }).success).toBe(false);
    expect(answer.safeParse({ items: [] }).success).toBe(false);
  });
});

describe('a cursor of ids', () => {
  const cursor = idCursor('t1');

  test('gives its id back; without one a list begins below every id', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (id) => cursor.idOf(cursor.after(id)) === id));
    expect(cursor.idOf(undefined)).toBe(0);
  });

  test('stays what it was: callers keep cursors over an upgrade of the hub', () => {
    expect([idCursor('v1').after(5), idCursor('c1').after(1042)]).toEqual(['djEuNQ', 'YzEuMTA0Mg']);
  });

  test('is refused when it is damaged, of another module, or not written as ours', () => {
    const encoded = (text: string): string => Buffer.from(text).toString('base64url');
    const wrong = [
      ...['', 'x', '5', `${cursor.after(5)}=`, ` ${cursor.after(5)}`, cursor.after(500).slice(1)],
      ...['t2.5', 't1.', 't1.-5', 't1.05', 't1.5 ', 't1.1e3', 't1.9007199254740992', 't1.99999999999999999'].map(encoded),
      idCursor('t2').after(5),
    ];
    for (const text of wrong)
      expect(
        failure(() => cursor.idOf(text)),
        text,
      ).toMatchObject({
        code: 'BAD_REQUEST',
        reason: 'cursor',
        message: 'after: this is not a cursor that a list answered; leave it out to begin at the first page',
        russian: 'after: это не курсор из ответа списка; без него список начинается сначала',
      });
  });

  test('whatever comes is an id or a refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        const found = failure(() => cursor.idOf(text));
        return typeof found === 'number' || found instanceof HubError;
      }),
    );
  });

  test('a module can say it in its own words', () => {
    expect(failure(() => idCursor('t1', 'after: no such place in the list of trains').idOf('x'))).toMatchObject({
      reason: 'cursor',
      message: 'after: no such place in the list of trains',
    });
  });
});
