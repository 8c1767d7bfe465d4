import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CONFIRM_PAGE_HEADERS, type ConfirmPage, confirmPage, confirmStatus, pageLanguage } from '../confirm-page.ts';

const page = (more: Partial<ConfirmPage> = {}): string =>
  confirmPage({ state: 'ask', kind: 'key', language: 'ru', text: 'Сбор', wrong: undefined, ...more });

describe('the page of a link', () => {
  test('asks for the button only, and sends it by POST to itself', () => {
    const html = page();
    expect(html).toContain('<html lang="ru">');
    expect(html).toContain('<form method="post"><button type="submit">Подтверждаю получение</button></form>');
    expect(html).toContain('<blockquote>Сбор</blockquote>');
    expect(html).not.toMatch(/<input|<a |<img|<script|<link|action=/);
  });

  test.each([
    ['pin', 'ru', 'Ваш PIN-код', 'type="password"'],
    ['code', 'ru', 'Код из сообщения', 'autocomplete="one-time-code"'],
    ['pin', 'en', 'Your PIN', 'type="password"'],
    ['code', 'en', 'The code from the message', 'inputmode="numeric"'],
  ] as const)('kind %s in %s has its field', (kind, language, label, input) => {
    const html = page({ kind, language });
    expect(html).toContain(`<label for="answer">${label}</label><input id="answer" name="answer"`);
    expect(html).toContain(input);
  });

  test.each([
    ['ru', 1, 'Неверный PIN-код. Осталось: 1 попытка.'],
    ['ru', 2, 'Неверный PIN-код. Осталось: 2 попытки.'],
    ['ru', 5, 'Неверный PIN-код. Осталось: 5 попыток.'],
    ['en', 1, 'The PIN is wrong. 1 try left.'],
    ['en', 2, 'The PIN is wrong. 2 tries left.'],
  ] as const)('a wrong answer in %s with %i left', (language, triesLeft, said) => {
    const html = page({ kind: 'pin', language, wrong: { triesLeft } });
    expect(html).toContain(`<p class="wrong" id="wrong" role="alert">${said}</p>`);
    expect(html).toContain('aria-invalid="true" aria-describedby="wrong"');
  });

  test.each([
    ['done', 'Получение подтверждено', 200],
    ['locked', 'Попытки исчерпаны', 403],
    ['expired', 'Ссылка больше не действует', 410],
    ['unknown', 'Такой ссылки нет', 404],
  ] as const)('%s shows neither form nor message', (state, head, status) => {
    const html = page({ state, wrong: { triesLeft: 0 } });
    expect(html).toContain(`<h1>${head}</h1>`);
    expect(html).not.toMatch(/<form|<blockquote|class="wrong"/);
    expect(confirmStatus(state)).toBe(status);
  });

  test('a text is text', () => {
    const html = page({ text: '</blockquote><script>alert(1)</script>"\'&\u202e' });
    expect(html).toContain('<blockquote>&lt;/blockquote&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\u202e</blockquote>');
    expect(page({ text: ' \n' })).not.toContain('blockquote>');
    expect(page({ text: undefined })).not.toContain('blockquote>');
  });

  test('its policy allows its own style, its own form, and nothing else', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page())?.[1] ?? '';
    const policy = CONFIRM_PAGE_HEADERS['content-security-policy'] ?? '';
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(policy).toMatch(/^default-src 'none';.*form-action 'self';.*frame-ancestors 'none'$/);
    expect(page()).not.toMatch(/ style=/);
    expect(CONFIRM_PAGE_HEADERS).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  });
});

test.each([
  [undefined, 'ru'],
  ['', 'ru'],
  ['en-GB,en;q=0.9', 'en'],
  ['ru-RU,ru;q=0.9,en;q=0.8', 'ru'],
  ['de,en;q=0.5,ru;q=0.3', 'en'],
  ['en;q=0,ru;q=0.1', 'ru'],
  ['fr, *', 'ru'],
  ['en;q=x', 'ru'],
  [',,;;=q', 'ru'],
])('Accept-Language %j: %s', (header, language) => {
  expect(pageLanguage(header, 'ru')).toBe(language);
});
