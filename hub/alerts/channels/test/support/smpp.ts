import { expect, onTestFinished } from 'vitest';
import { until } from '../../../../core/database/test/support/until.ts';
import { createSmsc, type Smsc, type SmscOptions } from '../../../smsc/smsc.ts';
import type { AttemptOutcome, ChannelNews, Driver } from '../../driver.ts';
import type { Pauses } from '../../smpp/keep-link.ts';
import { type SmppSettings, settingsSchema } from '../../smpp/settings.ts';
import { createSmppDriver } from '../../smpp/smpp-driver.ts';
import { type HeardNews, hearNews, makeOrder } from '../conformance.ts';

export const ACCOUNT = { systemId: 'vestnik', password: 'secret' };
/** As those of the product, but a test does not wait a minute. */
export const SHORT_PAUSES: Pauses = { first: 50, longest: 400, refused: 1_500 };

/** A centre that is up, on a free port. */
export async function startSmsc(options: Partial<SmscOptions> = {}): Promise<Smsc> {
  const smsc = createSmsc({ accounts: [ACCOUNT], behaviour: { receiptDelay: 5 }, replyDelay: 5, ...options });
  await smsc.start();
  return smsc;
}

/** Settings as an operator would write them, with short times. */
export const smppSettings = (port: number, more: Partial<Record<keyof SmppSettings, unknown>> = {}): SmppSettings =>
  settingsSchema.parse({ host: '127.0.0.1', port, ...ACCOUNT, source: 'Vestnik', tps: 10_000, enquireLink: 1, respTimeout: 1, ...more });

export const smppDriver = (port: number, news: ChannelNews, more: Partial<Record<keyof SmppSettings, unknown>> = {}): Driver =>
  createSmppDriver(smppSettings(port, more), news, SHORT_PAUSES);

export const NEVER = new AbortController().signal;

export interface Rig {
  readonly smsc: Smsc;
  readonly driver: Driver;
  readonly news: HeardNews;
  /** An attempt at +79160000001, or another. */
  attempt(text?: string, address?: string, signal?: AbortSignal): Promise<AttemptOutcome>;
}

/** A centre and a driver bound to it; both end with the test. */
export async function makeRig(
  options: Partial<SmscOptions> & { settings?: Partial<Record<keyof SmppSettings, unknown>>; news?: HeardNews } = {},
): Promise<Rig> {
  const { settings, news = hearNews(), ...rest } = options;
  const smsc = await startSmsc(rest);
  const driver = smppDriver(smsc.port, news, settings);
  onTestFinished(async () => {
    await driver.stop(0);
    await smsc.stop();
  });
  await driver.start();
  await until(() => expect(driver.capacity()).toBeGreaterThan(0));
  return {
    smsc,
    driver,
    news,
    attempt: (text = 'hello', address = '+79160000001', signal = NEVER) => driver.attempt(makeOrder(address, text), signal),
  };
}
