import { describe, expect, test } from 'vitest';
import { compileSuccess, successCode } from '../success.ts';

const anything = { contains: null, lacks: null };
const nothing = Buffer.alloc(0);

describe('B9: statuses', () => {
  test.each(['', '2x', '2XX2', '99', '600', '1xx', '100', '3xx', '302', '-200', '2.0', 'ok', ' '])('%j is none', (item) => {
    expect(successCode(item)).toBeUndefined();
  });

  test.each([
    ['200', '200'],
    [204, '204'],
    [' 2XX ', '2xx'],
    ['4xx', '4xx'],
    ['599', '599'],
  ])('%j is %s', (item, code) => {
    expect(successCode(item)).toBe(code);
  });
});

describe('the rule', () => {
  test('F13: in the classic form 200 alone is a success', () => {
    const rule = compileSuccess(['200'], anything);
    expect(rule(200, nothing)).toBeUndefined();
    for (const status of [201, 202, 204, 206, 301, 400, 500]) expect(rule(status, nothing)).toBe('status');
  });

  test('classes and codes together', () => {
    const rule = compileSuccess(['2xx', '409'], anything);
    for (const status of [200, 226, 299, 409]) expect(rule(status, nothing)).toBeUndefined();
    for (const status of [199, 300, 408, 410]) expect(rule(status, nothing)).toBe('status');
  });

  test('a SOAP fault sent with status 200 is no success; a text may be demanded, too', () => {
    const rule = compileSuccess(['200'], { contains: '<ok>да</ok>', lacks: 'Fault>' });
    expect(rule(200, Buffer.from('<a><ok>да</ok></a>'))).toBeUndefined();
    expect(rule(200, Buffer.from('<a><soap:Fault><ok>да</ok></soap:Fault></a>'))).toBe('body_has_text');
    expect(rule(200, Buffer.from('<a/>'))).toBe('body_lacks_text');
    expect(rule(500, Buffer.from('<ok>да</ok>'))).toBe('status');
  });

  test('only the first 64 KiB count', () => {
    const rule = compileSuccess(['200'], { contains: 'end', lacks: null });
    expect(rule(200, Buffer.concat([Buffer.alloc(65_533, 32), Buffer.from('end')]))).toBeUndefined();
    expect(rule(200, Buffer.concat([Buffer.alloc(65_534, 32), Buffer.from('end')]))).toBe('body_lacks_text');
  });
});
