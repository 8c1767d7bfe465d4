import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ticketOperationJsonSchema } from '../control/schema.ts';
import { ACTOR_NAMES, CITIZENSHIP } from '../xml/vocabulary.ts';
import { buildDocuments } from '../xml/writer.ts';
import { accepted, aeroexpress, air, codesOf, insurance, message, rail } from './control-messages.ts';
import { fullSale } from './full-documents.ts';

// Spec 10: what nobody outside the vendor knows. Each test names its point and holds our choice, so that changing it is one place and one test.

const files = buildDocuments(accepted(fullSale())).map(({ xml }) => xml.toString('utf8'));
const [ticket = '', , mco = '', , , ae = '', train = '', policy = ''] = files;

function fileOf(document: unknown, kind: Parameters<typeof message>[0] = 'issue'): string {
  return String(buildDocuments(accepted(message(kind, document)))[0]?.xml);
}

describe('open points of spec 10', () => {
  test("form of the vendor's control message: the JSON of 2.2, one schema (control/schema.ts)", () => {
    expect(Object.keys(ticketOperationJsonSchema()['properties'] as object)).toEqual([
      'id',
      'source',
      'kind',
      'time',
      'system',
      'deal',
      'booking',
      'originalSale',
      'documents',
    ]);
  });

  test('names of agency, validator, terminal, operator; CITIZENSHIP (xml/vocabulary.ts)', () => {
    expect(ACTOR_NAMES).toEqual({ agency: 'AGENCY', validator: 'STAMP', terminal: 'TAP', operator: 'OPR' });
    expect(CITIZENSHIP).toBe('CITIZENSHIP');
    expect(ticket).toMatch(/<AGENCY>17МОВ<\/AGENCY>\s+<STAMP>00117<\/STAMP>\s+<TAP>МОВ417<\/TAP>\s+<OPR>77<\/OPR>/);
    expect(ticket).toContain('<CITIZENSHIP>РФ</CITIZENSHIP>');
  });

  test('COMMISSION is attributes, CONTACT is text with a type (xml/layout.ts)', () => {
    expect(ticket).toContain('<COMMISSION type="АГ" currency="KWD" amount="1.500" rate="0.5"/>');
    expect(ae).toContain('<CONTACT type="PHONE">CONTACT</CONTACT>');
  });

  test('order of elements after EX_BSONUM (xml/layout.ts)', () => {
    const order = [
      'GENERAL_CARRIER',
      'TOURCODE',
      'FARE',
      'FARECALC',
      'PNR',
      'FIO',
      'COMMISSION',
      'FOPS',
      'TAXES',
      'SEGMENTS',
      'BOOK',
      'DEAL',
      'SALE',
      'AGN_INFO',
    ];
    const places = order.map((name) => ticket.search(new RegExp(`\n    <${name}[ >]`)));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  test('content of utc: the offset as +0300 (xml/formats.ts)', () => {
    expect(ticket).toContain(' utc="+0300"');
  });

  test('digits of money: none when the fraction is zero, else all of the currency (xml/formats.ts)', () => {
    expect(fileOf(air('ETICKET', 'issued', '4214200000001', { fare: { amount: '5000.00' } }))).toContain('<FARE>5000</FARE>');
    expect(fileOf(air('ETICKET', 'issued', '4214200000001', { fare: { amount: '83.3' } }))).toContain('<FARE>83.30</FARE>');
  });

  test('zone of DEALDATE and DEALTIME: that of the operation (xml/formats.ts)', () => {
    const east = { ...message('issue', air('ETICKET', 'issued', '4214200000001')), time: '2026-11-22T01:30:00+10:00' };
    const xml = String(buildDocuments(accepted(east))[0]?.xml);
    expect(xml).toContain('<DEALDATE>22112026</DEALDATE>\n    <DEALTIME>0130</DEALTIME>');
  });

  test('codes of FOP TYPE, RETTYPE, FCMODE, FARE type, PASSENGER_TYPE, tier pass through as received (control/codes.ts)', () => {
    const xml = fileOf(
      air('ETICKET', 'refunded', '4214200000001', {
        payments: [{ type: 'ФОП-9', amount: '5000' }],
        returnType: 'Щ1',
        fareCalcMode: 'Q/7',
        fare: { amount: '5000', type: 'Ж.' },
        passenger: { fio: 'A/B', kind: 'ЖЖ' },
      }),
      'refund',
    );
    for (const part of [
      '<TYPE>ФОП-9</TYPE>',
      '<RETTYPE>Щ1</RETTYPE>',
      '<FCMODE>Q/7</FCMODE>',
      '<FARE type="Ж.">',
      '<PASSENGER_TYPE>ЖЖ</PASSENGER_TYPE>',
    ]) {
      expect(xml).toContain(part);
    }
    expect(train).toContain('<SEAT tier="L">');
  });

  test('TYPE_CARRIER: RAIL and BUS (control/codes.ts)', () => {
    expect(fileOf(rail('issued', '20007700112233', { carrierType: 'BUS' }))).toContain('<TYPE_CARRIER>BUS</TYPE_CARRIER>');
    expect(codesOf(message('issue', { ...rail('issued', '20007700112233'), carrierType: 'SHIP' }))).toEqual([
      'BAD_FORMAT /documents/0/carrierType',
    ]);
  });

  const act = (xml: string) => `${/<OPTYPE>(.*)<\/OPTYPE>/.exec(xml)?.[1]}/${/<TRANS_TYPE>(.*)<\/TRANS_TYPE>/.exec(xml)?.[1]}`;

  test('OPTYPE and TRANS_TYPE of a surrendered ticket: REFUND/EXCHANGE (transactions.ts)', () => {
    const [old] = buildDocuments(
      accepted(message('exchange-flight', air('ETICKET', 'surrendered', '4214200000001'), air('ETICKET', 'issued', '4214200000002'))),
    );
    expect(act(String(old?.xml))).toBe('REFUND/EXCHANGE');
  });

  test('void of a refund: SALE/CANCEL; void of rail: REFUND/CANCEL; CANCEL and never ERASE (transactions.ts)', () => {
    expect(act(fileOf(air('ETICKET', 'voided', '4214200000001', { cancels: 'refund' }), 'void'))).toBe('SALE/CANCEL');
    expect(act(fileOf(rail('voided', '20007700112233'), 'void'))).toBe('REFUND/CANCEL');
    expect(act(fileOf(aeroexpress('voided', '70012345678'), 'void'))).toBe('REFUND/REFUND');
  });

  test('TO_BSONUM of an exchange penalty: the new ticket (transactions.ts)', () => {
    const documents = [
      air('ETICKET', 'surrendered', '4214200000001'),
      air('ETICKET', 'issued', '4214200000002'),
      air('EMD', 'penalty', '4218200000017'),
    ];
    expect(String(buildDocuments(accepted(message('exchange-flight', ...documents)))[2]?.xml)).toContain(
      '<TO_BSONUM>4214200000002</TO_BSONUM>',
    );
  });

  test('field set of EINSURCAR: AMOUNT, no FARE, the insurer as GENERAL_CARRIER (xml/layout.ts)', () => {
    expect(policy).toContain('<GENERAL_CARRIER>АЛЬФ</GENERAL_CARRIER>\n    <AMOUNT>350</AMOUNT>');
    expect(policy).not.toMatch(/<(FARE|TAXES|SEGMENTS|PASSENGER_TYPE|CITIZENSHIP)/);
    expect(fileOf(insurance('issued', '9000000012345'))).not.toContain('GENERAL_CARRIER');
  });

  test('field set of bus: as rail, seats and coach optional (xml/layout.ts)', () => {
    const bus = fileOf(rail('issued', '20007700112233', { carrierType: 'BUS' }));
    expect(bus).toContain('<SEGNO>1</SEGNO>\n        <TRAIN>016А</TRAIN>\n        <DEPPORT>');
  });

  test('field set of MCO RAILWAY: as any MCO (xml/layout.ts)', () => {
    const railway = fileOf(air('MCO', 'issued', '4000000001', { mcoType: 'RAILWAY' }));
    expect(railway).toContain('<MCO_TYPE>RAILWAY</MCO_TYPE>');
    expect(mco).toContain('<TYP_NUM ser="SERIES">FORMTYPE</TYP_NUM>');
  });

  test('field set of PASSENGER: surname, name, document, and birth date (Aeroexpress) or gender and number (rail) (xml/layout.ts)', () => {
    expect(ae).toMatch(/<PASSENGER>\s+<SURNAME>.*\s+<NAME>.*\s+<PASS>.*\s+<BIRTH_DATE>01021980<\/BIRTH_DATE>\s+<\/PASSENGER>/);
    expect(train).toMatch(/<PASSENGER>\s+<PASSNO>1<\/PASSNO>\s+<SURNAME>.*\s+<NAME>.*\s+<GENDER>F<\/GENDER>\s+<PASS>.*\s+<\/PASSENGER>/);
  });

  test('encoding: UTF-8 without BOM, one TICKET in a file (xml/writer.ts)', () => {
    for (const [index, { xml }] of buildDocuments(accepted(fullSale())).entries()) {
      expect(xml.subarray(0, 38).toString('latin1')).toBe('<?xml version="1.0" encoding="UTF-8"?>');
      expect(files[index]?.match(/<TICKET>/g)).toHaveLength(1);
    }
  });

  test('every file that decides a point says so', () => {
    for (const place of [
      'control/schema.ts',
      'control/codes.ts',
      'transactions.ts',
      'xml/vocabulary.ts',
      'xml/layout.ts',
      'xml/formats.ts',
      'xml/writer.ts',
    ]) {
      expect(readFileSync(new URL(`../${place}`, import.meta.url), 'utf8')).toMatch(/Open points? \(spec 10\)/);
    }
  });
});
