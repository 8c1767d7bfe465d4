import {
  ESM_HEADER,
  ESM_RECEIPT,
  encodeOptions,
  encodeOrigin,
  OPTION,
  type OutgoingMessage,
  type SmppAddress,
} from '../channels/smpp/pdu.ts';
import { concatenationHeader, encodeText, splitText } from '../channels/sms-text.ts';
import type { Behaviour } from './behaviour.ts';

const NO_OPTIONS = Buffer.alloc(0);
/** Words of the text of a receipt and their numbers in the option message_state (SMPP 3.4, 5.2.28). */
const STATES: Readonly<Record<string, number>> = {
  ENROUTE: 1,
  DELIVRD: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIV: 5,
  ACCEPTD: 6,
  UNKNOWN: 7,
  REJECTD: 8,
};
/** Not one of them, so that whoever reads it must not fall over. */
const STRANGE_STATE = 9;

/** A number with a `+` is international, one with letters a name. */
export function addressOf(number: string): SmppAddress {
  if (number.startsWith('+')) return { ton: 1, npi: 1, number: number.slice(1) };
  return /^\d*$/.test(number) ? { ton: 0, npi: 1, number } : { ton: 5, npi: 0, number };
}

/** `2611221605`: date and minute, as receipts write them (appendix B). */
const minuteOf = (at: number): string => new Date(at).toISOString().replace(/\D/g, '').slice(2, 12);

export interface ReceiptFacts {
  readonly id: string;
  readonly receiver: SmppAddress;
  readonly sender: SmppAddress;
  readonly state: string;
  readonly error: string;
  /** Milliseconds since 1970. */
  readonly submittedAt: number;
  readonly doneAt: number;
}

/** A receipt: it comes from the receiver of the message and goes to its sender. */
export function makeReceipt(facts: ReceiptFacts, form: Behaviour['receiptForm']): OutgoingMessage {
  const { id, receiver, sender, state, error, submittedAt, doneAt } = facts;
  const delivered = state === 'DELIVRD' ? '001' : '000';
  const text =
    form === 'options'
      ? ''
      : `id:${id} sub:001 dlvrd:${delivered} submit date:${minuteOf(submittedAt)} done date:${minuteOf(doneAt)} stat:${state} err:${error} text:`;
  return {
    origin: encodeOrigin(receiver),
    destination: sender,
    esmClass: ESM_RECEIPT,
    validity: '',
    registeredDelivery: 0,
    dataCoding: 0,
    body: Buffer.from(text, 'latin1'),
    options:
      form === 'text'
        ? NO_OPTIONS
        : encodeOptions([
            [OPTION.receiptedMessageId, Buffer.from(`${id}\0`, 'latin1')],
            [OPTION.messageState, Buffer.of(STATES[state] ?? STRANGE_STATE)],
          ]),
  };
}

/** A message of a person, in as many parts as it needs. @param reference of the parts, 0 to 255 */
export function makeIncoming(from: string, to: string, text: string, reference: number): OutgoingMessage[] {
  const { encoding, parts } = splitText(text);
  return parts.map((part, index) => {
    const octets = encodeText(part, encoding);
    return {
      origin: encodeOrigin(addressOf(from)),
      destination: addressOf(to),
      esmClass: parts.length > 1 ? ESM_HEADER : 0,
      validity: '',
      registeredDelivery: 0,
      dataCoding: encoding === 'gsm' ? 0 : 8,
      body: parts.length > 1 ? Buffer.concat([concatenationHeader({ reference, total: parts.length, place: index + 1 }), octets]) : octets,
      options: NO_OPTIONS,
    };
  });
}
