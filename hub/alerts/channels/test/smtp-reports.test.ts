import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDeliveryStatus } from '../smtp/delivery-status.ts';
import { readMail } from '../smtp/mime-parts.ts';
import { bounceAddress, LONGEST_RETURN_LOCAL, readBounceAddress } from '../smtp/verp.ts';
import { dsn } from './support/reports.ts';
import { BOUNCE_KEY } from './support/smtp.ts';

const read = (mail: string): ReturnType<typeof readDeliveryStatus> => readDeliveryStatus(Buffer.from(mail));

describe('reports about deliveries', () => {
  test.each([
    ['failed', '5.1.1', 'smtp; 550 5.1.1 unknown', { result: 'permanent', code: '5.1.1', detail: '550 5.1.1 unknown' }],
    ['failed (delivery given up)', '5.4.1', undefined, { result: 'permanent', code: '5.4.1', detail: '5.4.1' }],
    ['FAILED', '4.4.7', 'smtp;  451 4.4.7 expired', { result: 'temporary', code: '4.4.7', detail: '451 4.4.7 expired' }],
    ['failed', 'unknown', 'X-Other; 552 5.2.2 full', { result: 'permanent', code: '5.2.2', detail: 'X-Other; 552 5.2.2 full' }],
    ['failed', '', undefined, { result: 'permanent', code: 'failed' }],
    ['delayed', '4.4.1', 'smtp; 451 still trying', 'no bounce'],
    ['delivered', '2.0.0', undefined, 'no bounce'],
    ['relayed', '2.0.0', undefined, 'no bounce'],
    ['expanded', '2.0.0', undefined, 'no bounce'],
  ])('%s %s %s', (action, status, diagnostic, expected) => {
    const found = read(dsn({ action, status, diagnostic }));
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatchObject(expected);
  });

  test('folded fields, other line ends, a wrapped report, a report in base64', () => {
    const folded = dsn({ action: 'failed', status: '5.7.1', diagnostic: 'smtp; 550 5.7.1\r\n\tmessage refused\r\n  by policy' });
    const expected = { result: 'permanent', code: '5.7.1', detail: '550 5.7.1 message refused by policy' };
    expect(read(folded)).toEqual(expected);
    expect(read(folded.replaceAll('\r\n', '\n'))).toEqual(expected);
    expect(read(`Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n${folded}\r\n--outer--\r\n`)).toEqual(expected);
    const fields = 'Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; иван@test.invalid\r\nAction: failed\r\nStatus: 5.1.1\r\n';
    const coded = `Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(fields).toString('base64')}\r\n--b--\r\n`;
    expect(read(coded)).toMatchObject({ result: 'permanent', code: '5.1.1' });
  });

  test('qmail and older Exim say it in words', () => {
    const qmail =
      'From: MAILER-DAEMON@test.invalid\r\nSubject: failure notice\r\n\r\nHi. This is the qmail-send program at test.invalid.\r\nI am afraid I was not able to deliver your message.\r\n\r\n<gone@test.invalid>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n';
    expect(read(qmail)).toEqual({ result: 'permanent', code: '5.1.1', detail: 'Sorry, no mailbox here by that name. (#5.1.1)' });
    const exim =
      'X-Failed-Recipients: gone@test.invalid\r\nSubject: Mail delivery failed: returning message to sender\r\n\r\nThis message was created automatically.\r\n';
    expect(read(exim)).toEqual({ result: 'permanent', code: 'failed', detail: 'Mail delivery failed: returning message to sender' });
  });

  test.each([
    ['an absence', 'Auto-Submitted: auto-replied\r\nSubject: In leave\r\n\r\nfailed 5.1.1'],
    [
      'a receipt of reading',
      'Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: manual-action\r\n--b--',
    ],
    [
      'a report that a mail quotes',
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${dsn({ action: 'failed', status: '5.1.1' })}\r\n--b--`,
    ],
    ['nothing', ''],
  ])('%s is no bounce', (_name, mail) => {
    expect(read(mail)).toBe('no bounce');
  });

  test('no bytes and no cut makes it fail or long', () => {
    const whole = dsn({ action: 'failed', status: '5.1.1' });
    for (let end = 0; end < whole.length; end++) read(whole.slice(0, end));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => void readDeliveryStatus(bytes)));
    const pieces = fc.constantFrom(
      'Content-Type: multipart/mixed; boundary=b\r\n',
      '\r\n',
      '--b\r\n',
      '--b--\r\n',
      'Content-Type: message/delivery-status\r\n',
      ' folded',
      'Action: failed\r\n',
      '=',
      '\0',
    );
    fc.assert(fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => void read(parts.join(''))));
    const begin = performance.now();
    const hostile = [
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n',
      '--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'.repeat(5_000),
      ' x\r\n'.repeat(20_000),
      `A:${' '.repeat(50_000)}\r\n`,
    ];
    expect(read(hostile.join(''))).toBe('no bounce');
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test('depth and number of parts are limited', () => {
    const part = readMail(Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(100)}--b--`));
    expect(part.parts).toHaveLength(32);
    expect(part.parts[0]).toMatchObject({ type: 'text/plain', body: 'x' });
  });
});

describe('return paths', () => {
  test('what is given out is known again, and nothing else', () => {
    const reference = fc.stringMatching(/^[0-9]{1,9}\.[0-9]{1,12}$/);
    fc.assert(
      fc.property(reference, fc.nat({ max: 63 }), fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyz.+'), (text, at, letter) => {
        const address = bounceAddress('bounce@vestnik.invalid', text, BOUNCE_KEY);
        expect(address.indexOf('@')).toBeLessThanOrEqual(64);
        expect(readBounceAddress(address, 'bounce@vestnik.invalid', BOUNCE_KEY)).toBe(text);
        const place = at % address.length;
        const changed = address.slice(0, place) + letter + address.slice(place + 1);
        if (changed !== address) expect(readBounceAddress(changed, 'bounce@vestnik.invalid', BOUNCE_KEY)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('the longest return path of the settings leaves room for the longest reference', () => {
    const path = `${'b'.repeat(LONGEST_RETURN_LOCAL)}@vestnik.invalid`;
    const reference = '9223372036854.99999999999999';
    expect(bounceAddress(path, reference, BOUNCE_KEY).indexOf('@')).toBe(64);
    expect(readBounceAddress(bounceAddress(path, reference, BOUNCE_KEY), path, BOUNCE_KEY)).toBe(reference);
  });

  test('a reference that does not fit keeps the plain return path', () => {
    expect(bounceAddress('b@vestnik.invalid', '1'.repeat(29), BOUNCE_KEY)).toBe('b@vestnik.invalid');
    expect(bounceAddress('b@vestnik.invalid', '1 2', BOUNCE_KEY)).toBe('b@vestnik.invalid');
  });
});
