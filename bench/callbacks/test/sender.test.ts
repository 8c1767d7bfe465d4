import { expect, test } from 'vitest';
import { guardCost, measureJudging, measureSender, median } from '../sender.ts';

test('the bench of the sender measures each way, and every request of it is answered', async () => {
  const figures = await measureSender({ rounds: 1, seconds: 0.2, concurrency: 8, endpoints: 10 });
  expect(figures.map(({ name }) => name)).toEqual([
    'bare undici pool',
    'sender, no guard, own address',
    'sender, guard, own address',
    'sender, no guard, new addresses',
    'sender, guard, new addresses',
  ]);
  for (const { perSecond, microseconds } of figures) {
    expect(median(perSecond)).toBeGreaterThan(100);
    expect(median(microseconds)).toBeGreaterThan(0);
  }
  expect(guardCost(figures, 'own address')).toBeGreaterThan(-1);
  const { known, whole } = measureJudging(2_000);
  expect([known > 0, whole > 0]).toEqual([true, true]);
});
