import type { AttemptOutcome, Order } from '../driver.ts';
import { MOST_PARTS, splitText } from '../sms-text.ts';
import { referenceOf } from './at-answers.ts';
import type { AtAnswer, AtDialogue } from './at-dialogue.ts';
import { meaningOfError } from './error-classes.ts';
import { messageId } from './message-id.ts';
import { PduError } from './pdu/pdu-error.ts';
import { encodeSubmit, type SubmitPdu } from './pdu/submit.ts';
import type { GsmSettings } from './settings.ts';

export interface SendPorts {
  readonly dialogue: AtDialogue;
  readonly settings: GsmSettings;
  /** Ties the parts of this message together, 0 to 255. */
  readonly reference: number;
  /** Milliseconds that the network may take for one part. */
  readonly timeout: number;
}

/** What came of a message; `code` is undefined when the modem is well, else what it said: the SIM may have to be looked at. */
export type SendOutcome = Omit<AttemptOutcome, 'channel'>;

const outcome = (result: AttemptOutcome['result'], code: string, detail: string, messageIds: readonly string[] = []): SendOutcome => ({
  result,
  code,
  detail,
  messageIds,
  notBefore: undefined,
});

/** What an answer other than OK means for the whole message, `sent` of whose parts the network has taken. */
function outcomeOf(answer: Exclude<AtAnswer, { kind: 'ok' }>, sent: number, total: number): SendOutcome {
  const place = total === 1 ? '' : `, part ${sent + 1} of ${total}`;
  if (answer.kind === 'refused') {
    const { result, text } = meaningOfError(answer.code);
    // A fault of the channel has the message sent again at once, and whole: not when a part of it is on the phone.
    return outcome(result === 'channel' && sent > 0 ? 'unknown' : result, answer.code, `${text}${place}`);
  }
  if (answer.payloadSent) {
    const why = {
      silent: 'the modem did not say whether it sent the message',
      withdrawn: 'taken back while it was sent',
      closed: 'the modem went away',
    };
    return outcome('unknown', answer.kind === 'silent' ? 'timeout' : answer.kind, `${why[answer.kind]}${place}`);
  }
  if (sent > 0) return outcome('unknown', 'incomplete', `only ${sent} of ${total} parts left`);
  if (answer.kind === 'withdrawn') return outcome('canceled', 'canceled', 'taken back before anything was sent');
  if (answer.kind === 'silent') return outcome('channel', 'timeout', 'the modem did not ask for the text');
  return outcome('channel', 'closed', 'the modem went away before anything was sent');
}

function pdusOf(order: Order, { settings, reference }: SendPorts): SubmitPdu[] | SendOutcome {
  const { encoding, parts } = splitText(order.text);
  if (parts.length > MOST_PARTS) return outcome('permanent', 'length', `the text takes ${parts.length} parts; ${MOST_PARTS} are possible`);
  try {
    return parts.map((text, index) =>
      encodeSubmit({
        address: order.address,
        serviceCentre: settings.smsc,
        text,
        encoding,
        concatenation: parts.length === 1 ? undefined : { reference, total: parts.length, place: index + 1 },
        receipt: settings.receipts === 'on',
        validity: settings.validity * 60,
      }),
    );
  } catch (error) {
    if (!(error instanceof PduError)) throw error;
    return outcome('permanent', 'address', error.message);
  }
}

/**
 * Sends one text by AT+CMGS, in as many parts as it takes. The first part that fails ends it: what the network has taken already stays taken, and the
 * outcome is that of the part that failed.
 */
export async function sendText(order: Order, ports: SendPorts, signal: AbortSignal): Promise<SendOutcome> {
  const pdus = pdusOf(order, ports);
  if (!Array.isArray(pdus)) return pdus;
  const { dialogue, settings, timeout } = ports;
  const ids: string[] = [];
  for (const { hex, length } of pdus) {
    const answer = await dialogue.ask({ text: `AT+CMGS=${length}`, payload: hex, expects: '+CMGS:', timeout, signal });
    if (answer.kind !== 'ok') return outcomeOf(answer, ids.length, pdus.length);
    const given = referenceOf(answer.lines);
    if (given === undefined) return outcome('unknown', 'reference', 'the modem did not tell the number of the message');
    ids.push(messageId(given, order.address));
  }
  const parts = pdus.length === 1 ? '' : ` in ${pdus.length} parts`;
  if (settings.receipts === 'off') return outcome('done', 'OK', `the network took the message${parts}`, ids);
  return outcome('submitted', 'OK', `the network took the message${parts}`, ids);
}
