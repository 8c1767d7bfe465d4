import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import { type SinkAnswer, startMailSink } from '../../mail-sink/mail-sink.ts';
import type { AttemptOutcome, Driver } from '../driver.ts';
import { makeOrder } from './conformance.ts';
import { mailAnswers, startLineServer } from './support/line-server.ts';
import { lastMail, makeDriver, QUICK, sinkAndDriver, smtpSettings, works } from './support/smtp.ts';

const never = new AbortController().signal;
const GOOD = 'ivanov@test.invalid';

/** The answers of the sink, by the part of the receiver before the `@`. */
const SAID: Readonly<Record<string, SinkAnswer>> = {
  grey: { do: 'refuse', at: 'rcpt', code: 450, text: '4.7.1 greylisted, come back in 5 minutes' },
  busy: { do: 'refuse', at: 'rcpt', code: 451, text: '4.3.0 try again later' },
  full: { do: 'refuse', at: 'rcpt', code: 452, text: '4.2.2 mailbox full' },
  list: { do: 'refuse', at: 'dot', code: 471, text: 'you are on the greylist' },
  later: { do: 'refuse', at: 'dot', code: 451, text: '4.3.0 scanner is busy' },
  none: { do: 'refuse', at: 'rcpt', code: 550, text: '5.1.1 no such mailbox' },
  spam: { do: 'refuse', at: 'dot', code: 554, text: '5.7.1 looks like spam' },
  closing: { do: 'refuse', at: 'rcpt', code: 421, text: '4.7.0 too fast' },
  closed: { do: 'refuse', at: 'dot', code: 421, text: '4.7.0 going down' },
  many: { do: 'refuse', at: 'rcpt', code: 452, text: '4.5.3 Too many concurrent connections' },
  login: { do: 'refuse', at: 'rcpt', code: 530, text: '5.7.0 authentication required' },
  stall: { do: 'stall', at: 'rcpt' },
  stallDot: { do: 'stall', at: 'dot' },
  cut: { do: 'cut', at: 'rcpt' },
  cutDot: { do: 'cut', at: 'dot' },
  slow: { do: 'slow', milliseconds: 300 },
};
const answer = (receiver: string): SinkAnswer | undefined => SAID[receiver.split('@', 1)[0] ?? ''];
const to = (driver: Driver, name: string): Promise<AttemptOutcome> => driver.attempt(makeOrder(`${name}@test.invalid`, 'Тревога'), never);

describe('answers of a server, row by row of specification 5.1', () => {
  test.each([
    ['grey', 'temporary', '450 4.7.1', true],
    ['busy', 'temporary', '451 4.3.0', true],
    ['list', 'temporary', '471', true],
    ['later', 'temporary', '451 4.3.0', true],
    ['full', 'temporary', '452 4.2.2', false],
    ['none', 'permanent', '550 5.1.1', false],
    ['spam', 'permanent', '554 5.7.1', false],
    ['closing', 'slow', '421 4.7.0', false],
    ['closed', 'slow', '421 4.7.0', false],
    ['many', 'slow', '452 4.5.3', false],
    ['login', 'channel', '530 5.7.0', false],
    ['stall', 'channel', 'timeout', false],
    ['cut', 'channel', 'cut', false],
    ['stallDot', 'unknown', 'timeout', false],
    ['cutDot', 'unknown', 'cut', false],
    ['slow', 'done', '250 2.0.0', false],
  ])('%s: %s', async (name, result, code, waits) => {
    await using both = await sinkAndDriver({ answer });
    const outcome = await to(both.driver, name);
    expect(outcome).toMatchObject({ result, code, channel: 0, messageIds: [] });
    expect(outcome.detail).not.toBe('');
    // From now on, whatever the clock says.
    expect(outcome.notBefore).toBe(waits ? 300_000 : undefined);
    // Whatever it was, the next mail goes out, at once or after a look at the server.
    await works(both.driver);
    expect(await to(both.driver, 'somebody')).toMatchObject({ result: 'done' });
  });

  test('a mail whose outcome is unknown is repeated with the same Message-ID', async () => {
    let first = true;
    await using both = await sinkAndDriver({ answer: () => (first ? { do: 'cut', at: 'dot' } : undefined) });
    const order = makeOrder(GOOD, 'Тревога', { reference: '12.345' });
    expect(await both.driver.attempt(order, never)).toMatchObject({ result: 'unknown' });
    expect((await lastMail(both.sink)).messageId).toBe('<12.345@vestnik.invalid>');
    first = false;
    await works(both.driver);
    expect(await both.driver.attempt(order, never)).toMatchObject({ result: 'done' });
    expect(both.sink.count).toBe(2);
    expect((await lastMail(both.sink)).messageId).toBe('<12.345@vestnik.invalid>');
  });

  test('connections that the server has dropped while they were idle cost nothing', async () => {
    await using both = await sinkAndDriver({ answer });
    expect(await to(both.driver, 'first')).toMatchObject({ result: 'done' });
    await both.sink.stop();
    await using sink = await startMailSink({ port: both.sink.port });
    expect(await to(both.driver, 'second')).toMatchObject({ result: 'done' });
    expect(sink.mails.map(({ to: [receiver] }) => receiver)).toEqual(['second@test.invalid']);
  });
});

describe('the sender, and servers that are none', () => {
  test.each([
    ['4xx at MAIL is about our speed', { MAIL: '450 4.7.1 too much mail from you\r\n' }, 'slow', '450 4.7.1'],
    ['5xx at MAIL is about our sender', { MAIL: '550 5.7.1 sender refused\r\n' }, 'channel', '550 5.7.1'],
    ['no code at RCPT', { RCPT: 'hello there\r\n' }, 'channel', 'garbage'],
    ['a yes where it makes no sense', { RCPT: '354 go on\r\n' }, 'channel', 'garbage'],
    ['no code after the message', { dot: '2 or not 2\r\n' }, 'unknown', 'garbage'],
    ['several lines', { dot: '250-2.0.0 thanks\r\n250 2.0.0 a lot\r\n' }, 'done', '250 2.0.0'],
    ['a command that is not known', { RCPT: '502 5.5.1 what?\r\n' }, 'channel', '502 5.5.1'],
  ])('%s', async (_name, other, result, code) => {
    await using server = await startLineServer(mailAnswers(other));
    const driver = makeDriver(smtpSettings(server.port));
    await driver.start();
    await works(driver);
    expect(await driver.attempt(makeOrder(GOOD, 'Тревога'), never)).toMatchObject({ result, code });
    await driver.stop(0);
  });

  test.each([
    ['a web server', { greeting: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, 'garbage'],
    ['a greeting without end', { greeting: 'x'.repeat(40_000) }, 'garbage'],
    ['no greeting', { greeting: undefined }, 'timeout'],
    ['not now', { greeting: '554 5.3.2 no service\r\n' }, '554'],
  ])('%s is a fault of the channel that says what it is', async (_name, other, code) => {
    await using server = await startLineServer(mailAnswers(other));
    const driver = makeDriver(smtpSettings(server.port));
    await driver.start();
    await until(() => expect(driver.states()[0]?.info).not.toBe('looking for the server'));
    expect(driver.states()[0]).toMatchObject({ state: 'fault', signal: null });
    expect(driver.capacity()).toBe(0);
    const outcome = await driver.attempt(makeOrder(GOOD, 'Тревога'), never);
    expect(outcome).toMatchObject({ result: 'channel', code: 'faulty' });
    expect(outcome.detail).toMatch(
      code === 'timeout' ? /greeting|timeout/i : code === '554' ? /554 5\.3\.2 no service/ : /CONN|response|exceeds/i,
    );
    await driver.stop(0);
  });

  test('an answer that comes a byte at a time does not hold a connection for ever', async () => {
    let drip: NodeJS.Timeout | undefined;
    await using server = await startLineServer((line, socket) => {
      if (!line?.startsWith('RCPT')) return mailAnswers({})(line, socket);
      drip = setInterval(() => socket.write('2'), 200);
      socket.once('close', () => clearInterval(drip));
      return undefined;
    });
    const driver = makeDriver(smtpSettings(server.port));
    await driver.start();
    await works(driver);
    const begin = performance.now();
    expect(await driver.attempt(makeOrder(GOOD, 'Тревога'), never)).toMatchObject({ result: 'channel', code: 'timeout' });
    expect(performance.now() - begin).toBeLessThan(8_000);
    await driver.stop(0);
  });

  test('an aborted mail never leaves, whether it waits for a connection or for the server', async () => {
    await using both = await sinkAndDriver({ answer }, { connections: 1, timeout: 20 });
    const controllers = [new AbortController(), new AbortController()];
    const pending = controllers.map(({ signal }) => both.driver.attempt(makeOrder('stall@test.invalid', 'Тревога'), signal));
    await until(() => expect(both.driver.states()[0]).toMatchObject({ state: 'sending', info: 'inflight=2;window=1' }));
    await sleep(50);
    for (const controller of controllers) controller.abort();
    expect(await Promise.all(pending)).toMatchObject([{ result: 'canceled' }, { result: 'canceled' }]);
    expect(await to(both.driver, 'somebody')).toMatchObject({ result: 'done' });
    expect(both.sink.count).toBe(1);
  });

  test('a channel that the task does not allow is not used', async () => {
    await using both = await sinkAndDriver();
    expect(await both.driver.attempt(makeOrder(GOOD, 'x', { channels: new Set([1]) }), never)).toMatchObject({
      result: 'channel',
      channel: undefined,
    });
    expect(await both.driver.attempt(makeOrder(GOOD, 'x', { channels: new Set([0]) }), never)).toMatchObject({
      result: 'done',
      channel: 0,
    });
  });
});

describe('states', () => {
  test('too many connections: fewer at once, then one more at a time', async () => {
    await using both = await sinkAndDriver({ answer }, { connections: 8 }, { ...QUICK, widen: 300 });
    expect(both.driver.capacity()).toBe(8);
    await to(both.driver, 'many');
    expect(both.driver.capacity()).toBe(4);
    await to(both.driver, 'many');
    await to(both.driver, 'many');
    await to(both.driver, 'many');
    expect(both.driver.capacity()).toBe(1);
    await until(() => expect(both.driver.capacity()).toBe(8));
  });

  test('nobody listens, a name that does not exist: a fault that says why', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    const port = await new Promise<number>((resolve) =>
      unused.once('listening', () => resolve((unused.address() as { port: number }).port)),
    );
    await new Promise((resolve) => unused.close(resolve));
    const driver = makeDriver(smtpSettings(port));
    await driver.start();
    await until(() => expect(driver.states()[0]).toMatchObject({ state: 'fault', info: expect.stringContaining('ECONNREFUSED') }));
    await driver.stop(0);
    const lost = makeDriver(smtpSettings(25, { host: 'no-such-host.invalid' }));
    await lost.start();
    await until(() => expect(lost.states()[0]).toMatchObject({ state: 'fault', info: expect.stringContaining('no-such-host.invalid') }));
    await lost.stop(0);
  });

  test('a server that never says goodbye works all the same', async () => {
    await using server = await startLineServer(mailAnswers({ QUIT: undefined }));
    const driver = makeDriver(smtpSettings(server.port));
    await driver.start();
    await works(driver);
    expect(await driver.attempt(makeOrder(GOOD, 'Тревога'), never)).toMatchObject({ result: 'done' });
    await driver.stop(0);
  });

  test('a driver that was stopped can be started again', async () => {
    await using both = await sinkAndDriver();
    await both.driver.stop(0);
    await both.driver.stop(0);
    expect(both.driver.states()[0]).toMatchObject({ state: 'off', info: '' });
    await both.driver.start();
    await both.driver.start();
    await works(both.driver);
    expect(await to(both.driver, 'somebody')).toMatchObject({ result: 'done' });
  });

  test('a server that goes away while nothing is sent is noticed before the next alarm', async () => {
    await using both = await sinkAndDriver({}, {}, { ...QUICK, watch: 50 });
    await both.sink.stop();
    await until(() => expect(both.driver.states()[0]).toMatchObject({ state: 'fault' }));
    expect(both.driver.capacity()).toBe(0);
  });
});
