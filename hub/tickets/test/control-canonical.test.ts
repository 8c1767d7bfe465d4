import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical } from '../control/canonical.ts';
import { parseOperation } from '../control/parse.ts';
import { air, fromHistory, insurance, message } from './control-messages.ts';

function formOf(value: unknown, source = 'test'): string {
  const parsed = parseOperation(value, { source });
  if (!parsed.ok) {
    throw new Error(JSON.stringify(parsed.faults));
  }
  return canonical(parsed.operation);
}

/** The same JSON with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(reversed);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, below]) => [key, reversed(below)]),
  );
}

/** JSON whose keys are words, as those of the control message are. */
const values = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.string(), fc.integer(), fc.boolean(), fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.dictionary(fc.stringMatching(/^[a-zA-Z]{1,8}$/), tie('value'), { maxKeys: 6 }),
})).value;

describe('the canonical form', () => {
  test('is JSON with sorted keys and without spaces', () => {
    expect(canonical({ b: [1, { d: 'x', c: true }], a: 'Ы"\n' })).toBe('{"a":"Ы\\"\\n","b":[1,{"c":true,"d":"x"}]}');
  });

  test('does not depend on the order of keys, and says the same as the value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(canonical(reversed(value))).toBe(canonical(value));
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('of an operation', () => {
  const value = message('refund', air('ETICKET', 'refunded', '4214200000001', { pnr: '0Б1В2Г' }), air('EMD', 'penalty', '4218200000017'));

  test('is the message with the defaults filled in', () => {
    expect(JSON.parse(formOf(value, 'grs'))).toEqual({ ...value, source: 'grs' });
  });

  test('is the same for another order of keys and for a default said or unsaid', () => {
    expect(formOf(reversed(value))).toBe(formOf(value));
    expect(formOf({ ...value, source: 'test' })).toBe(formOf(value));
    const bare = message('void', insurance('voided', '9000000012345'));
    expect(formOf(message('void', insurance('voided', '9000000012345', { cancels: 'sale' })))).toBe(formOf(bare));
    const { mcoType: _mcoType, ...penalty } = air('EMD', 'penalty', '4218200000017');
    expect(formOf({ ...value, documents: [value.documents[0], penalty] })).toBe(formOf(value));
  });

  test('differs for any other content, for another source and for another order of documents', () => {
    const others = [
      { ...value, time: '2026-11-22T14:05:01+03:00' },
      { ...value, documents: [...value.documents].reverse() },
      { ...value, documents: [air('ETICKET', 'refunded', '4214200000001', { pnr: '0B1V2G' }), value.documents[1]] },
    ];
    const forms = new Set([formOf(value), formOf(value, 'other'), ...others.map((other) => formOf(other))]);
    expect(forms.size).toBe(5);
  });

  test('is taken before anything is copied from history', () => {
    const asked = message('refund', fromHistory('refunded', '4214200000001'));
    expect(JSON.parse(formOf(asked))).toEqual({ ...asked, source: 'test' });
    expect(formOf(asked)).not.toBe(formOf(message('refund', air('ETICKET', 'refunded', '4214200000001'))));
  });
});
