import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryOf, judge, policyOf, verdictOf } from '../../test/support/guard.ts';
import { SSRF_TABLE } from '../../test/support/ssrf-table.ts';
import { compileAllowList } from '../allow-match.ts';
import type { Permitted, Refused } from '../judge-address.ts';
import { createVerdicts } from '../verdicts.ts';

const ENTRIES = [
  entryOf('https://a.ru/in'),
  entryOf('https://a.ru/in/deep', { organizations: [5] }),
  entryOf('http://*.a.ru'),
  entryOf('http://8.8.8.8'),
  entryOf('http://10.0.0.5/x', { networks: ['10.0.0.0/8'] }),
  entryOf('http://10.0.0.5/y'),
  entryOf('http://127.0.0.1'),
];
const policy = policyOf({ networks: ['10.0.0.0/8'] });
const told = (judged: Permitted | Refused) =>
  judged.permitted
    ? { url: judged.url.href, entry: judged.entry, target: { ...judged.target, entry: judged.target.entry.entry } }
    : { verdict: verdictOf(judged) };

describe('what is remembered changes no verdict', () => {
  const piece = fc.constantFrom(
    '/',
    '/in',
    '/in/',
    'x',
    '..',
    '.',
    '%2e',
    '%2E%2e',
    '%2F',
    '?',
    '?a=/b',
    '@',
    "'",
    '"',
    '<',
    'ж',
    ' ',
    '#',
    '\\',
    '//',
    '%',
    ':',
    '&',
    '[',
    '{',
    '^',
    '|',
    '`',
    '\t',
  );
  const origin = fc.constantFrom(
    'https://a.ru',
    'HTTPS://A.ru',
    'https://a.ru.',
    'https://a.ru:443',
    'http://b.a.ru',
    'http://8.8.8.8',
    'http://10.0.0.5',
    'http://127.0.0.1',
    'http://127.1',
    'https://a.ru?x=',
    'https://u@a.ru',
    'https://b.ru',
    'http:/',
    'http://',
  );

  test('in whatever order addresses come', () => {
    const verdicts = createVerdicts(policy, compileAllowList(ENTRIES));
    fc.assert(
      fc.property(origin, fc.array(piece, { maxLength: 6 }), fc.constantFrom(null, 5, 6), (begin, parts, organizationId) => {
        const text = begin + parts.join('');
        expect(told(verdicts.judge(text, organizationId))).toEqual(
          told(judge(text, { entries: ENTRIES, policy, form: 'rendered', organizationId })),
        );
      }),
      { numRuns: 20_000 },
    );
  });

  test('for the rows of table 7.3, asked twice', () => {
    const verdicts = createVerdicts(policyOf(), compileAllowList(ENTRIES));
    for (const { text } of [...SSRF_TABLE, ...SSRF_TABLE]) {
      expect(told(verdicts.judge(text, null))).toEqual(told(judge(text, { entries: ENTRIES, form: 'rendered' })));
    }
  });
});

test('a list that is replaced is in force at once', () => {
  const verdicts = createVerdicts(policy, compileAllowList(ENTRIES));
  expect(verdictOf(verdicts.judge('https://a.ru/in/1', null))).toBe('permitted');
  verdicts.replace(compileAllowList([]));
  expect(verdictOf(verdicts.judge('https://a.ru/in/1', null))).toBe('3 address_not_allowed');
});

test('an entry ends at its instant, remembered or not', async () => {
  const validUntil = Temporal.Now.instant().add({ milliseconds: 150 });
  const verdicts = createVerdicts(policy, compileAllowList([entryOf('https://a.ru', { validUntil })]));
  expect(verdictOf(verdicts.judge('https://a.ru/1', null))).toBe('permitted');
  expect(verdictOf(verdicts.judge('https://a.ru/2', null))).toBe('permitted');
  await expect.poll(() => verdictOf(verdicts.judge('https://a.ru/3', null))).toBe('3 address_not_allowed');
});

test("what the policy learns counts after forget(): the hub's own address was given to the machine meanwhile", () => {
  const own = new Set<string>();
  const learning = { ...policyOf(), own: () => own };
  const verdicts = createVerdicts(learning, compileAllowList([entryOf('http://8.8.8.8')]));
  expect(verdictOf(verdicts.judge('http://8.8.8.8/', null))).toBe('permitted');
  own.add('8.8.8.8');
  verdicts.forget();
  expect(verdictOf(verdicts.judge('http://8.8.8.8/', null))).toBe('4 address_never');
});
