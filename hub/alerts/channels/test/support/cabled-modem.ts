import { afterEach, beforeEach, expect } from 'vitest';
import { createFolder, type Folder } from '../../../../../test/support/folder.ts';
import { until } from '../../../../core/database/test/support/until.ts';
import type { AttemptOutcome, Driver } from '../../driver.ts';
import { createGsmDriver } from '../../gsm/gsm-driver.ts';
import { settingsSchema } from '../../gsm/settings.ts';
import { type HeardNews, hearNews, makeOrder } from '../conformance.ts';
import { QUICK } from './gsm.ts';
import { createModemSimulator, type ModemBehaviour, type ModemSimulator } from './modem-simulator.ts';
import { type PluggedModem, plugModem } from './serial-pair.ts';

/** Whom the tests of modems write to. */
export const NUMBER = '+79161234567';
const never = new AbortController().signal;

/** A simulated modem on a cable of socat, and the driver that opens it. What it consists of is another in each test. */
export interface CabledModem {
  readonly modem: ModemSimulator;
  readonly plug: PluggedModem;
  readonly news: HeardNews;
  readonly driver: Driver;
  plugNew(changes: Partial<ModemBehaviour>): Promise<void>;
  /** The driver that ends with the test; not started. */
  make(settings?: Record<string, unknown>, options?: Parameters<typeof createGsmDriver>[2]): Driver;
  /** Plugs a modem, starts its driver and waits until it can send. */
  started(changes?: Partial<ModemBehaviour>, settings?: Record<string, unknown>): Promise<void>;
  ready(): Promise<void>;
  /** Resolves when the channel is in fault and says so. */
  fault(info: RegExp): Promise<void>;
  send(text?: string, more?: object, signal?: AbortSignal): Promise<AttemptOutcome>;
}

/** For the top of a suite: each of its tests plugs a modem and makes a driver; after it the driver is stopped and the plug pulled. */
export function cabledModem(): CabledModem {
  let folder: Folder;
  let modem: ModemSimulator;
  let plug: PluggedModem;
  let news: HeardNews;
  let driver: Driver;
  beforeEach(() => {
    folder = createFolder('gsm');
    news = hearNews();
  });
  afterEach(async () => {
    await driver.stop(100);
    await plug.unplug();
    folder.remove();
  });
  const cable: CabledModem = {
    get modem() {
      return modem;
    },
    get plug() {
      return plug;
    },
    get news() {
      return news;
    },
    get driver() {
      return driver;
    },
    async plugNew(changes) {
      modem = createModemSimulator(changes);
      plug = await plugModem(modem, folder.path);
    },
    make(settings = {}, options = {}) {
      driver = createGsmDriver(settingsSchema.parse({ device: plug.device, ...settings }), news, { timing: QUICK, ...options });
      return driver;
    },
    async started(changes = {}, settings = {}) {
      await cable.plugNew(changes);
      await cable.make(settings).start();
      await cable.ready();
    },
    ready: () => until(() => expect(driver.capacity()).toBe(1)),
    fault: (info) => until(() => expect(driver.states()[0]).toMatchObject({ state: 'fault', info: expect.stringMatching(info) })),
    send: (text = 'Тревога', more = {}, signal = never) => driver.attempt(makeOrder(NUMBER, text, more), signal),
  };
  return cable;
}
