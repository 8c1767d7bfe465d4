import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { meaningOfError } from '../channels/gsm/error-classes.ts';
import { meaningOf } from '../channels/gsm/receipt-status.ts';
import { classOfStatus } from '../channels/smpp/statuses.ts';
import { detailIn } from '../detail-words.ts';

/** Details of attempts as a Russian report shows them: what our drivers say is Russian, what others said is left as it came. */
const RUSSIAN = /^[^a-z]*[а-яё]/i;
const upTo = (most: number): number[] => Array.from({ length: most }, (_, number) => number);

test('every answer of a message centre that has a sentence has a Russian one', () => {
  for (const status of upTo(0x101).slice(1)) expect(detailIn('ru', classOfStatus(status).text), `status ${status}`).toMatch(RUSSIAN);
});

test('every refusal and report of a modem has a Russian sentence', () => {
  for (const number of upTo(601))
    for (const table of ['CMS', 'CME'])
      expect(detailIn('ru', meaningOfError(`${table} ${number}`).text), `${table} ${number}`).toMatch(/[а-яё]/);
  for (const status of upTo(0x80)) {
    const meaning = meaningOf(status);
    if (meaning) expect(detailIn('ru', meaning.detail), `status ${status}`).toMatch(/[а-яё]/);
  }
});

/** Files whose sentences become details of attempts by `outcome`, `made` and `give`. */
const SAYING = ['channels/smpp/submission.ts', 'channels/smpp/smpp-driver.ts', 'channels/smtp/driver.ts', 'engine/attempt-target.ts'];

test.each(SAYING)('what %s says of an attempt has a Russian sentence', (file) => {
  const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const said = [...source.matchAll(/\b(?:outcome|made|give)\([^()]*?'[\w-]+', '([a-z][^']* [^']*)'/g)].map(([, sentence = '']) => sentence);
  expect(said.length).toBeGreaterThan(1);
  for (const sentence of said) expect(detailIn('ru', sentence), sentence).toMatch(/[а-яё]/);
});

test('what was counted or quoted stays in the sentence', () => {
  expect(detailIn('ru', 'the centre does not know this number; 1 of 2 parts were taken')).toBe(
    'центр не знает этого номера; принято частей: 1 из 2',
  );
  expect(detailIn('ru', 'no bind that may be used is bound: connect ECONNREFUSED')).toBe(
    'нет подключения, которым можно воспользоваться: connect ECONNREFUSED',
  );
  expect(detailIn('ru', 'DELIVRD, error 12 of the network')).toBe('DELIVRD, ошибка сети 12');
});

test('words of others, and English, are left as they are', () => {
  for (const text of ['RCPT TO: 550 5.1.1 no such user; the centre has taken it', '', 'DELIVRD x', '; '])
    expect(detailIn('ru', text)).toBe(text);
  expect(detailIn('en', 'the centre has taken it')).toBe('the centre has taken it');
});
