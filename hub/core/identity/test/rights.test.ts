import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBoundedMap } from '../bounded-map.ts';
import { allows, inScope, requireScope, scopeOf } from '../caller.ts';
import { checkRights, commonRights, missingRights, requireAuthorityOver } from '../rights.ts';

const KNOWN = { 'tickets.view': '', 'tickets.manage': '', 'alerts.start': '' };
const NAMES = Object.keys(KNOWN);
const right = fc.constantFrom(...NAMES, 'tickets.*', 'alerts.*', '*', 'tickets.view@7', 'tickets.*@7', 'tickets.view@8');
const rights = fc.array(right, { maxLength: 4 });

describe('a right', () => {
  test.each([
    [['*'], 'tickets.view', true],
    [['tickets.*'], 'tickets.view', true],
    [['tickets.*'], 'ticketsx.view', false],
    [['tickets.view'], 'tickets.views', false],
    [['tickets.view'], 'tickets.*', false],
    [['tickets.*'], '*', false],
    [[], 'tickets.view', false],
    [['tickets.view@7'], 'tickets.view', false],
    [['tickets.view@7'], 'tickets.view@7', true],
    [['tickets.*@7'], 'tickets.view@7', true],
    [['tickets.view@7'], 'tickets.view@70', false],
    [['tickets.view'], 'tickets.view@7', true],
  ])('%j allows %s: %s', (granted, wanted, answer) => {
    expect(allows({ rights: granted }, wanted)).toBe(answer);
  });

  test('is known by its name, its module’s star, or the star; the list is sorted and without repeats', () => {
    expect(checkRights(['tickets.view', 'alerts.*', '*', 'tickets.view'], KNOWN)).toEqual(['*', 'alerts.*', 'tickets.view']);
    for (const wrong of ['', 'tickets', 'tickets.', '.*', 'Tickets.view', 'tickets.view ', 'toString', '__proto__', '**', 'tickets.**']) {
      expect(() => checkRights([wrong], KNOWN), wrong).toThrow(/is not a right of this hub/);
    }
    expect(() => checkRights(Array<string>(201).fill('*'), KNOWN)).toThrow(/at most 200/);
  });
});

test('a right for organizations opens those and nothing else', () => {
  const caller = { rights: ['tickets.view@7', 'tickets.*@8', 'alerts.start'] };
  expect(scopeOf(caller, 'tickets.view')).toEqual(new Set([7, 8]));
  expect(scopeOf(caller, 'tickets.manage')).toEqual(new Set([8]));
  expect(scopeOf(caller, 'alerts.start')).toBe('all');
  expect([7, 9, null].map((organization) => inScope(scopeOf(caller, 'tickets.view'), organization))).toEqual([true, false, false]);
  expect(inScope('all', null)).toBe(true);
  expect(() => requireScope({ rights: ['alerts.start@1'] }, 'tickets.view')).toThrow(/the right tickets.view is needed/);
  expect(checkRights(['tickets.view@7', 'tickets.*@1'], KNOWN)).toEqual(['tickets.*@1', 'tickets.view@7']);
  for (const wrong of ['tickets.view@', 'tickets.view@0', 'tickets.view@x', 'tickets.view@7@8', '*@7', 'nothing@7'])
    expect(() => checkRights([wrong], KNOWN), wrong).toThrow(/is not a right of this hub/);
});

test('what two lists have in common allows exactly what both allow', () => {
  fc.assert(
    fc.property(rights, rights, (one, other) => {
      const common = commonRights(one, other);
      for (const name of NAMES)
        expect(allows({ rights: common }, name)).toBe(allows({ rights: one }, name) && allows({ rights: other }, name));
      expect(commonRights(other, one)).toEqual(common);
    }),
  );
});

test('who may hand rights out has them all', () => {
  fc.assert(
    fc.property(rights, rights, (own, wanted) => {
      const missing = missingRights(own, wanted);
      const allowed = missing.length === 0;
      if (allowed) requireAuthorityOver({ rights: own }, wanted);
      else expect(() => requireAuthorityOver({ rights: own }, wanted)).toThrow(missing[0]);
      if (allowed) for (const name of NAMES) if (allows({ rights: wanted }, name)) expect(allows({ rights: own }, name)).toBe(true);
      expect(missing.every((name) => wanted.includes(name))).toBe(true);
    }),
  );
});

test('a bounded map keeps the newest', () => {
  const map = createBoundedMap<string, number>(3);
  for (const [index, key] of ['a', 'b', 'c', 'a', 'd'].entries()) map.set(key, index);
  expect(map.size).toBe(3);
  expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([3, undefined, 2, 4]);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
  map.clear();
  expect(map.size).toBe(0);
});
