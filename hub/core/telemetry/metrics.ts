import { Counter, collectDefaultMetrics, Histogram, Gauge as PromGauge, Registry } from 'prom-client';
import { type Measurement, measureChannel, notesOf } from './channels.ts';
import type { Gauge, MetricDefinition } from './metric.ts';

/**
 * The Prometheus registry: makes the declared metrics real, listens to measurements, reads gauges when asked.
 * Metrics of the process (event loop delay, memory, CPU, garbage collection) are always among them.
 */
export interface Metrics {
  /** Gauges of modules that have started. A gauge that cannot be read is left out of the page and noted. */
  addGauges(gauges: readonly Gauge[]): void;
  /** The page in Prometheus' text form. */
  page(): Promise<string>;
  readonly contentType: string;
  stop(): void;
}

export interface MetricsOptions {
  /** An unknown metric or label throws instead of being noted once. (Default: true under NODE_ENV=test) */
  readonly strict?: boolean;
  /** How long one gauge may take, milliseconds. (Default: 2000) */
  readonly patience?: number;
}

const notes = notesOf('telemetry.metrics');

type Kept =
  | { readonly kind: 'counter'; readonly metric: Counter }
  | { readonly kind: 'gauge'; readonly metric: PromGauge }
  | { readonly kind: 'histogram'; readonly metric: Histogram };

function register(registry: Registry, { name, kind, help, labels = [], buckets }: MetricDefinition): Kept {
  const common = { name, help, labelNames: [...labels], registers: [registry] };
  if (kind === 'counter') return { kind, metric: new Counter(common) };
  if (kind === 'gauge') return { kind, metric: new PromGauge(common) };
  return { kind, metric: new Histogram({ ...common, ...(buckets && { buckets: [...buckets] }) }) };
}

/** Answers undefined when the gauge cannot be read in time. */
async function readGauge(gauge: Gauge, patience: number): Promise<number | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience} ms`)), patience);
  });
  try {
    return await Promise.race([gauge.collect(), late]);
  } catch (error) {
    notes.debug('a gauge could not be read', { gauge: gauge.name, why: error instanceof Error ? error.message : String(error) });
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** @throws Error when two definitions have one name. */
export function startMetrics(definitions: readonly MetricDefinition[], options: MetricsOptions = {}): Metrics {
  const { strict = process.env['NODE_ENV'] === 'test', patience = 2_000 } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const kept = new Map<string, Kept>();
  for (const definition of definitions) kept.set(definition.name, register(registry, definition));
  const gauges: { readonly gauge: Gauge; readonly metric: PromGauge }[] = [];
  const complained = new Set<string>();

  const take = (message: unknown): void => {
    const { metric: name, value, labels = {} } = message as Measurement;
    try {
      const found = kept.get(name);
      if (!found) throw new Error(`the metric ${name} is not declared in any module's metrics`);
      if (found.kind === 'counter') found.metric.inc(labels, value);
      else if (found.kind === 'gauge') found.metric.set(labels, value);
      else found.metric.observe(labels, value);
    } catch (error) {
      if (strict) throw error;
      if (complained.has(name)) return;
      complained.add(name);
      notes.warn('a measurement was dropped', { metric: name }, error);
    }
  };
  measureChannel.subscribe(take);

  return {
    contentType: registry.contentType,
    addGauges(added) {
      for (const gauge of added) {
        const { kind: _, ...definition } = gauge;
        const made = register(registry, { ...definition, kind: 'gauge' });
        if (made.kind === 'gauge') gauges.push({ gauge, metric: made.metric });
      }
    },
    async page() {
      await Promise.all(
        gauges.map(async ({ gauge, metric }) => {
          const value = await readGauge(gauge, patience);
          if (value === undefined) metric.remove();
          else metric.set(value);
        }),
      );
      return registry.metrics();
    },
    stop() {
      measureChannel.unsubscribe(take);
      registry.clear();
    },
  };
}
