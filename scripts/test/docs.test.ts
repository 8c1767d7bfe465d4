import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeConfiguration } from '../../hub/config.ts';
import { ERRORS } from '../../hub/core/errors.ts';
import { renderConfiguration } from '../docs/configuration.ts';
import { renderErrors } from '../docs/errors.ts';
import { stalePages } from '../docs/pages.ts';

const page = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const rows = (text: string): string[] => text.split('\n').filter((line) => /^\| (\d{3}|`[a-z])/.test(line));

test('docs/errors.md has one row for every code of the table, with its status, and no other', () => {
  const listed = rows(page('docs/errors.md')).map((row) =>
    row
      .split('|')
      .slice(1, 3)
      .map((cell) => cell.trim()),
  );
  const expected = Object.entries(ERRORS).map(([code, { status }]) => [String(status), `\`${code}\``]);
  expect(listed.toSorted()).toEqual(expected.toSorted());
});

test('docs/configuration.md has one row for every setting, in the order of the schema', () => {
  expect(rows(page('docs/configuration.md')).map((row) => row.split('|')[1]?.trim())).toEqual(
    describeConfiguration().map(({ key }) => `\`${key}\``),
  );
});

test('every row has as many cells as its table, whatever its texts hold', () => {
  for (const text of [renderErrors(), renderConfiguration()]) {
    for (const row of rows(text)) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(7);
  }
});

test('sizes and lists are written as a person writes them into vestnik.yaml', () => {
  const text = renderConfiguration();
  expect(text).toMatch(/`tickets.minFreeBytes` \|[^|]*\| `2 GiB` \|/);
  expect(text).toMatch(/`tickets.warnAgeDays` \|[^|]*\| `\[1, 7, 20, 27\]` \|/);
  expect(text).toMatch(/`database.url` \|[^|]*\| - \|/);
});

test('no generated file is out of date', () => {
  expect(stalePages()).toEqual([]);
});
