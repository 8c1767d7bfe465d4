import type { Aeroexpress, Air, Insurance, Passenger, Rail } from '../control/schema.ts';
import { type Message, message } from './control-messages.ts';

/** Gives a text of at most `max` characters for the field `name`; `lines` where a line feed is allowed. */
export type TextSource = (max: number, name: string, lines?: boolean) => string;

const plain: TextSource = (max, name) => name.slice(0, max);

function passenger(text: TextSource): Passenger {
  return {
    fio: text(100, 'FIO'),
    surname: text(60, 'SURNAME'),
    name: text(60, 'NAME'),
    document: { type: text(2, 'PT'), number: text(20, 'PASSNUMBER') },
    birthDate: '1980-02-01',
    kind: 'ADT',
    citizenship: 'РФ',
    gender: 'F',
  };
}

/** An air document with every field that the control message knows. */
export function fullAir(type: Air['type'], role: Air['role'], number: string, text: TextSource = plain): Air {
  const isMco = type === 'MCO' || type === 'EMD';
  return {
    type,
    role,
    number,
    formId: text(40, 'FORM'),
    currency: 'RUB',
    payments: [
      { type: 'CA', amount: '5000.10' },
      { type: 'CC', amount: '500' },
    ],
    ...(isMco && { mcoType: role === 'penalty' ? ('PENALTY' as const) : ('SERVICE' as const), rfic: 'D' }),
    carrier: 'S7',
    returnType: 'В',
    tourCode: text(20, 'TOUR'),
    fare: { amount: '5000.1', type: 'N', vat: { amount: '454.55', rate: '10' } },
    originalFare: '55.5',
    originalCurrency: 'EUR',
    originalRate: '90.09',
    neutralCurrency: 'JPY',
    neutralRate: '0.6',
    operationRate: '1.00000001',
    penalty: '700.00',
    fareCalc: text(1000, 'FARECALC', true),
    endorsements: text(500, 'ENDORSEMENTS'),
    fareCalcMode: '0',
    pnr: text(20, 'PNR'),
    pnrLatin: text(20, 'PNRLATIN'),
    inventoryPnr: text(20, 'INVPNR'),
    conjunction: text(40, 'CONJ'),
    form: { type: text(20, 'FORMTYPE'), series: text(20, 'SERIES') },
    passenger: passenger(text),
    commission: { type: 'АГ', currency: 'KWD', amount: '1.5', rate: '0.5' },
    taxes: [
      { code: 'ZZ', amount: '500', vat: { amount: '83.33', rate: '20' } },
      { code: 'ZZ', amount: '0.50' },
    ],
    segments: [
      {
        number: 1,
        coupon: 1,
        carrier: 'S7',
        flight: text(10, 'FLIGHT'),
        class: 'Y',
        from: { city: 'MOW', port: 'DME', terminal: '1', date: '2026-12-09', time: '09:15' },
        to: { city: 'OVB', port: 'ОВБ', terminal: 'A', date: '2026-12-09', time: '17:20' },
        fareBasis: text(20, 'BASIS'),
        fare: '5000.10',
        neutralFare: '8333',
        originalFare: '55.50',
      },
      { number: 2, void: true, from: { city: 'OVB' }, to: { city: 'KJA' } },
      { carrier: 'U6', from: { port: 'KJA' }, to: { city: 'MOW' } },
    ],
    ...(type === 'EMD' && {
      coupons: [
        { number: 1, value: '5000.10', reason: text(200, 'REASON'), rfisc: '993' },
        { number: 2, value: '0' },
      ],
    }),
    agencyInfo: { clientNumber: text(40, 'CLIENT'), reservationNumber: text(40, 'RESERVATION'), info: text(500, 'INFO') },
  };
}

export function fullAeroexpress(role: Aeroexpress['role'], number: string, text: TextSource = plain): Aeroexpress {
  return {
    type: 'AE_TICKET',
    role,
    number,
    currency: 'RUB',
    emdNumber: '4218200000019',
    orderNumber: text(40, 'ORDER'),
    fare: '500',
    fareType: 'family',
    pnr: text(20, 'PNR'),
    pnrLatin: text(20, 'PNRLATIN'),
    payments: [{ type: 'CC', amount: '500' }],
    passengers: [passenger(text), { fio: 'ИВАНОВА/АННА' }],
    contacts: [{ type: 'PHONE', value: text(100, 'CONTACT') }],
    segments: [{ from: 'ПАВ', to: 'DME', date: '2026-12-09', time: '07:30', class: 'STD', fare: '500' }],
  };
}

export function fullRail(role: Rail['role'], number: string, text: TextSource = plain): Rail {
  return {
    type: 'TRAIN_TICKET',
    role,
    number,
    formId: text(40, 'FORM'),
    currency: 'RUB',
    carrierType: 'RAIL',
    orderNumber: text(40, 'ORDER'),
    emdNumber: '4218200000019',
    fareType: 'ПОЛНЫЙ',
    total: '3120.40',
    carrierVatId: text(12, 'VATID'),
    services: { amount: '147', vatAmount: '24.50' },
    payments: [{ type: 'CA', amount: '3120.40' }],
    passengers: [passenger(text), { fio: 'ИВАНОВ/ПЁТР' }],
    segments: [
      {
        number: 1,
        train: text(10, 'TRAIN'),
        coach: { number: text(5, 'COACH'), type: 'К' },
        class: '2К',
        from: '2006004',
        to: '2004001',
        departure: { date: '2026-12-10', time: '23:55' },
        arrival: { date: '2026-12-11', time: '07:56' },
        seats: [{ seat: text(5, 'SEAT'), tier: 'L' }, { seat: text(5, 'SEAT2') }],
      },
    ],
  };
}

export function fullInsurance(role: Insurance['role'], number: string, text: TextSource = plain): Insurance {
  return {
    type: 'EINSURCAR',
    role,
    number,
    formId: text(40, 'FORM'),
    belongsTo: '4214200000002',
    currency: 'RUB',
    insurer: 'АЛЬФ',
    amount: '350',
    pnr: text(20, 'PNR'),
    pnrLatin: text(20, 'PNRLATIN'),
    payments: [{ type: 'CA', amount: '350' }],
    passenger: passenger(text),
  };
}

/** A message with a head that says everything. */
export function fullMessage(kind: Message['kind'], documents: unknown[], text: TextSource = plain): Message {
  const actor = { agency: '17МОВ', validator: '00117', terminal: 'МОВ417', operator: '77', ersp: '12345678', pcc: 'ABCD' };
  return {
    ...message(kind, ...documents),
    system: { id: '1H', session: text(40, 'SESSION') },
    deal: actor,
    booking: { ...actor, agency: '08НСК', time: '2026-11-21T23:59:59.5-05:30' },
    originalSale: { time: '2026-11-20T10:00:00Z' },
  };
}

/** One of each type, all fields filled. */
export function fullSale(text: TextSource = plain): Message {
  const documents = [
    fullAir('ETICKET', 'issued', '4214200000002', text),
    fullAir('TICKET', 'issued', '61БТ-123456/7', text),
    fullAir('MCO', 'issued', '4000000001', text),
    fullAir('EMD', 'issued', '4218200000017', text),
    fullAir('RECEIPT', 'issued', '4000000002', text),
    fullAeroexpress('issued', '70012345678', text),
    fullRail('issued', '20007700112233', text),
    fullInsurance('issued', '9000000012345', text),
  ];
  return fullMessage('issue', documents, text);
}
