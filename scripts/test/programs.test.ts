import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { PROGRAMS } from '../setup/programs.mjs';
import { start } from './process.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestnik-programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync('/bin/sh', join(folder, 'sh'));
});

function put(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** What `ensurePrograms` says where only this folder is on the path, as root or not. */
async function ensure(root: boolean): Promise<string> {
  const driver = join(folder, 'driver.mjs');
  writeFileSync(
    driver,
    `import { ensurePrograms } from ${JSON.stringify(new URL('../setup/programs.mjs', import.meta.url).href)};
process.getuid = () => ${root ? 0 : 1000};
ensurePrograms((text) => process.stdout.write(text));`,
  );
  const run = start(driver, [], { env: { PATH: folder } });
  expect(await run.ended).toEqual({ code: 0, signal: null });
  return run.stdout();
}

const names = Object.keys(PROGRAMS);
const packages = Object.values(PROGRAMS).map((program) => program.package);

/** An apt-get that notes its calls and installs by making files. */
const APT = `echo "$DEBIAN_FRONTEND $*" >> "$PATH/calls"
case "$*" in *install*) for name in ${names.join(' ')}; do echo '#!/bin/sh' > "$PATH/$name"; /bin/chmod 755 "$PATH/$name"; done;; esac`;

test('nothing missing: nothing said, nothing done', async () => {
  put('apt-get', APT);
  for (const name of names) put(name, '');
  expect(await ensure(true)).toBe('');
});

test('as root: one update, one install of what is missing, without questions', async () => {
  put('apt-get', APT);
  for (const name of names) if (name !== 'openssl') put(name, '');
  expect(await ensure(true)).toMatch(/^Installing openssl for the tests \(apt-get\) ...\nInstalled \(\d+ s\).\n$/);
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe(
    'noninteractive -qq update\nnoninteractive -qq -y --no-install-recommends install openssl\n',
  );
});

test('as an ordinary user: says which programs are missing, why they are needed and how to get them; installs nothing', async () => {
  put('apt-get', APT);
  const said = await ensure(false);
  expect(said).toMatch(/^SOME TESTS WILL BE SKIPPED/);
  expect(said).toMatch(/ {2}curl: the examples/);
  expect(said).toMatch(/ {2}openssl: a second opinion/);
  expect(said).toContain(`sudo apt-get install ${packages.join(' ')}\n`);
  expect(() => readFileSync(join(folder, 'calls'))).toThrow('ENOENT');
});

test('a library is there when one of its programs on the path has it, and only its package is installed when none has', async () => {
  put('apt-get', APT);
  for (const name of names) put(name, '');
  put('python3', 'case "$*" in *zeep*) exit 1;; esac');
  expect(await ensure(false)).toBe(
    `SOME TESTS WILL BE SKIPPED, because these are missing:
  python3-zeep: ${PROGRAMS['python3-zeep'].why}
To run them too, install these; on Debian: sudo apt-get install python3-zeep
`,
  );
});

test('as root without apt-get, and with one that fails: the run goes on, and says what is skipped', async () => {
  expect(await ensure(true)).toMatch(/^SOME TESTS WILL BE SKIPPED/);
  put('apt-get', 'echo "E: Could not resolve deb.example" >&2; exit 100');
  expect(await ensure(true)).toMatch(/apt-get failed: E: Could not resolve deb.example\nSOME TESTS WILL BE SKIPPED/);
});
