import { describe, expect, test } from 'vitest';
import { readAmount, readCount, readDate, readNumber, readTime } from '../reader/values.ts';
import { readFixture } from './reading.ts';

/** The elements of spec online-ticket 3.2 to 3.5, each in the field that carries it. */

function only(name: string): Record<string, unknown> {
  const result = readFixture(name);
  expect(result.documents).toHaveLength(1);
  const { xml, fingerprint, bytes, file, position, line, column, path, extra, ...fields } = result.documents[0] ?? expect.fail();
  expect(xml).toContain('<TICKET>');
  expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
  expect({ position, line, column, start: bytes.start }).toEqual({ position: 1, line: 3, column: 3, start: 51 });
  expect([file, path]).toEqual([name, '/TICKETS/TICKET[1]']);
  expect(extra.size).toBe(0);
  return fields;
}

const SYSTEM = { id: '1H', session: '12345', formId: '987' };
const DEAL = {
  date: '2026-11-22',
  time: '14:05',
  dispatcher: '77',
  utc: '+0300',
  agency: '17МОВ',
  validator: '00117',
  terminal: 'МОВ417',
  operator: '77',
};

describe('each family', () => {
  test('air: a new ticket of an exchange', () => {
    expect(only('eticket-exchange.xml')).toEqual({
      identity: '4214200000002 SALE EXCHANGE',
      family: 'air',
      type: 'ETICKET',
      system: SYSTEM,
      currency: 'RUB',
      date: '2026-11-22',
      time: '14:05',
      opType: 'SALE',
      transType: 'EXCHANGE',
      number: '4214200000002',
      exNumber: '4214200000001',
      carrier: 'S7',
      fare: { amount: '5000', vatAmount: '0', vatRate: '0' },
      fareCalc: 'MOW S7 OVB5000RUB5000END',
      endorsements: 'REFUND WITH FEE',
      pnr: '0Б1В2Г',
      pnrLatin: '0B1V2G',
      passengers: [
        { fio: 'ИВАНОВА/АННА ПЕТРОВНА', surname: 'ИВАНОВА', name: 'АННА ПЕТРОВНА', document: 'ПС4510123456', birthDate: '1980-02-01' },
      ],
      payments: [{ type: 'CA', amount: '5500' }],
      taxes: [{ code: 'ZZ', amount: '500', vatRate: '20', vatAmount: '83.33' }],
      segments: [
        {
          number: 1,
          coupon: 1,
          carrier: 'S7',
          flight: '2501',
          class: 'Y',
          from: { city: 'MOW', port: 'DME', terminal: '1', date: '2026-12-09', time: '09:15' },
          to: { city: 'OVB', port: 'OVB', terminal: 'A', date: '2026-12-09', time: '17:20' },
          fareBasis: 'YOW',
          fare: '5000',
        },
      ],
      deal: DEAL,
    });
    expect(readFixture('eticket-exchange.xml').findings).toEqual([]);
  });

  test('air: an EMD of a penalty', () => {
    expect(only('emd-penalty.xml')).toMatchObject({
      family: 'air',
      mcoType: 'PENALTY',
      rfic: 'D',
      toNumber: '4214200000002',
      coupons: [{ number: 1, value: '1500', reason: 'EXCHANGE FEE', rfisc: '993' }],
    });
  });

  test('air: a paper MCO with everything else', () => {
    expect(only('mco-paper.xml')).toMatchObject({
      number: '6140321234567',
      mcoType: 'EXC_BAGG',
      rfisc: '0AA',
      returnType: 'V',
      tourCode: 'IT123',
      originalCurrency: 'EUR',
      originalRate: '104.2511',
      neutralCurrency: 'NUC',
      neutralRate: '1',
      operationRate: '104.2511',
      fare: { amount: '10425.11', type: 'T' },
      originalFare: '100',
      penalty: '250.50',
      inventoryPnr: 'ABC123',
      conjunction: '61403212345678',
      form: { type: 'МБ4', series: '61' },
      fareCalcMode: '0',
      passengers: [{ fio: 'PETROV/IVAN MR', kind: 'AAA', citizenship: 'RU' }],
      commission: { type: 'P', currency: 'RUB', amount: '521.26', rate: '5' },
      booking: { date: '2026-11-20', time: '10:12', dispatcher: '12', utc: '+0300', agency: '17МОВ' },
      deal: { ersp: '99А1', pcc: '17AB' },
      originalSale: { date: '2026-11-21', time: '09:00' },
      agencyInfo: { clientNumber: 'K-15', reservationNumber: 'R-77', info: 'ООО "Ромашка" & Ко' },
    });
  });

  test('Aeroexpress', () => {
    expect(only('aeroexpress-sale.xml')).toMatchObject({
      identity: '70012345678 SALE SALE',
      family: 'aeroexpress',
      orderNumber: '884213',
      fare: { amount: '500' },
      fareType: 'full',
      payments: [{ type: 'CC', amount: '500' }],
      passengers: [{ surname: 'ИВАНОВ', name: 'ПЁТР', birthDate: '1977-06-05' }],
      contacts: [{ type: 'phone', value: '+74951234567' }],
      segments: [{ from: { port: 'ПАВ', date: '2026-12-09' }, to: { port: 'DME' } }],
    });
  });

  test('rail', () => {
    expect(only('rail-refund.xml')).toMatchObject({
      family: 'rail',
      carrierType: 'RAIL',
      total: '3120.40',
      carrierVatId: '7708709686',
      services: { amount: '147', vatAmount: '24.50' },
      segments: [
        {
          number: 1,
          train: '016А',
          coach: { number: '07', type: 'К' },
          from: { port: '2006004', date: '2026-12-10', time: '23:55' },
          to: { port: '2004001', date: '2026-12-11', time: '07:56' },
          seats: [
            { seat: '013', tier: 'L' },
            { seat: '014', tier: 'U' },
          ],
        },
      ],
      passengers: [{ number: 1, surname: 'ИВАНОВ', name: 'ПЁТР', gender: 'M', document: 'ПН4510123456' }],
    });
  });

  test('insurance', () => {
    expect(only('insurance-sale.xml')).toMatchObject({ family: 'insurance', toNumber: '4214200000002', amount: '350', carrier: 'СТРАХ1' });
  });
});

describe('values', () => {
  test.each([
    ['0', '0'],
    ['5000', '5000'],
    ['83.30', '83.30'],
    ['007', '7'],
    ['0,5', '0.5'],
    ['.50', '0.50'],
    ['500.', '500'],
    ['1 234 567,89', '1234567.89'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['- 5', '-5'],
    ['999999999999999', '999999999999999'],
  ])('the amount %j is %j', (raw, value) => {
    expect(readAmount(raw).value).toBe(value);
  });
  test.each(['', '.', '-', '1e3', '1.2.3', '1,234,567', '1.234,50', '12р', '--1', '1234567890123456', '1.123456789', 'NaN', '٣'])(
    '%j is no amount',
    (raw) => {
      expect(readAmount(raw)).toMatchObject({ value: undefined, code: 'BAD_AMOUNT' });
    },
  );

  test.each([
    ['22112026', '2026-11-22'],
    ['1012026', '2026-01-01'],
    ['29022028', '2028-02-29'],
    ['29022000', '2000-02-29'],
  ])('the date %s is %s', (raw, value) => {
    expect(readDate(raw).value).toBe(value);
  });
  test.each([
    '31022026',
    '29022026',
    '29022100',
    '00012026',
    '01132026',
    '01011899',
    '01012200',
    '221126',
    '22.11.2026',
    '022112026',
    '2211202x',
  ])('%s is no date', (raw) => {
    expect(readDate(raw)).toMatchObject({ value: undefined, code: 'BAD_DATE' });
  });

  test.each([
    ['1405', '14:05'],
    ['0000', '00:00'],
    ['915', '09:15'],
    ['5', '00:05'],
    ['2359', '23:59'],
  ])('the time %s is %s', (raw, value) => {
    expect(readTime(raw).value).toBe(value);
  });
  test.each(['2400', '1260', '14:05', '14051', '-105', ''])('%j is no time', (raw) => {
    expect(readTime(raw)).toMatchObject({ value: undefined, code: 'BAD_TIME' });
  });

  test('numbers lose spaces and every kind of hyphen, counts are whole', () => {
    expect(readNumber('421\u00a042-000\u20110001').value).toBe('421420000001');
    expect(readNumber(' - ').value).toBeUndefined();
    expect(readCount('16')).toEqual({ value: 16 });
    expect(readCount('1.5')).toMatchObject({ value: undefined, code: 'BAD_COUNT' });
  });
});
