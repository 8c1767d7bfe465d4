import { describe, expect, test } from 'vitest';
import { canonicalId, messageIdForms } from '../smpp/message-id.ts';
import type { ShortMessage } from '../smpp/pdu.ts';
import { readReceipt, verdictOf } from '../smpp/receipt.ts';
import { classOfReceipt, classOfStatus, refusalOfBind, statusText } from '../smpp/statuses.ts';

describe('the classes of command_status (specification 5.2)', () => {
  test.each([
    [0x00, 'submitted'],
    [0x58, 'slow'],
    [0x14, 'slow'],
    [0x08, 'temporary'],
    [0x45, 'temporary'],
    [0x64, 'temporary'],
    [0x0b, 'permanent'],
    [0x65, 'permanent'],
    [0x66, 'permanent'],
    [0x0a, 'channel'],
    [0x01, 'channel'],
    [0x02, 'channel'],
    [0x03, 'channel'],
    [0x15, 'channel'],
    ...Array.from({ length: 10 }, (_, index) => [0x48 + index, 'channel'] as const),
    [0xc4, 'channel'],
    [0x400, 'channel'],
    [0xffffffff, 'channel'],
  ] as const)('%i is %s', (status, result) => {
    const found = classOfStatus(status);
    expect(found.result).toBe(result);
    expect(found.alarm).toBe(found.result === 'channel');
    expect(found.text).not.toBe('');
  });

  test('written as the protocol writes them', () => {
    expect(statusText(0x58)).toBe('0x00000058');
    expect(statusText(0xffffffff)).toBe('0xFFFFFFFF');
  });

  test('binds that will be refused again', () => {
    expect([0x0d, 0x0e, 0x0f].map(refusalOfBind)).toEqual(['the bind was refused', 'the password is wrong', 'the system id is wrong']);
    expect([0, 5, 8, 0x14, 0x58].map(refusalOfBind)).toEqual(Array(5).fill(undefined));
  });

  test.each([
    ['DELIVRD', 'delivered'],
    ['Delivered', 'delivered'],
    ['REJECTED', 'permanent'],
    ['EXPIRED', 'temporary'],
    ['UNDELIV', 'temporary'],
    ['UNDELIVERABLE', 'temporary'],
    ['REJECTD', 'permanent'],
    ['DELETED', 'permanent'],
    ['ACCEPTD', undefined],
    ['ENROUTE', undefined],
    ['UNKNOWN', undefined],
    ['', undefined],
  ])('receipt %s', (state, result) => expect(classOfReceipt(state)).toBe(result));
});

describe('ids of messages', () => {
  test.each([
    ['4711', '4711'],
    ['0000004711', '4711'],
    ['00', '0'],
    ['0', '0'],
    ['', ''],
    [' 12 ', '12'],
    ['00001AF', '1af'],
    ['aB3x', 'aB3x'],
    ['0aB3-X', 'aB3-X'],
  ])('%j is kept as %j', (id, kept) => expect(canonicalId(id)).toBe(kept));

  test.each([
    ['431', ['431', '1af', '1073']],
    ['1AF', ['1af', '431']],
    ['0', ['0']],
    ['msg-1', ['msg-1']],
    ['00000000000000000000000000000000000000001', ['1']],
    ['18446744073709551615', ['18446744073709551615', 'ffffffffffffffff', '114598615266301018707477']],
  ])('a receipt of %s may mean', (id, forms) => expect(messageIdForms(id)).toEqual(forms));

  test('hexadecimal in the answer and decimal in the receipt meet, both ways round', () => {
    for (const number of [1, 10, 255, 4711, 2 ** 40]) {
      expect(messageIdForms(String(number))).toContain(canonicalId(number.toString(16).padStart(12, '0').toUpperCase()));
      expect(messageIdForms(number.toString(16))).toContain(canonicalId(String(number).padStart(20, '0')));
    }
  });
});

describe('receipts in all their spellings', () => {
  const message = (more: Partial<ShortMessage>): ShortMessage => ({
    source: { ton: 1, npi: 1, number: '79160000001' },
    destination: { ton: 0, npi: 1, number: '4711' },
    esmClass: 0x04,
    validity: '',
    registeredDelivery: 0,
    dataCoding: 0,
    body: Buffer.alloc(0),
    options: new Map(),
    ...more,
  });
  const text = (words: string, more: Partial<ShortMessage> = {}): ShortMessage => message({ body: Buffer.from(words), ...more });
  const FORM = 'id:0123_aF sub:001 dlvrd:001 submit date:2611221605 done date:2611221606 stat:DELIVRD err:000 text:stat:EXPIRED';

  test.each([
    ['the recommended form', text(FORM), { id: '0123_aF', state: 'DELIVRD', error: '000' }],
    ['capitals and spaces', text('ID: 77 Submit Date:x STAT: Undeliv ERR: 12A'), { id: '77', state: 'UNDELIV', error: '12A' }],
    ['another order', text('stat:x stat:EXPIRED err:1 id:77'), { id: '77', state: 'EXPIRED', error: '1' }],
    ['no state at all', text('id:77'), { id: '77', state: '', error: '' }],
    ['no id', text('stat:DELIVRD'), { id: undefined, state: '', error: '' }],
    ['nothing', message({}), { id: undefined, state: '', error: '' }],
    ['octets that are no text', message({ body: Buffer.from([0, 0xff, 0x1b]) }), { id: undefined, state: '', error: '' }],
    ['the form without its esm_class', text(FORM, { esmClass: 0 }), { id: '0123_aF', state: 'DELIVRD', error: '000' }],
    [
      'options before the text',
      text(FORM, {
        options: new Map([
          [0x1e, Buffer.from('99\0')],
          [0x427, Buffer.of(5)],
        ]),
      }),
      { id: '99', state: 'DELIVRD', error: '000' },
    ],
    [
      'options alone',
      message({
        esmClass: 0,
        options: new Map([
          [0x1e, Buffer.from('99')],
          [0x427, Buffer.of(5)],
        ]),
      }),
      { id: '99', state: 'UNDELIV', error: '' },
    ],
    [
      'a state that is not in the table',
      message({
        options: new Map([
          [0x1e, Buffer.from('99')],
          [0x427, Buffer.of(77)],
        ]),
      }),
      { id: '99', state: '', error: '' },
    ],
    [
      'an empty option',
      text('id:5 stat:DELIVRD', { options: new Map([[0x1e, Buffer.from('\0')]]) }),
      { id: '5', state: 'DELIVRD', error: '' },
    ],
  ] as const)('%s', (_, given, wanted) => expect(readReceipt(given)).toEqual(wanted));

  test.each(['Да', 'id: please call me', 'stat:DELIVRD', 'my id:5 sub:1 dlvrd:1 stat:x'])('what a person writes is none: %s', (words) =>
    expect(readReceipt(text(words, { esmClass: 0 }))).toBeUndefined(),
  );

  test('a text made to keep the reader busy is read at once', () => {
    const begin = performance.now();
    for (let round = 0; round < 100; round++) readReceipt(text(`id:${' id:'.repeat(5_000)}`.padEnd(60_000, ' s')));
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test('the verdict says what the network said', () => {
    expect(verdictOf({ id: '1', state: 'UNDELIV', error: '012' })).toEqual({
      result: 'temporary',
      detail: 'UNDELIV, error 012 of the network',
    });
    expect(verdictOf({ id: '1', state: 'DELIVRD', error: '000' })).toEqual({ result: 'delivered', detail: 'DELIVRD' });
    expect(verdictOf({ id: '1', state: 'ENROUTE', error: '' })).toBeUndefined();
  });
});
