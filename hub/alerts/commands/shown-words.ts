import type { Translate } from '../../core/terminal/words.ts';

/** States of tasks, runs and channels as a Russian table shows them; JSON, REST and an English table have the English words. */
const RUSSIAN: Readonly<Record<string, string>> = {
  idle: 'не запущено',
  waiting: 'ждёт расписания',
  running: 'выполняется',
  stopped: 'остановлено',
  finished: 'завершено',
  failed: 'не выполнено',
  disabled: 'отключено',
  off: 'выключен',
  free: 'свободен',
  dialling: 'набирает',
  ringing: 'вызывает',
  talking: 'разговор',
  sending: 'передаёт',
  fault: 'неисправен',
};

/** A state in the language of the command line. @example shownState('free', t) // 'свободен' */
export const shownState = (state: string, t: Translate): string => t(state, RUSSIAN[state] ?? state);

/** Characters of a free text in a table: with its neighbours it stays on one line of a terminal. */
const MOST = 60;

/** A text on one line: breaks become blanks, what is too long ends in an ellipsis. */
export function shownText(text: string): string {
  const letters = [...text.replace(/\s+/g, ' ').trim()];
  return letters.length > MOST ? `${letters.slice(0, MOST - 1).join('')}…` : letters.join('');
}
