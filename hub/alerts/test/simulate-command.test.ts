import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../core/database/test/support/until.ts';
import { runCommand, startCommand } from '../../test/support/command.ts';
import { hearNews, makeOrder } from '../channels/test/conformance.ts';
import { NEVER, smppDriver } from '../channels/test/support/smpp.ts';

/** `vestnik alerts simulate` on free ports, until the test is over. */
async function simulate(...options: string[]) {
  const command = startCommand(['--lang', 'en', 'alerts', 'simulate', '--sms-port', '0', '--mail-port', '0', ...options]);
  onTestFinished(() => void command.child.kill('SIGKILL'));
  const [, sms, mail] = /message centre 127\.0\.0\.1:(\d+), mail server 127\.0\.0\.1:(\d+)/.exec(await command.says(/Ctrl\+C ends/)) ?? [];
  return { command, sms: Number(sms), mail: Number(mail) };
}

test('messages are shown, delivered, answered or refused as the options say', async () => {
  const { command, sms } = await simulate(
    '--refuse',
    '8',
    '--unreachable',
    '9',
    '--silent',
    '7',
    '--reply',
    'Yes',
    '--receipt-delay',
    '0',
    '--account',
    'me:mine',
  );
  const news = hearNews();
  const driver = smppDriver(sms, news, { systemId: 'me', password: 'mine' });
  onTestFinished(() => driver.stop(0));
  await driver.start();
  await until(() => expect(driver.capacity()).toBeGreaterThan(0));
  const send = (last: number, text = 'Сбор') => driver.attempt(makeOrder(`+7916000000${last}`, text), NEVER);
  expect(await send(8)).toMatchObject({ result: 'permanent' });
  for (const last of [1, 7, 9]) expect(await send(last)).toMatchObject({ result: 'submitted' });
  expect(await send(1, 'Ещё раз')).toMatchObject({ result: 'submitted' });
  await until(() => expect(news.receipts.map(({ code }) => code).sort()).toEqual(['DELIVRD', 'DELIVRD', 'DELIVRD', 'UNDELIV']));
  // The second message to the first phone came within five seconds.
  await until(() =>
    expect(news.messages.map(({ from, text }) => `${from} ${text}`).sort()).toEqual(['+79160000001 Yes', '+79160000009 Yes']),
  );
  await command.says(/^SMS \+79160000001 Ещё раз$/m);
  for (const line of ['SMS +79160000001 Сбор', 'SMS +79160000007 Сбор', 'SMS +79160000009 Сбор']) expect(command.out).toContain(line);
  expect(command.out).not.toContain('+79160000008');
});

test('mails are shown; an interrupt ends it in order', async () => {
  const { command, mail } = await simulate();
  const transport = createTransport({ host: '127.0.0.1', port: mail, secure: false });
  await transport.sendMail({ from: 'duty@example.org', to: 'ivanov@example.org', subject: 'Сбор', text: 'Сбор' });
  transport.close();
  await command.says(/^MAIL ivanov@example\.org \d+ bytes$/m);
  command.child.kill('SIGINT');
  expect(await command.ended).toBe(0);
});

test('a port in use, and wrong values, are said with what to do', async () => {
  const { sms, mail } = await simulate();
  for (const [option, port, other] of [
    ['--sms-port', sms, '--mail-port'],
    ['--mail-port', mail, '--sms-port'],
  ] as const) {
    const { code, err } = await runCommand(['--lang', 'ru', 'alerts', 'simulate', option, String(port), other, '0']);
    expect(code).toBeGreaterThan(0);
    expect(err).toContain(`нельзя слушать 127.0.0.1:${port} (EADDRINUSE); выберите другой ${option}`);
  }
  expect((await runCommand(['--lang', 'en', 'alerts', 'simulate', '--refuse', '8-9'])).err).toContain('digits, such as 8 or 89');
  expect((await runCommand(['--lang', 'en', 'alerts', 'simulate', '--account', 'vestnik'])).err).toContain(
    'login:password, at most 15 and 8 characters',
  );
});
