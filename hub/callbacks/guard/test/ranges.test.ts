import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classify, networksOf, privateNetwork } from '../ranges.ts';

describe('tiers', () => {
  test.each([
    ['8.8.8.8', 'public'],
    ['1.1.1.1', 'public'],
    ['100.63.255.255', 'public'],
    ['100.64.0.0', 'private'],
    ['100.127.255.255', 'private'],
    ['100.128.0.0', 'public'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.32.0.0', 'public'],
    ['192.167.255.255', 'public'],
    ['192.169.0.0', 'public'],
    ['169.254.0.1', 'never'],
    ['0.0.0.0', 'never'],
    ['0.255.255.255', 'never'],
    ['127.255.255.254', 'never'],
    ['192.88.99.1', 'never'],
    ['198.19.255.255', 'never'],
    ['198.51.100.7', 'never'],
    ['223.255.255.255', 'public'],
    ['239.255.255.255', 'never'],
    ['2a00:1450::1', 'public'],
    ['2001:500::1', 'public'],
    ['2001:2::1', 'never'],
    ['2001:10::1', 'never'],
    ['1fff::1', 'never'],
    ['fbff::1', 'never'],
    ['fc00::1', 'private'],
    ['fdff:ffff::1', 'private'],
    ['fe00::1', 'never'],
    ['64:ff9b::0a00:0001', 'private'],
    ['64:ff9b::0101:0101', 'public'],
    ['64:ff9c::1', 'never'],
    ['::ffff:8.8.8.8', 'public'],
    ['::8.8.8.8', 'never'],
    ['::ffff:0:8.8.8.8', 'never'],
  ] as const)('%s is %s', (address, tier) => {
    expect(classify(address).tier).toBe(tier);
  });

  test.each(['', 'a.ru', '127.1', '0x7f000001', '2130706433', '010.0.0.1', 'fe80::1%eth0', '[::1]', '1.2.3.4.5', '::ffff:1.2.3.4:80'])(
    'what is no plain address is never: %j',
    (text) => expect(classify(text)).toMatchObject({ tier: 'never', range: 'no address' }),
  );

  test('every IPv4 has the tier of its mapped and NAT64 forms', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const plain = classify(address);
        expect(classify(`::ffff:${address}`)).toEqual(plain);
        expect(classify(`64:ff9b::${address}`)).toEqual(plain);
      }),
    );
  });

  test('outside 2000::/3 no IPv6 is public, but NAT64 and mapped ones', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        if (classify(address).tier !== 'public') return;
        expect(classify(address).address).toMatch(/^[23][0-9a-f]{3}:|^\d+\.\d+\.\d+\.\d+$/);
      }),
    );
  });
});

describe('networks', () => {
  test.each([
    ['10.20.30.40/16', '10.20.0.0/16'],
    [' 192.168.0.0/16 ', '192.168.0.0/16'],
    ['fd12:3456::1/48', 'fd12:3456::/48'],
    ['10.0.0.1/32', '10.0.0.1/32'],
  ])('%j is kept as %s', (text, kept) => {
    expect(privateNetwork(text)).toBe(kept);
  });

  test.each([
    '10.0.0.0/7',
    '0.0.0.0/0',
    '8.8.8.0/24',
    '127.0.0.0/8',
    'fc00::/6',
    '::/0',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/08/1',
    'x/8',
    '10.0.0.0/-1',
    '',
  ])('%j is no private network', (text) => expect(privateNetwork(text)).toBeUndefined());

  test('an address is asked for in the form that it has', () => {
    const networks = networksOf(['10.0.0.0/8', 'fd00::/8']);
    expect([networks.has('10.1.2.3'), networks.has('fd00::5'), networks.has('11.0.0.1'), networks.has('nonsense')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(networksOf([]).has('10.1.2.3')).toBe(false);
  });
});
