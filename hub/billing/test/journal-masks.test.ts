import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskJson } from '../journal/mask-json.ts';
import { maskPairs, maskUrl } from '../journal/mask-pairs.ts';
import { maskXml } from '../journal/mask-xml.ts';
import { shownBody, shownHeaders } from '../journal/shown-texts.ts';

// What the journal of calls hides: every secret, wherever it stands, and nothing else.

describe('JSON', () => {
  test.each([
    ['{"user":{"user":"desk","pswd":"x"}}', '{"user":{"user":"desk","pswd":"***"}}'],
    ['{ "pswd" : "a\\"b" , "sum": 100.50 }', '{ "pswd" : "***" , "sum": 100.50 }'],
    ['{"password":12345,"next":1}', '{"password":"***","next":1}'],
    ['{"password":{"deep":["x","]"]},"next":1}', '{"password":"***","next":1}'],
    ['{"p\\u0073wd":"x"}', '{"p\\u0073wd":"***"}'],
    ['{"password":null,"pswd":"","secret":[]}', '{"password":null,"pswd":"","secret":[]}'],
    ['{"comment":"the password is old"}', '{"comment":"the password is old"}'],
    ['["pswd","x"]', '["pswd","x"]'],
    ['{"passwordNew":"x","user_pass":"y","compass":"z"}', '{"passwordNew":"***","user_pass":"***","compass":"z"}'],
  ])('%s', (text, shown) => expect(maskJson(text)).toBe(shown));

  test('what is called value or return is hidden in calls about passwords only', () => {
    const text = '{"return":"abc","value":"def","cid":1}';
    expect(maskJson(text)).toBe(text);
    expect(maskJson(text, true)).toBe('{"return":"***","value":"***","cid":1}');
  });
});

describe('XML', () => {
  test.each([
    ['<auth user="desk" pswd="x&quot;"/>', '<auth user="desk" pswd="***"/>'],
    ["<a:auth a:pswd = 'x' user='y'>t</a:auth>", "<a:auth a:pswd = '***' user='y'>t</a:auth>"],
    ['<c><password>x</password><id>1</id></c>', '<c><password>***</password><id>1</id></c>'],
    ['<n:password xsi:type="xs:string">x</n:password>', '<n:password xsi:type="xs:string">***</n:password>'],
    ['<password><![CDATA[a</password>b]]></password><id>1</id>', '<password>***</password><id>1</id>'],
    ['<password/><id>1</id>', '<password/><id>1</id>'],
    ['<passwordNew>x</passwordNew>', '<passwordNew>***</passwordNew>'],
    ['<passwordNew><![CDATA[x]]></passwordNew>', '<passwordNew>***</passwordNew>'],
    ['<password><old>x</old><new>y</new></password>', '<password>***</password>'],
    ['<password></password>', '<password></password>'],
    ['<data secret="ABC" status="ok"/>', '<data secret="***" status="ok"/>'],
    ['<n:contractPasswordUpdate><contractId>1</contractId></n:contractPasswordUpdate>', undefined],
  ])('%s', (text, shown) => expect(maskXml(text)).toBe(shown ?? text));
});

describe('pairs', () => {
  test.each([
    ['user=desk&pswd=x&cid=1', 'user=desk&pswd=***&cid=1'],
    ['%70swd=x&BGBillingSecret=y&', '%70swd=***&BGBillingSecret=***&'],
    ['pswd&cid=1&pswd=', 'pswd&cid=1&pswd='],
    ['action=UpdateContractPassword&value=x&cid=1', 'action=UpdateContractPassword&value=***&cid=1'],
    ['action=UpdateContract%50assword&value=x', 'action=UpdateContract%50assword&value=***'],
    ['action=UpdateTextParameter&value=x', 'action=UpdateTextParameter&value=x'],
    ['user_pswd=x=y', 'user_pswd=***'],
  ])('%s', (text, shown) => expect(maskPairs(text)).toBe(shown));

  test('of an address only what stands behind its ?', () => {
    expect(maskUrl('/pswd=a/executer?pswd=x')).toBe('/pswd=a/executer?pswd=***');
    expect(maskUrl('/executer')).toBe('/executer');
  });
});

test('headers: the scheme of a login stays, cookies and keys do not', () => {
  expect(
    shownHeaders({
      authorization: 'Basic ZGVzazp4',
      cookie: 'JSESSIONID=A',
      'x-api-key': 'k',
      'set-cookie': ['a=b'],
      'user-agent': 'old',
      referer: 'http://h/executer?pswd=x',
    }),
  ).toEqual([
    ['authorization', 'Basic ***'],
    ['cookie', '***'],
    ['x-api-key', '***'],
    ['set-cookie', '***'],
    ['user-agent', 'old'],
    ['referer', 'http://h/executer?pswd=***'],
  ]);
});

describe('whatever comes, wherever it breaks off', () => {
  /** No part of the texts around it. */
  const SECRET = 'Zq7#Wx';
  const json = JSON.stringify({ method: 'contractGet', user: { user: 'desk', pswd: SECRET }, params: { password: SECRET, sum: '1.00' } });
  const xml = `<S:Envelope xmlns:S="e"><S:Header><a:auth user="desk" pswd="${SECRET}"/></S:Header><S:Body><password>${SECRET}</password></S:Body></S:Envelope>`;
  const form = `user=desk&pswd=${encodeURIComponent(SECRET)}&module=contract&user_pswd=${SECRET}`;
  const shown = (text: string, whole: boolean): string => shownBody(Buffer.from(text), whole, undefined, false) ?? '';

  test.each([
    ['JSON', json],
    ['XML', xml],
    ['a form', form],
  ])('%s cut at each place', (_, text) => {
    for (let at = 0; at <= text.length; at += 1) {
      const all = shown(text.slice(0, at), at === text.length);
      expect(all).not.toContain(SECRET.slice(0, 4));
      expect(all).not.toContain(encodeURIComponent(SECRET).slice(0, 6));
    }
    expect(shown(text, true)).toContain('desk');
  });

  test('secrets of any characters, in the form of each protocol', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 20, unit: 'grapheme' }).filter((text) => !/[\0"'<&*\s]/.test(text)),
        (password) => {
          const forms = [
            JSON.stringify({ pswd: password, next: 1 }),
            `<a pswd="${password}"/>`,
            `<password>${password.replaceAll('>', '&gt;')}</password>`,
            `pswd=${encodeURIComponent(password)}&next=1`,
          ];
          for (const text of forms) {
            const all = shown(text, true);
            expect(all).toContain('***');
            for (const spelled of [password, JSON.stringify(password).slice(1, -1), encodeURIComponent(password)])
              expect(all).not.toContain(spelled);
          }
        },
      ),
    );
  });

  test('a text that is none is not shown: UTF-16 without a mark, bytes', () => {
    expect(shownBody(Buffer.from('{"pswd":"x"}', 'utf16le'), true, undefined, false)).toBeNull();
    expect(shownBody(Buffer.from([0, 1, 2]), true, undefined, false)).toBeNull();
    expect(shownBody(Buffer.from('\ufeff<a pswd="x"/>', 'utf16le'), true, 'text/xml', false)).toContain('pswd="***"');
  });

  test('what is no UTF-8 is windows-1251, and a character cut in two is left out', () => {
    expect(shownBody(Buffer.from([0xcf, 0xf0]), true, undefined, false)).toBe('Пр');
    expect(shownBody(Buffer.from('Пр').subarray(0, 3), false, undefined, false)).toBe('П');
  });

  test('long texts without an end take no long time', () => {
    const size = 256 * 1024;
    for (const unit of ['<a ', '<a "', "<a '", '"', '{"pswd":', 'a', 'pswd="', '<password>', '&pswd=', '\\"', 'a =']) {
      const began = performance.now();
      shownBody(Buffer.from(unit.repeat(size / unit.length)), false, undefined, false);
      expect(performance.now() - began, unit).toBeLessThan(10_000);
    }
  });
});
