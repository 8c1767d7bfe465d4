import { expect, test } from 'vitest';
import { briefly, findingsOf, messageOf, valuesOf } from './support/message.ts';

/** GET, spec callbacks 5.8 and B12. */
const found = (changes: object): string[] => briefly(findingsOf({ method: 'GET', ...changes }));
const rendered = (url: string, body: string, values = valuesOf()) => messageOf({ method: 'GET', url, body }).render(values);

test('there is no body; its template is appended to the query', () => {
  expect(rendered('https://a.ru/in', '')).toMatchObject({ url: 'https://a.ru/in', body: undefined });
  expect(rendered('https://a.ru/in', 'id=@id_Reserve&s=@ReserveState').url).toBe('https://a.ru/in?id=1042&s=finished');
  expect(rendered('https://a.ru/in?k=1', 'id=@id_Reserve').url).toBe('https://a.ru/in?k=1&id=1042');
  expect(rendered('https://a.ru/in?', 'id=@id_Reserve').url).toBe('https://a.ru/in?id=1042');
  expect(rendered('https://a.ru/in?k=@id_Reserve&', '\n id=@id_Reserve \r\n').url).toBe('https://a.ru/in?k=1042&id=1042');
  expect(rendered('https://a.ru', 'd=@EventDescription').url).toBe(
    'https://a.ru?d=%D0%9E%D1%84%D0%BE%D1%80%D0%BC%D0%BB%D0%B5%D0%BD%20%22SU%206%22',
  );
});

test.each(['<Event>@id_Reserve</Event>', '{"id":@id_Reserve}', 'id', 'id=1&b', '=1', 'a=1&&b=2', 'a=1&=2', 'a=1\nb=2', 'a=1#b', 'a=b c'])(
  'a body that is no query is an error: %j',
  (body) => {
    expect(found({ body })).toEqual([expect.stringMatching(/^error get_body_not_query 1:/)]);
  },
);

test('a variable as a name is an error of its place', () => {
  expect(found({ body: 'a=1&@OuterId=2' })).toEqual(['error position 1:5']);
});

test('B12: @Before and @After cannot be sent', () => {
  expect(found({ family: 'static', body: 'a=1&b=@Before' })).toEqual(['error get_fragment 1:7']);
  expect(found({ family: 'static', body: 'a=@{After|url}' })).toEqual(['error get_fragment 1:3']);
  expect(found({ family: 'static', body: '<Before>@Before</Before>' })).toEqual(['error get_fragment 1:9']);
});

test('free text in the query and a signature that does not cover it are warnings', () => {
  expect(found({ body: 'a=@OuterId&b=@id_Reserve&c=@{EventDescription}' })).toEqual([
    'warning query_logged 1:3',
    'warning query_logged 1:28',
  ]);
  expect(found({ body: '', signing: true })).toEqual(['warning signing_get 1:1']);
});

test('an address of over 8,000 bytes is a permanent fault', () => {
  const { render } = messageOf({ method: 'GET', body: 'a=@OuterId' });
  expect(() => render(valuesOf({ OuterId: 'ё'.repeat(1400) }))).toThrow(expect.objectContaining({ code: 'url_too_long' }));
});
