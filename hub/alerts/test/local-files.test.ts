import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolder, type Folder } from '../../../test/support/folder.ts';
import { unusableFile, writeNewFile } from '../commands/local-files.ts';

// What the commands leave on the disk of whoever calls them.

let folder: Folder;
beforeAll(() => {
  folder = createFolder('local-files');
});
afterAll(() => folder.remove());
const at = (name: string): string => `${folder.path}/${name}`;

test('a file is written whole, for nobody else to read', async () => {
  await writeNewFile(
    at('whole.csv'),
    (async function* () {
      yield 'имя\n';
      yield Buffer.from('Анна\n');
    })(),
  );
  expect(readFileSync(at('whole.csv'), 'utf8')).toBe('имя\nАнна\n');
  expect(statSync(at('whole.csv')).mode & 0o777).toBe(0o600);
});

test('what breaks off leaves no file, and tells its own reason', async () => {
  const away = Object.assign(new Error('the database is away'), { code: 'ECONNREFUSED', syscall: 'connect' });
  const pieces = (async function* () {
    yield 'имя\n'.repeat(100_000);
    throw away;
  })();
  await expect(writeNewFile(at('half.csv'), pieces)).rejects.toBe(away);
  expect(existsSync(at('half.csv'))).toBe(false);
});

test('a file that is there stays as it is, and a free name is asked for', async () => {
  writeFileSync(at('there.csv'), 'old');
  const pieces = async function* () {
    yield 'new';
  };
  await expect(writeNewFile(at('there.csv'), pieces())).rejects.toMatchObject({
    reason: 'file',
    message: expect.stringContaining('give a name that is free'),
    russian: expect.stringContaining('укажите свободное имя'),
  });
  expect(readFileSync(at('there.csv'), 'utf8')).toBe('old');
  await expect(writeNewFile(at('no/such/folder.csv'), pieces())).rejects.toMatchObject({ reason: 'file' });
});

test('a fault of the file system is named in both languages', () => {
  const fault = unusableFile('x.csv', Object.assign(new Error('no'), { code: 'EACCES' }));
  expect(fault.message).toContain('(EACCES)');
  expect(fault.russian).toContain('(EACCES)');
});
