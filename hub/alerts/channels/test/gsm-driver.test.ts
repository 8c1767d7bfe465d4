import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFolder, type Folder } from '../../../../test/support/folder.ts';
import { requires } from '../../../../test/support/requires.ts';
import { until } from '../../../core/database/test/support/until.ts';
import type { AttemptOutcome, Driver, DriverMemory } from '../driver.ts';
import { createGsmDriver } from '../gsm/gsm-driver.ts';
import { SECRETS, settingsSchema } from '../gsm/settings.ts';
import { type HeardNews, hearNews, makeOrder } from './conformance.ts';
import { QUICK } from './support/gsm.ts';
import { createModemSimulator, type ModemBehaviour, type ModemSimulator } from './support/modem-simulator.ts';
import { type PluggedModem, plugModem } from './support/serial-pair.ts';

const NUMBER = '+79161234567';
const never = new AbortController().signal;

/** A memory that lasts longer than a driver. */
function lasting(): DriverMemory & { text: string | undefined } {
  return {
    text: undefined,
    async recall() {
      return this.text;
    },
    async keep(text) {
      this.text = text;
    },
  };
}

test('settings: texts of the line protocol and values of REST alike', () => {
  const plain = { device: '/dev/ttyUSB0', baud: 115_200, storage: 'none', receipts: 'on', validity: 24, watch: 30 };
  expect(settingsSchema.parse({ device: '/dev/ttyUSB0', baud: '115200' })).toEqual(plain);
  expect(settingsSchema.parse({ device: 'COM3' }).device).toBe('COM3');
  for (const bad of [
    {},
    { device: 'tty' },
    { device: '/dev/x', pin: '12' },
    { device: '/dev/x', smsc: 'a' },
    { device: '/dev/x', more: 1 },
  ]) {
    expect(settingsSchema.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
  }
  expect(SECRETS).toEqual(['pin']);
});

requires('socat').describe('a GSM modem', () => {
  let folder: Folder;
  let modem: ModemSimulator;
  let plug: PluggedModem;
  let news: HeardNews;
  let driver: Driver;

  const plugNew = async (changes: Partial<ModemBehaviour>): Promise<void> => {
    modem = createModemSimulator(changes);
    plug = await plugModem(modem, folder.path);
  };
  const make = (settings: Record<string, unknown> = {}, options: Parameters<typeof createGsmDriver>[2] = {}): Driver => {
    driver = createGsmDriver(settingsSchema.parse({ device: plug.device, ...settings }), news, { timing: QUICK, ...options });
    return driver;
  };
  const ready = (): Promise<void> => until(() => expect(driver.capacity()).toBe(1));
  const fault = (info: RegExp): Promise<void> =>
    until(() => expect(driver.states()[0]).toMatchObject({ state: 'fault', info: expect.stringMatching(info) }));
  const send = (text = 'Тревога', more = {}, signal = never): Promise<AttemptOutcome> =>
    driver.attempt(makeOrder(NUMBER, text, more), signal);
  const started = async (changes: Partial<ModemBehaviour> = {}, settings: Record<string, unknown> = {}): Promise<void> => {
    await plugNew(changes);
    await make(settings).start();
    await ready();
  };
  beforeEach(() => {
    folder = createFolder('gsm-driver');
    news = hearNews();
  });
  afterEach(async () => {
    await driver.stop(100);
    await plug.unplug();
    folder.remove();
  });

  describe('the start', () => {
    test('asks in the order of the specification, and shows the signal', async () => {
      await started({ signal: 11 });
      const asked = modem.commands.filter((command) => /CMEE|CPIN|CREG|CSQ|CMGF|CNMI|E0/.test(command));
      expect(asked.slice(0, 7)).toEqual(['ATE0', 'AT+CMEE=1', 'AT+CPIN?', 'AT+CREG=1', 'AT+CMGF=0', 'AT+CNMI=2,2,0,1,0', 'AT+CREG?']);
      await until(() => expect(driver.states()[0]).toMatchObject({ state: 'free', signal: -91, info: '' }));
    });
    test('opens the SIM with the PIN', async () => {
      const memory = lasting();
      await plugNew({ pin: '4711' });
      await make({ pin: '4711' }, { memory }).start();
      await ready();
      expect(modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toEqual(['AT+CPIN="4711"']);
      expect(memory.text).toBeUndefined();
    });
    test('a wrong PIN is given once, whatever is pulled, restarted or made anew', async () => {
      const memory = lasting();
      await plugNew({ pin: '4711' });
      await make({ pin: '0000' }, { memory }).start();
      await fault(/did not take the PIN/);
      await plug.unplug();
      await fault(/cannot be opened/);
      await plug.plugIn();
      await fault(/not tried again/);
      await driver.stop(100);
      await make({ pin: '0000' }, { memory }).start();
      await fault(/not tried again/);
      expect(modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toHaveLength(1);
      expect(JSON.stringify([driver.states(), memory.text])).not.toContain('0000');
      // Another one in the settings begins with an empty memory.
      await driver.stop(100);
      await make({ pin: '4711' }, { memory }).start();
      await ready();
      expect(memory.text).toBeUndefined();
    });
    test('settings without a PIN in between let the same one be tried again', async () => {
      const memory = lasting();
      await plugNew({ pin: '4711' });
      for (const [pin, info] of [
        ['0000', /not tried again/],
        [undefined, /settings have none/],
        ['0000', /not tried again/],
      ] as const) {
        await make(pin === undefined ? {} : { pin }, { memory }).start();
        await fault(info);
        await driver.stop(100);
      }
      expect(modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toHaveLength(2);
    });
    test('a PIN is not given while the memory cannot be asked, or cannot be written', async () => {
      const away = async (): Promise<never> => {
        throw new Error('the database is away');
      };
      await plugNew({ pin: '4711' });
      for (const memory of [
        { ...lasting(), recall: away },
        { ...lasting(), keep: away },
      ]) {
        await make({ pin: '4711' }, { memory }).start();
        await fault(/see the log|away/);
        await driver.stop(100);
      }
      expect(modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toEqual([]);
      await make({ pin: '4711' }, { memory: lasting() }).start();
      await ready();
    });
    test('without the memory of a hub the process remembers', async () => {
      await plugNew({ pin: '4711' });
      for (let round = 0; round < 2; round += 1) {
        await make({ pin: '0000' }).start();
        await fault(/not tried again/);
        await driver.stop(100);
      }
      expect(modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toHaveLength(1);
    });
    test('where nobody remembers, the last try is left to a person', async () => {
      await plugNew({ pin: '4711' });
      for (const info of [/did not take/, /did not take/, /has left: 1/]) {
        await make({ pin: '0000' }, { memory: lasting(), timing: { ...QUICK, reopen: [60_000, 60_000] } }).start();
        await fault(info);
        await driver.stop(100);
      }
      expect(modem.behaviour.tries).toBe(1);
      modem.behaviour.tries = 0;
      await make({ pin: '4711' }, { memory: lasting() }).start();
      await fault(/SIM PUK/);
    });
    test.each<[string, Partial<ModemBehaviour>, RegExp]>([
      ['no PIN in the settings', { pin: '4711' }, /settings have none/],
      ['no SIM', { simMissing: true }, /no SIM in the modem/],
      ['no network', { registration: 2 }, /not registered/],
      ['no reports', { unknown: ['AT+CNMI'] }, /cannot tell reports/],
      ['no PDU mode', { unknown: ['AT+CMGF'] }, /CMGF/],
      ['silence', { silent: true }, /does not answer/],
    ])('%s is a fault that says so', async (_, changes, info) => {
      await plugNew(changes);
      await make().start();
      await fault(info);
      expect(driver.capacity()).toBe(0);
      expect(await send()).toMatchObject({ result: 'channel', code: 'fault', detail: expect.stringMatching(info) });
      Object.assign(modem.behaviour, { pin: undefined, simMissing: false, registration: 1, unknown: [], silent: false });
      await ready();
    });
    test('a modem that knows another way of telling, and one that need not tell', async () => {
      await started({ unknown: ['AT+CNMI=2'] });
      expect(modem.commands).toContain('AT+CNMI=1,2,0,1,0');
      await driver.stop(100);
      modem.behaviour.unknown = ['AT+CNMI', 'AT+CSMS'];
      await make({ receipts: 'off' }).start();
      await ready();
    });
  });

  describe('sending', () => {
    test('with receipts: submitted, and the receipt finds the part', async () => {
      await started({ reports: 0, reference: 254 });
      const outcomes = [await send('один'), await send('два'), await send('три')];
      expect(outcomes.map(({ result, messageIds }) => [result, messageIds])).toEqual([
        ['submitted', ['254@1234567']],
        ['submitted', ['255@1234567']],
        ['submitted', ['0@1234567']],
      ]);
      await until(() => expect(news.receipts.map(({ messageId }) => messageId)).toEqual(['254@1234567', '255@1234567', '0@1234567']));
      expect(news.receipts[0]).toMatchObject({ result: 'delivered', code: 'ST 0x00' });
      expect(modem.sent.every(({ receipt, validity }) => receipt && validity === 167)).toBe(true);
      await until(() => expect(modem.unacknowledged).toEqual([]));
    });
    test('a report that is faster than the other parts waits for them', async () => {
      await started({ reports: 0, sending: 30 });
      const order: string[] = [];
      const receipt = news.receipt;
      news.receipt = (told) => {
        order.push(told.messageId);
        return receipt(told);
      };
      const { messageIds } = await send('x'.repeat(400)).finally(() => order.push('answered'));
      await until(() => expect(order).toHaveLength(4));
      expect(order).toEqual(['answered', ...messageIds]);
    });
    test('without receipts: done; service centre and validity as they are set', async () => {
      await started({}, { receipts: 'off', smsc: '+79000000000', validity: '1' });
      expect(await send()).toMatchObject({ result: 'done', channel: 0, messageIds: ['1@1234567'] });
      expect(modem.sent[0]).toMatchObject({ receipt: false, validity: 11, serviceCentre: '919700000000f0' });
    });
    test('a long text goes in parts of one reference, each with its id', async () => {
      await started();
      const text = 'Учебная тревога, сбор во дворе корпуса 2. '.repeat(5);
      const { result, messageIds } = await send(text);
      expect([result, messageIds.length]).toEqual(['submitted', 4]);
      expect(modem.sent.map((part) => part.text).join('')).toBe(text);
      expect(new Set(modem.sent.map(({ concatenation }) => concatenation?.reference)).size).toBe(1);
      expect(modem.sent.map(({ concatenation }) => [concatenation?.place, concatenation?.total])).toEqual(
        [1, 2, 3, 4].map((place) => [place, 4]),
      );
      await send(text);
      expect(modem.sent[4]?.concatenation?.reference).not.toBe(modem.sent[0]?.concatenation?.reference);
    });
    test.each([
      ['+CMS ERROR: 1', 'permanent'],
      ['+CMS ERROR: 28', 'permanent'],
      ['+CMS ERROR: 30', 'permanent'],
      ['+CMS ERROR: 27', 'temporary'],
      ['+CMS ERROR: 38', 'temporary'],
      ['+CMS ERROR: 41', 'temporary'],
      ['+CMS ERROR: 42', 'temporary'],
      ['+CMS ERROR: 47', 'temporary'],
      ['+CMS ERROR: 331', 'temporary'],
      ['+CMS ERROR: 332', 'temporary'],
      ['+CMS ERROR: 314', 'channel'],
      ['+CMS ERROR: 330', 'channel'],
      ['+CMS ERROR: 500', 'channel'],
      ['+CMS ERROR: 12345', 'channel'],
      ['ERROR', 'channel'],
    ])('%s is %s, and the modem goes on', async (refusal, result) => {
      await started({ refusals: [refusal] });
      const outcome = await send();
      expect(outcome).toMatchObject({ result, code: refusal.replace(/^\+(CMS) ERROR: /, '$1 '), messageIds: [], channel: 0 });
      expect(outcome.detail).not.toBe('');
      expect(await send()).toMatchObject({ result: 'submitted' });
      expect(driver.states()[0]).toMatchObject({ ok: 1, failed: 1 });
    });
    test.each(['310', '311', '312', '313', '315', '316', '317', '318'])(
      '+CMS ERROR: %s is a fault of the SIM: the modem is started anew',
      async (number) => {
        await started({ refusals: [`+CMS ERROR: ${number}`] });
        expect(await send()).toMatchObject({ result: 'channel', code: `CMS ${number}` });
        await until(() => expect(modem.commands.filter((command) => command === 'AT+CPIN?').length).toBeGreaterThan(1));
        await ready();
      },
    );
    test('no answer to the text is unknown; the late one disturbs nobody', async () => {
      await started({ refusals: ['late'] });
      expect(await send('eins')).toMatchObject({ result: 'unknown', code: 'timeout', messageIds: [] });
      modem.say('\r\n+CMGS: 1\r\n\r\nOK\r\n');
      expect(await send('zwei')).toMatchObject({ result: 'submitted', messageIds: ['2@1234567'] });
    });
    test('no prompt: nothing was sent', async () => {
      await started({ withoutPrompt: true });
      expect(await send()).toMatchObject({ result: 'channel', code: 'timeout' });
      modem.behaviour.withoutPrompt = false;
      await ready();
      expect(await send()).toMatchObject({ result: 'submitted' });
      expect(modem.sent).toHaveLength(1);
    });
    test('a part that fails ends the message with its result', async () => {
      await started({ refusals: [] });
      let parts = 0;
      modem.behaviour.refuse = () => (++parts === 2 ? '+CMS ERROR: 42' : undefined);
      expect(await send('x'.repeat(400))).toMatchObject({
        result: 'temporary',
        code: 'CMS 42',
        detail: expect.stringContaining('part 2 of 3'),
      });
      expect(modem.sent).toHaveLength(1);
    });
    test('aborted behind the first part: unknown; a task that may not use the modem: not sent', async () => {
      await started({ sending: 50 });
      const abort = new AbortController();
      const sending = send('x'.repeat(400), {}, abort.signal);
      await until(() => expect(modem.sent).toHaveLength(1));
      abort.abort();
      expect(await sending).toMatchObject({ result: 'unknown', channel: 0 });
      await until(async () => expect(await send('ok', { channels: new Set([1]) })).toMatchObject({ result: 'channel', code: 'mask' }));
      expect(await send('danach', { channels: new Set([0]) })).toMatchObject({ result: 'submitted' });
      expect(modem.sent.at(-1)?.text).toBe('danach');
    });
  });

  describe('what comes in', () => {
    test('a reply is acknowledged only when it is stored', async () => {
      await started({}, { number: '+79990001122' });
      let store: () => void = () => {};
      const stored = new Promise<void>((done) => {
        store = done;
      });
      const incoming = news.incoming;
      news.incoming = async (message) => {
        await stored;
        await incoming(message);
      };
      modem.receive(NUMBER, 'Да 4711');
      await until(() => expect(modem.unacknowledged).toHaveLength(1));
      expect(await send('während')).toMatchObject({ result: 'submitted' });
      expect(modem.commands).not.toContain('AT+CNMA');
      store();
      await until(() => expect(modem.unacknowledged).toEqual([]));
      expect(news.messages).toMatchObject([{ from: NUMBER, to: '+79990001122', text: 'Да 4711' }]);
      expect(news.messages[0]?.id).toMatch(/^\+79161234567@.*#/);
    });
    test('what could not be stored is not acknowledged, and the modem is told to tell again', async () => {
      await started();
      news.incoming = () => Promise.reject(new Error('no database'));
      modem.receive(NUMBER, 'verloren?');
      await until(() => expect(modem.unacknowledged).toHaveLength(1));
      modem.say('\r\n+CREG: 1\r\n');
      await until(() => expect(modem.commands.filter((command) => command.startsWith('AT+CNMI=')).length).toBeGreaterThan(1));
      expect(modem.commands).not.toContain('AT+CNMA');
    });
    test('a long message comes as one, whatever the order of its parts', async () => {
      await started();
      modem.receive(NUMBER, 'вторая.', { reference: 7, total: 2, place: 2 });
      modem.receive(NUMBER, 'Первая, ', { reference: 7, total: 2, place: 1 });
      await until(() => expect(news.messages.map(({ text }) => text)).toEqual(['Первая, вторая.']));
      await until(() => expect(modem.unacknowledged).toEqual([]));
    });
    test.each([
      [0x46, 'temporary'],
      [0x41, 'permanent'],
      [0x65, 'temporary'],
    ])('a report of status %i is %s', async (status, result) => {
      await started();
      modem.report(9, '89161234567', 0x30);
      modem.report(9, '89161234567', status);
      await until(() => expect(news.receipts).toMatchObject([{ messageId: '9@1234567', result }]));
      await until(() => expect(modem.unacknowledged).toEqual([]));
    });
    test('garbage is left out, acknowledged and does not disturb', async () => {
      await started();
      modem.say('\r\n+CMT: ,5\r\n00FF\r\n\r\n+CDS: 5\r\nhello\r\n\u0000\u0080\r\n+CMTI: "SM",77\r\n^BOOT:1234\r\nRING\r\n');
      modem.receive(NUMBER, 'danach');
      await until(() => expect(news.messages.map(({ text }) => text)).toEqual(['danach']));
      expect(await send()).toMatchObject({ result: 'submitted' });
    });
    test('with a memory: read, stored, deleted; what waited there before the start, too', async () => {
      await plugNew({});
      modem.receive(NUMBER, 'vor dem Start');
      modem.receive(NUMBER, 'teil 1 ', { reference: 3, total: 2, place: 1 });
      await make({ storage: 'SM' }).start();
      await ready();
      await until(() => expect(news.messages.map(({ text }) => text)).toEqual(['vor dem Start']));
      // A part is stored with us, too, and need not wait in the memory for the others.
      await until(() => expect(modem.stored.size).toBe(0));
      modem.receive(NUMBER, 'teil 2', { reference: 3, total: 2, place: 2 });
      await until(() => expect(news.messages.map(({ text }) => text)).toEqual(['vor dem Start', 'teil 1 teil 2']));
      modem.report(5, NUMBER, 0);
      await until(() => expect(news.receipts).toMatchObject([{ messageId: '5@1234567', result: 'delivered' }]));
      await until(() => expect(modem.stored.size).toBe(0));
    });
    test('with a memory: what could not be stored stays there and is read again', async () => {
      await started({}, { storage: 'SM' });
      const incoming = news.incoming;
      news.incoming = () => Promise.reject(new Error('no database'));
      modem.receive(NUMBER, 'bleibt');
      await until(() => expect(modem.commands.some((command) => command.startsWith('AT+CMGR'))).toBe(true));
      news.incoming = incoming;
      await until(() => {
        modem.say('\r\n+CREG: 1\r\n');
        expect(news.messages.map(({ text }) => text)).toEqual(['bleibt']);
      });
      await until(() => expect(modem.stored.size).toBe(0));
    });
  });

  describe('faults', () => {
    test('unplugged: fault; plugged in again: works within ten seconds, with the waits of the product', async () => {
      await plugNew({});
      await make({}, { timing: {} }).start();
      await ready();
      await plug.unplug();
      await fault(/./);
      expect(await send()).toMatchObject({ result: 'channel' });
      const begin = performance.now();
      await plug.plugIn();
      await ready();
      expect(performance.now() - begin).toBeLessThan(10_000);
      expect(await send()).toMatchObject({ result: 'submitted' });
    }, 40_000);
    test('unplugged while it sends: unknown', async () => {
      await started({ refusals: ['silence'] });
      const sending = send();
      await until(() => expect(modem.commands.some((command) => command.startsWith('AT+CMGS'))).toBe(true));
      await new Promise((done) => setTimeout(done, 100));
      await plug.unplug();
      expect(await sending).toMatchObject({ result: 'unknown' });
    });
    test('three silent commands: the port is opened again', async () => {
      await started();
      modem.behaviour.silent = true;
      expect(await send()).toMatchObject({ result: 'channel' });
      await fault(/does not answer/);
      modem.behaviour.silent = false;
      await ready();
    });
    test('the network goes and comes', async () => {
      await started();
      modem.behaviour.registration = 2;
      modem.say('\r\n+CREG: 2\r\n');
      await fault(/not registered/);
      modem.behaviour.registration = 5;
      await ready();
      expect(driver.states()[0]).toMatchObject({ state: 'free' });
    });
    test('a stop waits for what is being sent', async () => {
      await started({ sending: 200 });
      const sending = send();
      await until(() => expect(driver.states()[0]?.state).toBe('sending'));
      await driver.stop(5_000);
      expect(await sending).toMatchObject({ result: 'submitted' });
      expect(plug.users()).toBe(0);
    });
  });
});
