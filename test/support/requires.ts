import { describe, type TestContext, test } from 'vitest';
import { isOnPath, PROGRAMS, type ProgramName } from '../../scripts/setup/programs.mjs';

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test is skipped here; the count reporter prints it at the end of the run. */
    needs?: string;
  }
}

/** What a test may need of the machine: a program of scripts/setup/programs.mjs, or to be (or not to be) the administrator. */
export type Need = ProgramName | 'root' | 'ordinary user';

interface Modified {
  test(name: string, body: (context: TestContext) => void | Promise<void>, timeout?: number): void;
  describe(name: string, body: () => void): void;
}

function whyMissing(need: Need): string | undefined {
  const root = process.getuid?.() === 0;
  if (need === 'root') return root ? undefined : 'needs to run as root';
  if (need === 'ordinary user') return root ? 'root passes every permission check, so this needs an ordinary user' : undefined;
  return isOnPath(need) ? undefined : `needs ${need} (Debian: apt-get install ${PROGRAMS[need].package})`;
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
