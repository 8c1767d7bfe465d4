import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/**
 * The one list of programs that some tests need from the system, each with the Debian package that brings it and the reason.
 * Tests name them by `requires('curl')` of test/support/requires.ts.
 * @type {Readonly<Record<ProgramName, { package: string, why: string }>>}
 */
export const PROGRAMS = {
  curl: { package: 'curl', why: 'the examples of the feed protocol are curl commands' },
  jq: { package: 'jq', why: 'the example that reads the feed takes answers apart with it' },
  openssl: { package: 'openssl', why: 'a second opinion on our certificates, and a TLS client that is not ours' },
  python3: { package: 'python3', why: 'the example that reads the folder is written in it' },
};

/** @typedef {'curl' | 'jq' | 'openssl' | 'python3'} ProgramName */

/** True when a program of this name can be started. @param {string} name */
export function isOnPath(name) {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) =>
    names.some((file) => {
      try {
        const path = join(folder, file);
        accessSync(path, constants.X_OK);
        return folder !== '' && statSync(path).isFile();
      } catch {
        return false;
      }
    }),
  );
}

/** @returns {ProgramName[]} */
function missingPrograms() {
  return /** @type {ProgramName[]} */ (Object.keys(PROGRAMS)).filter((name) => !isOnPath(name));
}

/** @param {string[]} args @returns {string | undefined} why it failed */
function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr, error } = spawnSync('apt-get', args, {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 10 * 60_000,
  });
  if (status === 0) return undefined;
  return error?.message ?? `${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? `apt-get ended with ${status}`;
}

/**
 * Installs what the tests need from the system, when root on a Debian; otherwise says which tests will be skipped and what would run them.
 * Never fails the run: a test without its program is skipped, loudly.
 * @param {(text: string) => void} say
 */
export function ensurePrograms(say) {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((name) => PROGRAMS[name].package))];
  if (process.getuid?.() === 0 && isOnPath('apt-get')) {
    const begin = Date.now();
    say(`Installing ${packages.join(', ')} for the tests (apt-get) ...\n`);
    const why = aptGet(['-qq', 'update']) ?? aptGet(['-qq', '-y', '--no-install-recommends', 'install', ...packages]);
    say(why ? `apt-get failed: ${why}\n` : `Installed (${Math.round((Date.now() - begin) / 1000)} s).\n`);
  }
  const still = missingPrograms();
  if (still.length === 0) return;
  say('SOME TESTS WILL BE SKIPPED, because these programs are not on the path:\n');
  for (const name of still) say(`  ${name}: ${PROGRAMS[name].why}\n`);
  say(`To run them too, install the programs; on Debian: sudo apt-get install ${packages.join(' ')}\n`);
}
