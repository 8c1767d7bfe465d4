import { encodeAddress, readAddress } from '../../gsm/pdu/address.ts';
import { createOctetReader, octetsOf } from '../../gsm/pdu/octets.ts';
import { packSeptets } from '../../gsm/pdu/septets.ts';
import { encodeTimestamp } from '../../gsm/pdu/timestamp.ts';
import { readUserText } from '../../gsm/pdu/user-data.ts';
import { type Concatenation, concatenationHeader, encodeText, encodingOf } from '../../sms-text.ts';

/** A message as the network gets it from a modem. */
export interface SubmittedSms {
  readonly serviceCentre: string;
  readonly address: string;
  readonly text: string;
  readonly concatenation: Concatenation | undefined;
  readonly scheme: number;
  /** The one octet of a relative validity; undefined where there is none, or of another kind. */
  readonly validity: number | undefined;
  readonly receipt: boolean;
  readonly hex: string;
}

const centreOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** Reads SMS-SUBMIT as a modem takes it by +CMGS. @param length what AT+CMGS announced. @throws PduError, Error */
export function decodeSubmit(hex: string, length: number): SubmittedSms {
  const octets = octetsOf(hex);
  const reader = createOctetReader(octets);
  const centre = reader.take(reader.octet('centre length'), 'centre');
  if (reader.left() !== length) throw new Error(`AT+CMGS announced ${length} octets, ${reader.left()} came`);
  const head = reader.octet('head');
  if ((head & 3) !== 1) throw new Error(`no SMS-SUBMIT: first octet ${head}`);
  reader.octet('reference');
  const address = readAddress(reader, 'recipient');
  reader.octet('protocol');
  const scheme = reader.octet('scheme');
  const format = (head >> 3) & 3;
  const validity = format === 2 ? reader.octet('validity') : undefined;
  if (format === 1 || format === 3) reader.take(7, 'validity');
  const { text, concatenation } = readUserText(reader, scheme, (head & 0x40) !== 0);
  if (reader.left() !== 0) throw new Error(`${reader.left()} octets too many`);
  return { serviceCentre: centreOf(centre), address, text, concatenation, scheme, validity, receipt: (head & 0x20) !== 0, hex };
}

/** SMS-DELIVER as a modem prints it. */
export function encodeDeliver(from: string, text: string, at: number, concatenation?: Concatenation): string {
  const encoding = encodingOf(text);
  const header = concatenation ? concatenationHeader(concatenation) : Buffer.alloc(0);
  const places = encodeText(text, encoding);
  const headerSeptets = Math.ceil((header.length * 8) / 7);
  const body = encoding === 'ucs2' ? places : packSeptets(places, headerSeptets * 7 - header.length * 8);
  const length = encoding === 'ucs2' ? header.length + places.length : headerSeptets + places.length;
  const head = Uint8Array.of(0, concatenation ? 0x44 : 0x04);
  const scheme = encoding === 'ucs2' ? 8 : 0;
  return Buffer.concat([head, encodeAddress(from), Uint8Array.of(0, scheme), encodeTimestamp(at), Uint8Array.of(length), header, body])
    .toString('hex')
    .toUpperCase();
}

/** SMS-STATUS-REPORT as a modem prints it. */
export function encodeReport(reference: number, address: string, status: number, at: number): string {
  const stamp = encodeTimestamp(at);
  return Buffer.concat([Uint8Array.of(0, 0x06, reference), encodeAddress(address), stamp, stamp, Uint8Array.of(status)])
    .toString('hex')
    .toUpperCase();
}
