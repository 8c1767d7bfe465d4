import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findProgram } from '../../../../scripts/setup/programs.mjs';
import { createFolder, type Folder } from '../../../../test/support/folder.ts';
import { requires } from '../../../../test/support/requires.ts';
import { until } from '../../../core/database/test/support/until.ts';
import type { Driver } from '../driver.ts';
import { type HeardNews, hearNews, makeOrder } from './conformance.ts';
import { freePort, type MailServer, startMailServer } from './support/mail-server.ts';
import { makeDriver, smtpSettings, works } from './support/smtp.ts';

const never = new AbortController().signal;

requires('root', 'Linux', 'smtpd', 'swaks').describe('a real mail server: OpenSMTPD', () => {
  let server: MailServer;
  let bouncePort: number;
  let folder: Folder;

  beforeAll(async () => {
    folder = createFolder('mail-server');
    bouncePort = await freePort();
    server = await startMailServer(folder.path, bouncePort);
  });
  afterAll(async () => {
    await server?.stop();
    folder.remove();
  });

  /** A driver at work with that server, which takes its bounces. */
  async function working(more: Record<string, unknown> = {}): Promise<{ driver: Driver; news: HeardNews }> {
    const news = hearNews();
    const bounces = { returnPath: 'bounce@vestnik.invalid', bounceListen: `127.0.0.1:${bouncePort}` };
    const driver = makeDriver(smtpSettings(server.port, { timeout: 10, ...bounces, ...more }), news);
    onTestFinished(() => driver.stop(500));
    await driver.start();
    await works(driver);
    return { driver, news };
  }

  test('swaks, which is not ours, is served: the server does what the other tests rely on', async () => {
    const swaks = (to: string): { status: number | null; stdout: string } =>
      spawnSync(findProgram('swaks') ?? 'none', ['--server', `127.0.0.1:${server.port}`, '--from', 'a@example.org', '--to', to], {
        encoding: 'utf8',
        timeout: 20_000,
      });
    const before = (await server.mails()).length;
    expect(swaks('ivanov@test.invalid').stdout).toContain('Message accepted for delivery');
    await until(async () => expect(await server.mails()).toHaveLength(before + 1));
    expect(swaks('nobody-here@test.invalid').stdout).toMatch(/<\*\* 550/);
  });

  test('Cyrillic subject, name and text, a file and a signature arrive in the maildir', async () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    const { driver } = await working({
      from: 'Диспетчер <duty@vestnik.invalid>',
      dkimDomain: 'vestnik.invalid',
      dkimSelector: 'alerts',
      dkimKey: key,
    });
    const content = Buffer.from(Array.from({ length: 3_000 }, (_, index) => index % 256));
    const text = 'Внимание!\n.\nСбор во дворе в 14:00.\nFrom the duty officer';
    const order = makeOrder('ivanov@test.invalid', text, {
      reference: '3.14',
      attempt: 314,
      subject: 'Учебная тревога «Гроза»',
      attachments: [{ name: 'Тревога.wav', type: 'audio/wav', content }],
    });
    const outcome = await driver.attempt(order, never);
    expect(outcome).toMatchObject({ result: 'done', code: '250 2.0.0', detail: expect.stringContaining('accepted for delivery') });
    const mail = await until(async () => {
      for (const raw of await server.mails()) {
        const parsed = await simpleParser(raw);
        if (parsed.messageId === '<3.14@vestnik.invalid>') return parsed;
      }
      throw new Error(`not there yet: ${server.log()}`);
    });
    expect(mail).toMatchObject({
      subject: 'Учебная тревога «Гроза»',
      from: { value: [{ name: 'Диспетчер', address: 'duty@vestnik.invalid' }] },
      attachments: [{ filename: 'Тревога.wav', contentType: 'audio/wav', content }],
    });
    expect(mail.text?.trimEnd()).toBe(text);
    expect(mail.headers.get('dkim-signature')).toMatchObject({ params: { d: 'vestnik.invalid', s: 'alerts' } });
    expect(JSON.stringify(mail.headers.get('return-path'))).toMatch(/bounce\+314\.[0-9a-v]{16}@vestnik\.invalid/);
  });

  test('an unknown receiver is refused for good', async () => {
    const { driver } = await working();
    expect(await driver.attempt(makeOrder('nobody-here@test.invalid', 'x'), never)).toMatchObject({
      result: 'permanent',
      code: expect.stringMatching(/^550/),
    });
  });

  test('a mail that the server takes and then returns is known as a bounce, by the report that it writes', async () => {
    const { driver, news } = await working();
    expect(await driver.attempt(makeOrder('gone@test.invalid', 'x', { attempt: 315 }), never)).toMatchObject({ result: 'done' });
    await until(() => expect(news.bounces, server.log()).toMatchObject([{ reference: '315', result: 'permanent' }]), { timeout: 30_000 });
    expect(news.bounces[0]?.code).toMatch(/^5\./);
  });
});
