import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLongMessages, type ReceivedPart } from '../long-messages.ts';
import { splitText } from '../sms-text.ts';

const part = (place: number, total: number, text: string, more: Partial<ReceivedPart> = {}, reference = 7): ReceivedPart => ({
  from: '+79160000001',
  to: '4711',
  text,
  concatenation: { reference, total, place },
  ...more,
});
const whole = (text: string, complete = true) => ({ from: '+79160000001', to: '4711', text, complete });

test('parts in any order, each perhaps twice, give the text once', () => {
  const text = 'Подтверждаю получение, выезжаю немедленно 😀. '.repeat(12);
  const parts = splitText(text).parts.map((piece, index, { length }) => part(index + 1, length, piece));
  expect(parts.length).toBeGreaterThan(5);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(parts, { minLength: parts.length }),
      fc.array(fc.constantFrom(...parts.slice(1)), { maxLength: 4 }),
      (order, again) => {
        const messages = createLongMessages();
        const given = [...again, ...order].flatMap((piece) => messages.add(piece, 0));
        expect(given[0]).toEqual(whole(text));
      },
    ),
  );
});

test('two senders with one reference, and one sender with two numbers, are kept apart', () => {
  const messages = createLongMessages();
  expect(messages.add(part(1, 2, 'a'), 0)).toEqual([]);
  expect(messages.add(part(2, 2, 'x', { from: '+79160000002' }), 0)).toEqual([]);
  expect(messages.add(part(2, 2, 'y', { to: '4712' }), 0)).toEqual([]);
  expect(messages.add(part(2, 2, 'z', {}, 8), 0)).toEqual([]);
  expect(messages.add(part(2, 2, 'b'), 0)).toEqual([whole('ab')]);
});

test('a pair that the sender has cut is whole again, a half one does not reach the database', () => {
  const messages = createLongMessages();
  messages.add(part(1, 2, 'ok \ud83d'), 0);
  expect(messages.add(part(2, 2, '\ude00'), 0)).toEqual([whole('ok 😀')]);
  expect(messages.add(part(1, 1, 'a\0\ud83d'), 0)).toEqual([whole('a\ufffd')]);
});

test('after 60 s what has come is given out, with a sign for what is missing', () => {
  const messages = createLongMessages();
  messages.add(part(4, 4, 'end'), 1_000);
  messages.add(part(1, 4, 'begin '), 30_000);
  expect(messages.overdue(60_999)).toEqual([]);
  expect(messages.overdue(61_000)).toEqual([whole('begin …end', false)]);
  expect(messages.overdue(61_000)).toEqual([]);
});

test('a reference that comes round again begins anew', () => {
  const messages = createLongMessages();
  messages.add(part(1, 2, 'old'), 0);
  expect(messages.add(part(2, 2, 'new'), 60_000)).toEqual([whole('old…', false)]);
  expect(messages.add(part(1, 2, 'quite '), 60_001)).toEqual([whole('quite new')]);
});

test('the oldest gives way when there are too many, and no part fills the memory', () => {
  const messages = createLongMessages({ most: 2 });
  messages.add(part(1, 2, 'a', {}, 1), 0);
  messages.add(part(1, 2, 'b', {}, 2), 1);
  expect(messages.add(part(1, 2, 'c'.repeat(65_000), {}, 3), 2)).toEqual([whole('a…', false)]);
  expect(messages.add(part(2, 2, '', {}, 3), 3)[0]?.text).toBe('c'.repeat(254));
});
