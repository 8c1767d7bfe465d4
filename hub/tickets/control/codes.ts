/**
 * Every closed code list of the control message and of the XML (spec 2.2, 2.3, 3.3, 3.4).
 *
 * Open point (spec 10): the vendor's lists of FOP TYPE, RETTYPE, FCMODE, FARE `type`, PASSENGER_TYPE and seat tier are not known,
 * so they have no list here: such a code is passed through as received. TYPE_CARRIER takes the two values of CARRIER_TYPES.
 */
export const KINDS = ['issue', 'exchange-flight', 'exchange-name', 'refund', 'void'] as const;
export const ROLES = ['issued', 'surrendered', 'refunded', 'voided', 'penalty'] as const;
export const CANCELS = ['sale', 'refund'] as const;

export const AIR_TYPES = ['ETICKET', 'TICKET', 'MCO', 'EMD', 'RECEIPT'] as const;
export const DOCUMENT_TYPES = [...AIR_TYPES, 'AE_TICKET', 'TRAIN_TICKET', 'EINSURCAR'] as const;

export const MCO_TYPES = ['PTA', 'RECEIPT', 'PENALTY', 'EXC_BAGG', 'REF_NOTICE', 'USED_NOTICE', 'RAILWAY', 'SERVICE'] as const;
export const AEROEXPRESS_FARE_TYPES = ['full', 'child', 'roundtrip', 'family'] as const;
export const CARRIER_TYPES = ['RAIL', 'BUS'] as const;
export const GENDERS = ['M', 'F'] as const;

/** OPTYPE: the direction of the money. */
export const OP_TYPES = ['SALE', 'REFUND'] as const;
/** TRANS_TYPE as written. ERASE is never written; the tolerant reader accepts it. */
export const TRANS_TYPES = ['SALE', 'REFUND', 'CANCEL', 'EXCHANGE'] as const;

export type Kind = (typeof KINDS)[number];
export type Role = (typeof ROLES)[number];
export type Cancels = (typeof CANCELS)[number];
export type AirType = (typeof AIR_TYPES)[number];
export type DocumentType = (typeof DOCUMENT_TYPES)[number];
export type McoType = (typeof MCO_TYPES)[number];
export type OpType = (typeof OP_TYPES)[number];
export type TransType = (typeof TRANS_TYPES)[number];

export function isAirType(type: string): type is AirType {
  return (AIR_TYPES as readonly string[]).includes(type);
}
