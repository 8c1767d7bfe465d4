import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'vitest';
import { findProgram, PROGRAMS, type ProgramName } from '../../scripts/setup/programs.mjs';

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test is skipped here; the count reporter prints it at the end of the run. */
    needs?: string;
  }
}

/**
 * What a test may need of the machine: a program or library of scripts/setup/programs.mjs, to be (or not to be) the administrator, a system, or that
 * the administrator may mount file systems, which containers often forbid.
 */
export type Need = ProgramName | 'root' | 'ordinary user' | 'Linux' | 'not Windows' | 'mount';

interface Modified {
  test(name: string, body: (context: TestContext) => void | Promise<void>, timeout?: number): void;
  describe(name: string, body: () => void): void;
}

function whyMissing(need: Need): string | undefined {
  const root = process.getuid?.() === 0;
  if (need === 'root') return root ? undefined : 'needs to run as root';
  if (need === 'ordinary user') return root ? 'root passes every permission check, so this needs an ordinary user' : undefined;
  if (need === 'Linux') return process.platform === 'linux' ? undefined : 'needs Linux';
  if (need === 'not Windows') return process.platform === 'win32' ? 'needs the permission bits that Windows does not have' : undefined;
  if (need === 'mount') return root ? whyNoMount() : 'needs to run as root, to mount a small file system';
  return findProgram(need) ? undefined : `needs ${need} (Debian: apt-get install ${PROGRAMS[need].package})`;
}

function whyNoMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-mount-'));
  try {
    const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { encoding: 'utf8' });
    if (status !== 0) return `needs to mount a small file system: ${error?.message ?? stderr.trim()}`;
    spawnSync('umount', [folder]);
    return undefined;
  } finally {
    rmdirSync(folder);
  }
}

/**
 * Tests that run only where the machine has what they need. Elsewhere they are counted as skipped and the reason stands at the end of the run.
 * @example requires('openssl').test('openssl accepts our chain', async () => { ... });
 */
export function requires(...needs: Need[]): Modified {
  const reasons = needs.map(whyMissing).filter((why) => why !== undefined);
  const options = reasons.length === 0 ? {} : { skip: true, meta: { needs: reasons.join('; ') } };
  return {
    test: (name, body, timeout) => test(name, timeout === undefined ? options : { ...options, timeout }, body),
    describe: (name, body) => describe(name, options, body),
  };
}
