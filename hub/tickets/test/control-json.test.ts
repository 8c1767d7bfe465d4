import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../control/parse.ts';

function refusal(input: string | Uint8Array): string {
  const result = parseJson(input);
  if (result.ok) {
    throw new Error(`accepted: ${JSON.stringify(result.value)}`);
  }
  expect(result.fault.code).toBe('MALFORMED_JSON');
  return result.fault.message;
}

describe('reading JSON of a sender (spec 9.2)', () => {
  test('what is right is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
        expect(parseJson(Buffer.from(text))).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  test('no text makes it throw, and it accepts only what JSON.parse accepts', () => {
    const parsable = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const pieces = fc.array(
      fc.constantFrom('{', '}', '[', ']', '"', '\\', '\\"', ':', ',', '1', 'a', '"a"', '"a":', 'null', ' ', '\u0000'),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        const result = parseJson(text);
        if (result.ok) {
          expect(parsable(text)).toBe(true);
        } else {
          expect(result.fault.message).not.toBe('');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('64 levels are read, 65 are not, and a million do not overflow the stack', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJson(nested(64)).ok).toBe(true);
    expect(refusal(nested(65))).toContain('64 levels');
    expect(refusal(nested(1_000))).toContain('64 levels');
    expect(refusal('{"a":'.repeat(1_000_000))).toContain('64 levels');
  });

  test('brackets and colons inside strings are text', () => {
    const value = { a: '[[[[{:,"', 'k:"{': ['\\', '"', '\\"', ']}'] };
    expect(parseJson(JSON.stringify(value))).toEqual({ ok: true, value });
  });

  test.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":{"b":1},"b":[{"c":1,"c":1}]}', 'c'],
    ['{"\\u0061":1,"a":2}', 'a'],
    ['{"x":[{"a":1},{"a":1}],"y":{"a":1},"x":0}', 'x'],
  ])('a repeated key is refused and named: %s', (text, key) => {
    expect(refusal(text)).toContain(`"${key}"`);
  });

  test('the same key in different objects is right', () => {
    expect(parseJson('[{"a":1},{"a":{"a":[{"a":1}]}}]').ok).toBe(true);
  });

  test('the key __proto__ is refused however it is spelled, and changes no prototype', () => {
    for (const text of ['{"__proto__":{"polluted":1}}', '{"a":[{"\\u005f_proto__":{"polluted":1}}]}']) {
      expect(refusal(text)).toContain('__proto__');
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(parseJson('{"a":"__proto__"}').ok).toBe(true);
  });

  test('bytes that are not UTF-8 are refused, a byte order mark is not content', () => {
    expect(refusal(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toContain('UTF-8');
    expect(refusal(Buffer.from('"ИВАНОВ"', 'utf16le'))).not.toBe('');
    expect(refusal(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toContain('UTF-8');
    expect(parseJson(Buffer.from('\ufeff{"a":1}'))).toEqual({ ok: true, value: { a: 1 } });
  });

  test.each(['', ' ', '{', "{'a':1}", '{"a":1,}', '01', 'NaN', '{"a":1}{"a":1}', '"\n"'])('not JSON: %j', (text) => {
    expect(refusal(text)).toContain('not JSON');
  });

  test("the refusal does not repeat the sender's text", () => {
    expect(refusal('ИВАНОВА/АННА 4510123456')).not.toContain('АННА');
    expect(refusal(`АННА ${'И'.repeat(500)}`)).not.toContain('АННА');
    expect(refusal(`[1, ${' '.repeat(500)} АННА ${' '.repeat(500)}]`)).not.toContain('АННА');
    expect(refusal('{"fio": ИВАНОВА, "pass": "4510123456"}')).not.toContain('4510');
  });
});
