import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKnownIds } from '../known-ids.ts';

test('behaves as a Map of id to first day, whatever is added and forgotten', () => {
  const id = fc.uuid();
  const action = fc.oneof(
    fc.record({ add: id, day: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ again: fc.nat(200), day: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ forget: fc.integer({ min: 0, max: 50 }) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), id, (actions, stranger) => {
      const ids = createKnownIds();
      const model = new Map<string, number>();
      for (const each of actions) {
        if ('forget' in each) {
          ids.forgetBefore(each.forget);
          for (const [known, day] of model) if (day < each.forget) model.delete(known);
          continue;
        }
        const key = 'add' in each ? each.add : ([...model.keys()][each.again % Math.max(model.size, 1)] ?? stranger);
        ids.add(key, each.day);
        if (!model.has(key)) model.set(key, each.day);
      }
      expect(ids.size).toBe(model.size);
      const copy = createKnownIds();
      for (const piece of ids.pack(3)) {
        expect(piece.bytes.length % 16).toBe(0);
        expect(piece.bytes.length).toBeLessThanOrEqual(3 * 16);
        copy.unpack(piece);
      }
      expect(copy.size).toBe(model.size);
      for (const [known, day] of model) {
        expect(ids.has(known) && copy.has(known)).toBe(true);
        copy.forgetBefore(0);
        expect([...copy.pack(1)].find((piece) => piece.bytes.toString('hex') === known.replaceAll('-', '').toLowerCase())?.day).toBe(day);
      }
      expect(ids.has(stranger)).toBe(model.has(stranger));
    }),
  );
});

test('grows to a hundred thousand ids and knows each in either case of letters', () => {
  const ids = createKnownIds();
  const added = Array.from({ length: 100_000 }, () => randomUUID());
  for (const id of added) ids.add(id, 20_000);
  expect(ids.size).toBe(100_000);
  expect(added.every((id) => ids.has(id) && ids.has(id.toUpperCase()))).toBe(true);
  expect(Array.from({ length: 1000 }, () => randomUUID()).some((id) => ids.has(id))).toBe(false);
  ids.forgetBefore(20_001);
  expect(ids.size).toBe(0);
  expect(ids.has(added[0]!)).toBe(false);
});
