import { hash } from 'node:crypto';
import type { LinkState } from './confirm-link.ts';
import type { ConfirmationKind } from './confirmation.ts';
import { escapeHtml } from './html-text.ts';

/** Languages of the page. */
export type PageLanguage = 'ru' | 'en';

/** What the page says: what is known of its link, or that we have not made it: programs that show mails break long links in two. */
export type PageState = LinkState | 'unknown';

/**
 * The page behind the link of a mail, on which a person confirms. Opening it does nothing: programs that look through mails open every link, but press no
 * button. It is whole in itself: no script, no picture, nothing from elsewhere.
 */
export interface ConfirmPage {
  readonly state: PageState;
  /** What is asked: nothing but the button, a PIN or a code. */
  readonly kind: Exclude<ConfirmationKind, 'none'>;
  readonly language: PageLanguage;
  /** What is to be confirmed, as it stood in the mail; undefined: not shown. */
  readonly text: string | undefined;
  /** After a wrong answer: how many tries are left. */
  readonly wrong: { readonly triesLeft: number } | undefined;
}

interface Words {
  readonly title: string;
  readonly ask: string;
  readonly button: string;
  readonly pin: string;
  readonly code: string;
  readonly done: readonly [head: string, text: string];
  readonly locked: readonly [head: string, text: string];
  readonly expired: readonly [head: string, text: string];
  readonly unknown: readonly [head: string, text: string];
  wrong(kind: ConfirmPage['kind'], left: number): string;
}

const TRIES = new Intl.PluralRules('ru');
const TRY_FORMS: Readonly<Record<string, string>> = { one: 'попытка', few: 'попытки' };

const WORDS: Readonly<Record<PageLanguage, Words>> = {
  ru: {
    title: 'Подтверждение',
    ask: 'Подтвердите, что вы получили сообщение',
    button: 'Подтверждаю получение',
    pin: 'Ваш PIN-код',
    code: 'Код из сообщения',
    done: ['Получение подтверждено', 'Спасибо. Эту страницу можно закрыть.'],
    locked: ['Попытки исчерпаны', 'Подтвердить по этой ссылке больше нельзя. Сообщите дежурному другим способом.'],
    expired: ['Ссылка больше не действует', 'Оповещение завершено, подтверждать его уже не нужно.'],
    unknown: ['Такой ссылки нет', 'Возможно, её обрезала почтовая программа. Нажмите кнопку в письме или скопируйте ссылку целиком.'],
    wrong: (kind, left) =>
      `Неверный ${kind === 'pin' ? 'PIN-код' : 'код'}. Осталось: ${left} ${TRY_FORMS[TRIES.select(left)] ?? 'попыток'}.`,
  },
  en: {
    title: 'Confirmation',
    ask: 'Please confirm that you have received the message',
    button: 'I confirm receipt',
    pin: 'Your PIN',
    code: 'The code from the message',
    done: ['Receipt is confirmed', 'Thank you. You may close this page.'],
    locked: ['No tries are left', 'This link cannot confirm any more. Please tell the officer on duty in another way.'],
    expired: ['This link is no longer valid', 'The alert is over, there is nothing to confirm.'],
    unknown: ['There is no such link', 'Your mail program may have cut it. Press the button in the mail, or copy the whole link.'],
    wrong: (kind, left) => `The ${kind === 'pin' ? 'PIN' : 'code'} is wrong. ${left} ${left === 1 ? 'try' : 'tries'} left.`,
  },
};

const STYLE = `:root{color-scheme:light dark;--back:#f3f5f8;--card:#fff;--text:#1b1f24;--soft:#5c6670;--line:#d5dae1;--blue:#1c6fd1;--red:#b3261e;--green:#1d7a3e}
@media (prefers-color-scheme:dark){:root{--back:#14171b;--card:#1e2329;--text:#eceff3;--soft:#a4aeb9;--line:#3a424c;--blue:#3b8bea;--red:#ff8a80;--green:#67c98b}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:16px;background:var(--back);color:var(--text);font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:440px;padding:28px 24px;border-radius:16px;background:var(--card);border:1px solid var(--line)}
h1{margin:0 0 16px;font-size:24px;line-height:1.25}
p{margin:0 0 16px;color:var(--soft)}
blockquote{margin:0 0 20px;padding:12px 16px;border-left:4px solid var(--blue);border-radius:4px;background:var(--back);white-space:pre-wrap;overflow-wrap:anywhere;max-height:40vh;overflow:auto}
label{display:block;margin:0 0 6px;font-weight:600}
input{width:100%;height:56px;margin:0 0 16px;padding:0 16px;border:1px solid var(--line);border-radius:12px;background:var(--back);color:var(--text);font:inherit;font-size:24px;letter-spacing:.12em}
button{width:100%;min-height:60px;padding:12px 16px;border:0;border-radius:12px;background:var(--blue);color:#fff;font:inherit;font-size:19px;font-weight:600;cursor:pointer}
input:focus-visible,button:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
.wrong{color:var(--red);font-weight:600}
.mark{width:64px;height:64px;margin:0 0 16px;border-radius:50%;display:grid;place-items:center;font-size:34px;color:var(--card);background:var(--soft)}
.done .mark{background:var(--green)}
.locked .mark{background:var(--red)}`;

/** Sent with the page, whatever its state. The style is allowed by its hash; the form goes to where it came from, and nobody may frame it. */
export const CONFIRM_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
};

/** HTTP status of a page. @example confirmStatus('expired') // 410 */
export const confirmStatus = (state: PageState): number => ({ ask: 200, done: 200, locked: 403, expired: 410, unknown: 404 })[state];

const MARKS: Readonly<Record<PageState, string>> = { ask: '', done: '✓', locked: '!', expired: '–', unknown: '?' };

function field(kind: ConfirmPage['kind'], words: Words, invalid: boolean): string {
  if (kind === 'key') return '';
  const more = kind === 'pin' ? 'type="password" autocomplete="off"' : 'type="text" inputmode="numeric" autocomplete="one-time-code"';
  const fault = invalid ? ' aria-invalid="true" aria-describedby="wrong"' : '';
  return `<label for="answer">${words[kind]}</label><input id="answer" name="answer" ${more} maxlength="64" required autofocus${fault}>`;
}

/** The page as HTML, to be sent with `CONFIRM_PAGE_HEADERS` and `confirmStatus`. The form is sent to the page's own address, by POST. */
export function confirmPage({ state, kind, language, text, wrong }: ConfirmPage): string {
  const words = WORDS[language];
  const quoted = text === undefined || text.trim() === '' ? '' : `<blockquote>${escapeHtml(text)}</blockquote>`;
  const fault = wrong && state === 'ask' ? `<p class="wrong" id="wrong" role="alert">${words.wrong(kind, wrong.triesLeft)}</p>` : '';
  const inside =
    state === 'ask'
      ? `<h1>${words.ask}</h1>${quoted}${fault}<form method="post">${field(kind, words, wrong !== undefined)}<button type="submit">${words.button}</button></form>`
      : `<div class="mark" aria-hidden="true">${MARKS[state]}</div><h1>${words[state][0]}</h1><p>${words[state][1]}</p>`;
  return `<!DOCTYPE html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${words.title}</title><style>${STYLE}</style></head><body><main class="${state}">${inside}</main></body></html>`;
}

/**
 * The language of a page for who asks.
 * @param header Accept-Language, as it came
 * @param otherwise where it names neither
 */
export function pageLanguage(header: string | undefined, otherwise: PageLanguage): PageLanguage {
  let best: PageLanguage = otherwise;
  let weight = 0;
  for (const range of (header ?? '').slice(0, 512).split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const language = tag.split('-', 1)[0];
    if (language !== 'ru' && language !== 'en') continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const wanted = quality === undefined ? 1 : Number(quality.slice(2));
    if (wanted > weight) [best, weight] = [language, wanted];
  }
  return best;
}
