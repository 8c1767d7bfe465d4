import { linksOf } from '../transactions.ts';
import type { Cancels, Role } from './codes.ts';
import { collectFaults, type FaultCollector } from './fault-collector.ts';
import type { Fault } from './faults.ts';
import { parseWholeDocument } from './parse.ts';
import type { CompleteOperation, Document, FromHistory, Operation } from './schema.ts';

/** A stored sale: the complete control message it came in, as stored, and the position of the document in it. */
export type StoredSale = { control: CompleteOperation; documentIndex: number };

/** What matters of one stored act on a number, for deciding which sale is current. `cancels` is that of a voided document. */
export type StoredAct = { role: Role; cancels?: Cancels | undefined };

/**
 * The numbers that must be looked up before an operation can be completed, and what of them: the sale that stands (`sale`), or, to void a
 * refund, the sale that a refund has taken back (`refund`).
 */
export function wantedFromHistory(operation: Operation): Map<string, Cancels> {
  const wanted = new Map<string, Cancels>();
  for (const document of operation.documents) {
    if (isFromHistory(document)) {
      wanted.set(document.number, document.cancels ?? 'sale');
    }
  }
  return wanted;
}

/**
 * Which of the stored acts on one number, newest first, is the sale to copy. A refund, an exchange or a void takes the sale before it
 * back; a void with `cancels: 'refund'` takes that back in turn. Undefined: there is no sale (or, for `refund`, none that was refunded).
 */
export function saleToCopy<Act extends StoredAct>(acts: readonly Act[], wanted: Cancels): Act | 'taken-back' | undefined {
  let givenBack = 0;
  let takenBy: Role | undefined;
  for (const act of acts) {
    if (act.role === 'issued' || act.role === 'penalty') {
      if (wanted === 'sale') {
        return takenBy === undefined ? act : 'taken-back';
      }
      return takenBy === 'refunded' || takenBy === 'surrendered' ? act : undefined;
    }
    if (act.role === 'voided' && act.cancels === 'refund') {
      givenBack++;
    } else if (givenBack > 0) {
      givenBack--;
    } else {
      takenBy ??= act.role;
    }
  }
  return undefined;
}

/**
 * Fills the documents `from: 'history'` with the stored sale of their number: a field of the message wins over the copied one, role and
 * number are those of the message, and copied links are dropped. A voided document alone keeps them, because its links are "as in the
 * original" (spec 2.3). The merged document is checked like one that came whole.
 */
export function completeFromHistory(
  operation: Operation,
  found: ReadonlyMap<string, StoredSale | 'taken-back'>,
): { ok: true; operation: CompleteOperation } | { ok: false; faults: Fault[] } {
  const faults = collectFaults();
  const documents: Document[] = [];
  operation.documents.forEach((document, index) => {
    const whole = isFromHistory(document) ? completeDocument(document, found.get(document.number), ['documents', index], faults) : document;
    if (whole !== undefined) {
      documents.push(whole);
    }
  });
  return faults.faults.length > 0 ? { ok: false, faults: faults.faults } : { ok: true, operation: { ...operation, documents } };
}

function completeDocument(
  given: FromHistory,
  found: StoredSale | 'taken-back' | undefined,
  path: (string | number)[],
  faults: FaultCollector,
): Document | undefined {
  if (found === 'taken-back') {
    const message = `${given.number} has already been refunded, exchanged or voided`;
    faults.add('HISTORY_TAKEN_BACK', [...path, 'number'], message);
    return undefined;
  }
  const sale = found?.control.documents[found.documentIndex];
  if (found === undefined || sale === undefined) {
    const what = given.cancels === 'refund' ? 'refunded sale' : 'sale';
    faults.add(
      'HISTORY_NOT_FOUND',
      [...path, 'number'],
      `the hub keeps no ${what} of ${given.number} from this source; send the document whole`,
    );
    return undefined;
  }
  if (given.type !== undefined && given.type !== sale.type) {
    faults.add('HISTORY_NOT_FOUND', [...path, 'type'], `the stored sale of ${given.number} is ${sale.type}, not ${given.type}`);
    return undefined;
  }
  const { from: _from, ...message } = given;
  const { role: _role, cancels: _cancels, ...copied } = sale;
  const { replaces: _replaces, belongsTo: _belongsTo, ...unlinked } = copied as typeof copied & { replaces?: string; belongsTo?: string };
  const links = given.role === 'voided' ? linksOf(found.control)[found.documentIndex] : {};
  return parseWholeDocument({ ...unlinked, ...links, ...message }, path, faults);
}

function isFromHistory(document: Document | FromHistory): document is FromHistory {
  return 'from' in document;
}
