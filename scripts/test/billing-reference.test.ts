import { describe, expect, test } from 'vitest';
import { ACTIONS, BEANS, SERVICES } from '../../hub/billing/catalogue/catalogue.ts';
import { renderBillingReference } from '../docs/billing-reference.ts';

const OPERATIONS = SERVICES.flatMap(({ operations }) => operations);

describe.each(['en', 'ru'] as const)('the reference of the billing in %s', (language) => {
  const lines = renderBillingReference(language).split('\n');
  const rows = lines.filter((line) => line.startsWith('| '));

  test('has a chapter for every service and every module of actions', () => {
    const chapters = lines.filter((line) => line.startsWith('### ')).map((line) => line.slice(4));
    expect(chapters).toEqual([...SERVICES.map(({ name }) => name), ...new Set(ACTIONS.map(({ module }) => `module=${module}`))]);
  });

  test('has a row for every operation, action and bean', () => {
    expect(rows.filter((row) => /^\| [12] \| [RW] \| `\w+\(/.test(row))).toHaveLength(OPERATIONS.length);
    expect(rows.filter((row) => /^\| [12] \| [RW] \| `\w+` \|/.test(row))).toHaveLength(ACTIONS.length);
    for (const { name } of BEANS) expect(rows.filter((row) => row.startsWith(`| \`${name}\``)).length, name).toBeGreaterThan(0);
  });

  test('says what every parameter means', () => {
    const named = new Set(rows.flatMap((row) => /^\| `([\w.-]+)` \| [^|]+ \|$/.exec(row)?.[1] ?? []));
    for (const { name, parameters } of [...OPERATIONS, ...ACTIONS])
      for (const parameter of parameters)
        expect(named.has(parameter.name) || named.has(`${name}.${parameter.name}`), `${name}: ${parameter.name}`).toBe(true);
  });

  test('every row has as many cells as the head of its table', () => {
    let cells = 0;
    for (const line of lines) {
      if (!line.startsWith('|')) cells = 0;
      else {
        const row = line.replaceAll('\\|', '').split('|').slice(1, -1);
        cells ||= row.length;
        expect(row.length, line).toBe(cells);
      }
    }
  });

  test('names the totals', () => {
    expect(rows.find((row) => row.includes('47'))).toMatch(/\| 144 \| 276 \|$/);
    expect(rows.some((row) => row.endsWith('| 97 | 19 |'))).toBe(true);
  });
});

test('both languages have the same rows', () => {
  const shapes = (language: 'en' | 'ru') =>
    renderBillingReference(language)
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => /`[^`]+`/.exec(line)?.[0]);
  expect(shapes('ru').slice(3)).toEqual(shapes('en').slice(3));
});
