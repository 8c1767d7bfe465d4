import { expect, test } from 'vitest';
import { requires } from '../../../../test/support/requires.ts';
import { until } from '../../../core/database/test/support/until.ts';
import type { DriverMemory } from '../driver.ts';
import { SECRETS, settingsSchema } from '../gsm/settings.ts';
import { cabledModem } from './support/cabled-modem.ts';
import { QUICK } from './support/gsm.ts';
import type { ModemBehaviour } from './support/modem-simulator.ts';

// How a modem is brought from whatever state to one in which it can send: SIM, network, ways of telling.

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

requires('socat').describe('the start of a GSM modem', () => {
  const cable = cabledModem();
  const { plugNew, make, started, ready, fault, send } = cable;

  test('asks in the order of the specification, and shows the signal', async () => {
    await started({ signal: 11 });
    const asked = cable.modem.commands.filter((command) => /CMEE|CPIN|CREG|CSQ|CMGF|CNMI|E0/.test(command));
    expect(asked.slice(0, 7)).toEqual(['ATE0', 'AT+CMEE=1', 'AT+CPIN?', 'AT+CREG=1', 'AT+CMGF=0', 'AT+CNMI=2,2,0,1,0', 'AT+CREG?']);
    await until(() => expect(cable.driver.states()[0]).toMatchObject({ state: 'free', signal: -91, info: '' }));
  });
  test('opens the SIM with the PIN', async () => {
    const memory = lasting();
    await plugNew({ pin: '4711' });
    await make({ pin: '4711' }, { memory }).start();
    await ready();
    expect(cable.modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toEqual(['AT+CPIN="4711"']);
    expect(memory.text).toBeUndefined();
  });
  test('a wrong PIN is given once, whatever is pulled, restarted or made anew', async () => {
    const memory = lasting();
    await plugNew({ pin: '4711' });
    await make({ pin: '0000' }, { memory }).start();
    await fault(/did not take the PIN/);
    await cable.plug.unplug();
    await fault(/cannot be opened/);
    await cable.plug.plugIn();
    await fault(/not tried again/);
    await cable.driver.stop(100);
    await make({ pin: '0000' }, { memory }).start();
    await fault(/not tried again/);
    expect(cable.modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toHaveLength(1);
    expect(JSON.stringify([cable.driver.states(), memory.text])).not.toContain('0000');
    // Another one in the settings begins with an empty memory.
    await cable.driver.stop(100);
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
      await cable.driver.stop(100);
    }
    expect(cable.modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toHaveLength(2);
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
      await cable.driver.stop(100);
    }
    expect(cable.modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toEqual([]);
    await make({ pin: '4711' }, { memory: lasting() }).start();
    await ready();
  });
  test('without the memory of a hub the process remembers', async () => {
    await plugNew({ pin: '4711' });
    for (let round = 0; round < 2; round += 1) {
      await make({ pin: '0000' }).start();
      await fault(/not tried again/);
      await cable.driver.stop(100);
    }
    expect(cable.modem.commands.filter((command) => command.startsWith('AT+CPIN='))).toHaveLength(1);
  });
  test('where nobody remembers, the last try is left to a person', async () => {
    await plugNew({ pin: '4711' });
    for (const info of [/did not take/, /did not take/, /has left: 1/]) {
      await make({ pin: '0000' }, { memory: lasting(), timing: { ...QUICK, reopen: [60_000, 60_000] } }).start();
      await fault(info);
      await cable.driver.stop(100);
    }
    expect(cable.modem.behaviour.tries).toBe(1);
    cable.modem.behaviour.tries = 0;
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
    expect(cable.driver.capacity()).toBe(0);
    expect(await send()).toMatchObject({ result: 'channel', code: 'fault', detail: expect.stringMatching(info) });
    Object.assign(cable.modem.behaviour, { pin: undefined, simMissing: false, registration: 1, unknown: [], silent: false });
    await ready();
  });
  test('a modem that knows another way of telling, and one that need not tell', async () => {
    await started({ unknown: ['AT+CNMI=2'] });
    expect(cable.modem.commands).toContain('AT+CNMI=1,2,0,1,0');
    await cable.driver.stop(100);
    cable.modem.behaviour.unknown = ['AT+CNMI', 'AT+CSMS'];
    await make({ receipts: 'off' }).start();
    await ready();
  });
});
