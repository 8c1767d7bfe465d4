import type { Bounce } from '../driver.ts';
import { oneLine } from './classify.ts';
import { decodedBody, type MimePart, readFields, readMail } from './mime-parts.ts';

/** What a mail that came back says of the delivery, or that it says nothing: an absence, a receipt, a notice that a server is still trying. */
export type DeliveryStatus = Pick<Bounce, 'result' | 'code' | 'detail'> | 'no bounce';

const STATUS = /\b([245]\.\d{1,3}\.\d{1,3})\b/;
const CODE_MOST = 64;

/** The report (RFC 3464), not what is quoted in the mail that it returns: parts of returned mails are not entered. */
function findReport(part: MimePart): MimePart | undefined {
  if (part.type === 'message/delivery-status' || part.type === 'message/global-delivery-status') return part;
  for (const inner of part.parts) {
    const found = findReport(inner);
    if (found) return found;
  }
  return undefined;
}

/** @param status enhanced code (RFC 3463); where there is none, a failure is taken to be for good */
function failure(status: string | undefined, detail: string): DeliveryStatus {
  return {
    result: status?.startsWith('4') ? 'temporary' : 'permanent',
    code: (status ?? 'failed').slice(0, CODE_MOST),
    detail: oneLine(detail),
  };
}

/** Blocks of fields: the first is about the mail, each of the others about one receiver. We send each mail to one. */
function readReport(text: string): DeliveryStatus {
  const blocks = text.split(/\r?\n(?:[ \t]*\r?\n)+/).slice(0, 64);
  for (const block of blocks) {
    const fields = readFields(block.split(/\r?\n/));
    const action = fields.get('action')?.toLowerCase();
    if (action === undefined) continue;
    if (!action.startsWith('failed')) return 'no bounce';
    const diagnostic = fields.get('diagnostic-code')?.replace(/^smtp;\s*/i, '');
    const status = STATUS.exec(fields.get('status') ?? '')?.[1] ?? STATUS.exec(diagnostic ?? '')?.[1];
    return failure(status, diagnostic ?? fields.get('status') ?? 'the mail could not be delivered');
  }
  return 'no bounce';
}

/** Servers that tell it in words only: qmail (QSBMF) and older Exim. Nothing else is guessed: answers of people and of absences come here as well. */
function readWords({ headers, body }: MimePart): DeliveryStatus {
  const begin = body.slice(0, 8192);
  const qmail = /^Hi\. This is (?:the qmail-send program at|the )/m.test(begin);
  if (!qmail && !headers.has('x-failed-recipients')) return 'no bounce';
  // The sentence about the receiver stands below his address.
  const said = /^<[^>\n]{3,254}>:\n((?:[^\n]+\n){1,6})/m.exec(begin)?.[1] ?? headers.get('subject') ?? 'the mail could not be delivered';
  return failure(STATUS.exec(said)?.[1], said);
}

/**
 * Reads what came to a return path.
 * @param mail its bytes, or as many of them as are kept: a report stands before the mail that it returns
 * @returns `permanent`: the address does not do (class 5, or a failure without a code); `temporary`: given up after tries that failed for now (class 4)
 */
export function readDeliveryStatus(mail: Uint8Array): DeliveryStatus {
  const whole = readMail(mail);
  const report = findReport(whole);
  return report ? readReport(decodedBody(report)) : readWords(whole);
}
