import { describe, expect, test } from 'vitest';
import type { CompleteOperation } from '../control/schema.ts';
import { validateOperation } from '../control/validate.ts';
import { accepted, aeroexpress, air, codesOf, faultsOf, insurance, message, NOW, rail } from './control-messages.ts';

const OLD = '4214200000001';
const NEW = '4214200000002';

const surrendered = (more = {}) => air('ETICKET', 'surrendered', OLD, more);
const issued = (more = {}) => air('ETICKET', 'issued', NEW, more);
const penalty = (more = {}) => air('EMD', 'penalty', '4218200000017', more);

describe('roles of a kind', () => {
  test.each([
    ['issue', 'surrendered'],
    ['issue', 'refunded'],
    ['issue', 'voided'],
    ['issue', 'penalty'],
    ['exchange-flight', 'refunded'],
    ['exchange-name', 'voided'],
    ['refund', 'issued'],
    ['refund', 'surrendered'],
    ['refund', 'voided'],
    ['void', 'issued'],
    ['void', 'penalty'],
  ] as const)('%s has no %s: KIND_ROLE', (kind, role) => {
    expect(codesOf(message(kind, air('EMD', role, OLD)))).toContain('KIND_ROLE /documents/0/role');
  });

  test('cancels belongs to voided only: KIND_ROLE', () => {
    expect(codesOf(message('refund', air('ETICKET', 'refunded', OLD, { cancels: 'sale' })))).toEqual(['KIND_ROLE /documents/0/cancels']);
  });

  test('the number of documents of each role: ROLE_COUNT', () => {
    expect(codesOf(message('exchange-flight', issued({ replaces: OLD })))).toContain('ROLE_COUNT /documents');
    expect(codesOf(message('exchange-name', surrendered()))).toEqual(['ROLE_COUNT /documents']);
    expect(codesOf(message('refund', penalty({ belongsTo: OLD })))).toContain('ROLE_COUNT /documents');
    const many = (count: number) => Array.from({ length: count }, (_, index) => air('ETICKET', 'refunded', `421420000000${index}`));
    expect(codesOf(message('refund', ...many(8)))).toEqual([]);
    expect(codesOf(message('refund', ...many(9)))).toEqual(['ROLE_COUNT /documents']);
    const penalties = Array.from({ length: 9 }, (_, index) => air('EMD', 'penalty', `421820000000${index}`));
    expect(codesOf(message('refund', air('ETICKET', 'refunded', OLD), ...penalties))).toEqual(['ROLE_COUNT /documents']);
  });

  test('an exchange without a surrendered document (spec 9.2): ROLE_COUNT', () => {
    expect(codesOf(message('exchange-flight', issued()))).toContain('ROLE_COUNT /documents');
  });
});

describe('types of a kind: TYPE_KIND', () => {
  test.each(['AE_TICKET', 'TRAIN_TICKET', 'EINSURCAR', 'RECEIPT'] as const)('%s cannot be exchanged', (type) => {
    const old = {
      ...(type === 'AE_TICKET'
        ? aeroexpress('surrendered', '70012345678')
        : type === 'TRAIN_TICKET'
          ? rail('surrendered', '20007700112233')
          : type === 'EINSURCAR'
            ? insurance('surrendered', '9000000012345')
            : air('RECEIPT', 'surrendered', '4000000001')),
    };
    const codes = codesOf(message('exchange-flight', old, { ...old, role: 'issued', number: '9999999' }));
    expect(codes.filter((code) => code.startsWith('TYPE_KIND'))).toEqual(['TYPE_KIND /documents/0/type', 'TYPE_KIND /documents/1/type']);
  });

  test.each(['ETICKET', 'TICKET'] as const)('%s cannot be a penalty', (type) => {
    expect(codesOf(message('refund', air('ETICKET', 'refunded', OLD), air(type, 'penalty', NEW)))).toEqual(['TYPE_KIND /documents/1/type']);
  });

  test('the refund of an AE_TICKET cannot be voided: there is no way to write it', () => {
    expect(codesOf(message('void', aeroexpress('voided', '70012345678', { cancels: 'refund' })))).toEqual(['TYPE_KIND /documents/0/type']);
  });
});

describe('MCO_TYPE_MISPLACED', () => {
  test.each(['ETICKET', 'TICKET', 'RECEIPT'] as const)('%s has neither mcoType nor rfic', (type) => {
    expect(codesOf(message('issue', air(type, 'issued', OLD, { mcoType: 'SERVICE', rfic: 'D' })))).toEqual([
      'MCO_TYPE_MISPLACED /documents/0/mcoType',
      'MCO_TYPE_MISPLACED /documents/0/rfic',
    ]);
  });

  test('a penalty is PENALTY, and none at all on a RECEIPT', () => {
    const refund = (document: unknown) => message('refund', air('ETICKET', 'refunded', OLD), document);
    expect(codesOf(refund(penalty({ mcoType: 'SERVICE' })))).toEqual(['MCO_TYPE_MISPLACED /documents/1/mcoType']);
    expect(codesOf(refund(air('RECEIPT', 'penalty', '4000000001', { mcoType: 'PENALTY' })))).toEqual([
      'MCO_TYPE_MISPLACED /documents/1/mcoType',
    ]);
    expect(codesOf(refund(air('RECEIPT', 'penalty', '4000000001')))).toEqual([]);
  });
});

describe('NUMBER_DUPLICATE', () => {
  test('the same number in the same role', () => {
    expect(codesOf(message('issue', air('ETICKET', 'issued', OLD), air('EMD', 'issued', OLD)))).toEqual([
      'NUMBER_DUPLICATE /documents/1/number',
    ]);
  });

  test('the same number in two roles is no duplicate', () => {
    expect(codesOf(message('exchange-name', surrendered(), air('ETICKET', 'issued', OLD)))).not.toContain(
      'NUMBER_DUPLICATE /documents/1/number',
    );
  });
});

describe('links', () => {
  test('one surrendered document: replaces may be left out; a wrong one is LINK_UNKNOWN', () => {
    expect(codesOf(message('exchange-flight', surrendered(), issued()))).toEqual([]);
    expect(codesOf(message('exchange-flight', surrendered(), issued({ replaces: OLD })))).toEqual([]);
    expect(codesOf(message('exchange-flight', surrendered(), issued({ replaces: '4214200000009' })))).toEqual([
      'LINK_UNKNOWN /documents/1/replaces',
    ]);
  });

  test('two surrendered, two issued without replaces (spec 9.2): LINK_MISSING for each', () => {
    const second = air('ETICKET', 'surrendered', '4214200000003');
    const codes = codesOf(message('exchange-flight', surrendered(), second, issued(), air('ETICKET', 'issued', '4214200000004')));
    expect(codes).toEqual(['LINK_MISSING /documents/2/replaces', 'LINK_MISSING /documents/3/replaces']);
    const named = codesOf(
      message(
        'exchange-flight',
        surrendered(),
        second,
        issued({ replaces: OLD }),
        air('ETICKET', 'issued', '4214200000004', { replaces: '4214200000003' }),
      ),
    );
    expect(named).toEqual([]);
  });

  test('a link to itself (spec 9.2): LINK_UNKNOWN', () => {
    expect(codesOf(message('exchange-flight', surrendered(), issued({ replaces: NEW })))).toEqual(['LINK_UNKNOWN /documents/1/replaces']);
    expect(codesOf(message('issue', insurance('issued', '9000000012345', { belongsTo: '9000000012345' })))).toEqual([
      'LINK_UNKNOWN /documents/0/belongsTo',
    ]);
    expect(codesOf(message('exchange-flight', air('ETICKET', 'surrendered', NEW), issued({ replaces: NEW })))).toEqual([
      'LINK_UNKNOWN /documents/1/replaces',
    ]);
  });

  test('a link to itself by default, where one number stands in two roles: LINK_UNKNOWN, too', () => {
    expect(codesOf(message('exchange-flight', air('ETICKET', 'surrendered', NEW), issued()))).toEqual([
      'LINK_UNKNOWN /documents/1/replaces',
    ]);
    expect(codesOf(message('refund', air('EMD', 'refunded', '4218200000017'), penalty()))).toEqual(['LINK_UNKNOWN /documents/1/belongsTo']);
  });

  test('replaces outside an exchange, or on an old ticket: LINK_UNKNOWN', () => {
    expect(codesOf(message('issue', issued({ replaces: OLD })))).toEqual(['LINK_UNKNOWN /documents/0/replaces']);
    expect(codesOf(message('exchange-flight', surrendered({ replaces: '4214200000009' }), issued()))).toEqual([
      'LINK_UNKNOWN /documents/0/replaces',
    ]);
    expect(codesOf(message('void', air('ETICKET', 'voided', NEW, { replaces: OLD })))).toEqual([]);
  });

  test('a penalty belongs to a ticket of its operation; with several tickets it must say which', () => {
    const two = [air('ETICKET', 'refunded', OLD), air('ETICKET', 'refunded', NEW)];
    expect(codesOf(message('refund', ...two, penalty()))).toEqual(['LINK_MISSING /documents/2/belongsTo']);
    expect(codesOf(message('refund', ...two, penalty({ belongsTo: NEW })))).toEqual([]);
    expect(codesOf(message('refund', ...two, penalty({ belongsTo: '4214200000009' })))).toEqual(['LINK_UNKNOWN /documents/2/belongsTo']);
    expect(codesOf(message('refund', air('ETICKET', 'refunded', OLD), air('EMD', 'refunded', NEW), penalty()))).toEqual([]);
  });

  test('an EMD may belong to a ticket of another day', () => {
    expect(codesOf(message('issue', air('EMD', 'issued', '4218200000017', { belongsTo: '4214299999999' })))).toEqual([]);
  });
});

describe('TIME_FUTURE', () => {
  test.each([
    ['2026-11-23T15:05:00+03:00', []],
    ['2026-11-23T15:05:01+03:00', ['TIME_FUTURE /time']],
    ['2026-11-24T00:00:00+12:00', []],
  ])('%s', (time, codes) => {
    expect(codesOf({ ...message('issue', issued()), time })).toEqual(codes);
  });

  test('booking and original sale as well', () => {
    const act = { time: '2027-01-01T00:00:00Z' };
    expect(codesOf({ ...message('issue', issued()), booking: act, originalSale: act })).toEqual([
      'TIME_FUTURE /booking/time',
      'TIME_FUTURE /originalSale/time',
    ]);
  });

  test('the clock may be given as an instant', () => {
    const operation = accepted(message('issue', issued()));
    expect(validateOperation(operation, Temporal.Instant.from('2026-11-20T00:00:00Z')).faults).toMatchObject([{ code: 'TIME_FUTURE' }]);
  });
});

test('a fault says what would be right', () => {
  const [fault] = faultsOf(message('exchange-flight', surrendered(), surrendered({ number: '4214200000003' }), issued()));
  expect(fault?.message).toContain('each new one names the one it replaces');
});

describe('warnings', () => {
  const warningsOf = (value: unknown, now = NOW) =>
    validateOperation(accepted(value) as CompleteOperation, now).warnings.map(({ code, path }) => `${code} ${path}`);
  const paid = (...amounts: string[]) => amounts.map((amount) => ({ type: 'CA', amount }));

  test('FOP_SUM: payments against fare and taxes, TOTAL, AMOUNT', () => {
    const taxes = [
      { code: 'YQ', amount: '500' },
      { code: 'YQ', amount: '0.50' },
    ];
    const right = [
      issued({ taxes, payments: paid('5000', '500.50') }),
      rail('issued', '20007700112233', { payments: paid('3120.4') }),
      insurance('issued', '9000000012345', { payments: paid('349.99', '0.01') }),
      aeroexpress('issued', '70012345678', { payments: paid('500.00') }),
    ];
    expect(warningsOf(message('issue', ...right))).toEqual([]);
    const wrong = right.map((document) => ({ ...document, payments: paid('1') }));
    expect(warningsOf(message('issue', ...wrong))).toEqual([0, 1, 2, 3].map((index) => `FOP_SUM /documents/${index}/payments`));
    expect(warningsOf(message('issue', issued({ payments: [] })))).toEqual([]);
  });

  test('FOP_SUM does not lose a kopeck in the largest amounts', () => {
    const fare = { amount: '999999999999.99' };
    const taxes = [{ code: 'YQ', amount: '999999999999.99' }];
    expect(warningsOf(message('issue', issued({ fare, taxes, payments: paid('999999999999.99', '999999999999.99') })))).toEqual([]);
    expect(warningsOf(message('issue', issued({ fare, taxes, payments: paid('999999999999.99', '999999999999.98') })))).toEqual([
      'FOP_SUM /documents/0/payments',
    ]);
  });

  test('COUPON_SUM: coupons against the fare, tolerance 0.009', () => {
    const emd = (value: string) =>
      air('EMD', 'issued', OLD, {
        currency: 'KWD',
        fare: { amount: '10' },
        coupons: [
          { number: 1, value },
          { number: 2, value: '1' },
        ],
      });
    expect(warningsOf(message('issue', emd('9.009')))).toEqual([]);
    expect(warningsOf(message('issue', emd('8.991')))).toEqual([]);
    expect(warningsOf(message('issue', emd('9.010')))).toEqual(['COUPON_SUM /documents/0/coupons']);
    expect(warningsOf(message('issue', emd('8.990')))).toEqual(['COUPON_SUM /documents/0/coupons']);
  });

  test('NAME_UNCHANGED and NAME_CHANGED compare each new ticket with the one it replaces', () => {
    const other = { passenger: { fio: 'ПЕТРОВА/АННА ПЕТРОВНА' } };
    expect(warningsOf(message('exchange-name', surrendered(), issued()))).toEqual(['NAME_UNCHANGED /documents/1/passenger/fio']);
    expect(warningsOf(message('exchange-name', surrendered(), issued(other)))).toEqual([]);
    expect(warningsOf(message('exchange-flight', surrendered(), issued()))).toEqual([]);
    expect(warningsOf(message('exchange-flight', surrendered(), issued(other)))).toEqual(['NAME_CHANGED /documents/1/passenger/fio']);
    const pair = [
      surrendered(),
      surrendered({ number: '4214200000003', ...other }),
      issued({ replaces: OLD }),
      issued({ number: '4214200000004', replaces: '4214200000003', ...other }),
    ];
    expect(warningsOf(message('exchange-flight', ...pair))).toEqual([]);
  });

  test('TIME_OLD: over 30 days', () => {
    const day = 24 * 60 * 60 * 1000;
    const time = Date.parse('2026-11-22T14:05:00+03:00');
    expect(warningsOf(message('issue', issued()), time + 30 * day)).toEqual([]);
    expect(warningsOf(message('issue', issued()), time + 30 * day + 1)).toEqual(['TIME_OLD /time']);
  });

  test('CODE_CYRILLIC_ONLY: a PNR with a Cyrillic letter and no Latin twin', () => {
    expect(warningsOf(message('issue', issued({ pnr: '0Б1В2Г' }), insurance('issued', '9000000012345', { pnr: '0Б1В2Г' })))).toEqual([
      'CODE_CYRILLIC_ONLY /documents/0/pnr',
      'CODE_CYRILLIC_ONLY /documents/1/pnr',
    ]);
    expect(warningsOf(message('issue', issued({ pnr: '0Б1В2Г', pnrLatin: '0B1V2G' })))).toEqual([]);
    expect(warningsOf(message('issue', issued({ pnr: '0B1V2G' })))).toEqual([]);
  });
});
