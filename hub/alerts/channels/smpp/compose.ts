import type { Order } from '../driver.ts';
import { concatenationHeader, encodeText, MOST_PARTS, splitText } from '../sms-text.ts';
import { ESM_HEADER, encodeOptions, encodeOrigin, OPTION, type OutgoingMessage, type SmppAddress } from './pdu.ts';
import type { SmppSettings } from './settings.ts';

/** Types of number and numbering plans (SMPP 3.4, 5.2.5 and 5.2.6). */
const TON = { unknown: 0, international: 1, alphanumeric: 5 } as const;
const NPI = { unknown: 0, isdn: 1 } as const;

const PHONE = /^\+?\d{1,20}$/;
const SENDER = /^[\x20-\x7e]{0,20}$/;
const DATA_CODING = { gsm: 0x00, ucs2: 0x08 } as const;
const NO_OPTIONS = Buffer.alloc(0);
/** message_payload has 64 KiB, which no text of ours reaches: 4000 signs are 8000 octets. */
const LONGEST_PAYLOAD = 65_535;

/** The messages of an order, or why it will never do. `fault` says whose: the receiver's address, our sender, or the text. */
export type Composition =
  | { readonly messages: readonly OutgoingMessage[] }
  | { readonly fault: 'address' | 'sender' | 'text'; readonly why: string };

/** @param minutes 0: the centre's own time. Relative form of 7.1.1.2: years, months, days, hours, minutes, seconds, then `000R`. */
export function validityOf(minutes: number): string {
  if (minutes === 0) return '';
  const two = (value: number): string => String(value).padStart(2, '0');
  return `0000${two(Math.floor(minutes / 1440))}${two(Math.floor(minutes / 60) % 24)}${two(minutes % 60)}00000R`;
}

/** The sender with what its form tells: `+7...` is international, letters make a name, the rest is a short number. */
export function senderOf(source: string, { sourceTon, sourceNpi }: Pick<SmppSettings, 'sourceTon' | 'sourceNpi'>): SmppAddress {
  const phone = PHONE.test(source);
  const international = source.startsWith('+');
  const ton = sourceTon ?? (phone && international ? TON.international : phone || source === '' ? TON.unknown : TON.alphanumeric);
  return { ton, npi: sourceNpi ?? (phone ? NPI.isdn : NPI.unknown), number: phone && international ? source.slice(1) : source };
}

/** Makes the messages of orders, as the settings of the group want them. */
export function createComposer(settings: SmppSettings): (order: Order) => Composition {
  const validity = validityOf(settings.validity);
  const registeredDelivery = settings.receipts === 'on' ? 1 : 0;
  const ownOrigin = encodeOrigin(senderOf(settings.source, settings));

  function originOf(from: string | undefined): Buffer | undefined {
    if (from === undefined || from === '') return ownOrigin;
    // The types in the settings are those of the group's own sender.
    return SENDER.test(from) ? encodeOrigin(senderOf(from, { sourceTon: undefined, sourceNpi: undefined })) : undefined;
  }

  return ({ address, text, from, attempt }) => {
    if (!PHONE.test(address)) return { fault: 'address', why: 'the address is no phone number: digits, perhaps with a + in front' };
    const origin = originOf(from);
    if (!origin) return { fault: 'sender', why: 'the sender must be at most 20 characters of printable ASCII' };
    const international = address.startsWith('+');
    const { encoding, parts } = splitText(text);
    const common = {
      origin,
      destination: {
        ton: settings.destinationTon ?? (international ? TON.international : TON.unknown),
        npi: settings.destinationNpi,
        number: international ? address.slice(1) : address,
      },
      validity,
      registeredDelivery,
      dataCoding: DATA_CODING[encoding],
      esmClass: 0,
      options: NO_OPTIONS,
    };
    if (parts.length === 1 || settings.long === 'payload') {
      const body = encodeText(text, encoding);
      if (body.length > LONGEST_PAYLOAD)
        return { fault: 'text', why: `the text has ${body.length} octets; ${LONGEST_PAYLOAD} are possible` };
      return { messages: [{ ...common, body }] };
    }
    const total = parts.length;
    if (total > MOST_PARTS) return { fault: 'text', why: `the text needs ${total} parts; ${MOST_PARTS} are possible` };
    if (settings.long === 'udh') {
      const reference = attempt % 0x100;
      return {
        messages: parts.map((part, index) => ({
          ...common,
          esmClass: ESM_HEADER,
          body: Buffer.concat([concatenationHeader({ reference, total, place: index + 1 }), encodeText(part, encoding)]),
        })),
      };
    }
    const reference = Buffer.from([(attempt >> 8) & 0xff, attempt & 0xff]);
    return {
      messages: parts.map((part, index) => ({
        ...common,
        body: encodeText(part, encoding),
        options: encodeOptions([
          [OPTION.sarReference, reference],
          [OPTION.sarTotal, Buffer.of(total)],
          [OPTION.sarPlace, Buffer.of(index + 1)],
        ]),
      })),
    };
  };
}
