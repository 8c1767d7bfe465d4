import { expect, test } from 'vitest';
import { buildDocuments } from '../xml/writer.ts';
import { accepted, type Message } from './control-messages.ts';

// The illustrations of spec 3.6, reproduced from control messages. There some children share a line; the writer indents every element.

const ACTOR = { agency: '17МОВ', validator: '00117', terminal: 'МОВ417', operator: '77' };

function built(kind: Message['kind'], time: string, deal: Message['deal'], documents: unknown[], session?: string): string[] {
  const system = { id: '1H', ...(session !== undefined && { session }) };
  return buildDocuments(accepted({ id: 'x', kind, time, system, deal, documents })).map(({ xml }) => xml.toString('utf8'));
}

function inOneLine(xml: string | undefined): string | undefined {
  return xml?.replace(/>\s+</g, '><').trim();
}

function file(ticket: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><TICKETS><TICKET>${ticket.replace(/>\s+</g, '><').trim()}</TICKET></TICKETS>`;
}

const PASSENGER = {
  fio: 'ИВАНОВА/АННА ПЕТРОВНА',
  surname: 'ИВАНОВА',
  name: 'АННА ПЕТРОВНА',
  document: { type: 'ПС', number: '4510123456' },
  birthDate: '1980-02-01',
};
const OLD = {
  type: 'ETICKET',
  role: 'surrendered',
  number: '4214200000001',
  currency: 'RUB',
  carrier: 'S7',
  fare: { amount: '5000' },
  passenger: PASSENGER,
  segments: [{ from: { city: 'MOW' }, to: { city: 'OVB' } }],
};
const NEW = {
  type: 'ETICKET',
  role: 'issued',
  number: '4214200000002',
  formId: '987',
  currency: 'RUB',
  carrier: 'S7',
  fare: { amount: '5000', vat: { amount: '0', rate: '0' } },
  fareCalc: 'MOW S7 OVB5000RUB5000END',
  endorsements: 'REFUND WITH FEE',
  pnr: '0Б1В2Г',
  pnrLatin: '0B1V2G',
  passenger: PASSENGER,
  payments: [{ type: 'CA', amount: '5500' }],
  taxes: [{ code: 'ZZ', amount: '500', vat: { rate: '20', amount: '83.33' } }],
  segments: [
    {
      number: 1,
      coupon: 1,
      carrier: 'S7',
      flight: '2501',
      class: 'Y',
      from: { city: 'MOW', port: 'DME', date: '2026-12-09', time: '09:15' },
      to: { city: 'OVB', port: 'OVB', date: '2026-12-09', time: '17:20' },
      fareBasis: 'YOW',
      fare: '5000',
    },
  ],
};

test('the new ticket of an exchange', () => {
  const [, ticket] = built('exchange-flight', '2026-11-22T14:05:00+03:00', ACTOR, [OLD, NEW], '12345');
  expect(inOneLine(ticket)).toBe(
    file(`<TYPE>ETICKET</TYPE><SYSTEM id="1H" session="12345" bso_id="987"/><CURRENCY>RUB</CURRENCY><DEALDATE>22112026</DEALDATE><DEALTIME>1405</DEALTIME><OPTYPE>SALE</OPTYPE><TRANS_TYPE>EXCHANGE</TRANS_TYPE>
    <BSONUM>4214200000002</BSONUM><EX_BSONUM>4214200000001</EX_BSONUM><GENERAL_CARRIER>S7</GENERAL_CARRIER>
    <FARE vat_amount="0" vat_rate="0">5000</FARE><FARECALC>MOW S7 OVB5000RUB5000END</FARECALC><ENDORS_RESTR>REFUND WITH FEE</ENDORS_RESTR><PNR>0Б1В2Г</PNR><PNR_LAT>0B1V2G</PNR_LAT>
    <FIO>ИВАНОВА/АННА ПЕТРОВНА</FIO><SURNAME>ИВАНОВА</SURNAME><NAME>АННА ПЕТРОВНА</NAME><PASS>ПС4510123456</PASS><BIRTH_DATE>01021980</BIRTH_DATE>
    <FOPS><FOP><TYPE>CA</TYPE><AMOUNT>5500</AMOUNT></FOP></FOPS><TAXES><TAX vat_rate="20" vat_amount="83.33"><CODE>ZZ</CODE><AMOUNT>500</AMOUNT></TAX></TAXES>
    <SEGMENTS><SEGMENT><SEGNO>1</SEGNO><COUPON_NO>1</COUPON_NO><CARRIER>S7</CARRIER><REIS>2501</REIS><CLASS>Y</CLASS><CITY1CODE>MOW</CITY1CODE><PORT1CODE>DME</PORT1CODE>
      <CITY2CODE>OVB</CITY2CODE><PORT2CODE>OVB</PORT2CODE><FLYDATE>09122026</FLYDATE><FLYTIME>0915</FLYTIME><ARRDATE>09122026</ARRDATE><ARRTIME>1720</ARRTIME><BASICFARE>YOW</BASICFARE><FARE>5000</FARE></SEGMENT></SEGMENTS>
    <DEAL date="22112026" time="1405" disp="77" utc="+0300"><AGENCY>17МОВ</AGENCY><STAMP>00117</STAMP><TAP>МОВ417</TAP><OPR>77</OPR></DEAL>`),
  );
});

test('its penalty', () => {
  const penalty = {
    type: 'EMD',
    role: 'penalty',
    rfic: 'D',
    number: '4218200000017',
    currency: 'RUB',
    carrier: 'S7',
    fare: { amount: '1500' },
    pnrLatin: '0B1V2G',
    passenger: { fio: 'ИВАНОВА/АННА ПЕТРОВНА' },
    payments: [{ type: 'CA', amount: '1500' }],
    coupons: [{ number: 1, value: '1500', reason: 'EXCHANGE FEE', rfisc: '993' }],
  };
  const [, , file3] = built('exchange-flight', '2026-11-22T14:05:00+03:00', ACTOR, [OLD, NEW, penalty]);
  expect(inOneLine(file3)).toBe(
    file(`<TYPE>EMD</TYPE><SYSTEM id="1H"/><CURRENCY>RUB</CURRENCY><DEALDATE>22112026</DEALDATE><DEALTIME>1405</DEALTIME><OPTYPE>SALE</OPTYPE><TRANS_TYPE>EXCHANGE</TRANS_TYPE>
    <MCO_TYPE rfic="D">PENALTY</MCO_TYPE><BSONUM>4218200000017</BSONUM><GENERAL_CARRIER>S7</GENERAL_CARRIER><FARE>1500</FARE><PNR_LAT>0B1V2G</PNR_LAT><TO_BSONUM>4214200000002</TO_BSONUM>
    <FIO>ИВАНОВА/АННА ПЕТРОВНА</FIO><FOPS><FOP><TYPE>CA</TYPE><AMOUNT>1500</AMOUNT></FOP></FOPS><EMDCOUPONS><EMDCOUPON><COUPON_NO>1</COUPON_NO><VALUE>1500</VALUE><REASON rfisc="993">EXCHANGE FEE</REASON></EMDCOUPON></EMDCOUPONS>
    <DEAL date="22112026" time="1405" disp="77" utc="+0300"><AGENCY>17МОВ</AGENCY><STAMP>00117</STAMP><TAP>МОВ417</TAP><OPR>77</OPR></DEAL>`),
  );
});

test('an Aeroexpress sale', () => {
  const document = {
    type: 'AE_TICKET',
    role: 'issued',
    number: '70012345678',
    currency: 'RUB',
    orderNumber: '884213',
    fare: '500',
    fareType: 'full',
    payments: [{ type: 'CC', amount: '500' }],
    segments: [{ from: 'ПАВ', to: 'DME', date: '2026-12-09' }],
  };
  const [xml] = built('issue', '2026-11-22T14:10:00+03:00', { agency: '17МОВ' }, [document]);
  expect(inOneLine(xml)).toBe(
    file(`<TYPE>AE_TICKET</TYPE><SYSTEM id="1H"/><CURRENCY>RUB</CURRENCY><DEALDATE>22112026</DEALDATE><DEALTIME>1410</DEALTIME><OPTYPE>SALE</OPTYPE><TRANS_TYPE>SALE</TRANS_TYPE>
    <TICKNUM>70012345678</TICKNUM><ORDER_NUM>884213</ORDER_NUM><FARE>500</FARE><FARETYPE>full</FARETYPE><FOPS><FOP><TYPE>CC</TYPE><AMOUNT>500</AMOUNT></FOP></FOPS>
    <SEGMENTS><SEGMENT><DEPPORT>ПАВ</DEPPORT><ARRPORT>DME</ARRPORT><DEPDATE>09122026</DEPDATE></SEGMENT></SEGMENTS><DEAL date="22112026" time="1410" utc="+0300"><AGENCY>17МОВ</AGENCY></DEAL>`),
  );
});

test('a rail refund', () => {
  const document = {
    type: 'TRAIN_TICKET',
    role: 'refunded',
    carrierType: 'RAIL',
    number: '20007700112233',
    currency: 'RUB',
    orderNumber: '771100',
    total: '3120.40',
    carrierVatId: '7708709686',
    services: { amount: '147', vatAmount: '24.50' },
    passengers: [{ fio: 'ИВАНОВ/ПЁТР', gender: 'M', document: { type: 'ПН', number: '4510123456' } }],
    segments: [
      {
        number: 1,
        train: '016А',
        coach: { number: '07', type: 'К' },
        from: '2006004',
        to: '2004001',
        departure: { date: '2026-12-10', time: '23:55' },
        arrival: { date: '2026-12-11', time: '07:56' },
        seats: [{ seat: '013', tier: 'L' }],
      },
    ],
  };
  const [xml] = built('refund', '2026-11-22T14:15:00+03:00', { agency: '17МОВ' }, [document]);
  expect(inOneLine(xml)).toBe(
    file(`<TYPE_CARRIER>RAIL</TYPE_CARRIER><TYPE>TRAIN_TICKET</TYPE><SYSTEM id="1H"/><CURRENCY>RUB</CURRENCY><DEALDATE>22112026</DEALDATE><DEALTIME>1415</DEALTIME><OPTYPE>REFUND</OPTYPE><TRANS_TYPE>REFUND</TRANS_TYPE>
    <TICKNUM>20007700112233</TICKNUM><ORDER_NUM>771100</ORDER_NUM><TOTAL>3120.40</TOTAL><CARRIER_VAT_ID>7708709686</CARRIER_VAT_ID><SERVICES vat_amount="24.50">147</SERVICES>
    <SEGMENTS><SEGMENT><SEGNO>1</SEGNO><TRAIN>016А</TRAIN><COACH num="07" type="К"/><DEPPORT>2006004</DEPPORT><ARRPORT>2004001</ARRPORT><DEPDATE>10122026</DEPDATE><DEPTIME>2355</DEPTIME>
      <ARRDATE>11122026</ARRDATE><ARRTIME>0756</ARRTIME><SEATS><SEAT tier="L">013</SEAT></SEATS></SEGMENT></SEGMENTS>
    <PASSENGERS><PASSENGER><PASSNO>1</PASSNO><SURNAME>ИВАНОВ</SURNAME><NAME>ПЁТР</NAME><GENDER>M</GENDER><PASS>ПН4510123456</PASS></PASSENGER></PASSENGERS>
    <DEAL date="22112026" time="1415" utc="+0300"><AGENCY>17МОВ</AGENCY></DEAL>`),
  );
});

test('an insurance sale', () => {
  const document = {
    type: 'EINSURCAR',
    role: 'issued',
    number: '9000000012345',
    belongsTo: '4214200000002',
    currency: 'RUB',
    amount: '350',
    pnrLatin: '0B1V2G',
    passenger: { fio: 'ИВАНОВА/АННА ПЕТРОВНА', birthDate: '1980-02-01' },
  };
  const [xml] = built('issue', '2026-11-22T14:07:00+03:00', { agency: '17МОВ' }, [document]);
  expect(inOneLine(xml)).toBe(
    file(`<TYPE>EINSURCAR</TYPE><SYSTEM id="1H"/><CURRENCY>RUB</CURRENCY><DEALDATE>22112026</DEALDATE><DEALTIME>1407</DEALTIME><OPTYPE>SALE</OPTYPE><TRANS_TYPE>SALE</TRANS_TYPE><BSONUM>9000000012345</BSONUM>
    <TO_BSONUM>4214200000002</TO_BSONUM><AMOUNT>350</AMOUNT><PNR_LAT>0B1V2G</PNR_LAT><FIO>ИВАНОВА/АННА ПЕТРОВНА</FIO><BIRTH_DATE>01021980</BIRTH_DATE><DEAL date="22112026" time="1407" utc="+0300"><AGENCY>17МОВ</AGENCY></DEAL>`),
  );
});

test('every element stands on its own line, indented by two spaces, and the file ends with a line feed', () => {
  const [xml = ''] = built('issue', '2026-11-22T14:07:00Z', { agency: '17МОВ' }, [{ ...NEW, payments: [], taxes: [] }]);
  expect(
    xml.startsWith(
      '<?xml version="1.0" encoding="UTF-8"?>\n<TICKETS>\n  <TICKET>\n    <TYPE>ETICKET</TYPE>\n    <SYSTEM id="1H" bso_id="987"/>\n',
    ),
  ).toBe(true);
  expect(
    xml.endsWith(
      '    <DEAL date="22112026" time="1407" utc="+0000">\n      <AGENCY>17МОВ</AGENCY>\n    </DEAL>\n  </TICKET>\n</TICKETS>\n',
    ),
  ).toBe(true);
  expect(xml).not.toMatch(/\r|\t|\ufeff|><|FOPS|TAXES/);
  for (const line of xml.split('\n')) {
    expect(line.replace(/^ */, '')).toMatch(/^(<[^<>]+>([^<>]*<\/[A-Z0-9_]+>)?)?$/);
  }
});
