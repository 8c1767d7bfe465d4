import { describe, expect, test } from 'vitest';
import { FAMILIES } from '../family.ts';
import { compileMessage } from '../message.ts';
import { defaultBody } from '../profiles.ts';
import { sampleSets, sampleValues } from '../render/samples.ts';
import { startersOf } from '../starters.ts';
import { briefly, findingsOf, messageOf, settingsOf, valuesOf } from './support/message.ts';

/** Spec callbacks 5.6: the sets of values with which every template is tried at save. */
test('a fault names line, column, variable and set', () => {
  expect(findingsOf({ family: 'static', body: '<a>\n</a>\n@After' })[0]).toMatchObject({
    severity: 'error',
    code: 'template_xml',
    setting: 'body',
    line: 3,
    column: 1,
    variable: '@After',
    set: 'typical',
  });
  expect(findingsOf({ body: '{"a": 1,\n "b": @{OuterId|default:\'\'}, }', bodyFormat: 'json' })[0]).toMatchObject({
    code: 'template_json',
    line: 2,
    set: 'typical',
    message: expect.stringContaining('a name between quotes is expected'),
  });
});

test('a template that is good with values and broken without them is refused for the empty set', () => {
  expect(findingsOf({ body: '<a>@id_Reserve</a>', family: 'order' })).toEqual([]);
  const [finding] = findingsOf({ family: 'static', body: '@{After|raw}' });
  expect(finding).toMatchObject({ code: 'template_xml', set: 'empty' });
  const [deleted] = findingsOf({ family: 'static', body: "@{After|default:'<none/>'|raw}" });
  expect(deleted).toBeUndefined();
});

test('values that would make the body over 1 MiB are a warning', () => {
  const found = findingsOf({ body: `<a>${'@OuterId '.repeat(200)}</a>` });
  expect(briefly(found)).toEqual(['warning body_too_large 1:1']);
  expect(found[0]?.set).toBe('long');
});

test('headers that are too large with ordinary values are refused, with long ones only when they come', () => {
  const growing = "X: @{EventType|default:'x'|json|json|json|json|json|json|json}";
  const findings = findingsOf({ body: '<a/>', headers: Array.from({ length: 50 }, () => growing.repeat(5)).join('\n') });
  expect(briefly(findings)).toEqual(['error headers_too_large 1:1']);
  expect(findings[0]?.set).toBe('typical');
  expect(findingsOf({ body: '<a/>', headers: 'X: @{OuterId|ascii}' })).toEqual([]);
});

test('without the trial, what was saved compiles by its places alone', () => {
  const settings = settingsOf({ body: '<a>@id_Reserve</b>' });
  expect(compileMessage(settings).message).toBeUndefined();
  expect(compileMessage(settings, 'none').message?.render(valuesOf()).body?.toString()).toBe('<a>1042</b>');
  expect(compileMessage(settingsOf({ body: '<@id_Reserve/>' }), 'none').message).toBeUndefined();
});

test('B7: a body over 256 KiB is refused; 256 KiB are taken', () => {
  const text = (bytes: number) => briefly(findingsOf({ body: 'x'.repeat(bytes), bodyFormat: 'text' }));
  expect(text(256 * 1024)).toEqual([]);
  expect(text(256 * 1024 + 1)).toEqual(['error template 1:1']);
  expect(briefly(findingsOf({ body: 'ё'.repeat(128 * 1024 + 1), bodyFormat: 'text' }))).toEqual(['error template 1:1']);
});

test('a body with a fault is tried no further, and faults elsewhere do not hide those of the body', () => {
  expect(briefly(findingsOf({ url: 'ftp://a.ru', body: '<a>' }))).toEqual([
    'error url 1:1',
    expect.stringMatching(/^error template_xml 1:/),
  ]);
});

test('a POST without a body is allowed, with a warning', () => {
  expect(briefly(findingsOf({ body: '' }))).toEqual(['warning empty_body 1:1']);
  expect(messageOf({ body: '' }).render(valuesOf()).body).toEqual(Buffer.alloc(0));
});

test('a byte order mark that an editor left is not sent', () => {
  expect(messageOf({ body: '\ufeff<a/>' }).render(valuesOf()).body?.toString()).toBe('<a/>');
  expect(briefly(findingsOf({ body: '\ufeff<a>@Nope</a>' }))).toEqual(['warning unknown_variable 1:5']);
});

describe.each(FAMILIES)('the %s family', (family) => {
  test('the default body and every starter pass without a finding, and carry every variable of the source', () => {
    expect(findingsOf({ family, body: defaultBody(family) })).toEqual([]);
    for (const { name, headers, body } of startersOf(family)) {
      expect(findingsOf({ family, headers, body }), name).toEqual([]);
      const { variables } = messageOf({ family, headers, body });
      if (family === 'order') {
        expect(variables, name).toEqual([
          ...(name === '1c' ? ['EventId'] : []),
          ...['id_Reserve', 'id_ComplexReserve', 'OuterId', 'EventType'],
          ...['ReserveState', 'ComplexState', 'EventDescription', 'CallbackId'],
        ]);
      } else if (family === 'static') {
        const source = name === 'form' ? ['Type'] : ['Type', 'Before', 'After'];
        expect(variables, name).toEqual(name === '1c' ? ['EventId', ...source] : source);
      } else expect(variables, name).toEqual(expect.arrayContaining(['EventId', 'EventType', 'contractId', 'amount', 'statusTitle']));
    }
  });

  test('every set fills a preview', () => {
    const { render } = messageOf({ family, body: defaultBody(family) });
    for (const set of sampleSets(family)) expect(render(sampleValues(family, set)).body?.length, set).toBeGreaterThan(0);
    const body = messageOf({ family, body: '@{Attempt}', bodyFormat: 'text' }).render(sampleValues(family, 'typical', { attempt: 3 })).body;
    expect(body?.toString()).toBe('3');
  });
});

test('create has no before, delete no after', () => {
  const { render } = messageOf({ family: 'static', body: defaultBody('static') });
  const text = (set: 'create' | 'delete') => render(sampleValues('static', set)).body?.toString();
  expect(text('create')).toMatch(/^<Change><Before><\/Before><After><Person>/);
  expect(text('delete')).toMatch(/<\/Person><\/Before><After><\/After><\/Change>$/);
});
