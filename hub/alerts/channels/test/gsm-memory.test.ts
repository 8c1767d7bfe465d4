import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import type { Driver } from '../driver.ts';
import { createGsmDriver } from '../gsm/gsm-driver.ts';
import { settingsSchema } from '../gsm/settings.ts';
import { type HeardNews, hearNews } from './conformance.ts';
import { QUICK } from './support/gsm.ts';
import { createModemSimulator, type ModemSimulator } from './support/modem-simulator.ts';

// Messages that wait in the memory of a modem or SIM: none of them stays there unread.

const NUMBER = '+79161234567';
/** More than wait for their turn at once. */
const FLOOD = 1_100;

let modem: ModemSimulator;
let news: HeardNews;
let driver: Driver;
beforeEach(() => {
  modem = createModemSimulator();
  news = hearNews();
  driver = createGsmDriver(settingsSchema.parse({ device: '/dev/memory', storage: 'SM' }), news, {
    timing: { ...QUICK, seek: 20 },
    async openPort(_, __, { read }) {
      modem.plug((text) => setImmediate(() => read(Buffer.from(text, 'latin1'))));
      return { write: (bytes) => modem.feed(Buffer.from(bytes, 'latin1')), close: async () => modem.plug(() => {}) };
    },
  });
});
afterEach(() => driver.stop(100));

const ready = (): Promise<void> => until(() => expect(driver.capacity()).toBe(1));
const texts = (): string[] => news.messages.map(({ text }) => text);
/** Has the modem looked at, as each half a minute by itself. */
const look = (): void => modem.say('\r\n+CREG: 1\r\n');
const heard = (...wanted: string[]): Promise<void> =>
  until(() => {
    look();
    expect(texts()).toEqual(wanted);
    expect(modem.stored.size).toBe(0);
  });

test('a full memory whose list takes longer than any other answer', async () => {
  const waited = Array.from({ length: 20 }, (_, at) => `Ответ ${at}`);
  for (const text of waited) modem.receive(NUMBER, text);
  modem.behaviour.listing = 2 * (QUICK.command ?? 0);
  await driver.start();
  await ready();
  await heard(...waited);
});

test('a list that was not answered is asked for again', async () => {
  modem.receive(NUMBER, 'Ждёт');
  modem.behaviour.unheard = ['AT+CMGL'];
  await driver.start();
  await ready();
  await heard('Ждёт');
});

test('a message whose reading was not answered is found by the next look', async () => {
  await driver.start();
  await ready();
  modem.behaviour.unheard = ['AT+CMGR'];
  modem.receive(NUMBER, 'Один');
  await heard('Один');
});

test('more places than are remembered at once: what was left out is read later', async () => {
  await driver.start();
  await ready();
  const gate = Promise.withResolvers<void>();
  const { incoming } = news;
  news.incoming = async (message) => {
    await gate.promise;
    await incoming(message);
  };
  modem.receive(NUMBER, 'Первый');
  await until(() => expect(modem.commands).toContain('AT+CMGR=1'));
  modem.say('\r\n+CMTI: "SM",29\r\n'.repeat(FLOOD));
  modem.receive(NUMBER, 'Последний');
  gate.resolve();
  await heard('Первый', 'Последний');
});
