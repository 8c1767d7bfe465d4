import type { Family, ReadAct, ReadCoupon, ReadDocument, ReadFare, ReadPassenger, ReadPlace, ReadSegment, ReadVat } from './document.ts';
import { type ChildReader, leaf, list, part, type Setter, type Shape, settersFor } from './rules.ts';

/** Every element of spec online-ticket 3.2 to 3.5 and the field it goes to. One vocabulary serves all families: a reader forgives a stray element. */

export const FAMILY_OF_TYPE: ReadonlyMap<string, Family> = new Map([
  ['ETICKET', 'air'],
  ['TICKET', 'air'],
  ['MCO', 'air'],
  ['EMD', 'air'],
  ['RECEIPT', 'air'],
  ['AE_TICKET', 'aeroexpress'],
  ['TRAIN_TICKET', 'rail'],
  ['EINSURCAR', 'insurance'],
]);
const OPTYPES = new Set(['SALE', 'REFUND']);
const TRANS_TYPES = new Set(['SALE', 'REFUND', 'CANCEL', 'EXCHANGE']);
const MCO_TYPES = new Set(['PTA', 'RECEIPT', 'PENALTY', 'EXC_BAGG', 'REF_NOTICE', 'USED_NOTICE', 'RAILWAY', 'SERVICE']);

const document = settersFor<ReadDocument>();
const fare = settersFor<ReadFare>();
const passenger = settersFor<ReadPassenger>();
const act = settersFor<ReadAct>();
const place = settersFor<ReadPlace>();
const segment = settersFor<ReadSegment>();
const coupon = settersFor<ReadCoupon>();

/** vat_rate and vat_amount of FARE, TAX and SERVICES. */
function vatOf<T extends ReadVat>(): ReadonlyMap<string, Setter<T>> {
  const vat = settersFor<ReadVat>();
  return new Map<string, Setter<T>>([
    ['vat_rate', vat.amount('vatRate')],
    ['vat_amount', vat.amount('vatAmount')],
  ]);
}

const PASSENGER_FIELDS: readonly [string, Setter<ReadPassenger>][] = [
  ['FIO', passenger.text('fio')],
  ['SURNAME', passenger.text('surname')],
  ['NAME', passenger.text('name')],
  ['PASS', passenger.text('document')],
  ['BIRTH_DATE', passenger.date('birthDate')],
  ['PASSENGER_TYPE', passenger.text('kind')],
  ['CITIZENSHIP', passenger.text('citizenship')],
  ['GENDER', passenger.text('gender')],
  ['PASSNO', passenger.count('number')],
];
const PASSENGER: Shape<ReadPassenger> = { children: new Map(PASSENGER_FIELDS.map(([name, set]) => [name, leaf(set)])) };

const ACT: Shape<ReadAct> = {
  attributes: new Map([
    ['date', act.date('date')],
    ['time', act.time('time')],
    ['utc', act.text('utc')],
    ['disp', act.text('dispatcher')],
    ['ersp', act.text('ersp')],
    ['pcc', act.text('pcc')],
  ]),
  children: new Map([
    ['AGENCY', leaf(act.text('agency'))],
    ['STAMP', leaf(act.text('validator'))],
    ['TAP', leaf(act.text('terminal'))],
    ['OPR', leaf(act.text('operator'))],
  ]),
};

const coach = settersFor<NonNullable<ReadSegment['coach']>>();
const seat = settersFor<{ seat?: string; tier?: string }>();
const SEGMENT: Shape<ReadSegment> = {
  children: new Map<string, ChildReader<ReadSegment>>([
    ['SEGNO', leaf(segment.count('number'))],
    ['COUPON_NO', leaf(segment.count('coupon'))],
    ['IS_VOID', leaf(segment.flag('void'))],
    ['CARRIER', leaf(segment.text('carrier'))],
    ['REIS', leaf(segment.text('flight'))],
    ['TRAIN', leaf(segment.text('train'))],
    [
      'COACH',
      part('coach', {
        attributes: new Map([
          ['num', coach.text('number')],
          ['type', coach.text('type')],
        ]),
      }),
    ],
    ['CLASS', leaf(segment.text('class'))],
    ['CITY1CODE', leaf(segment.inside('from', place.text('city')))],
    ['PORT1CODE', leaf(segment.inside('from', place.text('port')))],
    ['DEPPORT', leaf(segment.inside('from', place.text('port')))],
    ['TERM1', leaf(segment.inside('from', place.text('terminal')))],
    ['FLYDATE', leaf(segment.inside('from', place.date('date')))],
    ['DEPDATE', leaf(segment.inside('from', place.date('date')))],
    ['FLYTIME', leaf(segment.inside('from', place.time('time')))],
    ['DEPTIME', leaf(segment.inside('from', place.time('time')))],
    ['CITY2CODE', leaf(segment.inside('to', place.text('city')))],
    ['PORT2CODE', leaf(segment.inside('to', place.text('port')))],
    ['ARRPORT', leaf(segment.inside('to', place.text('port')))],
    ['TERM2', leaf(segment.inside('to', place.text('terminal')))],
    ['ARRDATE', leaf(segment.inside('to', place.date('date')))],
    ['ARRTIME', leaf(segment.inside('to', place.time('time')))],
    ['BASICFARE', leaf(segment.text('fareBasis'))],
    ['FARE', leaf(segment.amount('fare'))],
    ['NFARE', leaf(segment.amount('neutralFare'))],
    ['OFARE', leaf(segment.amount('originalFare'))],
    ['SEATS', list('seats', 'SEAT', { text: seat.text('seat'), attributes: new Map([['tier', seat.text('tier')]]) })],
  ]),
};

const COUPON: Shape<ReadCoupon> = {
  children: new Map([
    ['COUPON_NO', leaf(coupon.count('number'))],
    ['VALUE', leaf(coupon.amount('value'))],
    ['REASON', leaf(coupon.text('reason'), { rfisc: coupon.text('rfisc') })],
  ]),
};

const payment = settersFor<{ type?: string; amount?: string }>();
const tax = settersFor<{ code?: string; amount?: string } & ReadVat>();
const contact = settersFor<{ type?: string; value?: string }>();
const system = settersFor<NonNullable<ReadDocument['system']>>();
const form = settersFor<NonNullable<ReadDocument['form']>>();
const services = settersFor<{ amount?: string }>();
const agencyInfo = settersFor<NonNullable<ReadDocument['agencyInfo']>>();
const commission = settersFor<NonNullable<ReadDocument['commission']>>();
const COMMISSION_FIELDS: readonly [string, Setter<NonNullable<ReadDocument['commission']>>][] = [
  ['type', commission.text('type')],
  ['currency', commission.text('currency')],
  ['amount', commission.amount('amount')],
  ['rate', commission.amount('rate')],
];

/** The passenger of FIO, SURNAME and so on, which stand in the TICKET itself. */
function leadPassenger(set: Setter<ReadPassenger>): Setter<ReadDocument> {
  return (target, raw, from, scope) => {
    const lead = target.passengers?.[0] ?? {};
    set(lead, raw, from, scope);
    if (target.passengers === undefined && Object.keys(lead).length > 0) target.passengers = [lead];
  };
}

export const TICKET: Shape<ReadDocument> = {
  children: new Map<string, ChildReader<ReadDocument>>([
    ['TYPE', leaf(document.code('type', new Set(FAMILY_OF_TYPE.keys())))],
    [
      'SYSTEM',
      part('system', {
        text: system.text('id'),
        attributes: new Map([
          ['id', system.text('id')],
          ['session', system.text('session')],
          ['bso_id', system.text('formId')],
        ]),
      }),
    ],
    ['CURRENCY', leaf(document.text('currency'))],
    ['DEALDATE', leaf(document.date('date'))],
    ['DEALTIME', leaf(document.time('time'))],
    ['OPTYPE', leaf(document.code('opType', OPTYPES))],
    ['TRANS_TYPE', leaf(document.code('transType', TRANS_TYPES))],
    ['MCO_TYPE', leaf(document.code('mcoType', MCO_TYPES), { rfic: document.text('rfic'), rfisc: document.text('rfisc') })],
    ['BSONUM', leaf(document.number('number'))],
    ['TICKNUM', leaf(document.number('number'))],
    ['EX_BSONUM', leaf(document.number('exNumber'))],
    ['TO_BSONUM', leaf(document.number('toNumber'))],
    ['EMD_NUM', leaf(document.number('emdNumber'))],
    ['ORDER_NUM', leaf(document.text('orderNumber'))],
    ['GENERAL_CARRIER', leaf(document.text('carrier'))],
    ['TYPE_CARRIER', leaf(document.text('carrierType'))],
    ['CARRIER_VAT_ID', leaf(document.text('carrierVatId'))],
    ['RETTYPE', leaf(document.text('returnType'))],
    ['TOURCODE', leaf(document.text('tourCode'))],
    ['OCURRENCY', leaf(document.text('originalCurrency'))],
    ['ORATE', leaf(document.amount('originalRate'))],
    ['NCURRENCY', leaf(document.text('neutralCurrency'))],
    ['NRATE', leaf(document.amount('neutralRate'))],
    ['OPRATE', leaf(document.amount('operationRate'))],
    ['FARE', part('fare', { text: fare.amount('amount'), attributes: new Map([...vatOf<ReadFare>(), ['type', fare.text('type')]]) })],
    ['OFARE', leaf(document.amount('originalFare'))],
    ['PENALTY', leaf(document.amount('penalty'))],
    ['TOTAL', leaf(document.amount('total'))],
    ['AMOUNT', leaf(document.amount('amount'))],
    ['SERVICES', part('services', { text: services.amount('amount'), attributes: vatOf() })],
    ['FARETYPE', leaf(document.text('fareType'))],
    ['FARECALC', leaf(document.text('fareCalc'))],
    ['ENDORS_RESTR', leaf(document.text('endorsements'))],
    ['FCMODE', leaf(document.text('fareCalcMode'))],
    ['PNR', leaf(document.text('pnr'))],
    ['PNR_LAT', leaf(document.text('pnrLatin'))],
    ['INV_PNR', leaf(document.text('inventoryPnr'))],
    ['CONJ', leaf(document.text('conjunction'))],
    ['TYP_NUM', part('form', { text: form.text('type'), attributes: new Map([['ser', form.text('series')]]) })],
    [
      'COMMISSION',
      part('commission', {
        text: commission.amount('amount'),
        attributes: new Map(COMMISSION_FIELDS),
        children: new Map(COMMISSION_FIELDS.map(([name, set]) => [name.toUpperCase(), leaf(set)])),
      }),
    ],
    [
      'FOPS',
      list('payments', 'FOP', {
        children: new Map([
          ['TYPE', leaf(payment.text('type'))],
          ['AMOUNT', leaf(payment.amount('amount'))],
        ]),
      }),
    ],
    [
      'TAXES',
      list('taxes', 'TAX', {
        attributes: vatOf<{ code?: string; amount?: string } & ReadVat>(),
        children: new Map([
          ['CODE', leaf(tax.text('code'))],
          ['AMOUNT', leaf(tax.amount('amount'))],
        ]),
      }),
    ],
    ['SEGMENTS', list('segments', 'SEGMENT', SEGMENT)],
    ['EMDCOUPONS', list('coupons', 'EMDCOUPON', COUPON)],
    ['PASSENGERS', list('passengers', 'PASSENGER', PASSENGER)],
    ['CONTACTS', list('contacts', 'CONTACT', { text: contact.text('value'), attributes: new Map([['type', contact.text('type')]]) })],
    ...PASSENGER_FIELDS.map(([name, set]): [string, ChildReader<ReadDocument>] => [name, leaf(leadPassenger(set))]),
    ['BOOK', part('booking', ACT)],
    ['DEAL', part('deal', ACT)],
    ['SALE', part('originalSale', ACT)],
    [
      'AGN_INFO',
      part('agencyInfo', {
        children: new Map([
          ['CLIENT_NUM', leaf(agencyInfo.text('clientNumber'))],
          ['RESERV_NUM', leaf(agencyInfo.text('reservationNumber'))],
          ['INFO', leaf(agencyInfo.text('info'))],
        ]),
      }),
    ],
  ]),
};
