import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confirms, confirmToken, linkState, readConfirmForm, readConfirmToken } from '../confirm-link.ts';

const KEY = Buffer.from('a key of the hub, 32 bytes long.');
const TARGET = { run: 12, no: 345 };

describe('links', () => {
  test('what is made is read again', () => {
    const token = confirmToken(TARGET, KEY);
    expect(token).toMatch(/^12\.345\.[A-Za-z0-9_-]{22}$/);
    expect(readConfirmToken(token, KEY)).toEqual(TARGET);
    const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(id, id, (run, no) => {
        expect(readConfirmToken(confirmToken({ run, no }, KEY), KEY)).toEqual({ run, no });
      }),
    );
  });

  test('nothing that was changed is taken, at whatever place', () => {
    const token = confirmToken(TARGET, KEY);
    for (let place = 0; place < token.length; place++) {
      for (const letter of '0159AZaz-_.') {
        const changed = token.slice(0, place) + letter + token.slice(place + 1);
        // The last character of 22 carries two bits only: others of its spellings are the same signature.
        if (changed === token || (place === token.length - 1 && letter !== '.')) continue;
        expect(readConfirmToken(changed, KEY), changed).toBeUndefined();
      }
    }
  });

  test.each(['', '12.345', '12.345.', '0.1.AAAAAAAAAAAAAAAAAAAAAA', '99999999999999999.1.AAAAAAAAAAAAAAAAAAAAAA', '1.2.3', '\0'])(
    '%j is none',
    (token) => {
      expect(readConfirmToken(token, KEY)).toBeUndefined();
    },
  );

  test('a long text is none', () => {
    expect(readConfirmToken('1'.repeat(100_000), KEY)).toBeUndefined();
  });

  test('a key signs for itself only', () => {
    expect(readConfirmToken(confirmToken(TARGET, KEY), Buffer.from('another key'))).toBeUndefined();
  });
});

describe('answers', () => {
  test.each([
    ['key', undefined, undefined, true],
    ['pin', '4321', '4321', true],
    ['pin', ' 4321 ', '4321', true],
    ['pin', '4322', '4321', false],
    ['pin', '432', '4321', false],
    ['pin', undefined, '4321', false],
    ['pin', '', '', false],
    ['pin', 'x', undefined, false],
    ['code', '0042', '0042', true],
    ['code', '42', '0042', false],
    ['none', '1', '1', false],
  ] as const)('%s: %j for %j: %s', (kind, answer, expected, right) => {
    expect(confirms(kind, answer, expected)).toBe(right);
  });

  test.each([
    ['answer=4321', '4321'],
    ['answer=%20%D0%9F+1+', 'П 1'],
    ['x=1', undefined],
    ['answer=', undefined],
    ['answer=+', undefined],
    ['', undefined],
    [`answer=${'9'.repeat(65)}`, '9'.repeat(64)],
    ['answer=%zz&answer=2', '%zz'],
  ])('the form %j', (body, answer) => {
    expect(readConfirmForm(body)).toBe(answer);
  });

  test.each([
    [{ confirmed: true, runOver: true, triesLeft: 0 }, 'done'],
    [{ confirmed: false, runOver: true, triesLeft: 3 }, 'expired'],
    [{ confirmed: false, runOver: false, triesLeft: 0 }, 'locked'],
    [{ confirmed: false, runOver: false, triesLeft: 1 }, 'ask'],
  ])('%j: %s', (facts, state) => {
    expect(linkState(facts)).toBe(state);
  });
});
