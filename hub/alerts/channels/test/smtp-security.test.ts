import { connect } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import { exportKey, keyToPem, makeLeaf, makeRoot, newKeyPair } from '../../../core/identity/certificate.ts';
import { type MailSinkOptions, startMailSink } from '../../mail-sink/mail-sink.ts';
import type { ChannelState, Driver } from '../driver.ts';
import { makeOrder } from './conformance.ts';
import { mailAnswers, startLineServer } from './support/line-server.ts';
import { makeDriver, QUICK, sinkAndDriver, smtpSettings, works } from './support/smtp.ts';

const never = new AbortController().signal;
const order = makeOrder('ivanov@test.invalid', 'Тревога');
const LOGIN = { user: 'alerts', password: 'Очень-тайно-1' };

let ca: string;
let tls: { cert: string; key: string };

beforeAll(async () => {
  const now = Temporal.Now.instant();
  const rootKeys = await newKeyPair();
  const root = await makeRoot('Root of the test', rootKeys, now, 10);
  const keys = await newKeyPair();
  const names = [{ type: 'dns', value: 'mail.test.invalid' } as const];
  const signer = { certificate: root, key: rootKeys.privateKey };
  const leaf = await makeLeaf(signer, { commonName: 'mail', publicKey: keys.publicKey, usage: 'server', names, now, days: 5 });
  ca = root.toString('pem');
  tls = { cert: leaf.toString('pem'), key: keyToPem(await exportKey(keys.privateKey)) };
});

/** The state that a driver comes to when it cannot work. */
async function faultOf(driver: Driver): Promise<ChannelState | undefined> {
  await driver.start();
  return until(() => {
    expect(driver.states()[0]?.info).not.toBe('looking for the server');
    return driver.states()[0];
  });
}

async function faultWith(options: () => MailSinkOptions, settings: () => Record<string, unknown>): Promise<ChannelState | undefined> {
  await using sink = await startMailSink(options());
  const driver = makeDriver(smtpSettings(sink.port, settings()));
  const state = await faultOf(driver);
  expect(driver.capacity()).toBe(0);
  await driver.stop(0);
  expect(sink.count).toBe(0);
  return state;
}

describe('TLS', () => {
  test.each([
    ['STARTTLS where the server offers it', () => ({ tls }), { tls: 'starttls' }, true],
    ['STARTTLS that is required', () => ({ tls }), { tls: 'required' }, true],
    ['TLS from the first byte', () => ({ tls: { ...tls, implicit: true } }), { tls: 'implicit' }, true],
    ['none, because the server offers none', () => ({}), { tls: 'starttls' }, false],
    ['none, although the server offers it', () => ({ tls }), { tls: 'none' }, false],
  ] as const)('%s', async (_name, options, settings, secure) => {
    await using both = await sinkAndDriver(options(), { ...settings, ca, tlsName: 'mail.test.invalid' });
    expect(await both.driver.attempt(order, never)).toMatchObject({ result: 'done' });
    expect(both.sink.mails).toMatchObject([{ secure }]);
  });

  test('a certificate of nobody we know is taken only where checking is off', async () => {
    const settings = { tls: 'required', tlsName: 'mail.test.invalid' };
    const state = await faultWith(
      () => ({ tls }),
      () => settings,
    );
    expect(state).toMatchObject({ state: 'fault', info: expect.stringMatching(/certificate/) });
    await using both = await sinkAndDriver({ tls }, { ...settings, verify: 'none' });
    expect(await both.driver.attempt(order, never)).toMatchObject({ result: 'done' });
  });

  test.each([
    [
      'another name in the certificate',
      () => ({ tls }),
      () => ({ tls: 'required', ca, tlsName: 'other.test.invalid' }),
      /other\.test\.invalid/,
    ],
    ['STARTTLS required and not offered', () => ({}), () => ({ tls: 'required' }), /STARTTLS/],
    ['TLS from the first byte to a server that waits', () => ({}), () => ({ tls: 'implicit' }), /TLS|SSL|wrong version/i],
    [
      'a password, and no STARTTLS to hide it',
      () => ({ logins: { alerts: LOGIN.password } }),
      () => ({ ...LOGIN, tls: 'starttls' }),
      /STARTTLS/,
    ],
  ] as const)('%s is a fault that says so', async (_name, options, settings, info) => {
    expect(await faultWith(options, settings)).toMatchObject({ state: 'fault', info: expect.stringMatching(info) });
  });

  test('a password goes over the wire in the clear only with tls none', async () => {
    await using server = await startLineServer(
      mailAnswers({ EHLO: '250-lines.invalid\r\n250 AUTH PLAIN\r\n', STARTTLS: '502 no\r\n', AUTH: '235 fine\r\n' }),
    );
    const hiding = makeDriver(smtpSettings(server.port, { ...LOGIN, tls: 'starttls' }));
    await faultOf(hiding);
    await hiding.stop(0);
    expect(server.lines.filter((line) => line.startsWith('AUTH'))).toEqual([]);
    const open = makeDriver(smtpSettings(server.port, { ...LOGIN, tls: 'none' }));
    await open.start();
    await works(open);
    await open.stop(0);
    expect(server.lines.filter((line) => line.startsWith('AUTH'))).toHaveLength(1);
  });
});

describe('login', () => {
  test('with the right password', async () => {
    await using both = await sinkAndDriver(
      { tls, logins: { alerts: LOGIN.password } },
      { ...LOGIN, tls: 'starttls', ca, tlsName: 'mail.test.invalid' },
    );
    expect(await both.driver.attempt(order, never)).toMatchObject({ result: 'done' });
    expect(both.sink.mails).toMatchObject([{ user: 'alerts', secure: true }]);
  });

  test('a refused one is a fault that says so without secrets or mailboxes, and is not asked again soon', async () => {
    let greetings = 0;
    await using server = await startLineServer((line, socket) => {
      if (line === undefined) greetings++;
      return mailAnswers({ EHLO: '250-lines.invalid\r\n250 AUTH PLAIN\r\n', AUTH: '535 5.7.8 bad credentials of boss@test.invalid\r\n' })(
        line,
        socket,
      );
    });
    const driver = makeDriver(smtpSettings(server.port, LOGIN), undefined, { ...QUICK, first: 1, most: 1 });
    const state = await faultOf(driver);
    expect(state).toMatchObject({ state: 'fault', info: expect.stringMatching(/535 5\.7\.8 bad credentials/) });
    expect(state?.info).not.toMatch(/boss|тайно|@/);
    expect(await driver.attempt(order, never)).toMatchObject({ result: 'channel' });
    // Time enough for many looks of a millisecond: twenty whole sessions with another server.
    await using sink = await startMailSink();
    const other = makeDriver(smtpSettings(sink.port, { messagesPerConnection: 1 }));
    await other.start();
    await works(other);
    for (let mail = 0; mail < 20; mail++) expect(await other.attempt(order, never)).toMatchObject({ result: 'done' });
    await other.stop(0);
    expect(greetings).toBe(1);
    await driver.stop(0);
  });

  test('a server that offers no login where we have one', async () => {
    await using server = await startLineServer(mailAnswers({ EHLO: '250 lines.invalid\r\n', AUTH: '503 5.5.1 no such thing\r\n' }));
    const driver = makeDriver(smtpSettings(server.port, LOGIN));
    expect(await faultOf(driver)).toMatchObject({ state: 'fault', info: expect.stringMatching(/503/) });
    await driver.stop(0);
  });
});

test('the certificate of the test is one that OpenSSL takes', async () => {
  await using sink = await startMailSink({ tls: { ...tls, implicit: true } });
  const socket = connect({ port: sink.port, host: '127.0.0.1', ca, servername: 'mail.test.invalid' });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  expect(socket.authorized).toBe(true);
  socket.destroy();
});
