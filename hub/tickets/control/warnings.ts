import type { Links } from '../transactions.ts';
import { amountDue, fromThousandths, sumOf, thousandths } from './amounts.ts';
import { pointer, type Warning, type WarningCode } from './faults.ts';
import type { CompleteOperation, Document } from './schema.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const OLD_DAYS = 30;
/** 0.009 in thousandths: the tolerance of COUPON_SUM. */
const COUPON_TOLERANCE = 9n;
const CYRILLIC = /\p{Script=Cyrillic}/u;

/** What is odd about a valid operation (spec 2.4). UNROUTED is not among them: it is known only after routing. */
export function warningsOf(operation: CompleteOperation, links: readonly Links[], now: number): Warning[] {
  const warnings: Warning[] = [];
  const warn = (code: WarningCode, path: PropertyKey[], message: string): void => {
    warnings.push({ code, path: pointer(path), message });
  };
  if (now - Date.parse(operation.time) > OLD_DAYS * DAY_MS) {
    warn('TIME_OLD', ['time'], `the operation is more than ${OLD_DAYS} days old`);
  }
  operation.documents.forEach((document, index) => {
    const path = ['documents', index];
    warnPayments(document, path, warn);
    if (document.type === 'EMD') {
      const coupons = sumOf((document.coupons ?? []).map((coupon) => coupon.value));
      const difference = coupons - thousandths(document.fare.amount);
      if (difference > COUPON_TOLERANCE || difference < -COUPON_TOLERANCE) {
        warn('COUPON_SUM', [...path, 'coupons'], `the coupons add up to ${fromThousandths(coupons)}, the fare is ${document.fare.amount}`);
      }
    }
    if (document.type !== 'TRAIN_TICKET' && document.pnr !== undefined && document.pnrLatin === undefined && CYRILLIC.test(document.pnr)) {
      warn('CODE_CYRILLIC_ONLY', [...path, 'pnr'], 'the PNR has Cyrillic letters and no Latin twin (pnrLatin)');
    }
    warnNames(operation, document, links[index], path, warn);
  });
  return warnings;
}

type Warn = (code: WarningCode, path: PropertyKey[], message: string) => void;

function warnPayments(document: Document, path: PropertyKey[], warn: Warn): void {
  if (document.payments === undefined || document.payments.length === 0) {
    return;
  }
  const paid = sumOf(document.payments.map((payment) => payment.amount));
  const due = amountDue(document);
  if (paid !== due) {
    const message = `the payments add up to ${fromThousandths(paid)} ${document.currency}, the document to ${fromThousandths(due)}`;
    warn('FOP_SUM', [...path, 'payments'], message);
  }
}

/** The new document of an exchange against the one it replaces: the name must change in exchange-name and nowhere else. */
function warnNames(operation: CompleteOperation, document: Document, links: Links | undefined, path: PropertyKey[], warn: Warn): void {
  if (document.role !== 'issued' || links?.replaces === undefined) {
    return;
  }
  const old = operation.documents.find((other) => other.role === 'surrendered' && other.number === links.replaces);
  const newName = nameOf(document);
  const oldName = old === undefined ? undefined : nameOf(old);
  if (newName === undefined || oldName === undefined) {
    return;
  }
  const at = [...path, 'passenger', 'fio'];
  if (operation.kind === 'exchange-name' && newName === oldName) {
    warn('NAME_UNCHANGED', at, `an exchange for a changed name, but the name of ${links.replaces} is the same`);
  } else if (operation.kind === 'exchange-flight' && newName !== oldName) {
    warn('NAME_CHANGED', at, `an exchange for changed flights, but the name of ${links.replaces} is another`);
  }
}

function nameOf(document: Document): string | undefined {
  return 'passenger' in document ? document.passenger.fio.trim().toUpperCase() : undefined;
}
