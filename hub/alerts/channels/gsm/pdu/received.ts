import { readAddress, skipServiceCentre } from './address.ts';
import { createOctetReader, type OctetReader, octetsOf } from './octets.ts';
import { PduError } from './pdu-error.ts';
import { timestampOf } from './timestamp.ts';
import { readUserText, type UserText } from './user-data.ts';

const DELIVER = 0;
const STATUS_REPORT = 2;
const HAS_HEADER = 0x40;

/** A message that somebody sent to us (SMS-DELIVER, 3GPP TS 23.040, 9.2.2.1). */
export interface Delivered extends UserText {
  readonly kind: 'deliver';
  /** A number, with `+` where it is international, or a name. */
  readonly from: string;
  /** When the centre took it, milliseconds since 1970. */
  readonly at: number | undefined;
}

/** What became of a message of ours (SMS-STATUS-REPORT, 3GPP TS 23.040, 9.2.2.3). */
export interface StatusReport {
  readonly kind: 'report';
  /** The number that the modem gave to the message when it sent it, 0 to 255. */
  readonly reference: number;
  readonly address: string;
  /** TP-Status: receipt-status.ts says what it means. */
  readonly status: number;
}

function readDeliver(reader: OctetReader, hasHeader: boolean): Delivered {
  const from = readAddress(reader, 'the sender');
  reader.octet('the protocol identifier');
  const scheme = reader.octet('the data coding scheme');
  const at = timestampOf(reader.take(7, 'the time stamp'));
  return { kind: 'deliver', from, at, ...readUserText(reader, scheme, hasHeader) };
}

function readReport(reader: OctetReader): StatusReport {
  const reference = reader.octet('the reference');
  const address = readAddress(reader, 'the recipient');
  reader.take(14, 'the time stamps');
  return { kind: 'report', reference, address, status: reader.octet('the status') };
}

/**
 * A PDU that a modem has received, as +CMT, +CDS and +CMGR give it: with the service centre in front.
 * @param hex hexadecimal, any case
 * @throws PduError when it is cut, contradicts itself, or is of another kind
 */
export function decodeReceived(hex: string): Delivered | StatusReport {
  const reader = createOctetReader(octetsOf(hex));
  skipServiceCentre(reader);
  const head = reader.octet('the first octet');
  const kind = head & 3;
  if (kind === DELIVER) return readDeliver(reader, (head & HAS_HEADER) !== 0);
  if (kind === STATUS_REPORT) return readReport(reader);
  throw new PduError(`the PDU is of kind ${kind}: neither a message received (0) nor a report (2)`);
}
