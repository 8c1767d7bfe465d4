import { expect, test } from 'vitest';
import { SAMPLE_HEADERS } from '../profiles.ts';
import { briefly, findingsOf, messageOf, valuesOf } from './support/message.ts';

/** Headers of spec callbacks 4 and rows B3 to B6 of 7.2. */
const body = '<a/>';
const found = (headers: string, more = {}): string[] => briefly(findingsOf({ headers, body, ...more }));
const sent = (headers: string, more = {}): (readonly [string, string])[] =>
  messageOf({ headers, body, ...more }).render(valuesOf()).headers;

test("the source's six headers are sent unchanged, in order and letter case", () => {
  expect(found(SAMPLE_HEADERS)).toEqual([]);
  expect(sent(SAMPLE_HEADERS)).toEqual([
    ['Accept-Encoding', 'gzip,deflate'],
    ['Content-Type', 'text/xml;charset=UTF-8'],
    ['SOAPAction', 'http://sap.com/xi/WebService/soap1.1'],
    ['User-Agent', 'Corteos'],
    ['Cookie2', '$Version=1'],
    ['Authorization', 'Basic QsdfgSDGHFasdfSADFxaWM='],
  ]);
});

test('what is not given is added: Content-Type for POST only, User-Agent for both', () => {
  expect(sent('')).toEqual([
    ['Content-Type', 'text/xml;charset=UTF-8'],
    ['User-Agent', 'Vestnik'],
  ]);
  expect(sent('user-agent: x')).toEqual([
    ['user-agent', 'x'],
    ['Content-Type', 'text/xml;charset=UTF-8'],
  ]);
  expect(sent('', { method: 'GET', body: '' })).toEqual([['User-Agent', 'Vestnik']]);
  expect(sent('Content-Type: text/plain', { method: 'GET', body: '' })).toEqual([
    ['Content-Type', 'text/plain'],
    ['User-Agent', 'Vestnik'],
  ]);
});

test('each rendering hands out an array of its own', () => {
  const message = messageOf({ headers: 'X: 1', body });
  message.render(valuesOf()).headers.push(['Y', '2']);
  expect(message.render(valuesOf()).headers.map(([name]) => name)).toEqual(['X', 'Content-Type', 'User-Agent']);
});

test('blanks around values, empty lines and every kind of line break are forgiven', () => {
  expect(sent('\r\nX-A:1\r\n\r\nX-B: \t 2 \t\rX-C:\n').slice(0, 3)).toEqual([
    ['X-A', '1'],
    ['X-B', '2'],
    ['X-C', ''],
  ]);
  expect(sent('X: @OuterId', {}).at(0)).toEqual(['X', `A&B<1>"'`]);
});

test.each([
  ['NoColon', 'headers 1:1'],
  [': value', 'headers 1:1'],
  ['A: 1\n\n  : value', 'headers 3:1'],
  ['A: 1\nTwo Words: 2', 'headers 2:1'],
  ['Name : 1', 'headers 1:1'],
  ['X-@EventType: 1', 'headers 1:1'],
  ['X-@{EventType}: 1', 'headers 1:1'],
  ['Имя: 1', 'headers 1:1'],
])('B3: %j is no header', (headers, expected) => {
  expect(found(headers)).toEqual([`error ${expected}`]);
});

test.each([
  'Host',
  'content-length',
  'Transfer-Encoding',
  'Connection',
  'Keep-Alive',
  'UPGRADE',
  'Expect',
  'TE',
  'Trailer',
  'Proxy-Authorization',
  'Proxy-Connection',
])('B4: %s is set by the hub', (name) => {
  expect(found(`A: 1\n${name}: x`)).toEqual(['error header_forbidden 2:1']);
});

test('webhook-* belong to the signature while it is on', () => {
  expect(found('Webhook-Id: 1')).toEqual([]);
  expect(found('Webhook-Id: 1', { signing: true })).toEqual(['error header_forbidden 1:1']);
});

test.each([
  ['X: a\u0000b', '1:5'],
  ['X: a\u007f', '1:5'],
  ['A: 1\nX: Привет', '2:4'],
  ['X: a\u00a0', '1:5'],
  ['X: @DIC:Неизвестный', '1:9'],
])('B5: %j', (headers, at) => {
  expect(found(headers)).toContain(`error header_value ${at}`);
});

test('a Cyrillic dictionary name in a header is no literal; its value is percent-encoded, with a warning', () => {
  expect(found('X: @DIC:Команда')).toEqual(['warning header_non_ascii 1:4']);
  expect(found("X: @{DIC:Команда|url} @{OuterId|rfc8187} @{OuterId|ascii} @{OuterId|b64} @id_Reserve @{Actor|default:'x'|url}")).toEqual(
    [],
  );
  expect(sent('X: @DIC:Команда').at(0)).toEqual(['X', '%D0%A2%D0%9A-7/2']);
});

test('B6: two Content-Type lines, an unknown charset, a Content-Type with a variable', () => {
  expect(found('Content-Type: text/xml\nX: 1\ncontent-type: text/xml')).toEqual(['error content_type 3:1']);
  expect(found('A: 1\nContent-Type: text/xml; charset=koi8-r')).toEqual(['error content_type 2:1']);
  expect(found('Content-Type: text/xml; charset=constructor')).toEqual(['error content_type 1:1']);
  expect(found('Content-Type: text/xml; x=@{EventType}')).toEqual(['error content_type 1:1']);
});

test('at most 50 headers and 16 KiB; over 32 KiB rendered is a permanent fault', () => {
  const lines = (count: number): string => Array.from({ length: count }, (_, at) => `X-${at}: 1`).join('\n');
  expect(found(lines(50))).toEqual([]);
  expect(found(lines(51))).toEqual([expect.stringMatching(/^error headers 51:1$/)]);
  expect(found(`X: ${'a'.repeat(16 * 1024 - 3)}`)).toEqual([]);
  expect(found(`X: ${'a'.repeat(16 * 1024 - 2)}`)).toEqual(['error headers 1:1']);
  const { render } = messageOf({ headers: 'X: @OuterId', body });
  expect(() => render(valuesOf({ OuterId: 'a'.repeat(33_000) }))).toThrow(expect.objectContaining({ code: 'headers_too_large' }));
});

test('format and charset come from Content-Type, or the format from its setting, with a warning when they differ', () => {
  const format = (type: string, bodyFormat: 'auto' | 'json' = 'auto') =>
    messageOf({ headers: `Content-Type: ${type}`, body: '1', bodyFormat }).format;
  expect(
    ['text/plain', 'application/json', 'application/problem+json ; charset=utf8', 'text/csv; header=present'].map((type) => format(type)),
  ).toEqual(['text', 'json', 'json', 'text']);
  expect(messageOf({ headers: 'Content-Type: application/soap+xml;charset="utf-8"', body }).format).toBe('xml');
  expect(messageOf({ headers: 'Content-Type: application/x-www-form-urlencoded', body: 'a=1' }).format).toBe('form');
  expect(format('text/plain', 'json')).toBe('json');
  expect(found('', { body: '1', bodyFormat: 'json' })).toEqual(['warning content_type 1:1']);
});
