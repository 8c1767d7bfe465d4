import { expect, test } from 'vitest';
import { expectedVersion } from '../if-match.ts';

const request = (header?: string) => ({ headers: header === undefined ? {} : { 'if-match': header } });

test.each([
  ['"3"', 3],
  ['3', 3],
  ['W/"3"', 3],
  [' "3" ', 3],
  ['"999999999"', 999_999_999],
])('If-Match: %s is version %i', (header, version) => {
  expect(expectedVersion(request(header))).toBe(version);
});

test('the header wins over the body, which is asked without it; neither: any version', () => {
  expect(expectedVersion(request('"3"'), 7)).toBe(3);
  expect(expectedVersion(request(), 7)).toBe(7);
  expect(expectedVersion(request())).toBeUndefined();
});

test.each(['', '*', 'abc', '"3", "4"', '-1', '1.5', '"1234567890"', 'w/"3"'])('If-Match: %s is refused', (header) => {
  expect(() => expectedVersion(request(header), 7)).toThrow(
    expect.objectContaining({
      code: 'BAD_REQUEST',
      reason: 'if_match',
      message: `If-Match must be the version that was read, such as "3", not ${header}`,
      russian: `If-Match должен содержать прочитанную версию, например "3", а не ${header}`,
    }),
  );
});

test('the refusal names what is meant, and repeats no more than the beginning of a long header', () => {
  expect(() => expectedVersion(request('x'.repeat(5_000)), undefined, 'the version of the client')).toThrow(
    expect.objectContaining({ message: `If-Match must be the version of the client, such as "3", not ${'x'.repeat(40)}` }),
  );
});
