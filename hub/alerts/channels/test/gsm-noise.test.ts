import fc from 'fast-check';
import { expect, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import { createGsmDriver } from '../gsm/gsm-driver.ts';
import type { OpenPort } from '../gsm/open-port.ts';
import { settingsSchema } from '../gsm/settings.ts';
import { hearNews, makeOrder } from './conformance.ts';
import { QUICK } from './support/gsm.ts';
import { encodeDeliver, encodeReport } from './support/modem-pdus.ts';
import { createModemSimulator } from './support/modem-simulator.ts';

const NUMBER = '+79161234567';
const hex = fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets).toString('hex').toUpperCase());
/** What a bad cable, another program on the port, or a hostile network could bring. */
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets).toString('latin1')),
  hex.map((pdu) => `\r\n+CMT: ,${pdu.length}\r\n${pdu}\r\n`),
  hex.map((pdu) => `\r\n+CDS: ${pdu.length}\r\n0006${pdu}\r\n`),
  fc.nat(300).map((index) => `\r\n+CMTI: "SM",${index}\r\n`),
  fc.constantFrom(
    '\r\nERROR\r\n',
    '\r\n+CMS ERROR: 500\r\n',
    '> ',
    '\r\n+CREG: 2\r\n',
    '\x1a',
    '+CMT:',
    '\r\n+CDSI: "SM",\r\n',
    'RING\r\n',
  ),
  fc.nat(600).map((length) => encodeDeliver(NUMBER, 'тревога', 0).slice(0, length)),
  fc.nat(600).map((length) => encodeReport(1, NUMBER, 0, 0).slice(0, length)),
);

test('whatever comes from the port, the driver lives, and sends when it is over', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(noise, { minLength: 1, maxLength: 15 }), async (pieces) => {
      const modem = createModemSimulator();
      let read: (text: string) => void = () => {};
      const openPort: OpenPort = async (_, __, events) => {
        read = (text) => events.read(Buffer.from(text, 'latin1'));
        modem.plug((text) => setImmediate(() => read(text)));
        return { write: (bytes) => modem.feed(Buffer.from(bytes, 'latin1')), close: async () => modem.plug(() => {}) };
      };
      const driver = createGsmDriver(settingsSchema.parse({ device: '/dev/noise' }), hearNews(), {
        openPort,
        timing: { ...QUICK, command: 60, promptTimeout: 60, send: 60, quiet: 5, seek: 5, reopen: [5, 5] },
      });
      await driver.start();
      await until(() => expect(driver.capacity()).toBe(1), { interval: 2 });
      for (const piece of pieces) {
        const sending = driver.attempt(makeOrder(NUMBER, 'während'), new AbortController().signal);
        read(piece);
        expect((await sending).result).toMatch(/^(submitted|channel|unknown|temporary|permanent)$/);
      }
      await until(async () => {
        expect((await driver.attempt(makeOrder(NUMBER, 'danach'), new AbortController().signal)).result).toBe('submitted');
      });
      await driver.stop(100);
      expect(modem.sent.at(-1)?.text).toBe('danach');
    }),
    { numRuns: 40 },
  );
}, 120_000);
