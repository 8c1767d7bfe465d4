import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isOnPath, PROGRAMS } from '../setup/programs.mjs';
import { countLine } from '../setup/tests.mjs';
import { start } from './process.ts';

const RUN = fileURLToPath(new URL('../run.mjs', import.meta.url));
const SAMPLES = fileURLToPath(new URL('./fixtures/counted', import.meta.url));

/** Runs `npm test` on some of the samples. */
async function counted(...args: string[]): Promise<{ code: number | null; last: string; stderr: string }> {
  const run = start(RUN, ['test', '--root', SAMPLES, ...args], { env: { CI: '' } });
  const { code } = await run.ended;
  expect(run.stdout().endsWith('\n')).toBe(true);
  return { code, last: run.stdout().trimEnd().split('\n').at(-1) ?? '', stderr: run.stderr() };
}

describe('the last line of a run', () => {
  test('skipped ones are named only when there are some', () => {
    expect(countLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(countLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  test('all pass: exit code 0', async () => {
    expect(await counted('fine')).toMatchObject({ code: 0, last: '1 passed, 0 failed' });
  });

  test('some fail, some are skipped, each with its reason: exit code 1', async () => {
    const { code, last, stderr } = await counted('mixed');
    expect({ code, last }).toEqual({ code: 1, last: '3 passed, 1 failed, 4 skipped' });
    expect(stderr).toContain('SKIPPED 1 of mixed.sample.ts: no moon tonight\n');
    expect(stderr).toContain('SKIPPED 1 of mixed.sample.ts: marked to be skipped\n');
    expect(stderr).toMatch(/SKIPPED 2 of mixed.sample.ts: (needs to run as root|root passes every permission check)/);
  });

  test('a file that cannot be loaded counts as a failure', async () => {
    expect(await counted('broken', 'fine')).toMatchObject({ code: 1, last: '1 passed, 1 failed' });
  });

  test('no file, and no test of that name: exit code 1', async () => {
    expect(await counted('nothing-of-this-name')).toMatchObject({ code: 1, last: '0 passed, 0 failed' });
    expect(await counted('fine', '-t', 'nothing of this name')).toMatchObject({ code: 1, last: '0 passed, 0 failed, 1 skipped' });
  });

  test('a run that is killed counts as a failure', async () => {
    const { code, last, stderr } = await counted('dies');
    expect({ code, last }).toEqual({ code: 137, last: '0 passed, 1 failed' });
    expect(stderr).toContain('vitest was ended by a signal');
  });

  test("a reporter of the caller's own does not take the line away", async () => {
    expect(await counted('fine', '--reporter=dot')).toMatchObject({ code: 0, last: '1 passed, 0 failed' });
  });
});

describe('programs that tests need', () => {
  test('what is on the path is found, what is not is not, and a folder is no program', () => {
    expect(isOnPath('sh')).toBe(true);
    expect(isOnPath('no-such-program-anywhere')).toBe(false);
    expect(isOnPath('.')).toBe(false);
  });

  test('each one has a package and a reason', () => {
    for (const { package: name, why } of Object.values(PROGRAMS)) expect([name, why].every((text) => text.length > 1)).toBe(true);
  });
});
