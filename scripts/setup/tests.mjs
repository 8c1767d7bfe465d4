import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { runChild } from './child.mjs';
import { ensurePrograms } from './programs.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * What test/support/count-reporter.ts wrote; a run that ended without writing counts as one failure.
 * @param {string} file
 * @returns {Counts}
 */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/**
 * The last line of a test run.
 * @param {Counts} counts
 */
export function countLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * Runs vitest and ends its output with the line of counts.
 * @param {string} node
 * @param {string[]} args vitest's program, `run`, and what the caller gave
 * @param {{ root: string, cwd: string, env: NodeJS.ProcessEnv, say: (text: string) => void }} options
 * @returns {Promise<number>} 0 when at least one test passed and none failed
 */
export async function runTests(node, args, { root, cwd, env, say }) {
  ensurePrograms(say);
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-counts-'));
  const file = join(folder, 'counts.json');
  const reporters = args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default'];
  reporters.push(`--reporter=${join(root, 'test', 'support', 'count-reporter.ts')}`);
  try {
    const code = await runChild(node, [...args, ...reporters], { cwd, env: { ...env, TEST_COUNTS_FILE: file } });
    const counts = readCounts(file);
    if (code > 128) say(`vitest was ended by a signal (exit code ${code}).\n`);
    process.stdout.write(`${countLine(counts)}\n`);
    if (code !== 0) return code;
    return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
