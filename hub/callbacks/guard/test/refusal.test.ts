import { expect, test } from 'vitest';
import { judge } from '../../test/support/guard.ts';
import type { Refused } from '../judge-address.ts';
import { refusalError, refusalText } from '../refusal.ts';

const refusedOf = (text: string, entries: Parameters<typeof judge>[1] = {}): Refused => {
  const judged = judge(text, entries);
  if (judged.permitted) throw new Error(`${text} is permitted`);
  return judged;
};

test('the error of the source: the address without its query, in both languages, with its code', () => {
  const text = 'https://sap.client.ru:8443/in/x?token=secret';
  const refused = refusedOf(text, { entries: [] });
  expect(refusalText(text, refused).russian).toBe(
    'Адрес https://sap.client.ru:8443/in/x не входит в белый список. Передайте ссылку агенту: после добавления адреса службой поддержки отправка станет возможна.',
  );
  expect(refusalText(text, refused).message).toMatch(/^The address https:\/\/sap\.client\.ru:8443\/in\/x is not on the allow-list\. /);
  expect(refusalError(text, refused)).toMatchObject({ code: 'CONFLICT', reason: 'address_not_allowed', status: 409 });
});

test('a private and a forbidden address are refused in the same words', () => {
  const [one, other] = ['http://10.0.0.1/', 'http://127.0.0.1/'].map((text) =>
    refusalText(text, refusedOf(text)).message.replace(text, ''),
  );
  expect(one).toBe(other);
  expect(refusalError('http://10.0.0.1/', refusedOf('http://10.0.0.1/'))).toMatchObject({ reason: 'address_refused', details: [] });
});

test('what is wrong with the text itself is told', () => {
  expect(refusalError('ftp://a.ru', refusedOf('ftp://a.ru'))).toMatchObject({
    code: 'BAD_REQUEST',
    reason: 'url',
    message: 'url: it must begin with http:// or https:// and a host',
    details: [{ code: 'SCHEME', path: '/url' }],
  });
});

test('a message repeats no control characters, and no more than 300 characters', () => {
  const text = `ftp://a\u001b[31m${'x'.repeat(5_000)}`;
  const { message } = refusalText(text, refusedOf(text));
  expect(message).not.toContain('\u001b');
  expect(message.length).toBeLessThan(400);
});
