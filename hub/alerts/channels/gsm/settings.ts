import { z } from 'zod';

/** Keys whose values are sealed in the database and shown as `***`. */
export const SECRETS: readonly string[] = ['pin'];

const DEVICE = /^(?:\/[^\0\r\n]{1,250}|(?:\\\\\.\\)?COM\d{1,3})$/;
const NUMBER = /^\+?\d{3,15}$/;

/**
 * Settings of a group of kind GSM modem (specification 5.3). A group is one modem with one SIM, and so one channel: PIN, number and memory belong to the
 * SIM and cannot be shared. Flat, so that they fit `key=value;...` of the line protocol, where every value comes as a text; numbers are therefore taken
 * as texts too.
 */
export const settingsSchema = z.strictObject({
  device: z
    .string()
    .regex(DEVICE, { error: 'the path of a device, or COM and a number: /dev/serial/by-id/usb-..., /dev/ttyUSB0, COM3' })
    .describe('Device of the modem; a path below /dev/serial/by-id stays the same when it is plugged in again'),
  baud: z.coerce.number().int().min(1_200).max(4_000_000).default(115_200).describe('Speed of the serial port in bits a second'),
  pin: z
    .string()
    .regex(/^\d{4,8}$/, { error: '4 to 8 digits' })
    .optional()
    .describe('PIN of the SIM. One that the SIM does not take is never tried a second time: three tries lock it'),
  smsc: z
    .string()
    .regex(NUMBER, { error: 'digits with an optional leading +' })
    .optional()
    .describe('Number of the service centre (Default: the one that is on the SIM)'),
  storage: z
    .enum(['none', 'SM', 'ME', 'MT'])
    .default('none')
    .describe(
      'Where messages to us wait until they are stored here: none: nowhere, the network keeps them; SM: on the SIM; ME: in the modem; MT: in both',
    ),
  receipts: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Ask for a report of each part; off: a message that the network took counts as notified'),
  validity: z.coerce.number().int().min(1).max(1_512).default(24).describe('Hours for which the network tries to deliver a message'),
  number: z
    .string()
    .regex(NUMBER, { error: 'digits with an optional leading +' })
    .optional()
    .describe('Number of the SIM, told to whoever reads messages that come in'),
  watch: z.coerce.number().int().min(5).max(600).default(30).describe('Seconds between two looks at registration and signal'),
});

export type GsmSettings = z.output<typeof settingsSchema>;
