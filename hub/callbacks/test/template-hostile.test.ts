import { validateHeaderValue } from 'node:http';
import { decodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import fc from 'fast-check';
import { ParseOption, XmlDocument } from 'libxml2-wasm';
import { describe, expect, test } from 'vitest';
import { compileMessage, type RenderValues } from '../message.ts';
import { RenderFault } from '../render/fault.ts';
import { findJsonFault } from '../render/json-fault.ts';
import { bodyOf, messageOf, settingsOf } from './support/message.ts';

/**
 * Whatever a value holds, the message stays what the template says: parsed by libxml2, JSON.parse, node:http and the WHATWG URL, none of
 * which the renderer uses.
 */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      '<',
      '>',
      '&',
      '"',
      "'",
      ']',
      ']]>',
      ']]',
      '<![CDATA[',
      '-->',
      '?>',
      '\\',
      '\\u',
      '\r',
      '\n',
      '\r\n',
      '\t',
      '\0',
      '\u0001',
      '\u007f',
      '\u0085',
    ],
    ...[
      '\ud800',
      '\udfff',
      '😀',
      '\ufffe',
      '\uffff',
      '\ufeff',
      '\u2028',
      'ё',
      '漢',
      '@id_Reserve',
      '@@',
      '@{',
      '$&',
      '$1',
      '$`',
      '%',
      '%2e',
      '.',
      '..',
    ],
    ...['/', '?', '#', '=', '+', ' ', ':', '@', '{', '}', '[', ',', '0', 'e', '-', 'null', '&amp;', '&#0;', ';'],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const hostile = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

function filledWith(...texts: string[]): RenderValues {
  const [OuterId = '', EventDescription = OuterId, code = OuterId] = texts;
  const values: Record<string, string | number> = { OuterId, EventDescription, id_Reserve: 1042 };
  return { get: (name) => values[name], dic: () => ({ value: code, name: code }) };
}

/** What XML can hold of a text. libxml2-wasm takes a byte order mark off whatever it reads back, so none is compared. */
function xmlText(text: string): string {
  return [...text].filter((character) => /[\t\n\r\u0020-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(character)).join('');
}

function parsed(xml: string): { text: string; attribute: string; children: number } {
  using document = XmlDocument.fromString(xml, { option: ParseOption.XML_PARSE_NONET });
  const { root } = document;
  const elements = root.find('//*');
  const read = (text = ''): string => text.replaceAll('\ufeff', '');
  return { text: read(root.content), attribute: read(root.attr('v')?.value), children: elements.length };
}

describe('XML', () => {
  const runs = { numRuns: 400 };
  test('text and attributes come back as they were, and no element appears', () => {
    const message = messageOf({ body: '<o v="@OuterId">@{EventDescription}@DIC:Команда</o>' });
    fc.assert(
      fc.property(hostile, hostile, hostile, (a, b, c) => {
        const xml = message.render(filledWith(a, b, c)).body!.toString();
        expect(parsed(xml)).toEqual({ text: xmlText(b) + xmlText(c), attribute: xmlText(a), children: 1 });
      }),
      runs,
    );
  });

  test.each([
    '<o><![CDATA[@OuterId]]></o>',
    '<o><![CDATA[]@OuterId]]></o>',
    '<o><![CDATA[]]@OuterId>]]></o>',
    '<o><![CDATA[@{OuterId}@EventDescription>]]></o>',
    '<o><![CDATA[@{OuterId}]@EventDescription]>]]></o>',
    '<o>]]@OuterId></o>',
    '<o>]@{OuterId}@EventDescription]></o>',
  ])('%s stays well-formed and says what was put in', (body) => {
    const message = messageOf({ body });
    const content = body.slice('<o>'.length, -'</o>'.length).replace(/^<!\[CDATA\[(.*)\]\]>$/, '$1');
    const expected = (a: string, b: string): string =>
      content
        .split(/(@\{?OuterId\}?|@EventDescription)/)
        .map((part) => (part.includes('OuterId') ? a : part === '@EventDescription' ? b : part))
        .join('');
    // A parser reads CR LF and CR as LF in CDATA, where nothing can stand for them.
    const newlines = (text: string): string => (body.includes('CDATA') ? text.replaceAll(/\r\n?/g, '\n') : text);
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const xml = message.render(filledWith(a, b)).body!.toString();
        expect(newlines(parsed(xml).text)).toBe(newlines(expected(xmlText(a), xmlText(b))));
      }),
      runs,
    );
  });

  test('in windows-1251, too', () => {
    const headers = 'Content-Type: text/xml;charset=windows-1251';
    const message = messageOf({ headers, body: '<o v="@OuterId">@OuterId<![CDATA[@OuterId]]></o>' });
    fc.assert(
      fc.property(hostile, (a) => {
        const xml = decodeWindows1251(message.render(filledWith(a)).body!);
        const { text, attribute, children } = parsed(xml);
        expect({ attribute, children }).toEqual({ attribute: xmlText(a), children: 1 });
        expect(text.startsWith(xmlText(a))).toBe(true);
      }),
      runs,
    );
  });
});

test('JSON: names, strings and values come back as they were, in both charsets', () => {
  const body = '{"k@OuterId":[@OuterId,"<@{OuterId}@EventDescription>",@DIC:Команда]}';
  const utf8 = messageOf({ body, headers: 'Content-Type: application/json' });
  const cyrillic = messageOf({ body, headers: 'Content-Type: application/json;charset=windows-1251' });
  fc.assert(
    fc.property(hostile, hostile, hostile, (a, b, c) => {
      const expected = { [`k${a}`]: [a, `<${a}${b}>`, c] };
      expect(JSON.parse(utf8.render(filledWith(a, b, c)).body!.toString())).toEqual(expected);
      expect(JSON.parse(decodeWindows1251(cyrillic.render(filledWith(a, b, c)).body!))).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});

test('headers: one line of visible ASCII, whatever comes', () => {
  const message = messageOf({ headers: 'X-A: @OuterId\nX-B: a@{OuterId}@EventDescription\nX-C: c', body: '<a/>' });
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const { headers } = message.render(filledWith(a, b));
      expect(headers.map(([name]) => name)).toEqual(['X-A', 'X-B', 'X-C', 'Content-Type', 'User-Agent']);
      for (const [name, value] of headers) {
        validateHeaderValue(name, value);
        expect(value).toMatch(/^[\x20-\x7e]*$/);
      }
      expect(headers[2]).toEqual(['X-C', 'c']);
    }),
    { numRuns: 400 },
  );
});

test('address: scheme, host, port, the other segments and the names of the query stay; values come back', () => {
  const message = messageOf({ url: 'https://a.ru:8443/in/@OuterId/x@{OuterId}y?q=@EventDescription&r=1', body: '<a/>' });
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const wellFormed = (text: string): string => text.toWellFormed();
      let url: URL;
      try {
        url = new URL(message.render(filledWith(a, b)).url);
      } catch (error) {
        expect(error).toBeInstanceOf(RenderFault);
        expect(['.', '..']).toContain(a);
        return;
      }
      expect(url.origin).toBe('https://a.ru:8443');
      expect([url.username, url.password, url.hash]).toEqual(['', '', '']);
      const segments = url.pathname.split('/').map(decodeURIComponent);
      expect(segments).toEqual(['', 'in', wellFormed(a), `x${wellFormed(a)}y`]);
      expect([...url.searchParams]).toEqual([
        ['q', wellFormed(b)],
        ['r', '1'],
      ]);
    }),
    { numRuns: 400 },
  );
});

test('form and GET: the pairs are those of the template, the values come back', () => {
  const form = messageOf({ body: 'a=@OuterId&b=x@EventDescription', bodyFormat: 'form' });
  const get = messageOf({ method: 'GET', body: 'a=@OuterId&b=x@EventDescription' });
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const expected = [
        ['a', a.toWellFormed()],
        ['b', `x${b.toWellFormed()}`],
      ];
      expect([...new URLSearchParams(form.render(filledWith(a, b)).body!.toString())]).toEqual(expected);
      expect([...new URL(get.render(filledWith(a, b)).url).searchParams]).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});

test('a hostile template is refused or sends what its format can hold; nothing unplanned is thrown', () => {
  const part = fc.oneof(
    piece,
    fc.constantFrom(
      '@OuterId',
      '@{OuterId|raw}',
      '@{OuterId|json}',
      '@DIC:Команда',
      '<a>',
      '</a>',
      '<a b="',
      '{"a":',
      '"',
      '}',
      'a=',
      '<!--',
    ),
  );
  const template = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      template,
      template,
      template,
      fc.constantFrom('xml', 'json', 'form', 'text' as const),
      hostile,
      (body, headers, path, bodyFormat, value) => {
        for (const method of ['POST', 'GET'] as const) {
          const { message, findings } = compileMessage(
            settingsOf({ method, body, headers: `X-A: ${headers}`, url: `https://a.ru/${path}`, bodyFormat }),
          );
          expect(message === undefined).toBe(findings.some(({ severity }) => severity === 'error'));
          for (const { line, column, message: text, russian } of findings) {
            expect(line).toBeGreaterThan(0);
            expect(column).toBeGreaterThan(0);
            expect(text).not.toBe('');
            expect(russian).not.toBe('');
          }
          if (!message) continue;
          try {
            const rendered = message.render(filledWith(value));
            expect(new URL(rendered.url).host).toBe('a.ru');
            for (const [name, text] of rendered.headers) validateHeaderValue(name, text);
            if (rendered.body && rendered.body.length > 0 && bodyFormat === 'xml') parsed(rendered.body.toString());
            if (rendered.body && rendered.body.length > 0 && bodyFormat === 'json') JSON.parse(rendered.body.toString());
          } catch (error) {
            expect(error).toBeInstanceOf(RenderFault);
          }
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test('the bytes of a body are UTF-8 at every length, and belong to that message alone', () => {
  const message = messageOf({ body: '@OuterId', bodyFormat: 'text' });
  const send = (text: string): Buffer => message.render(filledWith(text)).body!;
  fc.assert(
    fc.property(hostile, (text) => {
      expect(send(text).equals(Buffer.from(text, 'utf8'))).toBe(true);
    }),
  );
  for (const length of [21_844, 21_845, 21_846, 100_000]) {
    for (const text of ['a'.repeat(length), '漢'.repeat(length), `${'ё'.repeat(length - 1)}\ud800`]) {
      expect(send(text).equals(Buffer.from(text, 'utf8')), `${length}`).toBe(true);
    }
  }
  const first = send('one');
  send('two');
  expect(first.toString()).toBe('one');
});

test('rendering takes time and room in proportion to what is sent, and ends at 1 MiB', () => {
  const message = messageOf({ body: `<a>${'@OuterId '.repeat(1000)}</a>` });
  const seconds = (length: number): number => {
    const values = filledWith('&'.repeat(length));
    const begin = performance.now();
    for (let at = 0; at < 20; at++) message.render(values);
    return performance.now() - begin;
  };
  seconds(10);
  expect(seconds(160)).toBeLessThan(Math.max(20, seconds(20)) * 40);
  for (const length of [1100, 100_000, 10_000_000]) {
    expect(() => message.render(filledWith('x'.repeat(length)))).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  }
  expect(() => bodyOf({ body: '<a>@OuterId</a>' }, filledWith('ё'.repeat(600_000)))).toThrow(
    expect.objectContaining({ code: 'body_too_large' }),
  );
});

test('the finder of JSON faults agrees with JSON.parse on what is JSON', () => {
  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '1',
    '-',
    '0',
    '.5',
    'e1',
    '01',
    'true',
    'null',
    ' ',
    '\n',
    '\\',
    '\\u00e1',
    '\u0001',
    'x',
  );
  const text = fc.oneof(
    fc.array(token, { maxLength: 10 }).map((tokens) => tokens.join('')),
    fc.json(),
    fc
      .tuple(fc.json(), fc.nat(), token)
      .map(([json, at, inserted]) => json.slice(0, at % (json.length + 1)) + inserted + json.slice(at % (json.length + 1))),
  );
  fc.assert(
    fc.property(text, (json) => {
      let isJson = true;
      try {
        JSON.parse(json);
      } catch {
        isJson = false;
      }
      const fault = findJsonFault(json);
      expect(fault === undefined).toBe(isJson);
      if (fault) expect(fault.offset).toBeLessThanOrEqual(json.length);
    }),
    { numRuns: 3000 },
  );
});
