import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VERSION } from '../version.ts';

/** "Installed alone it pulls in neither PostgreSQL nor the console": what `npm ci --workspace client --omit dev` would put on the disk. */
const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

type LockedPackage = {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  link?: boolean;
  resolved?: string;
};

test('the client depends on the protocol and undici, and with them on a handful of packages', () => {
  const packages = read('package-lock.json').packages as Record<string, LockedPackage>;
  const closure = new Set<string>();
  const visit = (place: string) => {
    const found = packages[place];
    if (found === undefined) throw new Error(`${place} is not in package-lock.json`);
    for (const name of Object.keys({ ...found.dependencies, ...found.optionalDependencies, ...found.peerDependencies })) {
      const nested = `${place}/node_modules/${name}`;
      const at = nested in packages ? nested : `node_modules/${name}`;
      const target = packages[at]?.link ? (packages[at]?.resolved ?? at) : at;
      if (closure.has(target)) continue;
      closure.add(target);
      visit(target);
    }
  };
  visit('client');
  expect([...closure].sort()).toEqual(['node_modules/saxes', 'node_modules/undici', 'node_modules/xmlchars', 'protocol']);
});

test('no file of the client imports anything else, and none of the hub', () => {
  const allowed = new Set(['undici', ...builtinModules.map((name) => `node:${name}`)]);
  for (const room of ['client', 'protocol']) {
    for (const entry of readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !entry.name.endsWith('.ts') || /[/\\](test|node_modules)[/\\]/.test(path)) continue;
      const source = readFileSync(path, 'utf8');
      for (const [, name = ''] of source.matchAll(/^(?:import|export) [^;]*?from '([^']+)'/gms)) {
        const fine =
          allowed.has(name) || name.startsWith('./') || name.startsWith('../') || name.startsWith('@vestnik/protocol/') || name === 'saxes';
        expect(fine, `${path} imports ${name}`).toBe(true);
        expect(name).not.toMatch(/hub\//);
      }
    }
  }
});

test('the version in the code is the version of the package', () => {
  expect(VERSION).toBe(read('client/package.json').version);
});
