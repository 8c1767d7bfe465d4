import fc from 'fast-check';
import { Deliver, parse, type Report, Submit } from 'node-pdu';
import { describe, expect, test } from 'vitest';
import { messageId } from '../gsm/message-id.ts';
import { PduError } from '../gsm/pdu/pdu-error.ts';
import { type Delivered, decodeReceived } from '../gsm/pdu/received.ts';
import { packSeptets, unpackSeptets } from '../gsm/pdu/septets.ts';
import { encodeSubmit, encodeValidity, type Submit as Order } from '../gsm/pdu/submit.ts';
import { meaningOf } from '../gsm/receipt-status.ts';
import { encodingOf, splitText } from '../sms-text.ts';
import { decodeSubmit, encodeDeliver, encodeReport } from './support/modem-pdus.ts';

const NUMBER = '+79161234567';
const order = (text: string, more: Partial<Order> = {}): Order => ({
  address: NUMBER,
  serviceCentre: undefined,
  text,
  encoding: encodingOf(text),
  concatenation: undefined,
  receipt: true,
  validity: 1_440,
  ...more,
});
const TEXTS = ['Hello, world!', 'Внимание! Сбор во дворе.', 'x', 'a'.repeat(160), 'Ж'.repeat(70), '{[~]}€^|\\', '😀 тревога', 'ÄÖÑ@£\n'];

describe('SMS-SUBMIT', () => {
  test('octet by octet, by hand', () => {
    // First octet: submit, relative validity, report; reference; 11 digits, international; coding 0; a day; 5 septets.
    expect(encodeSubmit(order('hello'))).toEqual({ hex: '0031000B919761214365F70000A705E8329BFD06', length: 19 });
    expect(encodeSubmit(order('hello', { serviceCentre: '+79000000000', receipt: false }))).toEqual({
      hex: '07919700000000F011000B919761214365F70000A705E8329BFD06',
      length: 19,
    });
    expect(encodeSubmit(order('Ж', { address: '112' })).hex).toBe('003100038111F20008A7020416');
  });
  test.each(TEXTS)('node-pdu reads %j as it was meant', (text) => {
    const seen = parse(encodeSubmit(order(text)).hex);
    expect(seen).toBeInstanceOf(Submit);
    const submit = seen as Submit;
    expect(submit.data.getText()).toBe(text);
    expect(submit.address.phone).toBe('79161234567');
    expect(submit.type.statusReportRequest).toBe(1);
    expect(submit.dataCodingScheme.textAlphabet).toBe(encodingOf(text) === 'gsm' ? 0 : 2);
  });
  test.each(['Hello everyone!', 'Привет всем'])('%j is made octet by octet as node-pdu makes it', (text) => {
    const theirs = new Submit(NUMBER, text, {});
    theirs.type.setStatusReportRequest(1);
    const ours = decodeSubmit(encodeSubmit(order(text)).hex, encodeSubmit(order(text)).length);
    const { hex } = encodeSubmit(order(text));
    // Theirs has no validity by default: one octet and two bits of the first less.
    const withoutValidity = `00${(Number.parseInt(hex.slice(2, 4), 16) & ~0x18).toString(16)}${hex.slice(4, 24)}${hex.slice(24, 26)}${hex.slice(28)}`;
    expect(theirs.toString().toUpperCase()).toBe(withoutValidity.toUpperCase());
    expect(ours).toMatchObject({ text, address: NUMBER, receipt: true, validity: 167 });
  });
  test('parts of a long text, Latin and Cyrillic, come together in node-pdu', () => {
    for (const text of ['The quick brown fox {jumps} over the lazy dog. '.repeat(10), 'Учебная тревога, сбор во дворе. '.repeat(8)]) {
      const { encoding, parts } = splitText(text);
      expect(parts.length).toBeGreaterThan(2);
      const [first, ...rest] = parts.map((part, index) => {
        const concatenation = { reference: 77, total: parts.length, place: index + 1 };
        return parse(encodeSubmit(order(part, { encoding, concatenation })).hex) as Submit;
      });
      for (const part of rest) first!.data.append(part);
      expect(first!.data.getText()).toBe(text);
    }
  });
  test('any text that fits comes back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.stringMatching(/^\+?[0-9*#]{1,20}$/),
        fc.boolean(),
        (text, address, several) => {
          const concatenation = several ? { reference: 255, total: 3, place: 2 } : undefined;
          const { hex, length } = encodeSubmit(order(text, { address, concatenation }));
          expect(decodeSubmit(hex, length)).toMatchObject({
            text: text.toWellFormed() === text ? text : expect.any(String),
            address,
            concatenation,
          });
        },
      ),
    );
  });
  test('what does not fit, and what is no number, is refused by name', () => {
    expect(() => encodeSubmit(order('x'.repeat(161)))).toThrow('140 fit into one');
    for (const address of ['', '+', 'Vestnik', '+7916x', '1'.repeat(21)])
      expect(() => encodeSubmit(order('x', { address }))).toThrow(PduError);
    expect(() => encodeSubmit(order('x', { serviceCentre: 'a b' }))).toThrow('the service centre is not');
  });
  test.each([
    [5, 0],
    [60, 11],
    [720, 143],
    [721, 144],
    [1_440, 167],
    [2_880, 168],
    [43_200, 196],
    [43_201, 197],
    [635_040, 255],
    [9_999_999, 255],
  ])('a validity of %i minutes is %i', (minutes, octet) => {
    expect(encodeValidity(minutes)).toBe(octet);
  });
});

describe('what comes in', () => {
  test('the example of node-pdu', () => {
    expect(decodeReceived('07919730071111F1000B919746121611F10000811170021222230DC8329BFD6681EE6F399B1C02')).toEqual({
      kind: 'deliver',
      from: '+79642161111',
      text: 'Hello, world!',
      concatenation: undefined,
      at: Date.UTC(2018, 10, 7, 20, 21, 22) - 8 * 3_600_000,
    });
  });
  test.each(TEXTS)('%j as node-pdu makes it', (text) => {
    const made = new Deliver(NUMBER, text);
    made.setServiceCenterTimeStamp(new Date('2026-03-02T09:15:00Z'));
    const parts = made.getPartStrings().map((part) => decodeReceived(part) as Delivered);
    for (const part of parts) expect(part).toMatchObject({ kind: 'deliver', from: NUMBER });
    // It cuts before a message is full.
    expect(parts.map((part) => part.text).join('')).toBe(text);
    expect(parts.map(({ concatenation }) => concatenation?.place)).toEqual(parts.length === 1 ? [undefined] : [1, 2]);
  });
  test('node-pdu reads what the simulator makes', () => {
    const seen = parse(encodeDeliver(NUMBER, 'ОК 4711', Date.now())) as Deliver;
    expect([seen.address.phone, seen.data.getText()]).toEqual(['79161234567', 'ОК 4711']);
    const report = parse(encodeReport(200, NUMBER, 0x46, Date.UTC(2026, 2, 2))) as Report;
    expect([report.reference, report.status, report.address.phone]).toEqual([200, 0x46, '79161234567']);
  });
  test('reports', () => {
    expect(decodeReceived(encodeReport(255, '89161234567', 0, Date.now()))).toEqual({
      kind: 'report',
      reference: 255,
      address: '89161234567',
      status: 0,
    });
  });
  test('a name as sender, settings for phones, and a foreign time', () => {
    expect(decodeReceived('00040DD0D6F29CEE4EAF0100006230209051002105E8329BFD06')).toMatchObject({
      from: 'Vestnik',
      text: 'hello',
    });
    expect(decodeReceived('00040B919761214365F700046230209051002103414243')).toMatchObject({ text: 'ABC' });
    expect(decodeReceived('00040B919761214365F70000FFFFFFFFFFFFFF05E8329BFD06')).toMatchObject({ at: undefined, text: 'hello' });
  });
  test('the parts of a long message say that they are some', () => {
    const concatenation = { reference: 9, total: 2, place: 1 };
    expect(decodeReceived(encodeDeliver(NUMBER, 'первая', Date.now(), concatenation))).toMatchObject({ text: 'первая', concatenation });
    expect(decodeReceived(encodeDeliver(NUMBER, 'first {', Date.now(), concatenation))).toMatchObject({ text: 'first {', concatenation });
  });
  test('cut anywhere, it is refused by name', () => {
    for (const whole of [encodeDeliver(NUMBER, 'тревога', Date.now()), encodeReport(1, NUMBER, 0, Date.now())]) {
      for (let end = 0; end < whole.length; end += 1) expect(() => decodeReceived(whole.slice(0, end)), `${end}`).toThrow(PduError);
    }
  });
  test.each([
    ['nothing', ''],
    ['no hexadecimal', 'hello'],
    ['spaces', '00 04'],
    ['a submitted message', encodeSubmit(order('x')).hex],
    ['a sender of 255 digits', `0004FF91${'97'.repeat(130)}`],
    ['a text of 255 places', `00040B919761214365F7000062302090510021FF${'41'.repeat(140)}`],
    ['a header longer than the text', '00440B919761214365F70008623020905100210205FF'],
    ['a compressed text', '00040B919761214365F7002062302090510021014100'],
    ['too long', '00'.repeat(365)],
  ])('%s is refused', (_, hex) => {
    expect(() => decodeReceived(hex)).toThrow(PduError);
  });
  test('random octets are read or refused, nothing else', () => {
    const octets = fc.uint8Array({ maxLength: 200 });
    const likely = octets.map((rest) => Uint8Array.of(0, 0x44, 11, 0x91, 0x97, 0x61, 0x21, 0x43, 0x65, 0xf7, ...rest));
    fc.assert(
      fc.property(fc.oneof(octets, likely), (bytes) => {
        try {
          expect(decodeReceived(Buffer.from(bytes).toString('hex')).kind).toMatch(/^(deliver|report)$/);
        } catch (error) {
          expect(error).toBeInstanceOf(PduError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

test('septets behind any number of free bits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ max: 127, maxLength: 160 }), fc.integer({ min: 0, max: 6 }), (septets, fill) => {
      const packed = packSeptets(septets, fill);
      expect(packed.length).toBe(Math.ceil((fill + 7 * septets.length) / 8));
      expect(unpackSeptets(packed, septets.length, fill)).toEqual(septets);
    }),
  );
});

test('a status proves, refuses, gives up, or says that the centre goes on', () => {
  const results = Array.from({ length: 256 }, (_, status) => meaningOf(status)?.result);
  expect(results.slice(0, 3)).toEqual(['delivered', 'temporary', 'temporary']);
  expect(results.slice(0x20, 0x40)).toEqual(Array(32).fill(undefined));
  expect([0x41, 0x42, 0x43, 0x47, 0x48].map((status) => results[status])).toEqual(Array(5).fill('permanent'));
  expect([0x40, 0x46, 0x60, 0x65, 0xff].map((status) => results[status])).toEqual(Array(5).fill('temporary'));
  expect(results.filter((result) => result === 'delivered')).toHaveLength(1);
  expect(meaningOf(0x46)?.code).toBe('ST 0x46');
});

test('an id is the same however the network writes the number', () => {
  expect(messageId(17, '+79161234567')).toBe('17@1234567');
  expect(messageId(17, '89161234567')).toBe('17@1234567');
  expect(messageId(17, '112')).toBe('17@112');
});
