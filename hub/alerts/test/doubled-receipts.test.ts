import { beforeEach, expect, test } from 'vitest';
import { outcome } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';

// A centre says a receipt twice, as it has not heard us answer: the copy is answered as soon as the first one is stored.

const { bench, states, become } = steerRuns();
beforeEach(() => {
  bench.sms.answer = ({ address }) => outcome('submitted', { messageIds: [`${address}-1`, `${address}-2`] });
});

/** Milliseconds in which a copy is answered, well below the seconds for which an unknown message is asked for. */
const SOON = 5_000;
const receipt = (messageId: string) => bench.sms.news.receipt({ messageId, result: 'delivered', code: 'DELIVRD', detail: '' });
async function quickly(...receipts: Promise<void>[]): Promise<void> {
  const before = performance.now();
  await Promise.all(receipts);
  expect(performance.now() - before).toBeLessThan(SOON);
}
async function waiting(phone: string): Promise<number> {
  const task = await bench.task(await bench.list([{ name: 'Twice', phones: [phone] }]));
  await bench.start(task);
  await become(task, ['w0']);
  return task;
}

test('one after the other', async () => {
  const task = await waiting('+79166000001');
  await receipt('+79166000001-1');
  await quickly(receipt('+79166000001-1'));
  // The copy is not taken for the receipt of the other part.
  expect(await states(task)).toEqual(['w0']);
  await receipt('+79166000001-2');
  await become(task, ['f2']);
  await quickly(receipt('+79166000001-1'), receipt('+79166000001-2'));
});

test('both at once', async () => {
  const task = await waiting('+79166000002');
  await quickly(...['1', '1', '2', '2', '2'].map((part) => receipt(`+79166000002-${part}`)));
  await become(task, ['f2']);
});

test('of a message that has failed, the receipts of its other parts', async () => {
  const task = await waiting('+79166000004');
  const failed = (part: number) =>
    bench.sms.news.receipt({ messageId: `+79166000004-${part}`, result: 'permanent', code: 'REJECTD', detail: '' });
  await failed(1);
  await become(task, ['f6']);
  await quickly(failed(2), failed(1));
  expect(await states(task)).toEqual(['f6']);
});

test('a new message under an id that was used before has its own receipt', async () => {
  const first = await waiting('+79166000003');
  await Promise.all([receipt('+79166000003-1'), receipt('+79166000003-2')]);
  await become(first, ['f2']);
  const second = await waiting('+79166000003');
  await Promise.all([receipt('+79166000003-1'), receipt('+79166000003-2')]);
  await become(second, ['f2']);
});
