import { type Concatenation, concatenationHeader, encodeText, type SmsEncoding } from '../../sms-text.ts';
import { encodeAddress, encodeServiceCentre } from './address.ts';
import { PduError } from './pdu-error.ts';
import { packSeptets } from './septets.ts';

const SUBMIT = 0x01;
/** The validity is one octet, relative to the moment when the centre takes the message. */
const RELATIVE_VALIDITY = 0x10;
const STATUS_REPORT = 0x20;
const HAS_HEADER = 0x40;
const CODING = { gsm: 0x00, ucs2: 0x08 } as const;
const MOST_OCTETS = 140;
const HOUR = 60;
const DAY = 24 * HOUR;

export interface Submit {
  /** Digits with a leading `+` where it is international. */
  readonly address: string;
  /** Undefined: the service centre that is on the SIM. */
  readonly serviceCentre: string | undefined;
  /** One part, as `splitText` cuts it. */
  readonly text: string;
  readonly encoding: SmsEncoding;
  /** Of a part of several; undefined: the whole message. */
  readonly concatenation: Concatenation | undefined;
  /** The centre reports what became of it. */
  readonly receipt: boolean;
  /** Minutes for which the centre tries: 5 to 635040. */
  readonly validity: number;
}

export interface SubmitPdu {
  /** Hexadecimal, upper case, with the service centre in front. */
  readonly hex: string;
  /** Octets without the service centre: what AT+CMGS asks for. */
  readonly length: number;
}

/**
 * Minutes as the one octet of a relative validity, rounded up (3GPP TS 23.040, 9.2.3.12.1): steps of 5 min to 12 h, 30 min to a day, days to 30 days,
 * then weeks.
 */
export function encodeValidity(minutes: number): number {
  if (minutes <= 12 * HOUR) return Math.max(1, Math.ceil(minutes / 5)) - 1;
  if (minutes <= DAY) return 143 + Math.ceil((minutes - 12 * HOUR) / 30);
  if (minutes <= 30 * DAY) return 166 + Math.ceil(minutes / DAY);
  return Math.min(255, 192 + Math.ceil(minutes / (7 * DAY)));
}

/** The text with its header, packed, and its length in septets or octets. */
function userData({ text, encoding, concatenation }: Submit): { length: number; octets: Uint8Array } {
  const header = concatenation ? concatenationHeader(concatenation) : new Uint8Array(0);
  const places = encodeText(text, encoding);
  if (encoding === 'ucs2') return { length: header.length + places.length, octets: Buffer.concat([header, places]) };
  const headerSeptets = Math.ceil((header.length * 8) / 7);
  const packed = packSeptets(places, headerSeptets * 7 - header.length * 8);
  return { length: headerSeptets + places.length, octets: Buffer.concat([header, packed]) };
}

/**
 * A message to be sent by AT+CMGS in PDU mode (SMS-SUBMIT, 3GPP TS 23.040, 9.2.2.2). The reference is 0: the modem puts its own and tells it.
 * @throws PduError for an address that is none, or a part that is too long
 */
export function encodeSubmit(message: Submit): SubmitPdu {
  const { address, serviceCentre, encoding, concatenation, receipt, validity } = message;
  const { length, octets } = userData(message);
  if (octets.length > MOST_OCTETS) throw new PduError(`the part has ${octets.length} octets; ${MOST_OCTETS} fit into one`);
  const kind = SUBMIT | RELATIVE_VALIDITY | (receipt ? STATUS_REPORT : 0) | (concatenation ? HAS_HEADER : 0);
  const head = [kind, 0, ...encodeAddress(address), 0, CODING[encoding], encodeValidity(validity), length];
  const centre = encodeServiceCentre(serviceCentre);
  return {
    hex: Buffer.concat([centre, Uint8Array.from(head), octets])
      .toString('hex')
      .toUpperCase(),
    length: head.length + octets.length,
  };
}
