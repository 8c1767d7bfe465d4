import { simpleParser } from 'mailparser';
import { expect } from 'vitest';
import { until } from '../../../../core/database/test/support/until.ts';
import { type MailSink, type MailSinkOptions, startMailSink } from '../../../mail-sink/mail-sink.ts';
import type { ChannelNews, Driver } from '../../driver.ts';
import { createSmtpDriver, type SmtpPace } from '../../smtp/driver.ts';
import { type SmtpSettings, settingsSchema } from '../../smtp/settings.ts';
import { hearNews } from '../conformance.ts';

export const BOUNCE_KEY = Buffer.from('0123456789abcdef0123456789abcdef');

/** Waits that a test outlives. */
export const QUICK: SmtpPace = { first: 50, most: 200, login: 60_000, watch: 60_000, widen: 100 };

export const smtpSettings = (port: number, more: Record<string, unknown> = {}): SmtpSettings =>
  settingsSchema.parse({ host: '127.0.0.1', port, tls: 'none', from: 'Дежурный <duty@vestnik.invalid>', timeout: 1, ...more });

export const makeDriver = (settings: SmtpSettings, news: ChannelNews = hearNews(), pace: Partial<SmtpPace> = QUICK): Driver =>
  createSmtpDriver(settings, news, { bounceKey: BOUNCE_KEY, pace });

export const works = (driver: Driver): Promise<void> => until(() => expect(driver.capacity(), driver.states()[0]?.info).toBeGreaterThan(0));

/** A sink and a driver that works with it; both end with `await using`. */
export async function sinkAndDriver(
  options: MailSinkOptions = {},
  settings: Record<string, unknown> = {},
  pace: Partial<SmtpPace> = QUICK,
): Promise<{ sink: MailSink; driver: Driver; [Symbol.asyncDispose](): Promise<void> }> {
  const sink = await startMailSink(options);
  const driver = makeDriver(smtpSettings(sink.port, settings), hearNews(), pace);
  await driver.start();
  await works(driver);
  return {
    sink,
    driver,
    async [Symbol.asyncDispose]() {
      await driver.stop(0);
      await sink.stop();
    },
  };
}

/** The last mail of a sink, as a reader that is not ours sees it. */
export async function lastMail(sink: MailSink): Promise<Awaited<ReturnType<typeof simpleParser>>> {
  const mail = sink.mails.at(-1);
  if (!mail) throw new Error('no mail has come');
  return simpleParser(mail.raw);
}
