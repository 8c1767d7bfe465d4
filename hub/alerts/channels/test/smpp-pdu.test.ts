import fc from 'fast-check';
import { PDU, type PduFields } from 'smpp';
import { describe, expect, test } from 'vitest';
import { createFraming } from '../smpp/framing.ts';
import {
  COMMAND,
  decodeBind,
  decodeShortMessage,
  deliverResponse,
  encodeBind,
  encodeIdResponse,
  encodeOptions,
  encodeOrigin,
  encodeShortMessage,
  headerOnly,
  idOfResponse,
  LONGEST_BODY,
  LONGEST_UNIT,
  OPTION,
  PduFault,
  RESPONSE,
} from '../smpp/pdu.ts';
import { readReceipt } from '../smpp/receipt.ts';

const theirs = (unit: Buffer): PDU => {
  const pdu = PDU.fromBuffer(unit);
  if (!pdu) throw new Error('npm smpp finds the unit too short');
  return pdu;
};
const octets = (length: number) => fc.uint8Array({ maxLength: length }).map((bytes) => Buffer.from(bytes));
const word = (length: number) => fc.string({ unit: fc.constantFrom(...'abcXYZ019 +-_'), maxLength: length });
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 20 });
const address = fc.record({ ton: fc.nat(6), npi: fc.nat(18), number: digits });
const sequence = fc.integer({ min: 1, max: 0x7fffffff });

describe('what is written is read by npm smpp', () => {
  test('short messages', () => {
    fc.assert(
      fc.property(
        sequence,
        address,
        address,
        fc.record({ esmClass: fc.nat(255), registeredDelivery: fc.nat(255), validity: fc.constantFrom('', '000000001000000R') }),
        octets(600),
        fc.nat(0xffff),
        (own, source, destination, flags, body, reference) => {
          const options = encodeOptions([
            [OPTION.sarReference, Buffer.of(reference >> 8, reference & 0xff)],
            [OPTION.sarTotal, Buffer.of(3)],
          ]);
          const message = { ...flags, dataCoding: 4, origin: encodeOrigin(source), destination, body, options };
          const unit = encodeShortMessage(COMMAND.submitSm, own, message);
          const pdu = theirs(unit);
          expect(pdu).toMatchObject({
            command: 'submit_sm',
            command_length: unit.length,
            sequence_number: own,
            source_addr_ton: source.ton,
            source_addr_npi: source.npi,
            source_addr: source.number,
            dest_addr_ton: destination.ton,
            dest_addr_npi: destination.npi,
            destination_addr: destination.number,
            esm_class: flags.esmClass,
            registered_delivery: flags.registeredDelivery,
            data_coding: 4,
            sar_msg_ref_num: reference,
            sar_total_segments: 3,
          });
          expect('message_payload' in pdu).toBe(body.length > LONGEST_BODY);
          const read = decodeShortMessage(unit);
          expect(read).toMatchObject({ source, destination, ...flags, dataCoding: 4 });
          expect(read.body.equals(body)).toBe(true);
        },
      ),
    );
  });

  test('binds, answers and units of one header', () => {
    const fields = { systemId: 'vestnik', password: 'secret', systemType: 'VMA' };
    const bind = encodeBind(COMMAND.bindTransceiver, 7, fields);
    expect(theirs(bind)).toMatchObject({
      command: 'bind_transceiver',
      command_length: bind.length,
      sequence_number: 7,
      system_id: 'vestnik',
      password: 'secret',
      system_type: 'VMA',
      interface_version: 0x34,
      address_range: '',
    });
    expect(decodeBind(bind)).toEqual(fields);
    expect(theirs(encodeIdResponse(COMMAND.submitSm, 8, '4711'))).toMatchObject({
      command: 'submit_sm_resp',
      message_id: '4711',
      sequence_number: 8,
    });
    expect(theirs(headerOnly(COMMAND.enquireLink, 0, 9))).toMatchObject({
      command: 'enquire_link',
      sequence_number: 9,
      command_length: 16,
    });
    expect(theirs(headerOnly(COMMAND.genericNack, 3, 9))).toMatchObject({ command: 'generic_nack', command_status: 3 });
    expect(theirs(deliverResponse(0x64, 10))).toMatchObject({ command: 'deliver_sm_resp', command_status: 0x64, command_length: 17 });
  });
});

describe('what npm smpp writes is read', () => {
  test('short messages with any options', () => {
    fc.assert(
      fc.property(
        digits,
        digits,
        word(5),
        octets(254),
        octets(300),
        fc.boolean(),
        (source_addr, destination_addr, service_type, body, payload, both) => {
          const fields: PduFields = {
            source_addr,
            destination_addr,
            service_type,
            short_message: body,
            receipted_message_id: '77',
            message_state: 2,
          };
          const unit = new PDU(
            'deliver_sm',
            both ? { ...fields, message_payload: payload, network_error_code: Buffer.of(3, 0, 1) } : fields,
          ).toBuffer();
          const read = decodeShortMessage(unit);
          expect(read.source.number).toBe(source_addr);
          expect(read.destination.number).toBe(destination_addr);
          expect(read.body.equals(both && body.length === 0 ? payload : body)).toBe(true);
          expect(read.options.get(OPTION.receiptedMessageId)?.toString()).toBe('77\0');
          expect(readReceipt(read)).toMatchObject({ id: '77', state: 'DELIVRD' });
        },
      ),
    );
  });

  test('answers, with and without an id', () => {
    expect(idOfResponse(new PDU('submit_sm_resp', { message_id: 'abc' }).toBuffer())).toBe('abc');
    expect(idOfResponse(new PDU('submit_sm_resp', { command_status: 8 }).toBuffer())).toBe('');
    // No end of the text: some centres forget it.
    expect(idOfResponse(Buffer.concat([headerOnly(COMMAND.submitSm + RESPONSE, 0, 1), Buffer.from('abc')]))).toBe('abc');
  });
});

describe('lengths that contradict each other', () => {
  const good = new PDU('deliver_sm', { source_addr: '79160000001', short_message: Buffer.from('hello'), message_state: 2 }).toBuffer();
  /** The unit with a length field that says the truth about what is left of it. */
  const cutAt = (length: number): Buffer => {
    const unit = Buffer.from(good.subarray(0, length));
    unit.writeUInt32BE(length, 0);
    return unit;
  };

  test('cut anywhere, a unit is refused, or has lost only its options', () => {
    const withoutOptions = good.length - 5;
    for (let length = 16; length < good.length; length++) {
      if (length < withoutOptions) expect(() => decodeShortMessage(cutAt(length)), String(length)).toThrow(PduFault);
      else if (length < withoutOptions + 4) expect(decodeShortMessage(cutAt(length)).options.size).toBe(0);
      else expect(() => decodeShortMessage(cutAt(length))).toThrow(PduFault);
    }
    expect(decodeShortMessage(good).options.get(OPTION.messageState)).toEqual(Buffer.of(2));
  });

  test('sm_length and the length of an option beyond the end', () => {
    const lying = Buffer.from(good);
    lying[good.length - 5 - 6] = 200;
    expect(() => decodeShortMessage(lying)).toThrow(/200 octets at \d+ goes beyond the end/);
    const option = Buffer.from(good);
    option[good.length - 2] = 9;
    expect(() => decodeShortMessage(option)).toThrow(PduFault);
  });

  test('random octets behind a true header never do anything but PduFault', () => {
    const mutated = fc
      .tuple(fc.nat(good.length - 17), fc.uint8Array({ minLength: 1, maxLength: 8 }))
      .map(([at, bytes]) => Buffer.concat([good.subarray(0, 16 + at), bytes, good.subarray(16 + at)]));
    fc.assert(
      fc.property(
        fc.oneof(
          octets(200).map((bytes) => Buffer.concat([good.subarray(0, 16), bytes])),
          mutated,
        ),
        (unit) => {
          for (const read of [decodeShortMessage, decodeBind]) {
            try {
              read(unit);
            } catch (error) {
              expect(error).toBeInstanceOf(PduFault);
            }
          }
          idOfResponse(unit);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the stream', () => {
  const units = [
    headerOnly(COMMAND.enquireLink, 0, 1),
    new PDU('deliver_sm', { short_message: Buffer.alloc(140, 0x41) }).toBuffer(),
    encodeIdResponse(COMMAND.submitSm, 2, '17'),
    headerOnly(COMMAND.unbind, 0, 3),
  ];
  const stream = Buffer.concat(units);
  const read = (pieces: readonly Buffer[]): string[] => {
    const found: string[] = [];
    const framing = createFraming((unit) => found.push(unit.toString('hex')));
    for (const piece of pieces) expect(framing.feed(piece)).toBeUndefined();
    return found;
  };
  const wanted = units.map((unit) => unit.toString('hex'));

  test('whole, octet by octet, and cut in two at every place', () => {
    expect(read([stream])).toEqual(wanted);
    expect(read([...stream].map((octet) => Buffer.of(octet)))).toEqual(wanted);
    for (let at = 0; at <= stream.length; at++) expect(read([stream.subarray(0, at), stream.subarray(at)])).toEqual(wanted);
  });

  test('cut anyhow', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 20 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
        expect(read(places.slice(1).map((end, index) => stream.subarray(places[index], end)))).toEqual(wanted);
      }),
    );
  });

  test.each([0, 1, 15, LONGEST_UNIT + 1, 0xffffffff])('a unit that claims %d octets ends the reading', (length) => {
    const head = Buffer.alloc(16);
    head.writeUInt32BE(length);
    const framing = createFraming(() => expect.unreachable());
    expect(framing.feed(head)).toMatch(/claims to have/);
  });

  test('random octets are never more than read or refused', () => {
    fc.assert(
      fc.property(fc.array(octets(64), { maxLength: 20 }), (pieces) => {
        const framing = createFraming((unit) => expect(unit.length).toBeGreaterThanOrEqual(16));
        for (const piece of pieces) if (framing.feed(piece) !== undefined) return;
      }),
      { numRuns: 500 },
    );
  });
});
