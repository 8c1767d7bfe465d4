import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, expect, test } from 'vitest';
import { measure, type Note } from '../channels.ts';
import type { MetricDefinition } from '../metric.ts';
import { type Metrics, type MetricsOptions, startMetrics } from '../metrics.ts';

const DEFINITIONS: readonly MetricDefinition[] = [
  { name: 'test_total', kind: 'counter', help: 'things', labels: ['kind'] },
  { name: 'test_level', kind: 'gauge', help: 'level' },
  { name: 'test_seconds', kind: 'histogram', help: 'time', buckets: [0.1, 1] },
];

let metrics: Metrics | undefined;
const start = (options: MetricsOptions = {}): Metrics => {
  metrics = startMetrics(DEFINITIONS, options);
  return metrics;
};
afterEach(() => metrics?.stop());

test('measurements arrive by the name of their metric', async () => {
  start();
  measure('test_total', 2, { kind: 'a' });
  measure('test_total', 1, { kind: 'a' });
  measure('test_level', 7);
  measure('test_seconds', 0.5);
  const page = await metrics?.page();
  expect(page).toContain('# HELP test_total things');
  expect(page).toContain('test_total{kind="a"} 3');
  expect(page).toContain('test_level 7');
  expect(page).toContain('test_seconds_bucket{le="0.1"} 0');
  expect(page).toContain('test_seconds_bucket{le="1"} 1');
  expect(page).toContain('process_resident_memory_bytes');
  expect(metrics?.contentType).toContain('text/plain');
});

test('gauges are read when asked for; one that fails or hangs is left out and harms no other', async () => {
  start({ patience: 50 }).addGauges([
    { name: 'good', kind: 'gauge', help: 'good', collect: () => 3 },
    { name: 'bad', kind: 'gauge', help: 'bad', collect: () => Promise.reject(new Error('no database')) },
    { name: 'hanging', kind: 'gauge', help: 'hanging', collect: () => new Promise<number>(() => undefined) },
  ]);
  const page = await metrics?.page();
  expect(page).toMatch(/^good 3$/m);
  expect(page).not.toMatch(/^(bad|hanging) /m);
});

test('two metrics with one name are an error at the start', () => {
  expect(() => startMetrics([DEFINITIONS[0] as MetricDefinition, DEFINITIONS[0] as MetricDefinition])).toThrow(/already been registered/);
});

test('strict, as in tests: an unknown metric is an error', async () => {
  start();
  const thrown = Promise.withResolvers<Error>();
  const runner = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', thrown.resolve);
  measure('nobody_declared_this', 1);
  const error = await thrown.promise;
  for (const listener of runner) process.on('uncaughtException', listener);
  expect(error.message).toBe("the metric nobody_declared_this is not declared in any module's metrics");
});

test('otherwise an unknown metric or label is noted once and dropped', async () => {
  start({ strict: false });
  const heard: Note[] = [];
  const hear = (note: unknown): void => void heard.push(note as Note);
  subscribe('vestnik.note', hear);
  measure('nobody_declared_this', 1);
  measure('nobody_declared_this', 1);
  measure('test_total', 1, { other: 'x' });
  unsubscribe('vestnik.note', hear);
  expect(heard.map((note) => note.about?.['metric'])).toEqual(['nobody_declared_this', 'test_total']);
  expect(await metrics?.page()).not.toContain('nobody_declared_this');
});

test('after stop nothing is counted', async () => {
  const first = start();
  measure('test_level', 1);
  first.stop();
  measure('test_level', 2);
  expect(await first.page()).not.toContain('test_level 2');
});
