import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Counts a run for the last line that `npm test` prints (scripts/setup/tests.mjs), and lists why tests were skipped.
 * A file that cannot be loaded, a failing hook of a suite, and an error outside of any test each count as one failure.
 */
export default class CountReporter implements Reporter {
  readonly #file = process.env['TEST_COUNTS_FILE'];

  /** The variable is for this process alone; what the tests start must not inherit it. */
  onInit(): void {
    delete process.env['TEST_COUNTS_FILE'];
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
    const reasons = new Map<string, number>();
    for (const module of modules) {
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed') counts.failed += 1;
        else {
          counts.skipped += 1;
          const reason = `${module.relativeModuleId}: ${whySkipped(test)}`;
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        }
      }
    }
    for (const [reason, count] of reasons) process.stderr.write(`SKIPPED ${count} of ${reason}\n`);
    if (this.#file) writeFileSync(this.#file, JSON.stringify(counts));
  }
}

function whySkipped(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note) return result.note;
  for (let task: TestCase['parent'] | TestCase = test; ; task = task.parent) {
    const { needs } = task.meta();
    if (needs) return needs;
    if (task.type === 'module') return 'marked to be skipped';
  }
}
