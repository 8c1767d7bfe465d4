import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { renderOutputs } from '../docs/outputs.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vestnik-pages-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  put('hub/main.ts', 'const args: string[] = process.argv.slice(2); console.log("hub says", args.join("+"), "in", process.env.LANG);');
  put('client/main.ts', 'console.error("no such option"); process.exitCode = 2;');
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const block = (command: string, inside: string): string => `<!-- output of: ${command} -->\n${inside}<!-- end of output -->`;

test('a page between its marks shows what the program prints now; the rest of the page is left alone', () => {
  put('README.md', `before\n${block('vestnik --help', '```text\nold $& $1\n```\n')}\nbetween\n${block('vestnik', '')}\nafter\n`);
  put('docs/guide/plain.md', 'no marks\n');
  const says = (args: string): string => `\`\`\`text\nhub says ${args} in en_US.UTF-8\n\`\`\`\n`;
  expect(renderOutputs(root)).toEqual([
    { path: 'README.md', text: `before\n${block('vestnik --help', says('--help'))}\nbetween\n${block('vestnik', says(''))}\nafter\n` },
  ]);
});

test('pages below docs/ count, too, and what is up to date stays as it is', () => {
  put('docs/guide/a.md', block('vestnik tickets --help', ''));
  const [page] = renderOutputs(root);
  expect(page?.path).toBe('docs/guide/a.md');
  put('docs/guide/a.md', page?.text ?? '');
  expect(renderOutputs(root)).toEqual([page]);
});

test('a program that fails, and one that is not known, are errors that say which', () => {
  put('README.md', block('Stat_Client -help', ''));
  expect(() => renderOutputs(root)).toThrow('Stat_Client -help ended with 2: no such option');
  put('README.md', block('rm -rf', ''));
  expect(() => renderOutputs(root)).toThrow('"rm" is no program');
});
