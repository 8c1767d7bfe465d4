import { expect, test } from 'vitest';
import { RenderFault } from '../render/fault.ts';
import { bodyOf, briefly, F, findingsOf, messageOf, valuesOf } from './support/message.ts';

/** Spec callbacks 5.4. */
const text = (filters: string, OuterId: string | null): string =>
  bodyOf({ body: `@{OuterId${filters}}`, bodyFormat: 'text' }, valuesOf({ OuterId }));

test.each([
  ['|upper', 'заказ ß', 'ЗАКАЗ SS'],
  ['|lower', 'ЗАКАЗ Ё', 'заказ ё'],
  ['|trunc:2', 'a😀b', 'a😀'],
  ['|trunc:0', 'abc', ''],
  ['|trunc:10', 'abc', 'abc'],
  ["|default:'it''s none'", '', "it's none"],
  ["|default:'x'", 'y', 'y'],
  ["|default:'|}@{'", '', '|}@{'],
  ["|date:'ru'", '2026-11-22T12:30:05.123+03:00', '22.11.2026 12:30'],
  ["|date:'ru'", '2026-11-22', '22.11.2026'],
  ["|date:'iso'", '2026-11-22T12:30:05.123+03:00', '2026-11-22T09:30:05.123Z'],
  ["|date:'iso'", '2026-11-22', '2026-11-22'],
  ["|date:'unix'", '2026-11-22T12:30:05.123+03:00', '1795339805'],
  ["|date:'unix'", '1970-01-02', '86400'],
  ["|date:'unix'", '2026-02-30T00:00:00Z', '2026-02-30T00:00:00Z'],
  ["|date:'unix'", '2026-02-30', '2026-02-30'],
  ["|date:'iso'", 'tomorrow', 'tomorrow'],
  ['|ascii', 'Щукин Юрий — «Ёлка» №5 à ñ 漢', 'Shchukin Iurii - "Elka" No5 a n ?'],
  ['|json', 'a"b\n', '"a\\"b\\n"'],
  ['|url', "ё /?'~", '%D1%91%20%2F%3F%27~'],
  ['|b64', 'ё', '0ZE='],
  ['|rfc8187', "naïve ё'.pdf", "UTF-8''na%C3%AFve%20%D1%91%27.pdf"],
  ['|xml', `<a b="c" d='e'>&`, '&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;'],
  ['|raw', '<a>', '<a>'],
  ['|upper|trunc:2', 'abc', 'AB'],
  ['|trunc:2|upper', 'abc', 'AB'],
  ["|trunc:0|default:'x'", 'abc', 'x'],
  ['|b64|json', 'a', '"YQ=="'],
])('%s of %j is %j', (filters, value, expected) => {
  expect(text(filters, value)).toBe(expected);
});

test('an absent value stays absent through filters, until a default or json gives it a form', () => {
  expect(text('|upper|trunc:3|b64|url|xml|ascii', null)).toBe('');
  expect(text('|json', null)).toBe('null');
  expect(bodyOf({ body: '{"a":@{OuterId|upper}}', bodyFormat: 'json' }, valuesOf({ OuterId: null }))).toBe('{"a":null}');
  expect(bodyOf({ body: `{"a":@{OuterId|default:''}}`, bodyFormat: 'json' }, valuesOf({ OuterId: null }))).toBe('{"a":""}');
});

test('numbers are filtered as they are written, and stay numbers in JSON only without filters', () => {
  expect(bodyOf({ body: '@{id_Reserve|trunc:2}@{CallbackId|trunc:3}', bodyFormat: 'text' })).toBe('10639');
  expect(bodyOf({ body: '{"a":@id_Reserve,"b":@{id_Reserve|upper},"c":@{id_Reserve|json}}', bodyFormat: 'json' })).toBe(
    '{"a":1042,"b":"1042","c":1042}',
  );
});

test('json is the own encoding of a JSON value, and is escaped once more everywhere else', () => {
  const values = valuesOf({ OuterId: 'a"b' });
  expect(bodyOf({ body: '{"a":@{OuterId|json}}', bodyFormat: 'json' }, values)).toBe('{"a":"a\\"b"}');
  expect(bodyOf({ body: '{"a":"@{OuterId|json}"}', bodyFormat: 'json' }, values)).toBe('{"a":"\\"a\\\\\\"b\\""}');
  expect(bodyOf({ body: '<a b="@{OuterId|json}"/>' }, values)).toBe('<a b="&quot;a\\&quot;b&quot;"/>');
  expect(bodyOf({ body: '{"a":@{OuterId|json|b64}}', bodyFormat: 'json' }, values)).toBe('{"a":"ImFcImIi"}');
});

test('the escaping of the place comes last, also after an encoding filter: a warning says so', () => {
  expect(bodyOf({ body: '<a>@{OuterId|xml}</a>' }, valuesOf({ OuterId: '<' }))).toBe('<a>&amp;lt;</a>');
  expect(briefly(findingsOf({ body: '<a>@{OuterId|xml}</a>' }))).toEqual(['warning encoded_twice 1:4']);
  const { url } = messageOf({ url: 'https://a.ru/@{OuterId|url}', body: '<a/>' }).render(valuesOf({ OuterId: 'ё' }));
  expect(url).toBe('https://a.ru/%25D1%2591');
});

test('raw is for fragments in the text of XML and for text bodies, nowhere else', () => {
  const values = valuesOf({ After: F, Before: undefined });
  const xml = (body: string): string => bodyOf({ family: 'static', body }, values);
  expect(xml('<a>@{After|raw}</a>')).toBe(`<a>${F}</a>`);
  expect(xml("<a>@{Before|default:'<none/>'|raw}</a>")).toBe('<a><none/></a>');
  expect(xml("<a>@{Before|default:'<none/>'}</a>")).toBe('<a>&lt;none/&gt;</a>');
  expect(xml('<a>@{After|trunc:9}</a>')).toBe('<a>&lt;Contact&gt;</a>');
  for (const body of ['<a b="@{After|raw}"/>', '<a><![CDATA[@{After|raw}]]></a>', '<a>@{Type|raw}</a>', '<a>@{After|upper|raw}</a>']) {
    expect(briefly(findingsOf({ family: 'static', body })), body).toEqual([expect.stringMatching(/^error position 1:/)]);
  }
  expect(briefly(findingsOf({ family: 'static', body: '{"a":@{After|raw}}', bodyFormat: 'json' }))).toEqual(['error position 1:6']);
});

test('filters that grow a value end at the limit, not in memory', () => {
  const message = messageOf({ body: `<a>@{OuterId${'|json'.repeat(8)}}</a>` });
  expect(() => message.render(valuesOf({ OuterId: '"'.repeat(100_000) }))).toThrow(RenderFault);
});
