import { createSmsc, type Smsc, type SmscOptions } from '../../../smsc/smsc.ts';
import type { ChannelNews, Driver } from '../../driver.ts';
import type { Pauses } from '../../smpp/keep-link.ts';
import { type SmppSettings, settingsSchema } from '../../smpp/settings.ts';
import { createSmppDriver } from '../../smpp/smpp-driver.ts';

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
