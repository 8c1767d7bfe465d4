import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { findViolations } from '../boundaries/findings.ts';
import { readSources } from '../boundaries/sources.ts';
import { stalePages } from '../docs/pages.ts';

/** One part of `npm run check`. */
export interface Part {
  readonly name: string;
  /** What is wrong, for a person; empty when nothing is. A rejection counts as wrong, too. */
  run(root: string): Promise<string>;
}

const SOURCES = ['{protocol,client,hub,bench,scripts,test,console}/**/*.{ts,tsx,js,mjs}', '*.config.ts'];

/** Runs a tool of node_modules. @returns what it printed when it failed; else nothing. @param bin its program, below node_modules. */
function tool(bin: string, ...args: string[]): Part['run'] {
  return (root) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(root, 'node_modules', bin), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk;
        });
      }
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code === 0 ? '' : output.trim() || `ended with ${signal ?? code} and said nothing`));
    });
}

async function boundaries(root: string): Promise<string> {
  const paths = globSync(SOURCES, { cwd: root, exclude: (name) => /(^|[\\/])(node_modules|fixtures|dist)$/.test(name) });
  const files = readSources(
    root,
    paths.map((path) => path.replaceAll('\\', '/')),
  );
  return findViolations(files)
    .map(({ path, line, text }) => `${path}:${line} ${text}`)
    .join('\n');
}

async function documents(): Promise<string> {
  const stale = stalePages();
  return stale.length === 0 ? '' : [...stale.map((path) => `${path} is not what the code says`), 'Run: npm run docs'].join('\n');
}

/** In the order in which they are run and printed. */
export const PARTS: readonly Part[] = [
  { name: 'types', run: tool('typescript/bin/tsc', '--noEmit', '-p', '.') },
  { name: 'style', run: tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings') },
  { name: 'boundaries', run: boundaries },
  { name: 'unused', run: tool('knip/bin/knip.js', '--no-progress', '--no-config-hints') },
  { name: 'generated pages', run: documents },
];
