import * as z from 'zod';
import { AEROEXPRESS_FARE_TYPES, AIR_TYPES, CANCELS, CARRIER_TYPES, type DocumentType, GENDERS, KINDS, MCO_TYPES, ROLES } from './codes.ts';
import { clock, code, currency, day, documentNumber, id, instant, money, rate, text, ticketNumber } from './scalars.ts';

/**
 * The control message (spec 2.2), the single source of its types, of its validation and of the JSON Schema that the hub serves.
 *
 * Open point (spec 10): nobody outside the vendor knows the form of the vendor's own control message. This is ours; another form
 * becomes an adapter beside this file that produces the same `Operation`.
 */
export const MAX_DOCUMENTS = 40;

function record<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? 'an object' : undefined) });
}

/** A list with its bounds. Its length is judged before its items, so that an endless list costs nothing. */
function list<Item extends z.ZodType>(item: Item, least: number, most: number) {
  const form = `a list of ${least} to ${most}`;
  return z
    .array(z.unknown(), { error: form })
    .min(least, { error: form })
    .max(most, { error: form })
    .pipe(z.array(item).meta({ minItems: least, maxItems: most }));
}

function whole(least: number, most: number) {
  const form = `a whole number from ${least} to ${most}`;
  return z.int({ error: form }).min(least, { error: form }).max(most, { error: form });
}

function choice<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `one of ${values.join(', ')}` });
}

const actor = {
  agency: code.optional(),
  validator: code.optional(),
  terminal: code.optional(),
  operator: code.optional(),
  ersp: code.optional(),
  pcc: code.optional(),
};
const act = record({ ...actor, time: instant });
const vat = record({ amount: money.optional(), rate: rate.optional() });

const passenger = record({
  fio: text(100),
  surname: text(60).optional(),
  name: text(60).optional(),
  document: record({ type: text(2), number: text(20) }).optional(),
  birthDate: day.optional(),
  kind: code.optional(),
  citizenship: code.optional(),
  gender: choice(GENDERS).optional(),
});

const place = record({
  city: code.optional(),
  port: code.optional(),
  terminal: code.optional(),
  date: day.optional(),
  time: clock.optional(),
});

const airSegment = record({
  number: whole(1, 99).optional(),
  coupon: whole(1, 99).optional(),
  void: z.boolean({ error: 'true or false' }).optional(),
  carrier: code.optional(),
  flight: text(10).optional(),
  class: code.optional(),
  from: place,
  to: place,
  fareBasis: text(20).optional(),
  fare: money.optional(),
  neutralFare: money.optional(),
  originalFare: money.optional(),
}).check(({ value, issues }) => {
  if (value.void === true) {
    return;
  }
  for (const end of ['from', 'to'] as const) {
    if (value[end].city === undefined && value[end].port === undefined) {
      const message = 'a city or a port, unless the segment is void';
      issues.push({ code: 'custom', input: value[end], path: [end], message, params: { fault: 'REQUIRED' } });
    }
  }
});

const common = {
  role: choice(ROLES),
  cancels: choice(CANCELS).optional(),
  number: documentNumber,
  formId: text(40).optional(),
  currency,
  payments: list(record({ type: code, amount: money }), 0, 20).optional(),
};

const air = {
  ...common,
  type: choice(AIR_TYPES),
  mcoType: choice(MCO_TYPES).optional(),
  rfic: code.optional(),
  replaces: documentNumber.optional(),
  belongsTo: documentNumber.optional(),
  carrier: code,
  returnType: code.optional(),
  tourCode: text(20).optional(),
  fare: record({ amount: money, type: code.optional(), vat: vat.optional() }),
  originalFare: money.optional(),
  originalCurrency: currency.optional(),
  originalRate: rate.optional(),
  neutralCurrency: currency.optional(),
  neutralRate: rate.optional(),
  operationRate: rate.optional(),
  penalty: money.optional(),
  fareCalc: text(1000, true).optional(),
  endorsements: text(500).optional(),
  fareCalcMode: code.optional(),
  pnr: text(20).optional(),
  pnrLatin: text(20).optional(),
  inventoryPnr: text(20).optional(),
  conjunction: text(40).optional(),
  form: record({ type: text(20), series: text(20).optional() }).optional(),
  passenger,
  commission: record({
    type: code.optional(),
    currency: currency.optional(),
    amount: money.optional(),
    rate: rate.optional(),
  }).optional(),
  taxes: list(record({ code, amount: money, vat: vat.optional() }), 0, 100).optional(),
  segments: list(airSegment, 0, 16).optional(),
  coupons: list(record({ number: whole(1, 16), value: money, reason: text(200).optional(), rfisc: code.optional() }), 1, 16).optional(),
  agencyInfo: record({
    clientNumber: text(40).optional(),
    reservationNumber: text(40).optional(),
    info: text(500).optional(),
  }).optional(),
};
/** Only an EMD has coupons; for the other air types the field is unknown. */
const { coupons: _coupons, ...airWithoutCoupons } = air;
const flownSegments = list(airSegment, 1, 16);
const emdCoupons = air.coupons.unwrap();

const aeroexpress = {
  ...common,
  type: z.literal('AE_TICKET'),
  emdNumber: documentNumber.optional(),
  orderNumber: text(40),
  fare: money,
  fareType: choice(AEROEXPRESS_FARE_TYPES),
  pnr: text(20).optional(),
  pnrLatin: text(20).optional(),
  passengers: list(passenger, 0, 40).optional(),
  contacts: list(record({ type: code, value: text(100) }), 0, 20).optional(),
  segments: list(
    record({ from: code, to: code, date: day, time: clock.optional(), fare: money.optional(), class: code.optional() }),
    1,
    16,
  ),
};

const dayAndClock = record({ date: day, time: clock });
const rail = {
  ...common,
  type: z.literal('TRAIN_TICKET'),
  carrierType: choice(CARRIER_TYPES).optional(),
  orderNumber: text(40),
  emdNumber: documentNumber.optional(),
  fareType: code.optional(),
  total: money,
  carrierVatId: text(12).optional(),
  services: record({ amount: money.optional(), vatAmount: money.optional() }).optional(),
  passengers: list(passenger, 1, 10),
  segments: list(
    record({
      number: whole(1, 99),
      train: text(10),
      coach: record({ number: text(5), type: code.optional() }).optional(),
      class: code.optional(),
      from: code,
      to: code,
      departure: dayAndClock,
      arrival: dayAndClock.optional(),
      seats: list(record({ seat: text(5), tier: code.optional() }), 0, 40).optional(),
    }),
    1,
    16,
  ),
};

const insurance = {
  ...common,
  type: z.literal('EINSURCAR'),
  belongsTo: documentNumber.optional(),
  insurer: code.optional(),
  amount: money,
  pnr: text(20).optional(),
  pnrLatin: text(20).optional(),
  passenger,
};

/** The schema of a whole document, chosen by its `type` before validation so that a fault names the field and not a choice of eight. */
export const documentSchemas = {
  ETICKET: record({ ...airWithoutCoupons, type: z.literal('ETICKET'), number: ticketNumber, segments: flownSegments }),
  TICKET: record({ ...airWithoutCoupons, type: z.literal('TICKET'), segments: flownSegments }),
  MCO: record({ ...airWithoutCoupons, type: z.literal('MCO') }),
  EMD: record({ ...air, type: z.literal('EMD'), number: ticketNumber, coupons: emdCoupons }),
  RECEIPT: record({ ...airWithoutCoupons, type: z.literal('RECEIPT') }),
  AE_TICKET: record(aeroexpress),
  TRAIN_TICKET: record(rail),
  EINSURCAR: record(insurance),
} as const satisfies Record<DocumentType, z.ZodType>;

function fromHistory<Shape extends z.core.$ZodShape>(shape: Shape) {
  return record(shape)
    .partial()
    .extend({ from: z.literal('history'), role: common.role, number: common.number });
}

/** The schemas of a document that is taken from history, one per family: every field but role and number may be left out. */
export const historySchemas = {
  air: fromHistory(air),
  aeroexpress: fromHistory(aeroexpress),
  rail: fromHistory(rail),
  insurance: fromHistory(insurance),
} as const;

const head = {
  id,
  source: code.optional(),
  kind: choice(KINDS),
  time: instant,
  system: record({ id: code, session: text(40).optional() }),
  deal: record({ ...actor, agency: code }),
  booking: act.optional(),
  originalSale: act.optional(),
};

/** Everything but the documents, which are validated one by one with the schema of their type. */
export const operationSchema = record({ ...head, documents: list(z.unknown(), 1, MAX_DOCUMENTS) });

export type Passenger = z.infer<typeof passenger>;
export type Act = z.infer<typeof act>;
export type AirSegment = z.infer<typeof airSegment>;
export type Air = z.infer<z.ZodObject<typeof air>>;
export type Aeroexpress = z.infer<typeof documentSchemas.AE_TICKET>;
export type Rail = z.infer<typeof documentSchemas.TRAIN_TICKET>;
export type Insurance = z.infer<typeof documentSchemas.EINSURCAR>;
export type Document = Air | Aeroexpress | Rail | Insurance;
/** A document whose missing fields come from the stored sale of its number. */
export type FromHistory = z.infer<(typeof historySchemas)[keyof typeof historySchemas]>;

type Head = Omit<z.infer<typeof operationSchema>, 'documents' | 'source'> & { source: string };
/** An operation as received, with its defaults filled in. */
export type Operation = Head & { documents: (Document | FromHistory)[] };
/** An operation whose documents are all complete: what is checked across fields and written as XML. */
export type CompleteOperation = Head & { documents: Document[] };

/** JSON Schema (draft 2020-12) of one operation, served at /api/v1/schemas/ticket-operation.json. */
export function ticketOperationJsonSchema(): Record<string, unknown> {
  const documents = z.union([...Object.values(documentSchemas), ...Object.values(historySchemas)]);
  const whole = record({ ...head, documents: list(documents, 1, MAX_DOCUMENTS) });
  return {
    ...z.toJSONSchema(whole, { target: 'draft-2020-12', reused: 'ref', io: 'output' }),
    title: 'Vestnik ticket operation',
    description: 'One operation of a cashier, POST /api/v1/tickets/operations',
  };
}
