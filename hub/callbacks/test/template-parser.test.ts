import { expect, test } from 'vitest';
import { compileMessage } from '../message.ts';
import { dictionaryNames } from '../template/dictionary-names.ts';
import { bodyOf, briefly, findingsOf, settingsOf, valuesOf } from './support/message.ts';

/** Spec callbacks 5.1 to 5.3 beyond the rows of table 7.4. */
const text = (body: string, more = {}): string => bodyOf({ body, bodyFormat: 'text', ...more });
const found = (body: string, more = {}): string[] => briefly(findingsOf({ body, bodyFormat: 'text', ...more }));

test('only the variables of the source are bare; the others need braces, and a template says so', () => {
  expect(text('@EventId @{EventId}', {})).toBe('@EventId ');
  const [finding] = findingsOf({ body: '@EventId', bodyFormat: 'text' });
  expect(finding?.message).toContain('write @{EventId}');
  expect(bodyOf({ family: 'static', body: '@CallbackId @{CallbackId}', bodyFormat: 'text' })).toBe('@CallbackId 639309366001230000');
});

test('unknown=error refuses what keep leaves as text, each at its place', () => {
  const body = 'a @id_ReserveX\r\nb @DIC:Нет такого\n\tc support@corteos.ru @Before';
  expect(found(body)).toEqual([
    'warning unknown_variable 1:3',
    'warning unknown_variable 2:3',
    'warning unknown_variable 3:11',
    'warning unknown_variable 3:23',
  ]);
  expect(found(body, { unknown: 'error' })).toEqual([
    'error unknown_variable 1:3',
    'error unknown_variable 2:3',
    'error unknown_variable 3:11',
    'error unknown_variable 3:23',
  ]);
});

test('a variable right behind a letter or digit may be part of an e-mail address: a warning, unless a variable stands there', () => {
  expect(found('a@OuterId')).toEqual(['warning adjoining 1:2']);
  expect(found('я@OuterId')).toEqual(['warning adjoining 1:2']);
  expect(found('7@OuterId')).toEqual(['warning adjoining 1:2']);
  expect(found('.@OuterId @id_Reserve@OuterId a@{OuterId}')).toEqual([]);
});

test('@@ is flagged, as the original sends both', () => {
  expect(found('a@@b')).toEqual(['warning doubled_at 1:2']);
  expect(text('a@@b @@@@ @@{OuterId}')).toBe('a@b @@ @{OuterId}');
});

test('a name that differs only in case is named', () => {
  expect(findingsOf({ body: '@ID_RESERVE', bodyFormat: 'text' })[0]).toMatchObject({
    severity: 'warning',
    variable: '@ID_RESERVE',
    message: expect.stringContaining('id_Reserve'),
    russian: expect.stringContaining('id_Reserve'),
  });
  expect(findingsOf({ body: '@{outerid}', bodyFormat: 'text' })[0]).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('OuterId'),
  });
});

test('B7: every fault of the form with braces is an error at its place', () => {
  for (const body of [
    '@{',
    '@{}',
    '@{OuterId',
    '@{OuterId|',
    '@{OuterId|}',
    '@{OuterId|upper',
    '@{OuterId |upper}',
    '@{ OuterId}',
    '@{OuterId|trunc}',
    '@{OuterId|trunc:}',
    "@{OuterId|trunc:'5'}",
    '@{OuterId|trunc:12345678}',
    '@{OuterId|default}',
    '@{OuterId|default:5}',
    "@{OuterId|default:'a}",
    '@{OuterId|upper:1}',
    "@{OuterId|date:'us'}",
    "@{OuterId|date:'constructor'}",
    '@{OuterId|constructor}',
    '@{__proto__}',
    '@{OuterId|name}',
    '@{DIC:Команда|upper|name}',
    '@{DIC:Нет}',
    '@{DIC:}',
    '@{DIC:Команда',
    '@{DIC:Кома\nнда}',
    '@{DIC:Кома\\нда}',
    '@{Type}',
    `@{OuterId${'|upper'.repeat(9)}}`,
    '@{@id_Reserve}',
  ]) {
    const { message, findings } = compileMessage(settingsOf({ body: `a\n ${body}`, bodyFormat: 'text' }));
    expect(message, body).toBeUndefined();
    expect(
      findings.find(({ severity }) => severity === 'error'),
      body,
    ).toMatchObject({ code: 'template', line: 2, column: 2, setting: 'body' });
  }
});

test('one pass finds every fault, and stops at a hundred', () => {
  expect(found('@{Nope} @{OuterId|nope} @{id_Reserve')).toEqual(['error template 1:1', 'error template 1:9', 'error template 1:25']);
  expect(found('@{Nope} '.repeat(150)).length).toBe(100);
});

test('a dictionary name is compared in NFC with single spaces, exact in case', () => {
  const dictionaries = ['Кай  роль', 'Йод'];
  expect(bodyOf({ body: '@DIC:Кай роль', bodyFormat: 'text', dictionaries })).toBe('');
  expect(briefly(findingsOf({ body: '@DIC:Кай роль', bodyFormat: 'text', dictionaries }))).toEqual([]);
  expect(briefly(findingsOf({ body: `@DIC:${'Йод'.normalize('NFD')}.`, bodyFormat: 'text', dictionaries }))).toEqual([]);
  expect(briefly(findingsOf({ body: `@{DIC:${'Йод'.normalize('NFD')}}`, bodyFormat: 'text', dictionaries }))).toEqual([]);
  expect(briefly(findingsOf({ body: '@DIC:йод', bodyFormat: 'text', dictionaries }))).toEqual(['warning unknown_variable 1:1']);
});

test('the longest name that no letter follows wins, and a rival is a warning', () => {
  const names = dictionaryNames(['Код', 'Код проекта', 'Код проекта 2']);
  expect(names.longestAt('Код проекта 2!', 0)).toEqual({ name: 'Код проекта 2', end: 13, rivals: true });
  expect(names.longestAt('Код проекта 23', 0)).toEqual({ name: 'Код проекта', end: 11, rivals: true });
  expect(names.longestAt('Код проектам', 0)).toEqual({ name: 'Код', end: 3, rivals: false });
  expect(names.longestAt('Коды', 0)).toBeUndefined();
  expect(names.longestAt('Код_', 0)).toBeUndefined();
  expect(names.longestAt('', 0)).toBeUndefined();
  expect(found('@DIC:Команда проекта')).toEqual(['warning dic_ambiguous 1:1']);
  expect(found('@DIC:Команда проект @{DIC:Команда проекта}')).toEqual([]);
});

test('B20: a name with } or | is written with a backslash, in braces only; one with a line break not at all', () => {
  const dictionaries = ['a}b', 'c|d', 'e\\f', 'g\nh'];
  const values = { ...valuesOf(), dic: (name: string) => ({ value: `<${name}>`, name: '' }) };
  const written = (body: string): string => bodyOf({ body, bodyFormat: 'text', dictionaries }, values);
  expect(written('@{DIC:a\\}b}')).toBe('<a}b>');
  expect(written('@{DIC:c\\|d|upper}')).toBe('<C|D>');
  expect(written('@{DIC:e\\\\f}')).toBe('<e\\f>');
  expect(written('@DIC:a}b')).toBe('@DIC:a}b');
  expect(written('@DIC:g\nh')).toBe('@DIC:g\nh');
  expect(briefly(findingsOf({ body: '@{DIC:g\nh}', bodyFormat: 'text', dictionaries }))).toEqual(['error template 1:1']);
});

test('B22: a name that two dictionaries share is a warning in both forms', () => {
  const dictionaries = ['Проект', 'Проект'];
  expect(briefly(findingsOf({ body: '@DIC:Проект, @{DIC:Проект}', bodyFormat: 'text', dictionaries }))).toEqual([
    'warning dic_ambiguous 1:1',
    'warning dic_ambiguous 1:14',
  ]);
});

test('codes are of the order family: in the static one @DIC is text, and with braces an error', () => {
  const family = 'static';
  expect(bodyOf({ family, body: '@DIC:Команда', bodyFormat: 'text' })).toBe('@DIC:Команда');
  expect(briefly(findingsOf({ family, body: '@DIC:Команда', bodyFormat: 'text' }))).toEqual(['warning unknown_variable 1:1']);
  expect(briefly(findingsOf({ family, body: '@{DIC:Команда}', bodyFormat: 'text' }))).toEqual(['error template 1:1']);
});

test('what a message uses is known without rendering it', () => {
  const { message } = compileMessage(
    settingsOf({ url: 'https://a.ru/@id_Reserve', headers: 'X: @EventType', body: '<a>@DIC:Команда проекта @EventType</a>' }),
  );
  expect(message?.variables).toEqual(['id_Reserve', 'EventType', 'DIC']);
  expect(message?.dictionaries).toEqual(['Команда проекта']);
});

test.each([
  ['unclosed braces', '@{'],
  ['unclosed dictionaries', '@{DIC:'],
  ['unclosed quotes', "@{OuterId|default:'"],
  ['dictionaries', '@DIC:Команда'],
  ['doubled signs', '@@'],
  ['one long name', 'aaaaaaaa'],
  ['filters', '@{OuterId|json|json|json|json|json|json|json|json}'],
])('a template of 256 KiB of %s is read in linear time', (_, piece) => {
  const seconds = (kib: number): number => {
    const body = `@${piece.repeat((kib * 1024) / Buffer.byteLength(piece))}`.slice(0, kib * 1024);
    const begin = performance.now();
    compileMessage(settingsOf({ body, bodyFormat: 'text' }));
    return (performance.now() - begin) / 1000;
  };
  seconds(16);
  const [small, large] = [seconds(32), seconds(250)];
  // Eight times as much in at most forty times the time: a square would take sixty-four.
  expect(large).toBeLessThan(Math.max(small * 40, 1.5));
});
