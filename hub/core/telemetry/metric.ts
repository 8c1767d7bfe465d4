/** A metric a module declares; core/telemetry/metrics.ts makes it real. Values arrive by `measure(name, value, labels)` or by `collect`. */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels?: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** A number read when somebody asks for /metrics. */
export interface Gauge extends MetricDefinition {
  readonly kind: 'gauge';
  collect(): Promise<number> | number;
}
