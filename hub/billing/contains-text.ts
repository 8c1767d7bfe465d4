import type { Bind } from './entity-filter.ts';
import { likeText } from './match-title.ts';

/**
 * Letters and digits in a row, of which lower case changes each by itself: only there may a pattern be cut. Shorter rows are not worth it; a letter such as
 * the Greek sigma is folded by its neighbours.
 */
const RUN = /[0-9A-Za-zА-Яа-яЁё]{7,}/g;
/** What the index of trigrams holds. Characters. */
const TRIGRAM = 3;

/**
 * A run as trigrams that do not overlap, spread from its begin to its end: 255ea887b8 becomes 255%ea8%7b8. Two of them would fit too many rows, so what is
 * shorter is only halved.
 */
function tiled(run: string): string {
  const tiles = Math.floor(run.length / TRIGRAM);
  if (tiles < 3) return `${run.slice(0, run.length / 2)}%${run.slice(run.length / 2)}`;
  const step = (run.length - TRIGRAM) / (tiles - 1);
  return Array.from({ length: tiles }, (_, at) => run.substr(Math.floor(at * step), TRIGRAM)).join('%');
}

/**
 * The pattern of LIKE by which whatever contains a text is looked up: it matches all that does, and little else. The index has to meet one list of rows for
 * each trigram of the pattern, and among a million contracts each has thousands: a third of them find nearly as few rows in a third of the time.
 */
export const lookUpPattern = (text: string): string => `%${likeText(text).replace(RUN, tiled)}%`;

/**
 * Whether a column contains a text, in any case of letters, as the database folds them. The index of trigrams on `lower(column)` finds the candidates, the text
 * itself decides.
 * @param column as the statement names it: `p.title`
 * @param text '' is contained everywhere
 */
export function containsText(column: string, text: string, bind: Bind): string {
  const pattern = lookUpPattern(text);
  const found = `lower(${column}) LIKE lower(${bind(pattern)}::text)`;
  return pattern === `%${likeText(text)}%` ? found : `(${found} AND strpos(lower(${column}), lower(${bind(text)}::text)) > 0)`;
}
