import { expect, test } from 'vitest';
import type { Bind, Part } from '../smpp/bind.ts';
import type { OutgoingMessage } from '../smpp/pdu.ts';
import { submit } from '../smpp/submission.ts';

// What the answers to the parts of one message mean for the whole of it.

const PART = {} as OutgoingMessage;

/** Submits as many parts as there are answers; the centre gives them in their order. */
function submitted(...statuses: readonly number[]) {
  const queue: Part[] = [];
  const bind: Pick<Bind, 'enqueue'> = { enqueue: (part) => void queue.push(part) };
  const host = {
    pump() {
      for (const [place, part] of queue.splice(0).entries()) part.settle({ status: statuses[place] ?? 0, id: `${place}`, sentAt: 0 });
    },
    throttled() {},
    taken: (id: string) => id,
  };
  return submit(
    statuses.map(() => PART),
    bind as Bind,
    host,
    new AbortController().signal,
  );
}

test.each([
  ['all of them taken', [0, 0, 0], 'submitted', 3],
  ['a fault of our parameters with the first and only part', [0x0a], 'channel', 0],
  ['a fault of our parameters with all of them', [0x0a, 0x0a], 'channel', 0],
  ['a fault of our parameters behind a part that was taken: it would be sent again at once, and whole', [0, 0x0a, 0x0a], 'unknown', 1],
  ['a passing fault behind a part that was taken: by the rounds', [0, 0x08], 'temporary', 1],
  ['a number that is refused behind a part that was taken', [0, 0x0b, 0x0a], 'permanent', 1],
] as const)('%s', async (_, statuses, result, taken) => {
  const outcome = await submitted(...statuses);
  expect(outcome).toMatchObject({ result, elsewhere: false });
  expect(outcome.ids).toHaveLength(taken);
});
