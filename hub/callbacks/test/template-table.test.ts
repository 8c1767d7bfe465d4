import { describe, expect, test } from 'vitest';
import { compileMessage, type MessageSettings, type RenderValues } from '../message.ts';
import { bodyOf, briefly, F, findingsOf, messageOf, settingsOf, TRIP, valuesOf } from './support/message.ts';

/** Every row of table 7.4 of specs/callbacks.md, by its number. */
type Format = MessageSettings['bodyFormat'];

function row(
  number: number,
  bodyFormat: Format,
  body: string,
  expected: string,
  values: RenderValues = valuesOf(),
  more: Partial<MessageSettings> = {},
) {
  test(`${number}: ${body} becomes ${expected}`, () => {
    expect(bodyOf({ body, bodyFormat, ...more }, values)).toBe(expected);
  });
}

const statics = (before: string | undefined, after: string | undefined): RenderValues => valuesOf({ Before: before, After: after });

describe('7.4', () => {
  row(1, 'xml', '<i>@id_Reserve</i>', '<i>1042</i>');
  row(2, 'xml', '<o>@OuterId</o>', `<o>A&amp;B&lt;1&gt;"'</o>`);
  row(3, 'xml', '<o v="@OuterId"/>', '<o v="A&amp;B&lt;1&gt;&quot;&apos;"/>');
  row(4, 'xml', '<o><![CDATA[@OuterId]]></o>', '<o><![CDATA[x]]]]><![CDATA[>y]]></o>', valuesOf({ OuterId: 'x]]>y' }));
  row(5, 'text', '@id_ReserveX', '@id_ReserveX');
  row(6, 'text', '@id_Reserve_1', '@id_Reserve_1');
  row(7, 'text', '№@id_Reserve.', '№1042.');
  row(8, 'text', '@id_Reserveруб', '1042руб');
  row(9, 'text', '@id_Reserve@id_ComplexReserve', '104277');
  row(10, 'text', '@@id_Reserve', '@id_Reserve');
  row(11, 'text', '@@@id_Reserve', '@1042');
  for (const literal of ['a@', '@ b', '@1']) row(12, 'text', literal, literal);
  row(13, 'text', 'support@corteos.ru', 'support@corteos.ru');
  row(14, 'text', '$Version=1 $& @media', '$Version=1 $& @media');
  row(15, 'text', '[@OuterId]', '[@id_Reserve]', valuesOf({ OuterId: '@id_Reserve' }));
  row(16, 'text', '[@OuterId]', '[$&$1]', valuesOf({ OuterId: '$&$1' }));
  row(17, 'text', '@ID_RESERVE', '@ID_RESERVE');
  row(
    18,
    'xml',
    '<e><r>@id_Reserve</r><s>@ReserveState</s><c>@ComplexState</c></e>',
    '<e><r></r><s></s><c>forexecution</c></e>',
    valuesOf(TRIP),
  );
  row(19, 'json', '{"id": @id_Reserve}', '{"id": 1042}');
  row(20, 'json', '{"id": @id_Reserve}', '{"id": null}', valuesOf(TRIP));
  row(21, 'json', '{"id": "@id_Reserve"}', '{"id": ""}', valuesOf(TRIP));
  row(22, 'json', '{"o":"@OuterId"}', `{"o":"A&B<1>\\"'"}`);
  row(23, 'json', '{"s":@ReserveState}', '{"s":"finished"}');

  test('24: a value of JSON that touches another literal is an error', () => {
    expect(briefly(findingsOf({ body: '{"x":1@id_Reserve}', bodyFormat: 'json' }))).toContain('error position 1:7');
    for (const body of [
      '{"x":@id_Reserve1}',
      '{"x":@{id_Reserve}1}',
      '[@id_Reserve@id_Reserve]',
      '["a"@{id_Reserve}]',
      '[@{id_Reserve}"a"]',
    ]) {
      const { message, findings } = compileMessage(settingsOf({ body, bodyFormat: 'json' }));
      expect(message, body).toBeUndefined();
      expect(findings.filter(({ severity }) => severity === 'error').length, body).toBeGreaterThan(0);
    }
  });

  test('25: CallbackId as a JSON number is sent whole, with a warning', () => {
    const body = '{"c":@CallbackId}';
    expect(bodyOf({ body, bodyFormat: 'json' })).toBe('{"c":639309366001230000}');
    expect(briefly(findingsOf({ body, bodyFormat: 'json' }))).toEqual(['warning big_number 1:6']);
    expect(findingsOf({ body: '{"c":"@CallbackId"}', bodyFormat: 'json' })).toEqual([]);
  });

  const change = '<Change><Before>@Before</Before><After>@After</After></Change>';
  const family = { family: 'static' } as const;
  row(26, 'xml', change, `<Change><Before></Before><After>${F}</After></Change>`, statics(undefined, F), family);
  row(27, 'xml', change, `<Change><Before>${F}</Before><After></After></Change>`, statics(F, undefined), family);
  row(28, 'xml', '<a><![CDATA[@After]]></a>', `<a><![CDATA[${F}]]></a>`, statics(undefined, F), family);
  row(
    29,
    'xml',
    '<a v="@After"/>',
    '<a v="&lt;Contact&gt;&lt;id_Contact&gt;5&lt;/id_Contact&gt;&lt;/Contact&gt;"/>',
    statics(undefined, F),
    family,
  );
  row(30, 'text', '@DIC:Команда;', 'ТК-7/2;');
  row(31, 'xml', '<d>@DIC:Команда проекта</d>', '<d>П&amp;1</d>');
  row(32, 'text', '@DIC:Команда проект', 'ТК-7/2 проект');

  test('33: a dictionary whose name goes on is unknown', () => {
    expect(bodyOf({ body: '@DIC:Командапроекта', bodyFormat: 'text' })).toBe('@DIC:Командапроекта');
    const [finding, ...others] = findingsOf({ body: '@DIC:Командапроекта', bodyFormat: 'text' });
    expect(finding).toMatchObject({ severity: 'warning', code: 'unknown_variable', variable: '@DIC:Командапроекта' });
    expect(others).toEqual([]);
  });

  row(34, 'text', '@{DIC:Команда проекта}2', 'П&12');
  row(35, 'text', '@{DIC:Команда|name}', 'Туризм');

  const address = (url: string): string => messageOf({ url, body: '-', bodyFormat: 'text' }).render(valuesOf()).url;
  test('36: a value in a path segment', () => {
    expect(address('https://a.ru/o/@{DIC:Команда}')).toBe('https://a.ru/o/%D0%A2%D0%9A-7%2F2');
  });
  test('37: a value in a query', () => {
    expect(address('https://a.ru/?d=@EventDescription')).toBe(
      'https://a.ru/?d=%D0%9E%D1%84%D0%BE%D1%80%D0%BC%D0%BB%D0%B5%D0%BD%20%22SU%206%22',
    );
  });
  row(38, 'form', 'd=@EventDescription', 'd=%D0%9E%D1%84%D0%BE%D1%80%D0%BC%D0%BB%D0%B5%D0%BD+%22SU+6%22');

  const headers = (text: string, values: RenderValues): (readonly [string, string])[] =>
    messageOf({ headers: text, body: '-', bodyFormat: 'text' })
      .render(values)
      .headers.filter(([name]) => name.startsWith('X-'));
  test('39: a value in a header', () => {
    expect(headers('X-D: @EventDescription', valuesOf())).toEqual([['X-D', '%D0%9E%D1%84%D0%BE%D1%80%D0%BC%D0%BB%D0%B5%D0%BD "SU 6"']]);
  });
  test('40: a value with line breaks stays one header', () => {
    expect(headers('X-O: @OuterId', valuesOf({ OuterId: 'a\r\nEvil: 1' }))).toEqual([['X-O', 'a Evil: 1']]);
  });

  test('41: characters that XML forbids are left out, with a note', () => {
    const rendered = messageOf({ body: '<o>@OuterId</o>' }).render(valuesOf({ OuterId: 'a\u0001b' }));
    expect(rendered.body?.toString()).toBe('<o>ab</o>');
    expect(rendered.notes).toEqual(['characters that XML forbids, left out: 1']);
  });
  row(42, 'xml', '<o v="@OuterId"/>', '<o v="a&#10;b"/>', valuesOf({ OuterId: 'a\nb' }));
  row(43, 'xml', '<o>@OuterId</o>', '<o>&#28450;</o>', valuesOf({ OuterId: '漢' }), {
    headers: 'Content-Type: text/xml; charset=windows-1251',
  });
  row(44, 'text', "@{OuterId|default:'нет'}", 'нет', valuesOf({ OuterId: undefined }));

  test.each(['@{id_Reserve', '@{Nope}', '@{OuterId|nope}'])('45: %s is an error', (body) => {
    expect(briefly(findingsOf({ body, bodyFormat: 'text' }))).toEqual(['error template 1:1']);
  });

  test.each([
    ['<@EventType/>', 'error position 1:2'],
    ['<a><!-- @EventType --></a>', 'error position 1:9'],
  ])('46: %s is an error', (body, expected) => {
    expect(briefly(findingsOf({ body }))).toEqual([expected]);
  });

  row(47, 'text', '@EventType', '2', valuesOf({ EventType: '2' }));

  test('48: variables of the other family are kept, with a warning each', () => {
    expect(bodyOf({ body: '@Before @Type', bodyFormat: 'text' })).toBe('@Before @Type');
    expect(briefly(findingsOf({ body: '@Before @Type', bodyFormat: 'text' }))).toEqual([
      'warning unknown_variable 1:1',
      'warning unknown_variable 1:9',
    ]);
  });

  test.each([
    ['https://@OuterId/', 'error position 1:9'],
    ['https://a.ru:@id_Reserve/', 'error position 1:14'],
  ])('49: %s is an error', (url, expected) => {
    expect(briefly(findingsOf({ url, body: '-', bodyFormat: 'text' }))).toEqual([expected]);
  });

  test('50: line breaks and backslashes in a JSON string', () => {
    const EventDescription = 'a\nb\\c';
    const body = bodyOf({ body: '"@EventDescription"', bodyFormat: 'json' }, valuesOf({ EventDescription }));
    expect(body).toBe('"a\\nb\\\\c"');
    expect(JSON.parse(body)).toBe(EventDescription);
  });
});
