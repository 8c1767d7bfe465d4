import { measure } from '../core/telemetry/channels.ts';
import { type AttemptResult, kindName } from './channels/driver.ts';
import type { TaskType } from './kinds.ts';
import { taskTypeName } from './message.ts';

/** Names of metrics that metrics.ts declares. */
export const TARGETS_TOTAL = 'vestnik_alerts_targets_total';
export const ATTEMPT_SECONDS = 'vestnik_alerts_attempt_seconds';
export const THROTTLED_TOTAL = 'vestnik_alerts_throttled_total';

/** Labels of targets, made once: by type of task and result. */
const ofTargets = new Map<number, Readonly<Record<string, string>>>();
const RESULTS = 100;

/** Counts a target that came to its first result. @param type of its task */
export function countTarget(type: number, result: number): void {
  const key = type * RESULTS + result;
  let labels = ofTargets.get(key);
  if (!labels) {
    labels = { type: taskTypeName(type as TaskType), result: String(result) };
    ofTargets.set(key, labels);
  }
  measure(TARGETS_TOTAL, 1, labels);
}

/** Counts an attempt that a driver has made. @param began when it was handed over, of performance.now() */
export function countAttempt(group: { readonly id: number; readonly kind: number }, result: AttemptResult, began: number): void {
  measure(ATTEMPT_SECONDS, (performance.now() - began) / 1_000, { kind: kindName(group.kind) });
  if (result === 'slow') measure(THROTTLED_TOTAL, 1, { group: String(group.id) });
}
