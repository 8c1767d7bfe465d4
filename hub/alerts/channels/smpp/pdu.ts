/**
 * Units of SMPP 3.4 as octets: header, bind, short message and their answers (SMPP Protocol Specification v3.4, chapters 3 to 5). Pure, without I/O.
 * It is written for one purpose, the hot path of SMS: npm smpp reads any unit, but takes ten times as long for a receipt and believes lengths
 * that contradict each other. The tests hold the two against each other.
 */

export const HEADER_LENGTH = 16;
/** A unit with a payload of 64 KiB and every other field at its longest. Whatever claims to be longer is no SMPP. */
export const LONGEST_UNIT = 70_000;
/** What `sm_length` can say; longer bodies go as `message_payload`. */
export const LONGEST_BODY = 254;

export const RESPONSE = 0x80000000;
export const COMMAND = {
  bindReceiver: 0x01,
  bindTransmitter: 0x02,
  submitSm: 0x04,
  deliverSm: 0x05,
  unbind: 0x06,
  bindTransceiver: 0x09,
  enquireLink: 0x15,
  alertNotification: 0x102,
  genericNack: 0x80000000,
} as const;

/** Those of the command statuses that we ourselves give. */
export const STATUS = {
  ok: 0x00,
  badLength: 0x02,
  badCommand: 0x03,
  badBindState: 0x04,
  alreadyBound: 0x05,
  badPassword: 0x0e,
  badSystemId: 0x0f,
  throttled: 0x58,
  receiverTemporary: 0x64,
} as const;

/** Optional parameters that are read or written here. */
export const OPTION = {
  receiptedMessageId: 0x001e,
  sarReference: 0x020c,
  sarTotal: 0x020e,
  sarPlace: 0x020f,
  payload: 0x0424,
  messageState: 0x0427,
} as const;

/** `esm_class`: the body begins with a user data header. */
export const ESM_HEADER = 0x40;
/** `esm_class`: the bits that tell what kind of message a deliver_sm is. */
export const ESM_KIND = 0x3c;
export const ESM_RECEIPT = 0x04;

/** A unit whose fields go beyond its end. `status` is the answer to it. */
export class PduFault extends Error {
  readonly status: number = STATUS.badLength;
  constructor(message: string) {
    super(message);
    this.name = 'PduFault';
  }
}

export const commandOf = (unit: Buffer): number => unit.readUInt32BE(4);
export const statusOf = (unit: Buffer): number => unit.readUInt32BE(8);
export const sequenceOf = (unit: Buffer): number => unit.readUInt32BE(12);

/** A unit that is only a header: enquire_link, unbind and their answers, generic_nack, refusals. */
export function headerOnly(command: number, status: number, sequence: number): Buffer {
  return writeHeader(Buffer.allocUnsafe(HEADER_LENGTH), command, status, sequence);
}

function writeHeader(unit: Buffer, command: number, status: number, sequence: number): Buffer {
  unit.writeUInt32BE(unit.length, 0);
  unit.writeUInt32BE(command, 4);
  unit.writeUInt32BE(status, 8);
  unit.writeUInt32BE(sequence, 12);
  return unit;
}

/** An address with its type of number and numbering plan. */
export interface SmppAddress {
  readonly ton: number;
  readonly npi: number;
  readonly number: string;
}

/** Steps through the fields of a unit; a field that goes beyond the end is a PduFault. */
function createReader(unit: Buffer): { octet(): number; text(): string; octets(length: number): Buffer; left(): number } {
  let at = HEADER_LENGTH;
  const octets = (length: number): Buffer => {
    if (at + length > unit.length)
      throw new PduFault(`a field of ${length} octets at ${at} goes beyond the end of the unit, ${unit.length}`);
    const field = unit.subarray(at, at + length);
    at += length;
    return field;
  };
  return {
    octets,
    octet() {
      const value = unit[at];
      if (value === undefined) throw new PduFault(`the unit ends at ${at}, where a field should begin`);
      at++;
      return value;
    },
    text() {
      const end = unit.indexOf(0, at);
      if (end < 0) throw new PduFault(`the text at ${at} has no end in the unit`);
      const text = unit.toString('latin1', at, end);
      at = end + 1;
      return text;
    },
    left: () => unit.length - at,
  };
}

export interface BindFields {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
}

/** A request to bind. Addresses are not asked for: all that is ours comes to every receiver. */
export function encodeBind(command: number, sequence: number, { systemId, password, systemType }: BindFields): Buffer {
  const body = Buffer.from(`${systemId}\0${password}\0${systemType}\0\x34\0\0\0`, 'latin1');
  return writeHeader(Buffer.concat([Buffer.alloc(HEADER_LENGTH), body]), command, STATUS.ok, sequence);
}

/** @throws PduFault */
export function decodeBind(unit: Buffer): BindFields {
  const read = createReader(unit);
  return { systemId: read.text(), password: read.text(), systemType: read.text() };
}

/** The answer to a bind (with our system id) or to a submit_sm (with the message id) that went well. */
export function encodeIdResponse(command: number, sequence: number, id: string): Buffer {
  const unit = Buffer.allocUnsafe(HEADER_LENGTH + id.length + 1);
  unit[unit.write(id, HEADER_LENGTH, 'latin1') + HEADER_LENGTH] = 0;
  return writeHeader(unit, (command | RESPONSE) >>> 0, STATUS.ok, sequence);
}

/** The id in such an answer; '' where it has none, as refusals do. */
export function idOfResponse(unit: Buffer): string {
  const end = unit.indexOf(0, HEADER_LENGTH);
  return unit.toString('latin1', HEADER_LENGTH, end < 0 ? unit.length : end);
}

/** What submit_sm and deliver_sm carry; they are built alike. */
export interface ShortMessage {
  readonly source: SmppAddress;
  readonly destination: SmppAddress;
  readonly esmClass: number;
  readonly validity: string;
  readonly registeredDelivery: number;
  readonly dataCoding: number;
  /** short_message, or message_payload where that is empty. A view into the unit. */
  readonly body: Buffer;
  /** Value by tag; of those that come twice, the last. */
  readonly options: ReadonlyMap<number, Buffer>;
}

const NO_OPTIONS: ReadonlyMap<number, Buffer> = new Map();

/** @throws PduFault where lengths contradict each other */
export function decodeShortMessage(unit: Buffer): ShortMessage {
  const read = createReader(unit);
  const address = (): SmppAddress => ({ ton: read.octet(), npi: read.octet(), number: read.text() });
  read.text(); // service_type
  const source = address();
  const destination = address();
  const esmClass = read.octet();
  read.octets(2); // protocol_id, priority_flag
  read.text(); // schedule_delivery_time
  const validity = read.text();
  const registeredDelivery = read.octet();
  read.octet(); // replace_if_present_flag
  const dataCoding = read.octet();
  read.octet(); // sm_default_msg_id
  let body = read.octets(read.octet());
  let options = NO_OPTIONS;
  // One to three octets at the end are padding of some centres; they can be no option.
  if (read.left() >= 4) {
    const found = new Map<number, Buffer>();
    while (read.left() >= 4) found.set((read.octet() << 8) | read.octet(), read.octets((read.octet() << 8) | read.octet()));
    options = found;
    const payload = found.get(OPTION.payload);
    if (payload && body.length === 0) body = payload;
  }
  return { source, destination, esmClass, validity, registeredDelivery, dataCoding, body, options };
}

/** Service type and source address as octets: the same in all messages of a sender. The service type is left to the centre. */
export function encodeOrigin({ ton, npi, number }: SmppAddress): Buffer {
  return Buffer.from(`\0${String.fromCharCode(ton, npi)}${number}\0`, 'latin1');
}

/** Optional parameters as octets. */
export function encodeOptions(options: Iterable<readonly [tag: number, value: Buffer]>): Buffer {
  const pieces: Buffer[] = [];
  for (const [tag, value] of options) pieces.push(Buffer.from([tag >> 8, tag & 0xff, value.length >> 8, value.length & 0xff]), value);
  return Buffer.concat(pieces);
}

export interface OutgoingMessage {
  /** Made by encodeOrigin. */
  readonly origin: Buffer;
  readonly destination: SmppAddress;
  readonly esmClass: number;
  /** `000000001000000R` for ten minutes from now, or '' for the centre's own (chapter 7.1.1). */
  readonly validity: string;
  readonly registeredDelivery: number;
  readonly dataCoding: number;
  /** Over LONGEST_BODY octets it goes as message_payload. */
  readonly body: Buffer;
  /** Made by encodeOptions. */
  readonly options: Buffer;
}

/** A submit_sm or deliver_sm. */
export function encodeShortMessage(command: number, sequence: number, message: OutgoingMessage): Buffer {
  const { origin, destination, esmClass, validity, registeredDelivery, dataCoding, body, options } = message;
  const { number } = destination;
  const asPayload = body.length > LONGEST_BODY;
  // Behind the origin: two octets and the end of the destination, ten octets and two ends of fields around the validity, tag and length of a payload.
  const length = HEADER_LENGTH + origin.length + number.length + validity.length + body.length + options.length + (asPayload ? 17 : 13);
  const unit = Buffer.allocUnsafe(length);
  origin.copy(unit, HEADER_LENGTH);
  let at = HEADER_LENGTH + origin.length;
  unit[at++] = destination.ton;
  unit[at++] = destination.npi;
  at += unit.write(number, at, 'latin1');
  unit[at++] = 0;
  unit[at++] = esmClass;
  unit[at++] = 0; // protocol_id
  unit[at++] = 0; // priority_flag
  unit[at++] = 0; // schedule_delivery_time: at once
  at += unit.write(validity, at, 'latin1');
  unit[at++] = 0;
  unit[at++] = registeredDelivery;
  unit[at++] = 0; // replace_if_present_flag
  unit[at++] = dataCoding;
  unit[at++] = 0; // sm_default_msg_id
  unit[at++] = asPayload ? 0 : body.length;
  if (asPayload) {
    at = unit.writeUInt16BE(OPTION.payload, at);
    at = unit.writeUInt16BE(body.length, at);
  }
  body.copy(unit, at);
  options.copy(unit, at + body.length);
  return writeHeader(unit, command, STATUS.ok, sequence);
}

const EMPTY_ID = Buffer.alloc(1);

/** The answer to a deliver_sm: its message id is always empty. */
export function deliverResponse(status: number, sequence: number): Buffer {
  return writeHeader(Buffer.concat([Buffer.alloc(HEADER_LENGTH), EMPTY_ID]), COMMAND.deliverSm + RESPONSE, status, sequence);
}
