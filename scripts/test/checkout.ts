import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const SCRIPTS = fileURLToPath(new URL('..', import.meta.url));

/** A small checkout in a folder with spaces: the real scripts, a package-lock.json of two packages, and whatever else a test writes. */
export interface Checkout {
  readonly root: string;
  write(path: string, text: string): string;
  /** What `npm ci` would leave: npm's record of the packages, and a pinned Node (this one). */
  install(version?: string): void;
}

/** The packages of the lock file; the second is one of another system. */
export function lockFile(version: string): string {
  return JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { name: 'small' },
      hub: { name: '@vestnik/hub' },
      'node_modules/@vestnik/hub': { resolved: 'hub', link: true },
      'node_modules/node': { version, integrity: 'sha512-x' },
      'node_modules/elsewhere': { version: '1.0.0', optional: true },
    },
  });
}

/** npm's record of node_modules after installing `lockFile(version)`. */
export function installedRecord(version: string): string {
  return JSON.stringify({
    packages: {
      hub: {},
      'node_modules/@vestnik/hub': { resolved: 'hub', link: true },
      'node_modules/node': { version, integrity: 'sha512-x' },
    },
  });
}

export function makeCheckout(): Checkout {
  const parent = mkdtempSync(join(tmpdir(), 'vestnik run '));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const root = join(parent, "a checkout 'of' ours");
  const write = (path: string, text: string): string => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  write('package-lock.json', lockFile('1.0.0'));
  write('package.json', '{"type":"module"}');
  copyFileSync(join(SCRIPTS, 'run.mjs'), write('scripts/run.mjs', ''));
  cpSync(join(SCRIPTS, 'setup'), join(root, 'scripts/setup'), { recursive: true });
  return {
    root,
    write,
    install(version = '1.0.0') {
      write('node_modules/.package-lock.json', installedRecord(version));
      mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true });
      symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'));
    },
  };
}

/**
 * Puts an `npm` of our own on a path of its own, which runs `body` (JavaScript; `args`, `fs` and `path` are there).
 * @returns that path, with what the shebang needs.
 */
export function fakeNpm(checkout: Checkout, body: string): string {
  const file = checkout.write('fake/npm', `#!/bin/sh\nexec "${process.execPath}" "$(dirname "$0")/npm.mjs" "$@"\n`);
  checkout.write('fake/npm.mjs', `import fs from 'node:fs'; import path from 'node:path'; const args = process.argv.slice(2);\n${body}\n`);
  chmodSync(file, 0o755);
  return `${dirname(file)}:/usr/bin:/bin`;
}

/** For `fakeNpm`: installs in the current folder as `npm ci` does, and notes each call in calls.jsonl. */
export const INSTALLS = `
fs.appendFileSync('calls.jsonl', JSON.stringify({ args, cwd: process.cwd(), path: process.env.PATH, context: Object.keys(process.env).filter((name) => /^npm_/.test(name)) }) + '\\n');
const version = JSON.parse(fs.readFileSync('package-lock.json', 'utf8')).packages['node_modules/node'].version;
fs.rmSync('node_modules', { recursive: true, force: true });
fs.mkdirSync('node_modules/node/bin', { recursive: true });
fs.symlinkSync(${JSON.stringify(process.execPath)}, 'node_modules/node/bin/node');
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: { hub: {}, 'node_modules/@vestnik/hub': { link: true }, 'node_modules/node': { version } } }));
`;
