import { currencyDigits } from '../control/currency.ts';
import type { Act, Aeroexpress, Air, AirSegment, Document, Insurance, Passenger, Rail } from '../control/schema.ts';
import { attribute, type Element, entry, group, list, optional, required, requiredAttribute, type Subject } from './elements.ts';
import { formatClock, formatDate, formatMoney, formatOffset, formatTimeOf } from './formats.ts';
import { nameOf, passOf, surnameOf } from './names.ts';
import * as is from './value-types.ts';
import { ACTOR_NAMES, CITIZENSHIP, type Family } from './vocabulary.ts';

/**
 * One ordered table per family (spec 3.2 to 3.5). The writer writes from it and the schemas are made from it, so they cannot disagree.
 *
 * Open points (spec 10), decided here only: COMMISSION as attributes and CONTACT as text with a `type`; the order of elements after
 * EX_BSONUM; the field sets of EINSURCAR, bus, MCO RAILWAY, PASSENGER and CONTACT.
 */

type EntryOf<List> = NonNullable<List> extends readonly (infer Entry)[] ? Entry : never;

const money = (amount: string | undefined, subject: Subject): string | undefined =>
  amount === undefined ? undefined : formatMoney(amount, subject.digits);
const dateOf = (day: string | undefined): string | undefined => (day === undefined ? undefined : formatDate(day));
const clockOf = (clock: string | undefined): string | undefined => (clock === undefined ? undefined : formatClock(clock));
const numberOf = (number: number | undefined): string | undefined => (number === undefined ? undefined : String(number));

// Parts that several families have.

const SYSTEM_ATTRIBUTES = [
  requiredAttribute<Document>('id', is.code, (_document, subject) => subject.operation.system.id),
  attribute<Document>('session', is.text40, (_document, subject) => subject.operation.system.session),
];
const FORM_ID = attribute<Document>('bso_id', is.text40, (document) => document.formId);

const system: Element<Document> = group('SYSTEM', (document) => document, [...SYSTEM_ATTRIBUTES, FORM_ID], [], {
  required: true,
  shared: 'System',
});

const currency: Element<Document> = required('CURRENCY', is.currency, (document) => document.currency);
const dealDate: Element<Document> = required('DEALDATE', is.date, (_document, subject) => formatDate(subject.operation.time));
const dealTime: Element<Document> = required('DEALTIME', is.clock, (_document, subject) => formatTimeOf(subject.operation.time));
const opType: Element<Document> = required('OPTYPE', is.opType, (_document, subject) => subject.transaction.opType);
const transType = (type: is.ValueType): Element<Document> =>
  required('TRANS_TYPE', type, (_document, subject) => subject.transaction.transType);

const payments: Element<Document> = list(
  'FOPS',
  (document) => document.payments,
  entry<EntryOf<Document['payments']>>(
    'FOP',
    [],
    [
      required('TYPE', is.code, (payment) => payment.type),
      required('AMOUNT', is.money, (payment, subject) => money(payment.amount, subject)),
    ],
  ),
  { shared: 'Payments' },
);

const ACT_ATTRIBUTES = [
  requiredAttribute<Act>('date', is.date, (act) => formatDate(act.time)),
  requiredAttribute<Act>('time', is.clock, (act) => formatTimeOf(act.time)),
  attribute<Act>('disp', is.code, (act) => act.operator),
  requiredAttribute<Act>('utc', is.offset, (act) => formatOffset(act.time)),
];
const DEAL_ATTRIBUTES = [attribute<Act>('ersp', is.code, (act) => act.ersp), attribute<Act>('pcc', is.code, (act) => act.pcc)];
const ACTOR: Element<Act>[] = [
  optional(ACTOR_NAMES.agency, is.code, (act) => act.agency),
  optional(ACTOR_NAMES.validator, is.code, (act) => act.validator),
  optional(ACTOR_NAMES.terminal, is.code, (act) => act.terminal),
  optional(ACTOR_NAMES.operator, is.code, (act) => act.operator),
];

const deal: Element<Document> = group(
  'DEAL',
  (_document, { operation }): Act => ({ ...operation.deal, time: operation.time }),
  [...ACT_ATTRIBUTES, ...DEAL_ATTRIBUTES],
  ACTOR,
  { required: true, shared: 'Deal' },
);

// TYPE = ETICKET, TICKET, MCO, EMD, RECEIPT

const PAPER = new Set(['TICKET', 'MCO', 'RECEIPT']);

/** PENALTY stands on what is taken back by a refund or an exchange, not on what is cancelled. */
const isTaken = ({ transaction }: Subject): boolean =>
  transaction.opType === 'REFUND' && (transaction.transType === 'REFUND' || transaction.transType === 'EXCHANGE');

const airSegment = entry<AirSegment>(
  'SEGMENT',
  [],
  [
    optional('SEGNO', is.position, (segment) => numberOf(segment.number)),
    optional('COUPON_NO', is.position, (segment) => numberOf(segment.coupon)),
    optional('IS_VOID', is.yes, (segment) => (segment.void === true ? 'T' : undefined)),
    optional('CARRIER', is.code, (segment) => segment.carrier),
    optional('REIS', is.text10, (segment) => segment.flight),
    optional('CLASS', is.code, (segment) => segment.class),
    optional('CITY1CODE', is.code, (segment) => segment.from.city),
    optional('PORT1CODE', is.code, (segment) => segment.from.port),
    optional('TERM1', is.code, (segment) => segment.from.terminal),
    optional('CITY2CODE', is.code, (segment) => segment.to.city),
    optional('PORT2CODE', is.code, (segment) => segment.to.port),
    optional('TERM2', is.code, (segment) => segment.to.terminal),
    optional('FLYDATE', is.date, (segment) => dateOf(segment.from.date)),
    optional('FLYTIME', is.clock, (segment) => clockOf(segment.from.time)),
    optional('ARRDATE', is.date, (segment) => dateOf(segment.to.date)),
    optional('ARRTIME', is.clock, (segment) => clockOf(segment.to.time)),
    optional('BASICFARE', is.text20, (segment) => segment.fareBasis),
    optional('FARE', is.money, (segment, subject) => money(segment.fare, subject)),
    optional('NFARE', is.money, ({ neutralFare }, subject) => neutralFare && formatMoney(neutralFare, subject.neutralDigits)),
    optional('OFARE', is.money, ({ originalFare }, subject) => originalFare && formatMoney(originalFare, subject.originalDigits)),
  ],
);

const air: Element<Air>[] = [
  required('TYPE', is.airType, (ticket) => ticket.type),
  system,
  currency,
  dealDate,
  dealTime,
  opType,
  transType(is.transType),
  optional('MCO_TYPE', is.mcoType, (_ticket, subject) => subject.transaction.mcoType, [
    attribute('rfic', is.code, (ticket) => ticket.rfic),
  ]),
  required('BSONUM', is.documentNumber, (ticket) => ticket.number),
  optional('EX_BSONUM', is.documentNumber, (_ticket, subject) => subject.links.replaces),
  required('GENERAL_CARRIER', is.code, (ticket) => ticket.carrier),
  optional('RETTYPE', is.code, (ticket, subject) => (subject.transaction.opType === 'REFUND' ? ticket.returnType : undefined)),
  optional('TOURCODE', is.text20, (ticket) => ticket.tourCode),
  optional('OCURRENCY', is.currency, (ticket) => ticket.originalCurrency),
  optional('ORATE', is.rate, (ticket) => ticket.originalRate),
  optional('NCURRENCY', is.currency, (ticket) => ticket.neutralCurrency),
  optional('NRATE', is.rate, (ticket) => ticket.neutralRate),
  optional('OPRATE', is.rate, (ticket) => ticket.operationRate),
  required('FARE', is.money, (ticket, subject) => money(ticket.fare.amount, subject), [
    attribute('type', is.code, (ticket) => ticket.fare.type),
    attribute('vat_amount', is.money, (ticket, subject) => money(ticket.fare.vat?.amount, subject)),
    attribute('vat_rate', is.rate, (ticket) => ticket.fare.vat?.rate),
  ]),
  optional('OFARE', is.money, ({ originalFare }, subject) => originalFare && formatMoney(originalFare, subject.originalDigits)),
  optional('PENALTY', is.money, (ticket, subject) => (isTaken(subject) ? money(ticket.penalty, subject) : undefined)),
  optional('FARECALC', is.text1000, (ticket) => ticket.fareCalc),
  optional('ENDORS_RESTR', is.text500, (ticket) => ticket.endorsements),
  optional('PNR', is.text20, (ticket) => ticket.pnr),
  optional('PNR_LAT', is.text20, (ticket) => ticket.pnrLatin),
  optional('INV_PNR', is.text20, (ticket) => ticket.inventoryPnr),
  optional('CONJ', is.text40, (ticket) => ticket.conjunction),
  optional('TO_BSONUM', is.documentNumber, (_ticket, subject) => subject.links.belongsTo),
  optional('TYP_NUM', is.text20, (ticket) => (PAPER.has(ticket.type) ? ticket.form?.type : undefined), [
    attribute('ser', is.text20, (ticket) => ticket.form?.series),
  ]),
  optional('FCMODE', is.code, (ticket) => ticket.fareCalcMode),
  required('FIO', is.text100, (ticket) => ticket.passenger.fio),
  optional('SURNAME', is.text60, (ticket) => ticket.passenger.surname),
  optional('NAME', is.text60, (ticket) => ticket.passenger.name),
  optional('PASS', is.text22, (ticket) => passOf(ticket.passenger)),
  optional('BIRTH_DATE', is.date, (ticket) => dateOf(ticket.passenger.birthDate)),
  optional('PASSENGER_TYPE', is.code, (ticket) => ticket.passenger.kind),
  optional(CITIZENSHIP, is.code, (ticket) => ticket.passenger.citizenship),
  group<Air, NonNullable<Air['commission']>>(
    'COMMISSION',
    (ticket) => ticket.commission,
    [
      attribute('type', is.code, (commission) => commission.type),
      attribute('currency', is.currency, (commission) => commission.currency),
      attribute('amount', is.money, ({ amount, currency }, { digits }) => {
        return amount && formatMoney(amount, currency === undefined ? digits : currencyDigits(currency));
      }),
      attribute('rate', is.rate, (commission) => commission.rate),
    ],
    [],
  ),
  payments,
  list(
    'TAXES',
    (ticket) => ticket.taxes,
    entry<EntryOf<Air['taxes']>>(
      'TAX',
      [
        attribute('vat_rate', is.rate, (tax) => tax.vat?.rate),
        attribute('vat_amount', is.money, (tax, subject) => money(tax.vat?.amount, subject)),
      ],
      [required('CODE', is.code, (tax) => tax.code), required('AMOUNT', is.money, (tax, subject) => money(tax.amount, subject))],
    ),
  ),
  list('SEGMENTS', (ticket) => ticket.segments, airSegment),
  list(
    'EMDCOUPONS',
    (ticket) => ticket.coupons,
    entry<EntryOf<Air['coupons']>>(
      'EMDCOUPON',
      [],
      [
        required('COUPON_NO', is.position, (coupon) => String(coupon.number)),
        required('VALUE', is.money, (coupon, subject) => money(coupon.value, subject)),
        optional('REASON', is.text200OrNothing, (coupon) => coupon.reason ?? (coupon.rfisc === undefined ? undefined : ''), [
          attribute('rfisc', is.code, (coupon) => coupon.rfisc),
        ]),
      ],
    ),
  ),
  group('BOOK', (_ticket, subject) => subject.operation.booking, ACT_ATTRIBUTES, ACTOR),
  deal,
  group('SALE', (_ticket, subject) => subject.operation.originalSale, ACT_ATTRIBUTES, ACTOR),
  group<Air, NonNullable<Air['agencyInfo']>>(
    'AGN_INFO',
    (ticket) => ticket.agencyInfo,
    [],
    [
      optional('CLIENT_NUM', is.text40, (info) => info.clientNumber),
      optional('RESERV_NUM', is.text40, (info) => info.reservationNumber),
      optional('INFO', is.text500, (info) => info.info),
    ],
  ),
];

// TYPE = AE_TICKET

const aeroexpress: Element<Aeroexpress>[] = [
  required('TYPE', is.aeroexpressType, (ticket) => ticket.type),
  group('SYSTEM', (ticket) => ticket, SYSTEM_ATTRIBUTES, [], { required: true }),
  currency,
  dealDate,
  dealTime,
  opType,
  transType(is.saleOrRefund),
  optional('EMD_NUM', is.documentNumber, (ticket) => ticket.emdNumber),
  required('TICKNUM', is.documentNumber, (ticket) => ticket.number),
  required('ORDER_NUM', is.text40, (ticket) => ticket.orderNumber),
  required('FARE', is.money, (ticket, subject) => money(ticket.fare, subject)),
  required('FARETYPE', is.fareType, (ticket) => ticket.fareType),
  optional('PNR', is.text20, (ticket) => ticket.pnr),
  optional('PNR_LAT', is.text20, (ticket) => ticket.pnrLatin),
  payments,
  list(
    'PASSENGERS',
    (ticket) => ticket.passengers,
    entry<Passenger>(
      'PASSENGER',
      [],
      [
        optional('SURNAME', is.text60, surnameOf),
        optional('NAME', is.text60, nameOf),
        optional('PASS', is.text22, passOf),
        optional('BIRTH_DATE', is.date, (passenger) => dateOf(passenger.birthDate)),
      ],
    ),
  ),
  list(
    'CONTACTS',
    (ticket) => ticket.contacts,
    required<EntryOf<Aeroexpress['contacts']>>('CONTACT', is.text100, (contact) => contact.value, [
      requiredAttribute('type', is.code, (contact) => contact.type),
    ]),
  ),
  list(
    'SEGMENTS',
    (ticket) => ticket.segments,
    entry<EntryOf<Aeroexpress['segments']>>(
      'SEGMENT',
      [],
      [
        required('DEPPORT', is.code, (segment) => segment.from),
        required('ARRPORT', is.code, (segment) => segment.to),
        required('DEPDATE', is.date, (segment) => formatDate(segment.date)),
        optional('DEPTIME', is.clock, (segment) => clockOf(segment.time)),
        optional('CLASS', is.code, (segment) => segment.class),
        optional('FARE', is.money, (segment, subject) => money(segment.fare, subject)),
      ],
    ),
    { required: true },
  ),
  deal,
];

// TYPE = TRAIN_TICKET

type RailSegment = EntryOf<Rail['segments']>;

/** The amount, or nothing when only its VAT is known. */
const servicesOf = ({ services }: Rail, subject: Subject): string | undefined =>
  money(services?.amount, subject) ?? (services?.vatAmount === undefined ? undefined : '');

const rail: Element<Rail>[] = [
  optional('TYPE_CARRIER', is.carrierType, (ticket) => ticket.carrierType),
  required('TYPE', is.railType, (ticket) => ticket.type),
  system,
  currency,
  dealDate,
  dealTime,
  opType,
  transType(is.transTypeUnexchanged),
  required('TICKNUM', is.documentNumber, (ticket) => ticket.number),
  required('ORDER_NUM', is.text40, (ticket) => ticket.orderNumber),
  optional('EMD_NUM', is.documentNumber, (ticket) => ticket.emdNumber),
  optional('FARETYPE', is.code, (ticket) => ticket.fareType),
  required('TOTAL', is.money, (ticket, subject) => money(ticket.total, subject)),
  optional('CARRIER_VAT_ID', is.text12, (ticket) => ticket.carrierVatId),
  optional('SERVICES', is.moneyOrNothing, servicesOf, [
    attribute('vat_amount', is.money, (ticket, subject) => money(ticket.services?.vatAmount, subject)),
  ]),
  payments,
  list(
    'SEGMENTS',
    (ticket) => ticket.segments,
    entry<RailSegment>(
      'SEGMENT',
      [],
      [
        required('SEGNO', is.position, (segment) => String(segment.number)),
        required('TRAIN', is.text10, (segment) => segment.train),
        group<RailSegment, NonNullable<RailSegment['coach']>>(
          'COACH',
          (segment) => segment.coach,
          [requiredAttribute('num', is.text5, (coach) => coach.number), attribute('type', is.code, (coach) => coach.type)],
          [],
        ),
        optional('CLASS', is.code, (segment) => segment.class),
        required('DEPPORT', is.code, (segment) => segment.from),
        required('ARRPORT', is.code, (segment) => segment.to),
        required('DEPDATE', is.date, (segment) => formatDate(segment.departure.date)),
        required('DEPTIME', is.clock, (segment) => formatClock(segment.departure.time)),
        optional('ARRDATE', is.date, (segment) => dateOf(segment.arrival?.date)),
        optional('ARRTIME', is.clock, (segment) => clockOf(segment.arrival?.time)),
        list(
          'SEATS',
          (segment) => segment.seats,
          required<EntryOf<RailSegment['seats']>>('SEAT', is.text5, (seat) => seat.seat, [attribute('tier', is.code, (seat) => seat.tier)]),
        ),
      ],
    ),
    { required: true },
  ),
  list(
    'PASSENGERS',
    (ticket) => ticket.passengers.map((passenger, index) => ({ passenger, position: String(index + 1) })),
    entry<{ passenger: Passenger; position: string }>(
      'PASSENGER',
      [],
      [
        required('PASSNO', is.position, (entry) => entry.position),
        required('SURNAME', is.text60, (entry) => surnameOf(entry.passenger)),
        optional('NAME', is.text60, (entry) => nameOf(entry.passenger)),
        optional('GENDER', is.gender, (entry) => entry.passenger.gender),
        optional('PASS', is.text22, (entry) => passOf(entry.passenger)),
      ],
    ),
    { required: true },
  ),
  deal,
];

// TYPE = EINSURCAR

const insurance: Element<Insurance>[] = [
  required('TYPE', is.insuranceType, (policy) => policy.type),
  system,
  currency,
  dealDate,
  dealTime,
  opType,
  transType(is.transTypeUnexchanged),
  required('BSONUM', is.documentNumber, (policy) => policy.number),
  optional('TO_BSONUM', is.documentNumber, (_policy, subject) => subject.links.belongsTo),
  optional('GENERAL_CARRIER', is.code, (policy) => policy.insurer),
  required('AMOUNT', is.money, (policy, subject) => money(policy.amount, subject)),
  optional('PNR', is.text20, (policy) => policy.pnr),
  optional('PNR_LAT', is.text20, (policy) => policy.pnrLatin),
  required('FIO', is.text100, (policy) => policy.passenger.fio),
  optional('SURNAME', is.text60, (policy) => policy.passenger.surname),
  optional('NAME', is.text60, (policy) => policy.passenger.name),
  optional('PASS', is.text22, (policy) => passOf(policy.passenger)),
  optional('BIRTH_DATE', is.date, (policy) => dateOf(policy.passenger.birthDate)),
  payments,
  deal,
];

export const LAYOUTS: { readonly [family in Family]: readonly Element<Document>[] } = { air, aeroexpress, rail, insurance };
