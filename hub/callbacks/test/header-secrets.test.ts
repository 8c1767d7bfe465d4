import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillSecrets, hideSecrets, secretNames } from '../header-secrets.ts';
import { SAMPLE_HEADERS } from '../profiles.ts';

const usual = secretNames([]);

describe('hiding', () => {
  test("the source's sample loses Cookie2 and Authorization, and keeps the rest letter by letter", () => {
    const { masked, secrets } = hideSecrets(SAMPLE_HEADERS, usual);
    expect(masked.split('\n')).toEqual([...SAMPLE_HEADERS.split('\n').slice(0, 4), 'Cookie2: ***', 'Authorization: ***']);
    expect(secrets).toEqual([
      { name: 'cookie2', value: '$Version=1' },
      { name: 'authorization', value: 'Basic QsdfgSDGHFasdfSADFxaWM=' },
    ]);
    expect(fillSecrets(masked, usual, secrets)).toEqual({ headers: SAMPLE_HEADERS, missing: [] });
  });

  test('marked names count in any case; what has no value or no colon is left alone', () => {
    const names = secretNames(['X-Token']);
    const { masked, secrets } = hideSecrets('x-TOKEN: t1\r\nX-Api-Key:k\nCookie:\nnonsense\nX-Other: o', names);
    expect(masked).toBe('x-TOKEN: ***\nX-Api-Key: ***\nCookie:\nnonsense\nX-Other: o');
    expect(secrets.map(({ value }) => value)).toEqual(['t1', 'k']);
  });

  test('whatever the lines are, nothing secret is left in them and filling gives them back', () => {
    const line = fc.tuple(fc.constantFrom('Authorization', 'COOKIE', 'X-A', 'X-B'), fc.stringMatching(/^[a-z]{6,12}[ a-z:*]{0,5}[a-z]$/));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), (lines) => {
        const text = lines.map(([name, value]) => `${name}: ${value}`).join('\n');
        const { masked, secrets } = hideSecrets(text, usual);
        for (const [name, value] of lines) {
          if (usual.has(name.toLowerCase())) expect(masked.split('\n')).not.toContain(`${name}: ${value}`);
        }
        expect(fillSecrets(masked, usual, secrets)).toEqual({ headers: text, missing: [] });
      }),
    );
  });
});

describe('keeping by ***', () => {
  const stored = [
    { name: 'cookie', value: 'one' },
    { name: 'cookie', value: 'two' },
    { name: 'authorization', value: 'three' },
  ];

  test('the second *** of a name keeps its second value, in whatever order names stand', () => {
    expect(fillSecrets('Authorization: ***\nCookie: new\nCookie: ***', usual, stored)).toEqual({
      headers: 'Authorization: three\nCookie: new\nCookie: two',
      missing: [],
    });
  });

  test('where nothing is stored it is told by line and name', () => {
    expect(fillSecrets('A: b\nX-Api-Key: ***', usual, stored).missing).toEqual([{ line: 2, name: 'X-Api-Key' }]);
    expect(fillSecrets('X-A: ***', usual, stored)).toEqual({ headers: 'X-A: ***', missing: [] });
  });

  test('a name that is no longer marked does not bring its value to light', () => {
    const token = [{ name: 'x-token', value: 'secret' }];
    const { headers, missing } = fillSecrets('X-Token: ***', usual, token, secretNames(['X-Token']));
    expect(headers).not.toContain('secret');
    expect(missing).toEqual([{ line: 1, name: 'X-Token' }]);
  });
});
