import { hash } from 'node:crypto';
import type { ReadDocument } from '@vestnik/protocol/reader/document.ts';
import { standaloneXml } from '@vestnik/protocol/reader/interpret.ts';
import type { Role } from './control/codes.ts';

/** A document of an imported file as it is stored: UTF-8, one TICKET. */
export interface ImportedDocument {
  readonly role: Role;
  readonly type: string;
  readonly opType: string;
  readonly transType: string;
  readonly number: string;
  readonly exNumber: string | null;
  readonly toNumber: string | null;
  readonly pnr: string | null;
  readonly carrier: string | null;
  readonly sha256: Buffer;
  readonly xml: Buffer;
}

/** Stands where a file says nothing. */
const UNKNOWN = 'UNKNOWN';
/** Texts of foreign files may be of any length; an index does not take them all. */
const LONGEST = 100;

const cut = (text: string): string => text.replaceAll('\0', '').slice(0, LONGEST);
const cutOrNull = (text: string | undefined): string | null => (text === undefined ? null : cut(text));

/**
 * The role that a document had in its operation, as far as its file tells: the table of spec 2.3 read backwards. A penalty is an MCO or EMD
 * that says so; a sale within a refund, or a receipt within an exchange, cannot be anything else.
 */
export function roleOf({ type, opType, transType, mcoType }: Pick<ReadDocument, 'type' | 'opType' | 'transType' | 'mcoType'>): Role {
  if (transType === 'CANCEL' || transType === 'ERASE') return 'voided';
  if (opType === 'REFUND') return transType === 'EXCHANGE' ? 'surrendered' : 'refunded';
  const penalty = mcoType === 'PENALTY' || transType === 'REFUND' || (type === 'RECEIPT' && transType === 'EXCHANGE');
  return penalty ? 'penalty' : 'issued';
}

/** Makes the stored form of a document that was read. One without a number gets one made of its content, so that it can be found again. */
export function importedDocument(document: ReadDocument): ImportedDocument {
  const xml = Buffer.from(standaloneXml(document));
  const sha256 = hash('sha256', xml, 'buffer');
  return {
    role: roleOf(document),
    type: cut(document.type ?? UNKNOWN),
    opType: cut(document.opType ?? UNKNOWN),
    transType: cut(document.transType ?? UNKNOWN),
    number: cut(document.number ?? `NONE-${sha256.toString('hex', 0, 8).toUpperCase()}`),
    exNumber: cutOrNull(document.exNumber),
    toNumber: cutOrNull(document.toNumber),
    pnr: cutOrNull(document.pnr ?? document.pnrLatin),
    carrier: cutOrNull(document.carrier),
    sha256,
    xml,
  };
}
