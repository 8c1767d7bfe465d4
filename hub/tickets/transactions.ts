import {
  type Cancels,
  DOCUMENT_TYPES,
  type DocumentType,
  type Kind,
  type McoType,
  type OpType,
  type Role,
  type TransType,
} from './control/codes.ts';
import type { Air, CompleteOperation, Document } from './control/schema.ts';

/**
 * What kind, role and type of a document mean for its XML: the table of spec 2.3 and nothing else.
 *
 * Open points (spec 10), each decided here only: OPTYPE and TRANS_TYPE of a surrendered ticket (REFUND/EXCHANGE), of the void of a refund
 * (SALE/CANCEL), of a voided rail ticket (REFUND/CANCEL); CANCEL and never ERASE; TO_BSONUM of an exchange penalty names the new ticket.
 */
export type Transaction = { opType: OpType; transType: TransType; mcoType?: McoType };

/** EX_BSONUM and TO_BSONUM of one document. */
export type Links = { replaces?: string; belongsTo?: string };

type Row = {
  kinds: readonly Kind[];
  role: Role;
  /** How many documents of this role an operation of these kinds has. */
  count: readonly [least: number, most: number];
  types: readonly DocumentType[];
  cancels?: readonly Cancels[];
  opType: OpType;
  transType: TransType;
};

const EXCHANGES = ['exchange-flight', 'exchange-name'] as const;
const EXCHANGED_TYPES = ['ETICKET', 'TICKET', 'MCO', 'EMD'] as const;
const PENALTY_TYPES = ['EMD', 'MCO', 'RECEIPT'] as const;
const ALL_BUT_AEROEXPRESS = DOCUMENT_TYPES.filter((type) => type !== 'AE_TICKET');

const ROWS: readonly Row[] = [
  { kinds: ['issue'], role: 'issued', count: [1, 40], types: DOCUMENT_TYPES, opType: 'SALE', transType: 'SALE' },
  { kinds: EXCHANGES, role: 'surrendered', count: [1, 8], types: EXCHANGED_TYPES, opType: 'REFUND', transType: 'EXCHANGE' },
  { kinds: EXCHANGES, role: 'issued', count: [1, 8], types: EXCHANGED_TYPES, opType: 'SALE', transType: 'EXCHANGE' },
  { kinds: EXCHANGES, role: 'penalty', count: [0, 8], types: PENALTY_TYPES, opType: 'SALE', transType: 'EXCHANGE' },
  { kinds: ['refund'], role: 'refunded', count: [1, 8], types: DOCUMENT_TYPES, opType: 'REFUND', transType: 'REFUND' },
  { kinds: ['refund'], role: 'penalty', count: [0, 8], types: PENALTY_TYPES, opType: 'SALE', transType: 'REFUND' },
  { kinds: ['void'], role: 'voided', count: [1, 40], types: ALL_BUT_AEROEXPRESS, cancels: ['sale'], opType: 'REFUND', transType: 'CANCEL' },
  { kinds: ['void'], role: 'voided', count: [1, 40], types: ALL_BUT_AEROEXPRESS, cancels: ['refund'], opType: 'SALE', transType: 'CANCEL' },
  // AE_TICKET knows only SALE and REFUND, so its void is a refund. There is no row for the void of its refund: REFUND would give the
  // money the wrong direction, so that is refused.
  { kinds: ['void'], role: 'voided', count: [1, 40], types: ['AE_TICKET'], cancels: ['sale'], opType: 'REFUND', transType: 'REFUND' },
];

const BY_KEY = new Map<string, Transaction>();
const COUNTS = new Map<Kind, Map<Role, readonly [least: number, most: number]>>();
for (const row of ROWS) {
  for (const kind of row.kinds) {
    COUNTS.set(kind, (COUNTS.get(kind) ?? new Map()).set(row.role, row.count));
    for (const type of row.types) {
      for (const cancels of row.cancels ?? ['']) {
        BY_KEY.set(key(kind, row.role, type, cancels), { opType: row.opType, transType: row.transType });
      }
    }
  }
}

function key(kind: Kind, role: Role, type: DocumentType, cancels: string): string {
  return `${kind} ${role} ${type} ${cancels}`;
}

/** The roles of a kind and how many documents each may have; a role that is absent does not belong to the kind. */
export function roleCounts(kind: Kind): ReadonlyMap<Role, readonly [least: number, most: number]> {
  return COUNTS.get(kind) ?? new Map();
}

/** OPTYPE, TRANS_TYPE and MCO_TYPE of a document, or undefined when its type cannot have this role in this kind of operation. */
export function transactionOf(kind: Kind, document: Document): Transaction | undefined {
  const found = BY_KEY.get(key(kind, document.role, document.type, document.role === 'voided' ? (document.cancels ?? 'sale') : ''));
  if (found === undefined || (document.type !== 'MCO' && document.type !== 'EMD')) {
    return found;
  }
  const mcoType = document.role === 'penalty' ? 'PENALTY' : document.mcoType;
  return mcoType === undefined ? found : { ...found, mcoType };
}

/**
 * The links of every document of an operation, in its order, with the defaults of spec 2.3: the new document of an exchange replaces the
 * only surrendered one; a penalty belongs to the only new or refunded ticket. Where there is more than one to choose from, the link stays
 * absent (and the operation is refused with LINK_MISSING): money must not be tied to a ticket by guessing.
 * A link that the XML of the document has no element for is left out.
 */
export function linksOf(operation: CompleteOperation): Links[] {
  const { documents } = operation;
  const surrendered = documents.filter((document) => document.role === 'surrendered');
  const onlySurrendered = surrendered.length === 1 ? surrendered[0]?.number : undefined;
  let penalised: string | undefined;
  return documents.map((document) => {
    const links: Links = {};
    const replaces = isAir(document) ? document.replaces : undefined;
    if (document.role === 'issued' && operation.kind !== 'issue') {
      setLink(links, 'replaces', replaces ?? onlySurrendered);
    } else if (document.role === 'voided') {
      setLink(links, 'replaces', replaces);
    }
    if (document.role === 'penalty') {
      penalised ??= penalisedNumber(operation);
      setLink(links, 'belongsTo', (isAir(document) ? document.belongsTo : undefined) ?? penalised);
    } else if (mayBelong(document)) {
      setLink(links, 'belongsTo', document.belongsTo);
    }
    return links;
  });
}

/** The ticket that a penalty without `belongsTo` belongs to. */
function penalisedNumber(operation: CompleteOperation): string | undefined {
  const role = operation.kind === 'refund' ? 'refunded' : 'issued';
  const candidates = operation.documents.filter((document) => document.role === role);
  if (candidates.length === 1) {
    return candidates[0]?.number;
  }
  const tickets = candidates.filter((document) => document.type === 'ETICKET' || document.type === 'TICKET');
  return tickets.length === 1 ? tickets[0]?.number : undefined;
}

function isAir(document: Document): document is Air {
  return document.type !== 'AE_TICKET' && document.type !== 'TRAIN_TICKET' && document.type !== 'EINSURCAR';
}

type Belonging = Extract<Document, { belongsTo?: string | undefined }>;

function mayBelong(document: Document): document is Belonging {
  return document.type === 'MCO' || document.type === 'EMD' || document.type === 'RECEIPT' || document.type === 'EINSURCAR';
}

function setLink(links: Links, name: keyof Links, number: string | undefined): void {
  if (number !== undefined) {
    links[name] = number;
  }
}

/** Lower goes first into the mailboxes; within a rank the order of the message holds (spec 2.3). */
const RANK: Record<Role, number> = { surrendered: 0, refunded: 0, voided: 0, issued: 1, penalty: 2 };

/** Positions of the documents in the order in which they go into the mailboxes. */
export function mailboxOrder(documents: readonly { role: Role }[]): number[] {
  const ranks = documents.map((document) => RANK[document.role]);
  return [...ranks.keys()].sort((one, other) => (ranks[one] ?? 0) - (ranks[other] ?? 0) || one - other);
}
