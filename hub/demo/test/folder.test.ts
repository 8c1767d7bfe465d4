import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { emptyFolder } from '../folder.ts';

const made: string[] = [];
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-demo-test-'));
  made.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test('an absent or empty folder becomes the demonstration’s, and is emptied the next time', async () => {
  const folder = join(temporary(), 'new');
  expect(await emptyFolder(folder, join(folder, 'hub'))).toBe('ready');
  writeFileSync(join(folder, 'left.xml'), 'x');
  mkdirSync(join(folder, 'agency'));
  expect(await emptyFolder(folder, join(folder, 'hub'))).toBe('ready');
  expect(readdirSync(folder)).toEqual(['.vestnik-demo']);
});

test('a folder with somebody’s files is refused and left as it is', async () => {
  const folder = temporary();
  writeFileSync(join(folder, 'thesis.odt'), 'x');
  expect(await emptyFolder(folder, join(folder, 'hub'))).toBe('foreign');
  expect(existsSync(join(folder, 'thesis.odt'))).toBe(true);
});
