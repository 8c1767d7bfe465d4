import { expect, test } from 'vitest';
import { wordOf } from '../api/words.ts';
import { CHANNEL_STATES } from '../channels/driver.ts';
import { shownState, shownText } from '../commands/shown-words.ts';
import { TASK_STATUS } from '../kinds.ts';

const ru = (_en: string, russian: string): string => russian;
const en = (english: string): string => english;

test('every state of a task, a run and a channel has a Russian word in tables, and its own in English', () => {
  for (const state of [...Object.values(TASK_STATUS).map((status) => wordOf(TASK_STATUS, status)), ...CHANNEL_STATES]) {
    expect(shownState(state, ru)).toMatch(/^[а-яё ]+$/);
    expect(shownState(state, en)).toBe(state);
  }
});

test('a text of many lines is one line of a table, and no pair of a picture is cut', () => {
  expect(shownText('Внимание!\r\n\n  Сбор\tв 9:00 ')).toBe('Внимание! Сбор в 9:00');
  expect([...shownText('😀'.repeat(70))]).toEqual([...Array(59).fill('😀'), '…']);
  expect(shownText('а'.repeat(60))).toBe('а'.repeat(60));
});
