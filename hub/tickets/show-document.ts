import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, requireRight } from '../core/identity/caller.ts';
import { type Delivery, type DocumentView, deliveriesOfDocument, documentBody, documentById, documentsAround } from './sql/documents.ts';
import { type OperationView, operationById } from './sql/operations.ts';

/** Documents of a chain that are shown, and steps that are followed. */
const CHAIN_MOST = 200;
const CHAIN_STEPS = 20;

export interface DocumentDetails extends DocumentView {
  /** null: imported. */
  readonly operation: OperationView | null;
  /** Every document tied to this one by EX_BSONUM, TO_BSONUM or the same number, oldest first; this one among them. */
  readonly chain: readonly DocumentView[];
  /** The chain is longer than what is shown. */
  readonly chainCut: boolean;
  readonly deliveries: readonly Delivery[];
}

const unknown = (id: string): HubError => new HubError('NOT_FOUND', `there is no document ${id}; find it by its number`);

async function chainOf(db: Queryable, start: DocumentView): Promise<{ chain: DocumentView[]; cut: boolean }> {
  const found = new Map([[start.documentId, start]]);
  const asked = new Set<string>();
  let next = [start];
  for (let step = 0; step < CHAIN_STEPS && found.size <= CHAIN_MOST; step++) {
    const numbers = new Set(next.flatMap((row) => [row.number, row.exNumber, row.toNumber]).filter((number) => number !== null));
    const fresh = [...numbers].filter((number) => !asked.has(number));
    if (fresh.length === 0) return { chain: sorted(found), cut: false };
    for (const number of fresh) asked.add(number);
    next = (await documentsAround(db, fresh, CHAIN_MOST + 1)).filter((row) => !found.has(row.documentId));
    for (const row of next) found.set(row.documentId, row);
  }
  return { chain: sorted(found).slice(0, CHAIN_MOST), cut: true };
}

const sorted = (found: ReadonlyMap<string, DocumentView>): DocumentView[] =>
  [...found.values()].sort((a, b) => (a.documentId < b.documentId ? -1 : a.documentId > b.documentId ? 1 : 0));

/** One document with its chain and its way to each client; without its body. @throws HubError NOT_FOUND */
export async function showDocument(db: Queryable, documentId: string): Promise<DocumentDetails> {
  const [document] = await documentById(db, documentId);
  if (!document) throw unknown(documentId);
  const [deliveries, { chain, cut }, operations] = await Promise.all([
    deliveriesOfDocument(db, documentId),
    chainOf(db, document),
    document.operationId === null ? [] : operationById(db, document.operationId),
  ]);
  return { ...document, operation: operations[0] ?? null, chain, chainCut: cut, deliveries };
}

/**
 * The XML file of a document, exactly the bytes that clients get. Personal data: needs `tickets.body`, and every reading is audited.
 * @throws HubError FORBIDDEN, NOT_FOUND (unknown document; body erased).
 */
export async function readDocumentXml(tx: Transaction, caller: Caller, documentId: string): Promise<{ xml: Buffer; sha256: string }> {
  requireRight(caller, 'tickets.body');
  const [row] = await documentBody(tx, documentId);
  if (!row) throw unknown(documentId);
  if (row.xml === null) throw new HubError('NOT_FOUND', `the body of the document ${documentId} is erased (tickets.keepDays)`);
  await audit(tx, caller, { action: 'tickets.document.read', object: documentId, after: { number: row.number } });
  return { xml: row.xml, sha256: row.sha256 };
}
