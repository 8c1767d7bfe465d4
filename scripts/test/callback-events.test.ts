import { describe, expect, test } from 'vitest';
import { ORDER_EVENT_TYPES, STATIC_KINDS, TEST_EVENT_TYPE } from '../../hub/callbacks/event-types.ts';
import { VARIABLES } from '../../hub/callbacks/variables.ts';
import { renderCallbackEvents } from '../docs/callback-events.ts';

describe.each(['en', 'ru'] as const)('the reference of callbacks in %s', (language) => {
  const text = renderCallbackEvents(language);
  /** Those that begin with it, an event's precedence aside. */
  const rowsWith = (written: string): string[] =>
    text.split('\n').filter((line) => line.replace(/^\| [\d-]+ /, '').startsWith(`| \`${written}\` |`));

  test('has a row for every type of event, every kind and every variable of each family', () => {
    for (const { name } of [...ORDER_EVENT_TYPES, TEST_EVENT_TYPE, ...STATIC_KINDS]) expect(rowsWith(name), name).toHaveLength(1);
    for (const { name, families, bareIn } of VARIABLES) {
      const rows = [...rowsWith(`@${name}`), ...rowsWith(`@{${name}}`)];
      expect(rows, name).toHaveLength(families.length);
      expect(rowsWith(`@${name}`), name).toHaveLength(bareIn.length);
    }
    expect(rowsWith('@DIC:Name')).toHaveLength(1);
  });

  test('every row has as many cells as the head of its table, and none is empty but the notes', () => {
    let cells = 0;
    for (const line of text.split('\n')) {
      if (!line.startsWith('|')) cells = 0;
      else {
        const row = line.replaceAll('\\|', '').split('|').slice(1, -1);
        cells ||= row.length;
        expect(row.length, line).toBe(cells);
        expect(
          row.slice(0, 2).every((cell) => cell.trim() !== ''),
          line,
        ).toBe(true);
      }
    }
  });
});

test('the two languages have the same rows', () => {
  const first = (language: 'en' | 'ru') =>
    renderCallbackEvents(language)
      .split('\n')
      .flatMap((line) => /^\| (?:[\d-]+ \| )?(`[^`]+`)/.exec(line)?.[1] ?? []);
  expect(first('ru')).toEqual(first('en'));
});
