import { describe, expect, test } from 'vitest';
import type { Air } from '../control/schema.ts';
import { presenceFaults } from '../xml/presence.ts';
import { buildDocuments } from '../xml/writer.ts';
import { accepted, air, insurance, type Message, message, rail } from './control-messages.ts';
import { fullAeroexpress, fullAir, fullInsurance, fullMessage, fullRail, fullSale } from './full-documents.ts';

/** Names of the children of TICKET in their order. */
function elements(xml: Buffer | undefined): string[] {
  return [...String(xml).matchAll(/^ {4}<([A-Z0-9_]+)/gm)].map((match) => match[1] ?? '');
}

/** Names of the children of the first `name` in their order. */
function childrenOf(xml: Buffer | undefined, name: string): string[] {
  const body = new RegExp(`\n( +)<${name}[ >][\\s\\S]*?\n\\1</${name}>`).exec(String(xml));
  const indent = `${body?.[1]}  `;
  return [...(body?.[0] ?? '').matchAll(new RegExp(`^${indent}<([A-Z0-9_]+)`, 'gm'))].map((match) => match[1] ?? '');
}

function built(value: Message) {
  return buildDocuments(accepted(value));
}

// The tables of spec 3.2 to 3.5 as they stand there.
const AIR_ORDER = `TYPE SYSTEM CURRENCY DEALDATE DEALTIME OPTYPE TRANS_TYPE MCO_TYPE BSONUM EX_BSONUM GENERAL_CARRIER RETTYPE TOURCODE
  OCURRENCY ORATE NCURRENCY NRATE OPRATE FARE OFARE PENALTY FARECALC ENDORS_RESTR PNR PNR_LAT INV_PNR CONJ TO_BSONUM TYP_NUM FCMODE
  FIO SURNAME NAME PASS BIRTH_DATE PASSENGER_TYPE CITIZENSHIP COMMISSION FOPS TAXES SEGMENTS EMDCOUPONS BOOK DEAL SALE AGN_INFO`.split(
  /\s+/,
);
const SEGMENT_ORDER =
  'SEGNO COUPON_NO IS_VOID CARRIER REIS CLASS CITY1CODE PORT1CODE TERM1 CITY2CODE PORT2CODE TERM2 FLYDATE FLYTIME ARRDATE ARRTIME BASICFARE FARE NFARE OFARE'.split(
    ' ',
  );
const AEROEXPRESS_ORDER =
  'TYPE SYSTEM CURRENCY DEALDATE DEALTIME OPTYPE TRANS_TYPE EMD_NUM TICKNUM ORDER_NUM FARE FARETYPE PNR PNR_LAT FOPS PASSENGERS CONTACTS SEGMENTS DEAL'.split(
    ' ',
  );
const RAIL_ORDER =
  'TYPE_CARRIER TYPE SYSTEM CURRENCY DEALDATE DEALTIME OPTYPE TRANS_TYPE TICKNUM ORDER_NUM EMD_NUM FARETYPE TOTAL CARRIER_VAT_ID SERVICES FOPS SEGMENTS PASSENGERS DEAL'.split(
    ' ',
  );
const INSURANCE_ORDER =
  'TYPE SYSTEM CURRENCY DEALDATE DEALTIME OPTYPE TRANS_TYPE BSONUM TO_BSONUM GENERAL_CARRIER AMOUNT PNR PNR_LAT FIO SURNAME NAME PASS BIRTH_DATE FOPS DEAL'.split(
    ' ',
  );

const without = (order: string[], ...names: string[]) => order.filter((name) => !names.includes(name));

describe('written order, everything given', () => {
  const files = built(fullSale());
  const sale = ['EX_BSONUM', 'RETTYPE', 'PENALTY'];

  test.each([
    ['ETICKET', 0, without(AIR_ORDER, ...sale, 'MCO_TYPE', 'TO_BSONUM', 'TYP_NUM', 'EMDCOUPONS')],
    ['TICKET', 1, without(AIR_ORDER, ...sale, 'MCO_TYPE', 'TO_BSONUM', 'EMDCOUPONS')],
    ['MCO', 2, without(AIR_ORDER, ...sale, 'TO_BSONUM', 'EMDCOUPONS')],
    ['EMD', 3, without(AIR_ORDER, ...sale, 'TO_BSONUM', 'TYP_NUM')],
    ['RECEIPT', 4, without(AIR_ORDER, ...sale, 'MCO_TYPE', 'TO_BSONUM', 'EMDCOUPONS')],
    ['AE_TICKET', 5, AEROEXPRESS_ORDER],
    ['TRAIN_TICKET', 6, RAIL_ORDER],
    ['EINSURCAR', 7, INSURANCE_ORDER],
  ] as const)('%s', (type, index, order) => {
    expect(files[index]?.type).toBe(type);
    expect(elements(files[index]?.xml)).toEqual(order);
  });

  test('the parts of the lists', () => {
    const [ticket, , , emd, , ae, train] = files.map(({ xml }) => xml);
    expect(childrenOf(ticket, 'SEGMENT')).toEqual(without(SEGMENT_ORDER, 'IS_VOID'));
    expect(childrenOf(ticket, 'TAX')).toEqual(['CODE', 'AMOUNT']);
    expect(childrenOf(ticket, 'FOP')).toEqual(['TYPE', 'AMOUNT']);
    expect(childrenOf(ticket, 'DEAL')).toEqual(['AGENCY', 'STAMP', 'TAP', 'OPR']);
    expect(childrenOf(ticket, 'AGN_INFO')).toEqual(['CLIENT_NUM', 'RESERV_NUM', 'INFO']);
    expect(childrenOf(emd, 'EMDCOUPON')).toEqual(['COUPON_NO', 'VALUE', 'REASON']);
    expect(childrenOf(ae, 'PASSENGER')).toEqual(['SURNAME', 'NAME', 'PASS', 'BIRTH_DATE']);
    expect(childrenOf(ae, 'SEGMENT')).toEqual(['DEPPORT', 'ARRPORT', 'DEPDATE', 'DEPTIME', 'CLASS', 'FARE']);
    expect(childrenOf(train, 'SEGMENT')).toEqual(
      'SEGNO TRAIN COACH CLASS DEPPORT ARRPORT DEPDATE DEPTIME ARRDATE ARRTIME SEATS'.split(' '),
    );
    expect(childrenOf(train, 'PASSENGER')).toEqual(['PASSNO', 'SURNAME', 'NAME', 'GENDER', 'PASS']);
  });

  test('acts: BOOK and SALE without ersp and pcc, DEAL with them, each in its own offset', () => {
    const xml = String(files[0]?.xml);
    expect(xml).toContain('<BOOK date="21112026" time="2359" disp="77" utc="-0530">');
    expect(xml).toContain('<DEAL date="22112026" time="1405" disp="77" utc="+0300" ersp="12345678" pcc="ABCD">');
    expect(xml).toContain('<SALE date="20112026" time="1000" utc="+0000"/>');
  });
});

describe('only what must be there, when nothing else is given', () => {
  test('ETICKET', () => {
    const [file] = built(message('issue', air('ETICKET', 'issued', '4214200000001')));
    expect(elements(file?.xml)).toEqual(
      'TYPE SYSTEM CURRENCY DEALDATE DEALTIME OPTYPE TRANS_TYPE BSONUM GENERAL_CARRIER FARE FIO SEGMENTS DEAL'.split(' '),
    );
  });

  test('empty groups and lists leave nothing behind', () => {
    const document = air('EMD', 'issued', '4218200000017', {
      commission: {},
      agencyInfo: {},
      payments: [],
      taxes: [],
      segments: [],
      fare: { amount: '1', vat: {} },
    });
    const [file] = built(message('issue', document));
    expect(elements(file?.xml)).toEqual(
      'TYPE SYSTEM CURRENCY DEALDATE DEALTIME OPTYPE TRANS_TYPE MCO_TYPE BSONUM GENERAL_CARRIER FARE FIO EMDCOUPONS DEAL'.split(' '),
    );
    const [train] = built(message('issue', rail('issued', '20007700112233', { services: {} })));
    expect(elements(train?.xml)).not.toContain('SERVICES');
  });

  test('an element that stands for its attribute alone', () => {
    const [train] = built(message('issue', rail('issued', '20007700112233', { services: { vatAmount: '24.5' } })));
    expect(String(train?.xml)).toContain('<SERVICES vat_amount="24.50"/>');
    const [emd] = built(message('issue', air('EMD', 'issued', '4218200000017', { coupons: [{ number: 1, value: '5000', rfisc: '0CC' }] })));
    expect(String(emd?.xml)).toContain('<REASON rfisc="0CC"/>');
  });
});

describe('presence by OPTYPE and TRANS_TYPE', () => {
  const old = (role: Air['role']) => fullAir('ETICKET', role, '4214200000001');

  test('EX_BSONUM on the new document of an exchange and nowhere else', () => {
    const files = built(
      fullMessage('exchange-flight', [
        old('surrendered'),
        fullAir('ETICKET', 'issued', '4214200000002'),
        fullAir('EMD', 'penalty', '4218200000017'),
      ]),
    );
    expect(files.map(({ xml }) => elements(xml).includes('EX_BSONUM'))).toEqual([false, true, false]);
    expect(files.map(({ xml }) => elements(xml).includes('TO_BSONUM'))).toEqual([false, false, true]);
  });

  test('PENALTY and RETTYPE on what is taken back; PENALTY not on what is cancelled', () => {
    const has = (value: Message, name: string) => elements(built(value)[0]?.xml).includes(name);
    const refund = fullMessage('refund', [old('refunded')]);
    const exchange = fullMessage('exchange-name', [old('surrendered'), air('ETICKET', 'issued', '4214200000002')]);
    const cancel = fullMessage('void', [old('voided')]);
    const restore = fullMessage('void', [{ ...old('voided'), cancels: 'refund' }]);
    expect([refund, exchange, cancel, restore].map((value) => has(value, 'PENALTY'))).toEqual([true, true, false, false]);
    expect([refund, exchange, cancel, restore].map((value) => has(value, 'RETTYPE'))).toEqual([true, true, true, false]);
    expect(has(fullMessage('issue', [old('issued')]), 'PENALTY')).toBe(false);
  });

  test('a penalty written as RECEIPT has no MCO_TYPE, names its ticket and may have a form', () => {
    const receipt = air('RECEIPT', 'penalty', '4000000001', { form: { type: 'КВ', series: '12' } });
    const [, file] = built(message('refund', air('ETICKET', 'refunded', '4214200000001'), receipt));
    expect(elements(file?.xml)).toEqual(
      'TYPE SYSTEM CURRENCY DEALDATE DEALTIME OPTYPE TRANS_TYPE BSONUM GENERAL_CARRIER FARE TO_BSONUM TYP_NUM FIO DEAL'.split(' '),
    );
    expect(String(file?.xml)).toContain('<TYP_NUM ser="12">КВ</TYP_NUM>');
  });
});

describe('values', () => {
  const [ticket, , , emd, , ae, train] = built(fullSale()).map(({ xml }) => String(xml));

  test('money: no fraction when it is zero, else all digits of its own currency', () => {
    expect(ticket).toContain('<FARE type="N" vat_amount="454.55" vat_rate="10">5000.10</FARE>\n    <OFARE>55.50</OFARE>');
    expect(ticket).toContain('<NFARE>8333</NFARE>\n        <OFARE>55.50</OFARE>');
    expect(ticket).toContain('<COMMISSION type="АГ" currency="KWD" amount="1.500" rate="0.5"/>');
    expect(ticket).toContain('<OPRATE>1.00000001</OPRATE>');
  });

  test('taxes of one code are not merged, a void segment has IS_VOID and no carrier', () => {
    expect(ticket?.match(/<CODE>ZZ<\/CODE>/g)).toHaveLength(2);
    expect(ticket).toContain(
      '<SEGNO>2</SEGNO>\n        <IS_VOID>T</IS_VOID>\n        <CITY1CODE>OVB</CITY1CODE>\n        <CITY2CODE>KJA</CITY2CODE>',
    );
    expect(ticket?.match(/IS_VOID/g)).toHaveLength(2);
  });

  test('the obsolete attribute rfisc of MCO_TYPE is never written', () => {
    expect(emd).toContain('<MCO_TYPE rfic="D">SERVICE</MCO_TYPE>');
    expect(emd).toContain('<REASON rfisc="993">');
  });

  test('Aeroexpress: SYSTEM without bso_id; names from FIO where they are not given', () => {
    expect(ae).toContain('<SYSTEM id="1H" session="SESSION"/>');
    expect(ae).toContain('<SURNAME>ИВАНОВА</SURNAME>\n        <NAME>АННА</NAME>');
    expect(ae).toContain('<CONTACT type="PHONE">CONTACT</CONTACT>');
  });

  test('rail: passengers are numbered from 1; a coach is attributes', () => {
    expect(train).toContain('<PASSNO>2</PASSNO>\n        <SURNAME>ИВАНОВ</SURNAME>\n        <NAME>ПЁТР</NAME>\n      </PASSENGER>');
    expect(train).toContain('<COACH num="COACH" type="К"/>');
  });

  test.each([
    ['ИВАНОВ', 'ИВАНОВ', undefined],
    ['ИВАНОВ/', 'ИВАНОВ', undefined],
    ['/ПЁТР', '/ПЁТР', undefined],
    ['/', '/', undefined],
    ['A/B/C', 'A', 'B/C'],
    [`${'Я'.repeat(70)}/B`, 'Я'.repeat(60), 'B'],
  ])('rail names from the FIO %j', (fio, surname, name) => {
    const [file] = built(message('issue', rail('issued', '20007700112233', { passengers: [{ fio }] })));
    expect(/<SURNAME>(.*)<\/SURNAME>/.exec(String(file?.xml))?.[1]).toBe(surname);
    expect(/<NAME>(.*)<\/NAME>/.exec(String(file?.xml))?.[1]).toBe(name);
  });
});

describe('the check of presence by code', () => {
  const read = (fields: Record<string, string>) => (name: string) => fields[name];
  const ticket = { TYPE: 'ETICKET', OPTYPE: 'SALE', TRANS_TYPE: 'SALE', SEGMENTS: 'x' };
  const emd = { TYPE: 'EMD', OPTYPE: 'SALE', TRANS_TYPE: 'EXCHANGE', MCO_TYPE: 'PENALTY', EMDCOUPONS: 'x', TO_BSONUM: '1' };

  test.each([
    [ticket, []],
    [emd, []],
    [{ ...ticket, TYPE: 'TICKET' }, ['TYPE is TICKET']],
    [{ ...ticket, SEGMENTS: undefined }, ['SEGMENTS is missing']],
    [{ ...ticket, TO_BSONUM: '1' }, ['TO_BSONUM must not']],
    [{ ...ticket, MCO_TYPE: 'PTA' }, ['MCO_TYPE must not']],
    [{ ...ticket, EMDCOUPONS: 'x' }, ['EMDCOUPONS must not']],
    [{ ...ticket, TYP_NUM: 'x' }, ['TYP_NUM must not']],
    [{ ...ticket, EX_BSONUM: '1' }, ['EX_BSONUM must not']],
    [{ ...ticket, TRANS_TYPE: 'EXCHANGE' }, ['EX_BSONUM is missing']],
    [{ ...ticket, OPTYPE: 'REFUND', TRANS_TYPE: 'CANCEL', EX_BSONUM: '1' }, []],
    [{ ...ticket, PENALTY: '1' }, ['PENALTY must not']],
    [{ ...ticket, RETTYPE: 'В' }, ['RETTYPE must not']],
    [{ ...ticket, OPTYPE: 'REFUND', TRANS_TYPE: 'REFUND', PENALTY: '1', RETTYPE: 'В' }, []],
    [{ ...emd, EMDCOUPONS: undefined, MCO_TYPE: undefined }, ['EMDCOUPONS is missing', 'MCO_TYPE is missing', 'EX_BSONUM is missing']],
    [{ ...emd, TO_BSONUM: undefined }, ['TO_BSONUM is missing']],
    [{ ...emd, TRANS_TYPE: 'REFUND', TO_BSONUM: undefined }, ['TO_BSONUM is missing']],
  ] as [Record<string, string>, string[]][])('%j', (fields, faults) => {
    const type = fields['TYPE'] === 'EMD' ? 'EMD' : 'ETICKET';
    const found = presenceFaults(type, read(fields));
    expect(found).toHaveLength(faults.length);
    for (const [index, fault] of faults.entries()) {
      expect(found[index]).toContain(fault);
    }
  });
});

test('the other families do not know what does not concern them', () => {
  for (const [index, document] of [
    fullAeroexpress('voided', '70012345678'),
    fullRail('voided', '20007700112233'),
    fullInsurance('voided', '9000000012345'),
  ].entries()) {
    const [file] = built(fullMessage('void', [document]));
    expect(elements(file?.xml)).toEqual([AEROEXPRESS_ORDER, RAIL_ORDER, INSURANCE_ORDER][index]);
  }
  expect(elements(built(message('issue', insurance('issued', '9000000012345')))[0]?.xml)).not.toContain('FARE');
});
