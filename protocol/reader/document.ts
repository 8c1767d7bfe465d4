import type { Encoding } from './encoding.ts';
import type { Finding, Severity } from './finding.ts';

/**
 * One TICKET element as it was read (spec online-ticket 3.2 to 3.5). Every field but the first block is absent when its element is absent, empty
 * or unreadable (then a finding says so and `extra` keeps the text). Dates are `YYYY-MM-DD`, times `HH:MM`, both local to the place; money and
 * rates are exact decimal strings; codes and texts stand as in the file, trimmed.
 */
export type ReadDocument = {
  /** Number + OPTYPE + TRANS_TYPE; without a number `file#position`. */
  identity: string;
  family: Family;
  file: string;
  /** Number of this TICKET in the file, from 1. */
  position: number;
  /** Place of its `<TICKET>`: line and column from 1, and the path such as `/TICKETS/TICKET[2]`. */
  line: number;
  column: number;
  path: string;
  /** Bytes of the file that hold the element: from `start` up to, not including, `end`. */
  bytes: { start: number; end: number };
  /** The element as it stands in the file, decoded; `standaloneXml` makes a file of it. */
  xml: string;
  /** Tells copies of one record from different records: equal for equal names, attributes and trimmed texts. */
  fingerprint: string;
  /** What no field holds: path in the TICKET (`TAXES/TAX[2]/NEW`, `FARE/@new`, `.` for the TICKET itself) to text. */
  extra: Map<string, string>;

  type?: string;
  opType?: string;
  transType?: string;
  mcoType?: string;
  rfic?: string;
  rfisc?: string;
  system?: { id?: string; session?: string; formId?: string };
  date?: string;
  time?: string;

  /** BSONUM or TICKNUM, without spaces and hyphens; so are the numbers below. */
  number?: string;
  exNumber?: string;
  toNumber?: string;
  emdNumber?: string;
  orderNumber?: string;
  conjunction?: string;
  form?: { type?: string; series?: string };
  carrier?: string;
  carrierType?: string;
  carrierVatId?: string;
  returnType?: string;
  tourCode?: string;

  currency?: string;
  originalCurrency?: string;
  originalRate?: string;
  neutralCurrency?: string;
  neutralRate?: string;
  operationRate?: string;
  fare?: ReadFare;
  originalFare?: string;
  penalty?: string;
  /** TOTAL of a rail document. */
  total?: string;
  /** AMOUNT of an insurance. */
  amount?: string;
  services?: { amount?: string } & ReadVat;
  fareType?: string;
  fareCalc?: string;
  fareCalcMode?: string;
  endorsements?: string;
  commission?: { type?: string; currency?: string; amount?: string; rate?: string };
  payments?: { type?: string; amount?: string }[];
  taxes?: ({ code?: string; amount?: string } & ReadVat)[];
  coupons?: ReadCoupon[];

  pnr?: string;
  pnrLatin?: string;
  inventoryPnr?: string;
  passengers?: ReadPassenger[];
  contacts?: { type?: string; value?: string }[];
  segments?: ReadSegment[];
  booking?: ReadAct;
  deal?: ReadAct;
  originalSale?: ReadAct;
  agencyInfo?: { clientNumber?: string; reservationNumber?: string; info?: string };
};

export type Family = 'air' | 'aeroexpress' | 'rail' | 'insurance' | 'other';
export type ReadVat = { vatRate?: string; vatAmount?: string };
export type ReadFare = { amount?: string; type?: string } & ReadVat;
export type ReadCoupon = { number?: number; value?: string; reason?: string; rfisc?: string };

export type ReadPassenger = {
  number?: number;
  fio?: string;
  surname?: string;
  name?: string;
  /** Two characters of type glued to the number. */
  document?: string;
  birthDate?: string;
  kind?: string;
  citizenship?: string;
  gender?: string;
};

/** A segment of any family; stations of Aeroexpress and rail stand in `from.port` and `to.port`. */
export type ReadSegment = {
  number?: number;
  coupon?: number;
  void?: boolean;
  carrier?: string;
  flight?: string;
  train?: string;
  coach?: { number?: string; type?: string };
  class?: string;
  from?: ReadPlace;
  to?: ReadPlace;
  fareBasis?: string;
  fare?: string;
  neutralFare?: string;
  originalFare?: string;
  seats?: { seat?: string; tier?: string }[];
};

export type ReadPlace = { city?: string; port?: string; terminal?: string; date?: string; time?: string };

/** BOOK, DEAL or SALE: when and by whom. `dispatcher` is the attribute `disp`, `operator` the child OPR. */
export type ReadAct = {
  date?: string;
  time?: string;
  utc?: string;
  dispatcher?: string;
  ersp?: string;
  pcc?: string;
  agency?: string;
  validator?: string;
  terminal?: string;
  operator?: string;
};

/** What one file held. `counts` are the true numbers also where `findings` was cut at its bound. */
export type ReadResult = {
  file: string;
  /** Encoding of the (first) document of the file. */
  encoding: Encoding;
  documents: ReadDocument[];
  findings: Finding[];
  counts: Record<Severity, number>;
};
