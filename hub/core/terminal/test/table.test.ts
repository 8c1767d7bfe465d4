import { expect, test } from 'vitest';
import { renderTable } from '../table.ts';

test('numbers stand on the right, texts and columns in which nothing stands on the left', () => {
  const rows = [
    [1, 'Иванов И. И.', null, 7],
    [10, 'Ли', undefined, null],
  ];
  expect(renderTable(['ID', 'ИМЯ', 'ЗАМЕТКА', 'ЦЕХ'], rows)).toBe(
    ['ID  ИМЯ           ЗАМЕТКА  ЦЕХ', ' 1  Иванов И. И.  -          7', '10  Ли            -          -'].join('\n'),
  );
});

test('a table without rows is its titles', () => {
  expect(renderTable(['ID', 'ИМЯ'], [])).toBe('ID  ИМЯ');
});
