import { expect, test } from 'vitest';
import { createMessageContent } from '../engine/message-content.ts';
import type { RunRow } from '../run.ts';

// Whoever must answer with a code can read it: where the text does not show it, it stands at its end.

const person = { name: 'Анна', organization: '', department: '', rank: '', position: '', description: '' };
const textFor = (text: string, code: string | null): string => {
  const run = { number: 1, frozen: { message: { text }, settings: {}, event: null, zone: 'UTC', task: 'x', code } } as unknown as RunRow;
  return createMessageContent(() => undefined)(run, { no: 1, person }).text;
};

test.each([
  ['Пожар, корпус 2', '0471', 'Пожар, корпус 2. Код: 0471'],
  ['Явиться!', '4711', 'Явиться! Код: 4711'],
  ['Fire, building 2', '4711', 'Fire, building 2. Code: 4711'],
  ['{name}, fire', '4711', 'Анна, fire. Код: 4711'],
  ['Заказ 47110', '4711', 'Заказ 47110. Код: 4711'],
  ['Ответьте {code}', '4711', 'Ответьте 4711'],
  ['Ответьте 4711.', '4711', 'Ответьте 4711.'],
  ['Пожар', null, 'Пожар'],
])('%s with %s', (text, code, wanted) => expect(textFor(text, code)).toBe(wanted));
