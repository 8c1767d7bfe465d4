import { hash } from 'node:crypto';
import { amountDue, fromThousandths } from '../control/amounts.ts';
import type { DocumentType, OpType, Role, TransType } from '../control/codes.ts';
import { currencyDigits } from '../control/currency.ts';
import type { Fault } from '../control/faults.ts';
import type { CompleteOperation, Document } from '../control/schema.ts';
import { type Links, linksOf, mailboxOrder, transactionOf } from '../transactions.ts';
import { compileLayout } from './compile.ts';
import type { Subject } from './elements.ts';
import { formatMoney } from './formats.ts';
import { LAYOUTS } from './layout.ts';
import { FAMILIES, type Family, familyOf } from './vocabulary.ts';

/** Largest XML file in bytes (spec 2.1). */
const MAX_XML_BYTES = 1024 * 1024;

/** One document ready for the mailboxes. */
export type BuiltDocument = {
  /** Position of the document in the message. */
  index: number;
  role: Role;
  type: DocumentType;
  opType: OpType;
  transType: TransType;
  number: string;
  /** The Latin PNR, else the PNR as given. */
  pnr?: string;
  /** Validating carrier; of an insurance the insurer. */
  carrier?: string;
  /** Carriers of the segments, each once; for subscriptions with `carrierScope: 'any'`. */
  segmentCarriers: string[];
  currency: string;
  /** What the document costs, for lists and searches: fare and taxes, TOTAL, or AMOUNT, as written in the XML. Always positive. */
  amount: string;
  /** As they stand in the XML: EX_BSONUM and TO_BSONUM. */
  links: Links;
  /** UTF-8, at most 1 MiB. */
  xml: Buffer;
  /** SHA-256 of `xml`. */
  sha256: Buffer;
};

/** An XML file would pass 1 MiB. `fault.path` names the document in the message. */
export class DocumentTooLarge extends Error {
  readonly fault: Fault;

  constructor(index: number, bytes: number) {
    const message = `the XML of this document has ${bytes} bytes; at most ${MAX_XML_BYTES} are allowed`;
    super(message);
    this.name = 'DocumentTooLarge';
    this.fault = { code: 'TOO_LARGE', path: `/documents/${index}`, message };
  }
}

/**
 * Open point (spec 10): nobody knows whether the vendor ever wrote windows-1251 or several TICKET in one file. We write UTF-8 and one
 * TICKET per file; the client converts when its option Encoding says so.
 */
const OPENING = '<?xml version="1.0" encoding="UTF-8"?>\n<TICKETS>\n  <TICKET>';
const CLOSING = '\n  </TICKET>\n</TICKETS>\n';

const WRITERS = Object.fromEntries(FAMILIES.map((family) => [family, compileLayout(LAYOUTS[family], 2)])) as {
  [family in Family]: (document: Document, subject: Subject) => string;
};

/**
 * Builds the XML of every document of a checked, complete operation, in the order of the mailboxes (spec 2.3, 3). The same operation
 * always gives the same bytes. Throws DocumentTooLarge; throws Error for an operation that validateOperation would refuse.
 */
export function buildDocuments(operation: CompleteOperation): BuiltDocument[] {
  const links = linksOf(operation);
  return mailboxOrder(operation.documents).map((index) => buildDocument(operation, index, links[index] ?? {}));
}

function buildDocument(operation: CompleteOperation, index: number, links: Links): BuiltDocument {
  const document = operation.documents[index];
  const transaction = document && transactionOf(operation.kind, document);
  const family = document && familyOf(document.type);
  if (document === undefined || transaction === undefined || family === undefined) {
    throw new Error(
      `document ${index} of operation ${operation.id} was not checked: ${operation.kind}, ${document?.role}, ${document?.type}`,
    );
  }
  const digits = currencyDigits(document.currency);
  const [originalDigits, neutralDigits] = otherDigits(document, digits);
  const subject: Subject = { operation, transaction, links, digits, originalDigits, neutralDigits };
  const xml = Buffer.from(OPENING + WRITERS[family](document, subject) + CLOSING, 'utf8');
  if (xml.length > MAX_XML_BYTES) {
    throw new DocumentTooLarge(index, xml.length);
  }
  const pnr = pnrOf(document);
  const carrier = carrierOf(document);
  return {
    index,
    role: document.role,
    type: document.type,
    opType: transaction.opType,
    transType: transaction.transType,
    number: document.number,
    ...(pnr === undefined ? {} : { pnr }),
    ...(carrier === undefined ? {} : { carrier }),
    segmentCarriers: segmentCarriersOf(document),
    currency: document.currency,
    amount: formatMoney(fromThousandths(amountDue(document)), digits),
    links,
    xml,
    sha256: hash('sha256', xml, 'buffer'),
  };
}

function otherDigits(document: Document, digits: number): [original: number, neutral: number] {
  if (!('carrier' in document)) {
    return [digits, digits];
  }
  const { originalCurrency, neutralCurrency } = document;
  return [
    originalCurrency === undefined ? digits : currencyDigits(originalCurrency),
    neutralCurrency === undefined ? digits : currencyDigits(neutralCurrency),
  ];
}

function pnrOf(document: Document): string | undefined {
  return document.type === 'TRAIN_TICKET' ? undefined : (document.pnrLatin ?? document.pnr);
}

function carrierOf(document: Document): string | undefined {
  if (document.type === 'EINSURCAR') {
    return document.insurer;
  }
  return 'carrier' in document ? document.carrier : undefined;
}

function segmentCarriersOf(document: Document): string[] {
  if (!('carrier' in document) || document.segments === undefined) {
    return [];
  }
  const carriers = new Set<string>();
  for (const segment of document.segments) {
    if (segment.carrier !== undefined) {
      carriers.add(segment.carrier);
    }
  }
  return [...carriers];
}
