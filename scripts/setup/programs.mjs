import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** @param {string} name of a package of Python */
const importable = (name) => ['-c', `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(name)}) is None)`];
/** @param {string} name of an extension of PHP */
const loaded = (name) => ['-r', `exit(extension_loaded('${name}') ? 0 : 1);`];

/**
 * The one list of programs that some tests need from the system, each with the Debian package that brings it and the reason; and of libraries that a
 * program must have: `of` names it, and called with `proof` it ends with 0 when it has the library.
 * Tests name them by `requires('curl')` of test/support/requires.ts.
 * @type {Readonly<Record<ProgramName, { package: string, why: string, of?: string, proof?: string[] }>>}
 */
export const PROGRAMS = {
  curl: { package: 'curl', why: 'the examples of the feed protocol are curl commands' },
  jq: { package: 'jq', why: 'the example that reads the feed takes answers apart with it' },
  openssl: { package: 'openssl', why: 'a second opinion on our certificates, and a TLS client that is not ours' },
  python3: { package: 'python3', why: 'the example that reads the folder is written in it' },
  'python3-zeep': {
    package: 'python3-zeep',
    why: 'SOAP clients of the billing are written with it',
    of: 'python3',
    proof: importable('zeep'),
  },
  'python3-suds': {
    package: 'python3-suds',
    why: 'SOAP clients of the billing are written with it',
    of: 'python3',
    proof: importable('suds'),
  },
  php: { package: 'php-cli', why: 'clients of the billing are written in it' },
  'php-soap': { package: 'php-soap', why: 'the SOAP client of PHP', of: 'php', proof: loaded('soap') },
  'php-curl': { package: 'php-curl', why: 'the HTTP client of PHP', of: 'php', proof: loaded('curl') },
  socat: { package: 'socat', why: 'a pair of terminals joined to each other stands for the cable of a GSM modem' },
  gammu: { package: 'gammu', why: 'a program that knows GSM modems judges our simulator of one' },
  smsd: { package: 'smstools', why: 'a second program that sends SMS through our simulator of a modem' },
  xls2csv: { package: 'catdoc', why: 'a reader of XLS that is not ours' },
  soffice: { package: 'libreoffice-calc-nogui', why: 'reports are read by LibreOffice, as by many who get them' },
  chromium: { package: 'chromium', why: 'reports are looked at by a browser' },
  smtpd: { package: 'opensmtpd', why: 'a real mail server takes the mails of the alerts, and returns some' },
  swaks: { package: 'swaks', why: 'a mail client that is not ours proves the mail server of the tests' },
  bearerbox: { package: 'kannel', why: 'an SMS gateway that is not ours binds to our message centre as its client' },
  'python3-xlrd': { package: 'python3-xlrd', why: 'a reader of XLS that is not ours', of: 'python3', proof: importable('xlrd') },
};

/** @typedef {'curl' | 'jq' | 'openssl' | 'python3' | 'python3-zeep' | 'python3-suds' | 'php' | 'php-soap' | 'php-curl' | 'socat' | 'gammu' | 'smsd' | 'xls2csv' | 'soffice' | 'chromium' | 'smtpd' | 'swaks' | 'bearerbox' | 'python3-xlrd'} ProgramName */

/** Every program of this name on the path. @param {string} name @returns {string[]} */
function allOnPath(name) {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((file) => join(folder, file)))
    .filter((path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });
}

/** True when a program of this name can be started. @param {string} name */
export const isOnPath = (name) => allOnPath(name).length > 0;

/**
 * The path of a program of the list, for a library that of the first program that has it: a Python of one's own, in front on the path, does not see
 * the packages of Debian.
 * @param {ProgramName} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const { of = name, proof } = PROGRAMS[name];
  return allOnPath(of).find((path) => !proof || spawnSync(path, proof, { stdio: 'ignore', timeout: 10_000 }).status === 0);
}

/** @returns {ProgramName[]} */
function missingPrograms() {
  return /** @type {ProgramName[]} */ (Object.keys(PROGRAMS)).filter((name) => findProgram(name) === undefined);
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
  say('SOME TESTS WILL BE SKIPPED, because these are missing:\n');
  for (const name of still) say(`  ${name}: ${PROGRAMS[name].why}\n`);
  say(`To run them too, install these; on Debian: sudo apt-get install ${packages.join(' ')}\n`);
}
