import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeWindows1251 } from '../../../protocol/windows1251.ts';
import { viewBody } from '../body-view.ts';

const view = (text: string, contentType = '') => viewBody(Buffer.from(text), contentType);

describe('JSON', () => {
  test('is laid out token by token: large numbers, escapes and repeated names stay', () => {
    const body = '{"id":639309366001230000,"a":[1.10,true,null,[]],"a":"x\\u0041\\"{}[],:","o":{}}';
    expect(view(body, 'application/json')).toEqual({
      format: 'json',
      charset: 'utf-8',
      text: body,
      pretty: [
        '{',
        '  "id": 639309366001230000,',
        '  "a": [',
        '    1.10,',
        '    true,',
        '    null,',
        '    []',
        '  ],',
        '  "a": "x\\u0041\\"{}[],:",',
        '  "o": {}',
        '}',
      ].join('\n'),
      fault: null,
    });
  });

  test('that is broken says where', () => {
    expect(view('{"a":1,\n "b" 2}', 'application/vnd.x+json; charset=utf-8')).toMatchObject({
      format: 'json',
      pretty: null,
      fault: { line: 2, column: 6, message: '":" is expected' },
    });
  });

  test('keeps its value, whatever it is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { pretty, fault } = view(text, 'application/json');
        expect(fault).toBeNull();
        expect(JSON.parse(pretty ?? '')).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('XML', () => {
  test('gets lines of its own only where no text is', () => {
    const body = '<?xml version="1.0"?><!-- c --><a x="1>2"><b>text<i>in</i>line</b><c/><d></d><e><![CDATA[<raw>]]></e>\n  <f> </f></a>';
    expect(view(body, 'text/xml').pretty).toBe(
      [
        '<?xml version="1.0"?>',
        '<!-- c -->',
        '<a x="1>2">',
        '  <b>text<i>in</i>line</b>',
        '  <c/>',
        '  <d></d>',
        '  <e><![CDATA[<raw>]]></e>',
        '  <f></f>',
        '</a>',
      ].join('\n'),
    );
  });

  test('that is broken says where', () => {
    const { fault, pretty, format } = view('<a>\n<b>\n</a>', 'application/soap+xml');
    expect({ format, pretty, line: fault?.line }).toEqual({ format: 'xml', pretty: null, line: 3 });
    expect(fault?.message).toContain('unexpected close tag');
  });

  test('expands no entities', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;&c;</a>';
    const { text, pretty } = view(bomb, 'text/xml');
    expect(text).toBe(bomb);
    expect(pretty).toBeNull();
  });
});

describe('what it is', () => {
  test.each([
    ['<a/>', '', 'xml', '<a/>'],
    ['{"a":1}', 'application/x-www-form-urlencoded', 'json', '{\n  "a": 1\n}'],
    ['a=1&b=%D1%82', 'application/x-www-form-urlencoded', 'form', 'a = 1\nb = т'],
    ['< not xml', 'text/plain', 'text', null],
    ['{ not json', '', 'text', null],
    ['', 'text/xml', 'xml', null],
  ])('%j as %j is %s', (text, type, format, pretty) => {
    expect(view(text, type)).toMatchObject({ format, pretty, fault: null });
  });

  test.each([
    ['by its header', 'text/xml; charset=windows-1251', '<a>Заказ</a>'],
    ['by its declaration', 'text/xml', '<?xml version="1.0" encoding="windows-1251"?><a>Заказ</a>'],
  ])('windows-1251 is read %s', (_, type, text) => {
    expect(viewBody(encodeWindows1251(text, '?'), type)).toMatchObject({ charset: 'windows-1251', text });
  });

  test('a charset that nobody knows is read as UTF-8', () => {
    expect(view('Заказ', 'text/plain; charset=klingon')).toMatchObject({ charset: 'utf-8', text: 'Заказ' });
  });
});

describe('hostile bodies cost no more than their length', () => {
  const MIB = 1024 * 1024;
  test.each([
    ['brackets', '['.repeat(MIB), 'application/json'],
    ['closed brackets', '['.repeat(MIB / 2) + ']'.repeat(MIB / 2), 'application/json'],
    ['one string', `"${'\\"'.repeat(MIB / 2)}"`, 'application/json'],
    ['commas', `[${'1,'.repeat(MIB / 2)}1]`, 'application/json'],
    ['open tags', '<a>'.repeat(MIB / 3), 'text/xml'],
    ['nested tags', '<a>'.repeat(MIB / 7) + '</a>'.repeat(MIB / 7), 'text/xml'],
    ['quotes', `<a ${'b="'.repeat(MIB / 3)}`, 'text/xml'],
    ['comments', '<!--'.repeat(MIB / 4), 'text/xml'],
    ['line breaks', `{${'\n'.repeat(MIB)}x}`, 'application/json'],
    ['pairs', 'a=1&'.repeat(MIB / 4), 'application/x-www-form-urlencoded'],
    ['zeros', '\0'.repeat(MIB), 'text/xml'],
  ])('%s', (_, text, type) => {
    const begin = performance.now();
    const { pretty } = view(text, type);
    expect(pretty?.length ?? 0).toBeLessThanOrEqual(4 * MIB + 100);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test('any bytes of any type give a view', () => {
    const types = fc.constantFrom(
      '',
      'text/xml',
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain; charset=utf-16le',
      'x; charset="',
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), types, (bytes, type) => {
        expect(typeof viewBody(bytes, type).text).toBe('string');
      }),
    );
  });
});
