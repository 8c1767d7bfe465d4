import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAnswerRoom } from '../feed/answer-room.ts';

test('an answer gets what it wants while there is room, and gives back what it did not use', () => {
  const room = createAnswerRoom(800, 10);
  const first = room.take(100);
  expect([first.bytes, room.taken]).toEqual([100, 100]);
  first.used(40);
  expect(room.taken).toBe(40);
  // A single message may be larger than its share: it counts as what it is.
  first.used(300);
  expect(room.taken).toBe(300);
  first.release();
  first.release();
  first.used(500);
  expect(room.taken).toBe(0);
});

test('many answers that nobody takes make new ones smaller, down to the least', () => {
  const room = createAnswerRoom(800, 10);
  const bytes = Array.from({ length: 100 }, () => room.take(1_000).bytes);
  expect(bytes[0]).toBe(100);
  expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
  expect(bytes.at(-1)).toBe(10);
});

test('whatever is taken, used and released in whatever order, the sum is that of what is held', () => {
  const step = fc.record({ which: fc.nat(), act: fc.constantFrom('take', 'use', 'release'), bytes: fc.nat({ max: 5_000 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const room = createAnswerRoom(10_000, 64);
      const held: { share: ReturnType<typeof room.take>; bytes: number }[] = [];
      for (const { which, act, bytes } of steps) {
        const one = held[which % Math.max(1, held.length)];
        if (act === 'take') {
          const share = room.take(bytes);
          expect(share.bytes).toBeLessThanOrEqual(bytes);
          held.push({ share, bytes: share.bytes });
        } else if (one && act === 'use') {
          one.share.used(bytes);
          one.bytes = bytes;
        } else if (one) {
          one.share.release();
          held.splice(held.indexOf(one), 1);
        }
        expect(room.taken).toBe(held.reduce((sum, each) => sum + each.bytes, 0));
      }
    }),
  );
});
