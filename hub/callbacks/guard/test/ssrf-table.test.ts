import { describe, expect, test } from 'vitest';
import { entryOf, judge, openedFor, policyOf, verdictOf } from '../../test/support/guard.ts';
import { SSRF_TABLE } from '../../test/support/ssrf-table.ts';

/** Table 7.3 of the specification as far as the address alone decides; the rest, and the whole at an attempt, is in wire/test/ssrf-attempts.test.ts. */
describe.each(['setting', 'rendered'] as const)('as a %s', (form) => {
  test.each(SSRF_TABLE)('7.3 row $row: $text is $expected', ({ text, expected }) => {
    expect(verdictOf(judge(text, { form }))).toBe(expected);
  });
});

describe('what the administrator opened', () => {
  const opened = policyOf({ networks: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'] });
  const networks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
  const both = (text: string) => verdictOf(judge(text, { policy: opened, entries: openedFor(text, { networks }) }));

  test.each(['http://10.0.0.1/', 'http://172.31.255.255/', 'http://192.168.1.1/', 'http://100.64.0.1/', 'http://[fd00::1]/'])(
    '7.3 rows 28, 34, 35: %s needs the configuration and the entry, both',
    (text) => {
      expect(both(text)).toBe('permitted');
      expect(verdictOf(judge(text, { policy: opened }))).toBe('4 address_private');
      expect(verdictOf(judge(text, { entries: openedFor(text, { networks }) }))).toBe('4 address_private');
    },
  );

  test.each([
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://169.254.169.254/',
    'http://127.0.0.1/',
    'http://[::ffff:127.0.0.1]/',
  ])('7.3 rows 29, 36, 37: %s stays refused in an opened network', (text) => expect(both(text)).toBe('4 address_never'));

  test('an address in IPv6 clothes is judged by the network of the IPv4', () => {
    expect(both('http://[::ffff:10.0.0.5]/')).toBe('permitted');
    expect(both('http://[64:ff9b::a00:5]/')).toBe('permitted');
    expect(verdictOf(judge('http://[::ffff:10.0.0.5]/'))).toBe('4 address_private');
  });

  test('a network is opened to its last address and no further', () => {
    const policy = policyOf({ networks: ['10.20.0.0/16'] });
    const at = (text: string) => verdictOf(judge(text, { policy, entries: openedFor(text, { networks: ['10.20.30.0/24'] }) }));
    expect(at('http://10.20.30.255/')).toBe('permitted');
    expect(at('http://10.20.31.0/')).toBe('4 address_private');
  });

  test('an exact address opens one port of one address, whatever its range and however it is written', () => {
    const policy = policyOf({ exactAddresses: ['127.0.0.1:8081', '[::1]:8082'] });
    const at = (text: string) => verdictOf(judge(text, { policy }));
    expect(at('http://127.0.0.1:8081/x')).toBe('permitted');
    expect(at('http://2130706433:8081/x')).toBe('permitted');
    expect(at('http://[::ffff:127.0.0.1]:8081/')).toBe('permitted');
    expect(at('http://127.0.0.1:8082/')).toBe('4 address_never');
    expect(at('http://127.0.0.2:8081/')).toBe('4 address_never');
    expect(at('http://[0:0::1]:8082/')).toBe('permitted');
  });

  test("the hub's own addresses are refused although they are public or opened", () => {
    const text = 'http://8.8.8.8/';
    expect(verdictOf(judge(text))).toBe('permitted');
    expect(verdictOf(judge(text, { policy: policyOf({}, ['8.8.8.8']) }))).toBe('4 address_never');
  });

  test('ports beyond the list are refused before the list of addresses is asked', () => {
    const policy = policyOf({ ports: ['443', '8000-8010'] });
    const at = (text: string) => verdictOf(judge(text, { policy }));
    expect(at('https://a.ru/')).toBe('permitted');
    expect(at('http://a.ru/')).toBe('2 port');
    expect(at('http://a.ru:8010/')).toBe('permitted');
    expect(at('http://a.ru:8011/')).toBe('2 port');
  });
});

describe('the allow-list', () => {
  const at = (text: string, ...entries: readonly string[]) =>
    verdictOf(judge(text, { entries: entries.map((entry) => entryOf(entry)), form: 'rendered' }));

  test.each(['https://a.ru/in2', 'https://a.ru/in/../x', 'https://a.ru/in/%2e%2e/x', 'https://a.ru/', 'https://a.ru/IN/x'])(
    '7.3 row 57: entry https://a.ru/in, %s',
    (text) => expect(at(text, 'https://a.ru/in')).toBe('3 address_not_allowed'),
  );
  test.each(['https://a.ru/in', 'https://a.ru/in/', 'https://a.ru/in/x?y=/../z', 'HTTPS://A.RU:443/in', 'https://a.ru./in'])(
    '7.3 row 57: what the entry https://a.ru/in does open: %s',
    (text) => expect(at(text, 'https://a.ru/in')).toBe('permitted'),
  );

  test.each(['https://a.ru.evil.com/', 'https://evila.ru/', 'https://a.ru/'])('7.3 row 58: entry *.a.ru, %s', (text) =>
    expect(at(text, 'https://*.a.ru')).toBe('3 address_not_allowed'),
  );
  test.each(['https://b.a.ru/', 'https://c.b.a.ru/x', 'https://B.A.RU./'])('7.3 row 58: what *.a.ru does open: %s', (text) =>
    expect(at(text, 'https://*.a.ru')).toBe('permitted'),
  );

  test.each(['http://a.ru/', 'https://a.ru:8443/', 'http://a.ru:443/'])('7.3 row 59: entry https://a.ru, %s', (text) =>
    expect(at(text, 'https://a.ru')).toBe('3 address_not_allowed'),
  );

  test('7.3 row 60: a name in letters is compared as punycode', () => {
    const judged = judge('http://пример.рф/', { entries: [entryOf('http://xn--e1afmkfd.xn--p1ai')] });
    expect(judged).toMatchObject({ permitted: true, target: { host: 'xn--e1afmkfd.xn--p1ai', origin: 'http://xn--e1afmkfd.xn--p1ai' } });
    expect(at('http://ПРИМЕР.РФ/', 'http://xn--e1afmkfd.xn--p1ai')).toBe('permitted');
    expect(at('http://пример.рф.evil.ru/', 'http://xn--e1afmkfd.xn--p1ai')).toBe('3 address_not_allowed');
  });

  test('7.3 row 61: an encoded ../ stays below the prefix, a bare .. leaves it', () => {
    const judged = judge('https://a.ru/in/..%2Fadmin', { entries: [entryOf('https://a.ru/in')] });
    expect(judged).toMatchObject({ permitted: true, target: { path: '/in/..%2Fadmin' } });
    expect(at('https://a.ru/in/..', 'https://a.ru/in')).toBe('3 address_not_allowed');
  });

  test('an entry serves its organizations; without any it serves all', () => {
    const entries = [entryOf('https://a.ru', { organizations: [5, 7] }), entryOf('https://b.ru')];
    const by = (text: string, organizationId: number | null) => verdictOf(judge(text, { entries, organizationId }));
    expect([by('https://a.ru/', 5), by('https://a.ru/', 6), by('https://a.ru/', null)]).toEqual([
      'permitted',
      '3 address_not_allowed',
      '3 address_not_allowed',
    ]);
    expect([by('https://b.ru/', 6), by('https://b.ru/', null)]).toEqual(['permitted', 'permitted']);
  });

  test('an entry ends at its instant', () => {
    const entries = [entryOf('https://a.ru', { validUntil: Temporal.Instant.from('2026-11-22T10:00:00Z') })];
    const end = Date.parse('2026-11-22T10:00:00Z');
    expect(verdictOf(judge('https://a.ru/', { entries, now: end - 1 }))).toBe('permitted');
    expect(verdictOf(judge('https://a.ru/', { entries, now: end }))).toBe('3 address_not_allowed');
  });
});
