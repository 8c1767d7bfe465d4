import { decodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { describe, expect, test } from 'vitest';
import { bodyOf, briefly, F, findingsOf, messageOf, valuesOf } from './support/message.ts';

/** Spec callbacks 5.5 beyond the rows of table 7.4. */
const errors = (changes: Parameters<typeof findingsOf>[0]): string[] =>
  briefly(findingsOf(changes).filter(({ severity }) => severity === 'error'));

describe('XML', () => {
  test.each([
    ['<a b@OuterId="1"/>', '1:5'],
    ['<a @OuterId="1"/>', '1:4'],
    ['<a b=@OuterId />', '1:6'],
    ['<a></a@OuterId>', '1:7'],
    ['<?a @OuterId?><a/>', '1:5'],
    ['<a><![CDA@OuterId]]></a>', '1:10'],
    ['<a>&@OuterId;</a>', '1:5'],
    ['<a>&#@id_Reserve;</a>', '1:6'],
    ['<a b="&#x@id_Reserve;"/>', '1:10'],
    ['<a xmlns="@OuterId"/>', '1:11'],
    ['<a xmlns:b = "@OuterId"/>', '1:15'],
    ['@OuterId<a/>', '1:1'],
    ['<a/>@OuterId', '1:5'],
    ['<a><!--x--@OuterId></a>', '1:11'],
  ])('no value may stand here: %s', (body, at) => {
    expect(errors({ body })[0]).toBe(`error ${body.includes('![CDA@') ? 'template_xml 1:4' : `position ${at}`}`);
    expect(errors({ body })).toContain(`error position ${at}`);
  });

  test('comments, instructions and CDATA of the template are passed over', () => {
    const body = '<?xml version="1.0"?><!-- < " --><a><?b " ?><!-- > --><![CDATA[ < " & ]]><c d=">"/>@id_Reserve</a>';
    expect(bodyOf({ body })).toBe(body.replace('@id_Reserve', '1042'));
  });

  test('B8: a DOCTYPE is refused, and what is not well-formed', () => {
    expect(errors({ body: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' })[0]).toBe('error template_xml 1:1');
    expect(errors({ body: '\n<a><b></a>' })).toEqual([expect.stringMatching(/^error template_xml 2:/)]);
    expect(errors({ body: '<a>&nbsp;</a>' })).toEqual([expect.stringMatching(/^error template_xml 1:/)]);
    expect(errors({ body: '<a b="1" b="2"/>' })).toEqual([expect.stringMatching(/^error template_xml 1:/)]);
    expect(errors({ body: ' ' })).toEqual([expect.stringMatching(/^error template_xml 1:/)]);
    expect(errors({ family: 'static', body: '@After' })).toEqual([expect.stringMatching(/^error template_xml 1:/)]);
  });

  test.each([
    ['<a><![CDATA[x]@OuterId]]></a>', ']>', 'x]]>'],
    ['<a><![CDATA[x]]@OuterId]]></a>', '>', 'x]]>'],
    ['<a><![CDATA[@OuterId>]]></a>', ']]', ']]>'],
    ['<a><![CDATA[]]@OuterId>]]></a>', '', ']]>'],
    ['<a><![CDATA[@{OuterId}@{OuterId}>]]></a>', ']', ']]>'],
    ['<a><![CDATA[@{OuterId}]@{OuterId|trunc:0}>]]></a>', ']', ']]>'],
    ['<a><![CDATA[@OuterId]]]></a>', 'x]', 'x]]'],
    ['<a>]]@OuterId></a>', '', ']]>'],
    ['<a>@OuterId]></a>', ']', ']]>'],
    ['<a>@{OuterId}]@{OuterId|trunc:0}></a>', ']', ']]>'],
  ])('brackets of template and value never close a section together: %s with %j', (body, OuterId, expected) => {
    const xml = bodyOf({ body }, valuesOf({ OuterId }));
    const content = xml
      .slice('<a>'.length, -'</a>'.length)
      .replaceAll(/<!\[CDATA\[(.*?)\]\]>/gs, '$1')
      .replaceAll('&gt;', '>');
    expect(content).toBe(expected);
    expect(xml.includes('<![CDATA[') || !xml.includes(']]>')).toBe(true);
  });

  test('CR in text, tab and quotes in attributes, halves of surrogate pairs', () => {
    const OuterId = '\r\n\t"\'\ud800😀\ufffe\udc00';
    expect(bodyOf({ body: `<a b="@OuterId" c='@OuterId'>@OuterId</a>` }, valuesOf({ OuterId }))).toBe(
      `<a b="&#13;&#10;&#9;&quot;&apos;😀" c='&#13;&#10;&#9;&quot;&apos;😀'>&#13;\n\t"'😀</a>`,
    );
  });

  test('a prefix without a namespace is a warning, as XML itself allows it', () => {
    expect(briefly(findingsOf({ body: '<soap:Envelope>@id_Reserve</soap:Envelope>' }))).toEqual([
      expect.stringMatching(/^warning xml_namespace 1:/),
    ]);
  });
});

describe('windows-1251', () => {
  const headers = 'Content-Type: text/xml; charset="Windows-1251"';
  const sent = (body: string, OuterId: string, more = {}) => {
    const { body: bytes, notes } = messageOf({ headers, body, family: 'order', ...more }).render(valuesOf({ OuterId }));
    return { text: decodeWindows1251(bytes ?? Buffer.alloc(0)), bytes: bytes?.length, notes };
  };

  test('one byte a letter; what it lacks as a reference, in CDATA between two sections, in template and value', () => {
    expect(sent('<я b="漢@OuterId">@OuterId</я>', 'ё😀')).toEqual({
      text: '<я b="&#28450;ё&#128512;">ё&#128512;</я>',
      bytes: 40,
      notes: [],
    });
    expect(sent('<a><![CDATA[漢@OuterId]]></a>', 'ё漢').text).toBe('<a><![CDATA[]]>&#28450;<![CDATA[ё]]>&#28450;<![CDATA[]]></a>');
    const message = messageOf({ headers, family: 'static', body: '<a>@After</a>' });
    const { body } = message.render(valuesOf({ After: '<b>ё漢</b>' }));
    expect(decodeWindows1251(body!)).toBe('<a><b>ё&#28450;</b></a>');
  });

  test('in names and comments nothing can stand for it', () => {
    expect(errors({ headers, body: '<a漢/>' })).toEqual(['error charset 1:3']);
    expect(errors({ headers, body: '<a><!-- 漢 --></a>' })).toEqual(['error charset 1:9']);
  });

  test('in JSON as an escape, elsewhere as ? with a note', () => {
    const json = { headers: 'Content-Type: application/json;charset=windows-1251' };
    expect(sent('{"漢":"@OuterId","b":@OuterId}', 'ё😀', json).text).toBe('{"\\u6f22":"ё\\ud83d\\ude00","b":"ё\\ud83d\\ude00"}');
    expect(errors({ ...json, body: '[漢]' })[0]).toBe('error template_json 1:2');
    const text = { headers: 'Content-Type: text/plain;charset=cp1251' };
    expect(sent('=漢@OuterId', 'ё漢', text)).toEqual({
      text: '=?ё?',
      bytes: 4,
      notes: ['characters that windows-1251 lacks, sent as "?": 1'],
    });
    expect(briefly(findingsOf({ ...text, body: '=漢' }))).toEqual(['warning charset 1:2']);
    const form = { headers: 'Content-Type: application/x-www-form-urlencoded; charset=windows-1251' };
    expect(sent('a=@OuterId', 'ё 漢', form).text).toBe('a=%B8+%3F');
  });

  test('an encoding in the XML declaration that is not the one sent is a warning', () => {
    const body = '<?xml version="1.0" encoding="utf-8"?><a/>';
    expect(briefly(findingsOf({ headers, body }))).toEqual(['warning xml_encoding 1:31']);
    expect(findingsOf({ body })).toEqual([]);
    expect(findingsOf({ headers, body: body.replace('utf-8', 'WINDOWS-1251') })).toEqual([]);
  });
});

describe('JSON', () => {
  test.each([
    ['{"a":"\\@OuterId"}', 'position 1:8'],
    ['{"a":"\\u00@id_Reserve"}', 'position 1:11'],
    ['{"a":-@id_Reserve}', 'position 1:7'],
    ['{"a":"x"@id_Reserve}', 'position 1:9'],
    ['{"a":@{id_Reserve}"x"}', 'position 1:6'],
    ['{"a":@{id_Reserve}@{id_Reserve}}', 'position 1:19'],
    ['{@EventType: 1}', 'template_json 1:2'],
    ['{"a": 1,}', 'template_json 1:9'],
    ["{'a': 1}", 'template_json 1:2'],
    ['{"a":\n  @id_Reserve\n  1}', 'template_json 3:3'],
  ])('%s is an error', (body, expected) => {
    expect(errors({ body, bodyFormat: 'json' })[0]).toBe(`error ${expected}`);
  });

  test('names, strings and values; halves of surrogate pairs come back', () => {
    const OuterId = '"\\\u0000\u007f\u2028\ud800я😀';
    const body = bodyOf({ body: '{"@OuterId": [@OuterId, "x@{OuterId}x@OuterId"]}', bodyFormat: 'json' }, valuesOf({ OuterId }));
    expect(JSON.parse(body)).toEqual({ [OuterId]: [OuterId, `x${OuterId}x${OuterId}`] });
  });

  test('fragments are text in JSON, and absent ones null', () => {
    const body = '{"b":@Before,"a":"@After"}';
    expect(bodyOf({ family: 'static', body, bodyFormat: 'json' }, valuesOf({ Before: undefined, After: F }))).toBe(`{"b":null,"a":"${F}"}`);
  });
});

describe('form', () => {
  test.each([
    ['@OuterId=1', '1:1'],
    ['a=1&b@OuterId=2', '1:6'],
    ['a=%@OuterId', '1:4'],
    ['a=%4@OuterId', '1:5'],
  ])('no value may stand here: %s', (body, at) => {
    expect(errors({ body, bodyFormat: 'form' })).toEqual([`error position ${at}`]);
  });

  test('values come back as they were', () => {
    const OuterId = "a&b=c%41+ё \r\n~*'()!";
    const body = bodyOf({ body: 'x=@OuterId&y=%25@OuterId', bodyFormat: 'form' }, valuesOf({ OuterId }));
    expect([...new URLSearchParams(body)]).toEqual([
      ['x', OuterId],
      ['y', `%${OuterId}`],
    ]);
  });

  test('a literal that receivers expect percent-encoded is a warning', () => {
    expect(briefly(findingsOf({ body: 'a=1&b=ё', bodyFormat: 'form' }))).toEqual(['warning form_literal 1:7']);
  });
});

describe('address', () => {
  const body = '<a/>';
  test.each([
    ['@{EventType}://a.ru/', 'position 1:1'],
    ['https://a.ru@{id_Reserve}/', 'position 1:13'],
    ['https://@{Actor}:x@@a.ru/', 'position 1:9'],
    ['https://a.ru/?@{OuterId}=1', 'position 1:15'],
    ['https://a.ru/?a=1&@{OuterId}', 'position 1:19'],
    ['https://a.ru/#@{OuterId}', 'position 1:15'],
    ['https://a.ru/%2@id_Reserve', 'position 1:16'],
    ['https://a.ru/a#b', 'url 1:1'],
    ['https://user:pw@a.ru/', 'url 1:1'],
    ['', 'url 1:1'],
    ['/in', 'url 1:1'],
    ['ftp://a.ru/', 'url 1:1'],
    ['https:/a.ru/', 'url 1:1'],
    ['https:///a.ru/', 'url 1:1'],
    ['https://a.ru/a b', 'url 1:15'],
    ['https://a.ru\\x', 'url 1:13'],
    ['https://a.ru/\n', 'url 1:14'],
    ['https://a.ru:99999/', 'url 1:1'],
    [`https://a.ru/${'x'.repeat(2040)}`, 'url 1:1'],
    ['https://a.ru/../x', 'path_dots 1:1'],
    ['https://a.ru/%2E./x', 'path_dots 1:1'],
    ['https://a.ru/x/.', 'path_dots 1:1'],
  ])('%s is an error', (url, expected) => {
    expect(errors({ url, body })[0]).toBe(`error ${expected}`);
  });

  test('B2: over 2,048 characters', () => {
    expect(errors({ url: `https://a.ru/${'x'.repeat(2035)}`, body })).toEqual([]);
    expect(errors({ url: `https://a.ru/${'x'.repeat(2036)}`, body })).toEqual(['error url 1:1']);
  });

  const rendered = (url: string, OuterId: string): string => messageOf({ url, body }).render(valuesOf({ OuterId })).url;

  test('7.3, 61: a value never leaves its segment; one that makes it "." or ".." is a permanent fault', () => {
    expect(rendered('https://a.ru/in/@OuterId', '../admin')).toBe('https://a.ru/in/..%2Fadmin');
    expect(rendered('https://a.ru/in/@OuterId', '%2e%2e')).toBe('https://a.ru/in/%252e%252e');
    expect(rendered('https://a.ru/in/@OuterId/x', '...')).toBe('https://a.ru/in/.../x');
    for (const [url, value] of [
      ['https://a.ru/in/@OuterId', '..'],
      ['https://a.ru/in/@OuterId', '.'],
      ['https://a.ru/in/@OuterId/x', '..'],
      ['https://a.ru/in/@{OuterId}@{OuterId}?a=1', '.'],
    ] as const) {
      expect(() => rendered(url, value), url).toThrow(expect.objectContaining({ code: 'path_dots' }));
    }
    // Beside an empty value these are dots already, so they are refused at save.
    for (const url of ['https://a.ru/in/%2e@OuterId?a=1', 'https://a.ru/in/.@OuterId/x']) {
      expect(errors({ url, body })).toEqual(['error path_dots 1:1']);
    }
    expect(rendered('https://a.ru/in?a=@OuterId', '..')).toBe('https://a.ru/in?a=..');
  });

  test('over 8,000 bytes rendered is a permanent fault', () => {
    const { render } = messageOf({ url: 'https://a.ru/@OuterId', body });
    expect(render(valuesOf({ OuterId: 'x'.repeat(7987) })).url).toHaveLength(8000);
    expect(() => render(valuesOf({ OuterId: 'x'.repeat(7988) }))).toThrow(expect.objectContaining({ code: 'url_too_long' }));
    expect(() => render(valuesOf({ OuterId: 'ё'.repeat(1400) }))).toThrow(expect.objectContaining({ code: 'url_too_long' }));
  });

  test('free text in a query is a warning, as proxies log addresses; in a path it is not', () => {
    expect(briefly(findingsOf({ url: 'https://a.ru/?a=@OuterId&b=@EventDescription&c=@id_Reserve', body }))).toEqual([
      'warning query_logged 1:17',
      'warning query_logged 1:28',
    ]);
  });

  test('fragments may not stand in an address or a header', () => {
    expect(errors({ family: 'static', url: 'https://a.ru/@After', body })).toEqual(['error position 1:14']);
    expect(errors({ family: 'static', url: 'https://a.ru/?a=@Before', body })).toEqual(['error position 1:17']);
    expect(errors({ family: 'static', headers: 'X: @After', body })).toEqual(['error position 1:4']);
  });
});
