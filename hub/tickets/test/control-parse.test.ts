import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { parseOperation } from '../control/parse.ts';
import { ticketOperationJsonSchema } from '../control/schema.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { accepted, aeroexpress, air, anyDocument, codesOf, faultsOf, fromHistory, insurance, message, rail } from './control-messages.ts';

/** An issue of one ETICKET with something about it changed. */
function ticket(more: Record<string, unknown>): unknown {
  return message('issue', { ...air('ETICKET', 'issued', '4214200000001'), ...more });
}

const AT = '/documents/0';

describe('defaults', () => {
  test("source is the caller's login unless the message names one", () => {
    expect(accepted(ticket({})).source).toBe('test');
    expect(accepted({ ...message('issue', rail('issued', '20007700112233')), source: 'grs-2' }).source).toBe('grs-2');
  });

  test('cancels of a voided document is sale; the mcoType of a penalty is PENALTY', () => {
    expect(accepted(message('void', rail('voided', '20007700112233'))).documents[0]?.cancels).toBe('sale');
    const { mcoType: _none, ...penalty } = air('EMD', 'penalty', '4218200000017');
    const operation = accepted(message('refund', air('ETICKET', 'refunded', '4214200000001'), penalty));
    expect(operation.documents[1]).toMatchObject({ mcoType: 'PENALTY' });
  });

  test('nothing else is added, and the message itself is not touched', () => {
    const sent = message('issue', insurance('issued', '9000000012345'));
    const before = structuredClone(sent);
    const parsed = parseOperation(sent, { source: 'test' });
    expect(sent).toEqual(before);
    expect(parsed).toEqual({ ok: true, operation: { ...before, source: 'test' } });
  });
});

describe('money (spec 9.2)', () => {
  test.each([
    [5000, 'BAD_TYPE'],
    ['1,5', 'BAD_FORMAT'],
    ['-1', 'BAD_FORMAT'],
    ['1e3', 'BAD_FORMAT'],
    ['+1', 'BAD_FORMAT'],
    ['01', 'BAD_FORMAT'],
    ['.5', 'BAD_FORMAT'],
    ['5.', 'BAD_FORMAT'],
    [' 5', 'BAD_FORMAT'],
    ['1 000', 'BAD_FORMAT'],
    ['', 'BAD_FORMAT'],
    ['٣', 'BAD_FORMAT'],
    ['1234567890123', 'BAD_FORMAT'],
    ['1.2345', 'BAD_FORMAT'],
    ['12345678901234567', 'TOO_LONG'],
    [null, 'BAD_TYPE'],
    [['5'], 'BAD_TYPE'],
    ['0.001', 'AMOUNT_PRECISION'],
  ])('%j is %s', (amount, code) => {
    expect(codesOf(ticket({ fare: { amount } }))).toEqual([`${code} ${AT}/fare/amount`]);
  });

  test('the digits after the point are those of the currency', () => {
    const sale = (currency: string, amount: string) => ticket({ currency, fare: { amount } });
    expect(codesOf(sale('JPY', '100'))).toEqual([]);
    expect(codesOf(sale('JPY', '100.0'))).toEqual([`AMOUNT_PRECISION ${AT}/fare/amount`]);
    expect(codesOf(sale('KWD', '1.125'))).toEqual([]);
    expect(codesOf(sale('RUB', '0.12'))).toEqual([]);
    expect(codesOf(sale('EUR', '0.125'))).toEqual([`AMOUNT_PRECISION ${AT}/fare/amount`]);
  });

  test('each amount is held to the currency it is in', () => {
    const given = {
      currency: 'JPY',
      originalCurrency: 'RUB',
      neutralCurrency: 'KWD',
      originalFare: '5.55',
      commission: { currency: 'EUR', amount: '1.50' },
    };
    const segments = [{ from: { city: 'MOW' }, to: { city: 'TYO' }, originalFare: '5.55', neutralFare: '5.555', fare: '5' }];
    expect(codesOf(ticket({ ...given, segments }))).toEqual([]);
    const wrong = {
      ...given,
      payments: [{ type: 'CA', amount: '1.5' }],
      taxes: [{ code: 'YQ', amount: '1.5', vat: { amount: '0.2' } }],
      penalty: '0.1',
    };
    expect(codesOf(ticket({ ...wrong, originalFare: '5.555', segments: [{ ...segments[0], fare: '1.0' }] }))).toEqual([
      `AMOUNT_PRECISION ${AT}/payments/0/amount`,
      `AMOUNT_PRECISION ${AT}/originalFare`,
      `AMOUNT_PRECISION ${AT}/penalty`,
      `AMOUNT_PRECISION ${AT}/taxes/0/amount`,
      `AMOUNT_PRECISION ${AT}/taxes/0/vat/amount`,
      `AMOUNT_PRECISION ${AT}/segments/0/fare`,
    ]);
  });

  test('so are those of the other families', () => {
    const documents = [
      aeroexpress('issued', '70012345678', {
        currency: 'JPY',
        fare: '5.0',
        segments: [{ from: 'A', to: 'B', date: '2026-12-09', fare: '1.1' }],
      }),
      rail('issued', '20007700112233', { total: '1.001', services: { amount: '1.001', vatAmount: '0.001' } }),
      insurance('issued', '9000000012345', { amount: '1.234' }),
      air('EMD', 'issued', '4218200000017', { coupons: [{ number: 1, value: '1.234' }] }),
    ];
    expect(codesOf(message('issue', ...documents))).toEqual([
      'AMOUNT_PRECISION /documents/0/fare',
      'AMOUNT_PRECISION /documents/0/segments/0/fare',
      'AMOUNT_PRECISION /documents/1/total',
      'AMOUNT_PRECISION /documents/1/services/amount',
      'AMOUNT_PRECISION /documents/1/services/vatAmount',
      'AMOUNT_PRECISION /documents/2/amount',
      'AMOUNT_PRECISION /documents/3/coupons/0/value',
    ]);
  });
});

describe('text', () => {
  test.each(['\u0000', 'a\ud800', '\udc00b', '\u0007', 'a\tb', 'a\nb', '\u007f', '\u0085', '\ufffe', '\uffff'])(
    '%j cannot be carried',
    (bad) => {
      expect(codesOf(ticket({ endorsements: bad }))).toEqual([`TEXT_NOT_ALLOWED ${AT}/endorsements`]);
      expect(codesOf(ticket({ carrier: bad }))).toEqual([`TEXT_NOT_ALLOWED ${AT}/carrier`]);
      expect(codesOf(ticket({ role: bad }))).toEqual([`TEXT_NOT_ALLOWED ${AT}/role`]);
    },
  );

  test('the line feed is allowed in fareCalc only, the carriage return nowhere', () => {
    expect(codesOf(ticket({ fareCalc: 'MOW S7 OVB\nEND' }))).toEqual([]);
    expect(codesOf(ticket({ fareCalc: 'MOW\r\nEND' }))).toEqual([`TEXT_NOT_ALLOWED ${AT}/fareCalc`]);
  });

  test.each([']]>', '<&>', '"\'', 'ЁЖ', '𝒜🛫', '\u00a0', '\u2028'])('%j is text like any other', (good) => {
    expect(codesOf(ticket({ endorsements: good }))).toEqual([]);
  });

  test('length is counted in characters, not in UTF-16 units', () => {
    expect(codesOf(ticket({ tourCode: '🛫'.repeat(20) }))).toEqual([]);
    expect(codesOf(ticket({ tourCode: '🛫'.repeat(21) }))).toEqual([`TOO_LONG ${AT}/tourCode`]);
    expect(codesOf(ticket({ tourCode: 'a'.repeat(21) }))).toEqual([`TOO_LONG ${AT}/tourCode`]);
    expect(codesOf(ticket({ tourCode: '' }))).toEqual([`BAD_FORMAT ${AT}/tourCode`]);
  });
});

describe('codes, numbers and ids', () => {
  test.each([
    ['A'.repeat(21), 'TOO_LONG'],
    ['', 'BAD_FORMAT'],
    ['S 7', 'BAD_FORMAT'],
    ['S7;', 'BAD_FORMAT'],
    [7, 'BAD_TYPE'],
  ])('carrier %j is %s', (carrier, code) => {
    expect(codesOf(ticket({ carrier }))).toEqual([`${code} ${AT}/carrier`]);
  });

  test.each(['../../x', 'CON', '4214200000001 ', '421-4200000001', '42142000000012', '421420000000', 'ЁЁЁЁЁЁЁЁЁЁЁЁЁ'])(
    'ETICKET number %j is refused',
    (number) => {
      expect(codesOf(ticket({ number }))[0]).toMatch(new RegExp(`^(BAD_FORMAT|TOO_LONG) ${AT}/number$`));
    },
  );

  test.each(['../../x', 'CON', 'con12', 'a'.repeat(300), '12 34', 'ABCD', 'ЁЁЁЁЁ'])('paper number %j is refused (spec 9.2)', (number) => {
    expect(codesOf(message('issue', air('TICKET', 'issued', number)))[0]).toMatch(/^(BAD_FORMAT|TOO_LONG) \/documents\/0\/number$/);
  });

  test.each(['12345', '61БТ-123456/7', 'Z'.repeat(40)])('paper number %j is right', (number) => {
    expect(codesOf(message('issue', air('TICKET', 'issued', number)))).toEqual([]);
  });

  test('id, currency', () => {
    expect(codesOf({ ...message('issue', rail('issued', '20007700112233')), id: 'a b' })).toEqual(['BAD_FORMAT /id']);
    expect(codesOf({ ...message('issue', rail('issued', '20007700112233')), id: 'x'.repeat(101) })).toEqual(['TOO_LONG /id']);
    expect(codesOf(ticket({ currency: 'rub' }))).toEqual([`BAD_FORMAT ${AT}/currency`]);
  });
});

describe('times (spec 9.2)', () => {
  test.each([
    '2026-02-31T10:00:00+03:00',
    '2026-11-22T24:00:00+03:00',
    '2026-11-22T14:05:00',
    '2026-11-22T14:05+03:00',
    '2026-11-22 14:05:00+03:00',
    '2026-11-22T14:05:60Z',
    '2026-13-01T00:00:00Z',
    '2026-11-22T14:05:00+0300',
    '2026-11-22T14:05:00+24:00',
    '1899-11-22T14:05:00Z',
    '22.11.2026',
  ])('%s is no moment', (time) => {
    expect(codesOf({ ...message('issue', rail('issued', '20007700112233')), time })).toEqual(['BAD_FORMAT /time']);
  });

  test.each(['2026-11-22T14:05:00Z', '2026-11-22T14:05:00.123456789+05:45', '2024-02-29T00:00:00-11:00'])('%s is a moment', (time) => {
    expect(codesOf({ ...message('issue', rail('issued', '20007700112233')), time })).toEqual([]);
  });

  test.each([
    ['2026-02-29', false],
    ['2024-02-29', true],
    ['1900-02-29', false],
    ['2000-02-29', true],
    ['2026-04-31', false],
    ['2026-12-31', true],
    ['2026-00-10', false],
    ['2200-01-01', false],
    ['2199-12-31', true],
    ['26-01-01', false],
  ])('birth date %s: %s', (birthDate, right) => {
    expect(codesOf(ticket({ passenger: { fio: 'A/B', birthDate } }))).toEqual(right ? [] : [`BAD_FORMAT ${AT}/passenger/birthDate`]);
  });

  test('a time of day', () => {
    const flight = (time: unknown) => ticket({ segments: [{ from: { city: 'MOW', time }, to: { city: 'OVB' } }] });
    expect(codesOf(flight('23:59'))).toEqual([]);
    expect(codesOf(flight('24:00'))).toEqual([`BAD_FORMAT ${AT}/segments/0/from/time`]);
    expect(codesOf(flight('9:15'))).toEqual([`BAD_FORMAT ${AT}/segments/0/from/time`]);
    expect(codesOf(flight(915))).toEqual([`BAD_TYPE ${AT}/segments/0/from/time`]);
  });
});

describe('structure', () => {
  test.each([null, 5, 'x', [], true])('%j is not an operation', (value) => {
    expect(codesOf(value)).toEqual(['BAD_TYPE ']);
  });

  test('what is missing is named, and what would be right is said', () => {
    expect(codesOf({})).toEqual([
      'REQUIRED /id',
      'REQUIRED /kind',
      'REQUIRED /time',
      'REQUIRED /system',
      'REQUIRED /deal',
      'REQUIRED /documents',
    ]);
    const [fault] = faultsOf(ticket({ fare: {} }));
    expect(fault).toMatchObject({ code: 'REQUIRED', path: `${AT}/fare/amount` });
    expect(fault?.message).toContain('"83.30"');
  });

  test('unknown fields are faults at every level, and their names are safe to show', () => {
    expect(codesOf({ ...message('issue', rail('issued', '20007700112233')), zz: 1 })).toEqual(['UNKNOWN_FIELD /zz']);
    expect(codesOf(ticket({ fare: { amount: '1', 'a/b~c': 1 } }))).toEqual([`UNKNOWN_FIELD ${AT}/fare/a~1b~0c`]);
    const [fault] = faultsOf(ticket({ [`\ud800${'k'.repeat(5_000)}`]: 1 }));
    expect(fault?.path.isWellFormed()).toBe(true);
    expect(fault?.path.length).toBeLessThan(100);
  });

  test('names of Object.prototype are not fields or types', () => {
    expect(codesOf(ticket({ type: 'constructor' }))).toEqual([`BAD_FORMAT ${AT}/type`]);
    expect(codesOf(ticket({ type: '__proto__' }))).toEqual([`BAD_FORMAT ${AT}/type`]);
    expect(codesOf(ticket({ toString: 1 }))).toEqual([`UNKNOWN_FIELD ${AT}/toString`]);
  });

  test('a document is judged by the schema of its type, not by all', () => {
    expect(codesOf(ticket({ type: undefined }))).toEqual([`REQUIRED ${AT}/type`]);
    expect(codesOf(ticket({ type: 5 }))).toEqual([`BAD_TYPE ${AT}/type`]);
    expect(codesOf(ticket({ type: 'ETICKET2' }))).toEqual([`BAD_FORMAT ${AT}/type`]);
    expect(codesOf(message('issue', { ...rail('issued', '20007700112233'), carrier: 'S7' }))).toEqual([`UNKNOWN_FIELD ${AT}/carrier`]);
    expect(codesOf(message('issue', 'ETICKET', null, []))).toEqual([
      'BAD_TYPE /documents/0',
      'BAD_TYPE /documents/1',
      'BAD_TYPE /documents/2',
    ]);
  });

  test('coupons belong to EMD alone and are required there', () => {
    expect(codesOf(ticket({ coupons: [{ number: 1, value: '1' }] }))).toEqual([`UNKNOWN_FIELD ${AT}/coupons`]);
    const { coupons: _coupons, ...bare } = air('EMD', 'issued', '4218200000017');
    expect(codesOf(message('issue', bare))).toEqual([`REQUIRED ${AT}/coupons`]);
    expect(codesOf(message('issue', { ...bare, coupons: [] }))).toEqual([`REQUIRED ${AT}/coupons`]);
    expect(codesOf(message('issue', { ...bare, coupons: [{ number: 17, value: '1' }] }))).toEqual([`BAD_FORMAT ${AT}/coupons/0/number`]);
    expect(codesOf(message('issue', { ...bare, coupons: [{ number: 1.5, value: '1' }] }))).toEqual([`BAD_FORMAT ${AT}/coupons/0/number`]);
  });

  test('mcoType is required for MCO and EMD', () => {
    for (const type of ['MCO', 'EMD'] as const) {
      const { mcoType: _mcoType, ...bare } = air(type, 'issued', '4218200000017');
      expect(codesOf(message('issue', bare))).toEqual([`REQUIRED ${AT}/mcoType`]);
    }
  });

  test('a segment has a city or a port at both ends unless it is void', () => {
    expect(codesOf(ticket({ segments: [{ from: {}, to: { port: 'DME' } }] }))).toEqual([`REQUIRED ${AT}/segments/0/from`]);
    expect(codesOf(ticket({ segments: [{ void: false, from: { city: 'MOW' }, to: { date: '2026-12-09' } }] }))).toEqual([
      `REQUIRED ${AT}/segments/0/to`,
    ]);
    expect(codesOf(ticket({ segments: [{ void: true, from: {}, to: {} }] }))).toEqual([]);
    expect(codesOf(ticket({ segments: [] }))).toEqual([`REQUIRED ${AT}/segments`]);
    expect(codesOf(message('issue', air('TICKET', 'issued', '6100000001', { segments: [] })))).toEqual([`REQUIRED ${AT}/segments`]);
  });

  test.each([
    ['taxes', Array(101).fill({ code: 'YQ', amount: '1' })],
    ['segments', Array(17).fill({ from: { city: 'MOW' }, to: { city: 'OVB' } })],
    ['payments', Array(21).fill({ type: 'CA', amount: '1' })],
  ])('too many %s', (field, items) => {
    expect(codesOf(ticket({ [field]: items }))).toEqual([`TOO_MANY ${AT}/${field}`]);
  });

  test('41 documents and 11 rail passengers are too many, no document is too few', () => {
    const many = Array.from({ length: 41 }, (_, index) => rail('issued', `200077001${index}`));
    expect(codesOf(message('issue', ...many))).toEqual(['TOO_MANY /documents']);
    expect(codesOf(message('issue'))).toEqual(['REQUIRED /documents']);
    expect(codesOf(message('issue', rail('issued', '20007', { passengers: Array(11).fill({ fio: 'A/B' }) })))).toEqual([
      `TOO_MANY ${AT}/passengers`,
    ]);
  });

  test('an endless list is refused without looking at its items', () => {
    expect(codesOf(ticket({ taxes: Array(1_000_000).fill(1) }))).toEqual([`TOO_MANY ${AT}/taxes`]);
  });

  test('every fault is listed, up to 100', () => {
    const bad = { ...air('ETICKET', 'issued', 'x'), carrier: 5, fare: { amount: 1 }, passenger: {}, zz: 1 };
    expect(codesOf({ ...message('issue', bad, rail('issued', '20007700112233'), bad), kind: 'sale' })).toEqual([
      'BAD_FORMAT /kind',
      ...[0, 2].flatMap((index) => [
        `BAD_FORMAT /documents/${index}/number`,
        `BAD_TYPE /documents/${index}/carrier`,
        `BAD_TYPE /documents/${index}/fare/amount`,
        `REQUIRED /documents/${index}/passenger/fio`,
        `UNKNOWN_FIELD /documents/${index}/zz`,
      ]),
    ]);
    expect(faultsOf(ticket(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]))))).toHaveLength(100);
  });
});

describe('hostile sizes: at most 100 faults, each of them short', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

  test.each([
    ['unknown fields', ticket(many(30_000))],
    ['unknown fields of a document from history', message('refund', fromHistory('refunded', '4214200000001', many(30_000)))],
    ['unknown fields of the head', { ...message('issue', 1), ...many(30_000) }],
    ['documents', message('issue', ...Array(100_000).fill(1))],
    ['40 documents full of empty taxes', message('issue', ...Array(40).fill({ type: 'ETICKET', taxes: Array(100).fill({}) }))],
    ['seats', message('issue', { ...rail('issued', '20007'), segments: Array(16).fill({ seats: Array(40).fill({ x: 1 }) }) })],
    ['a long code', ticket({ carrier: 'A'.repeat(250_000) })],
    ['a long text', ticket({ fareCalc: '🛫'.repeat(60_000) })],
    ['a long key', ticket({ ['A'.repeat(250_000)]: 1 })],
    ['a long kind', { ...message('issue', rail('issued', '20007')), kind: 'A'.repeat(250_000) }],
  ])('%s', (_name, value) => {
    const faults = faultsOf(value);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThanOrEqual(100);
    for (const fault of faults) {
      expect(fault.message.length + fault.path.length).toBeLessThan(500);
    }
  });
});

describe('documents from history', () => {
  test('role and number are enough; other fields are judged by the family they belong to', () => {
    for (const more of [{}, { penalty: '5' }, { orderNumber: '1', fareType: 'child' }, { total: '5' }, { amount: '5' }]) {
      expect(parseOperation(message('refund', fromHistory('refunded', '4214200000001', more)), { source: 't' }).ok).toBe(true);
    }
  });

  test.each([
    [{ zz: 1 }, [`UNKNOWN_FIELD ${AT}/zz`]],
    [{ type: 'TRAIN_TICKET', penalty: '5' }, [`UNKNOWN_FIELD ${AT}/penalty`]],
    [{ total: 5, trainz: 1 }, [`BAD_TYPE ${AT}/total`, `UNKNOWN_FIELD ${AT}/trainz`]],
    [{ type: 'BUS' }, [`BAD_FORMAT ${AT}/type`]],
    [{ from: 'memory' }, [`BAD_FORMAT ${AT}/from`]],
    [{ role: undefined }, [`REQUIRED ${AT}/role`]],
    [{ number: 'x' }, [`BAD_FORMAT ${AT}/number`]],
  ])('%j', (more, codes) => {
    const document = { from: 'history', role: 'refunded', number: '4214200000001', ...more };
    const parsed = parseOperation(message('refund', document), { source: 't' });
    expect(parsed.ok ? [] : parsed.faults.map(({ code, path }) => `${code} ${path}`)).toEqual(codes);
  });
});

describe('the JSON Schema that the hub serves', () => {
  const schema = ticketOperationJsonSchema();

  test('is draft 2020-12 and knows every type', () => {
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    const text = JSON.stringify(schema);
    for (const word of ['ETICKET', 'TICKET', 'MCO', 'EMD', 'RECEIPT', 'AE_TICKET', 'TRAIN_TICKET', 'EINSURCAR', 'history']) {
      expect(text).toContain(`"const":"${word}"`);
    }
  });

  test('accepts what the hub accepts and refuses what it refuses', () => {
    const judge = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    const source = createOperationSource({ seed: 4 });
    for (let index = 0; index < 30; index++) {
      const result = judge.safeParse(JSON.parse(JSON.stringify(source.next())));
      expect(result.error?.issues ?? []).toEqual([]);
    }
    for (const bad of [
      ticket({ zz: 1 }),
      ticket({ carrier: 'S 7' }),
      ticket({ fare: { amount: 5 } }),
      ticket({ taxes: Array(101).fill({ code: 'YQ', amount: '1' }) }),
    ]) {
      expect(judge.safeParse(bad).success).toBe(false);
    }
    expect(judge.safeParse(message('issue', anyDocument('EINSURCAR', 'issued', '9000000012345'))).success).toBe(true);
  });
});
