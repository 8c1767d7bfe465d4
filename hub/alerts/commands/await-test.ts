import { setTimeout as pause } from 'node:timers/promises';
import type { Queryable } from '../../core/database/statement.ts';
import type { Translate } from '../../core/terminal/words.ts';
import { detailIn } from '../detail-words.ts';
import { type AttemptView, listAttempts } from '../list-attempts.ts';
import { RESULT_WORDS } from '../report-words.ts';
import { RESULT } from '../result.ts';

/** Between two looks at the run of a test, milliseconds. */
const LOOK_EVERY = 300;

/** The attempt of a test when it is over, or how far it is after so many seconds; undefined: none was begun. */
export async function awaitTest(db: Queryable, runId: number, seconds: number): Promise<AttemptView | undefined> {
  const until = performance.now() + seconds * 1_000;
  for (;;) {
    const { items } = await listAttempts(db, runId, { limit: 1 });
    const [attempt] = items;
    if ((attempt && attempt.result !== RESULT.underWay) || performance.now() >= until) return attempt;
    await pause(LOOK_EVERY);
  }
}

/** What came of a test, in one line. */
export function testText(attempt: AttemptView | undefined, t: Translate): string {
  if (!attempt) return t('nothing has been sent yet', 'пока ничего не отправлено');
  const language = t('en', 'ru') as 'en' | 'ru';
  const detail = detailIn(language, attempt.detail);
  return `${RESULT_WORDS[attempt.result][language]}${detail === '' ? '' : `: ${detail}`}`;
}
