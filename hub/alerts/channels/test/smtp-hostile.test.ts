import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import { startMailSink } from '../../mail-sink/mail-sink.ts';
import type { AttemptOutcome } from '../driver.ts';
import { judgeFailure, replyCode } from '../smtp/classify.ts';
import { makeOrder } from './conformance.ts';
import { mailAnswers, startLineServer } from './support/line-server.ts';
import { makeDriver, sinkAndDriver, smtpSettings, works } from './support/smtp.ts';

const never = new AbortController().signal;
const RESULTS = /^(done|permanent|temporary|channel|slow|unknown)$/;

describe('servers that mean no good', () => {
  test('whatever a server says, at whatever step, and wherever it cuts: an outcome, and no connection is left', async () => {
    let hostile: { readonly step: string; readonly bytes: Buffer; readonly cut: boolean } | undefined;
    const good = mailAnswers({});
    let open = 0;
    await using server = await startLineServer((line, socket) => {
      if (line === undefined) {
        open++;
        socket.once('close', () => open--);
      }
      const answer = good(line, socket);
      const step = line === undefined ? 'greeting' : line === '.' ? 'dot' : (line.split(/[ :]/, 1)[0] ?? '').toUpperCase();
      if (hostile?.step !== step || (answer === undefined && step !== 'dot')) return answer;
      socket.write(hostile.bytes);
      if (hostile.cut) socket.end();
      return undefined;
    });
    const driver = makeDriver(smtpSettings(server.port, { connections: 2, messagesPerConnection: 1 }), undefined, {
      first: 1,
      most: 5,
      login: 5,
    });
    await driver.start();
    const piece = fc.constantFrom(
      '250 ok\r\n',
      '250-',
      '\r\n',
      '550 5.1.1 no\r\n',
      '4',
      '421 bye\r\n',
      '999 what\r\n',
      '\n',
      '\0',
      '250 ',
      '354 \r\n',
      'é',
      `${'x'.repeat(20_000)}\r\n`,
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 6 }).map((parts) => Buffer.from(parts.join(''), 'latin1')),
      fc.uint8Array({ maxLength: 200 }).map((data) => Buffer.from(data)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'dot'), bytes, async (step, data) => {
        hostile = undefined;
        await works(driver);
        hostile = { step, bytes: data, cut: true };
        const outcome = await driver.attempt(makeOrder('ivanov@test.invalid', 'Тревога'), never);
        expect(outcome.result).toMatch(RESULTS);
        expect(outcome.code.length).toBeLessThanOrEqual(64);
        expect(outcome.detail.length).toBeLessThanOrEqual(500);
        // Only a yes to the end of the message is one.
        if (outcome.result === 'done') expect(outcome.code).toMatch(/^2\d\d/);
      }),
      { numRuns: 60 },
    );
    hostile = undefined;
    await works(driver);
    expect(await driver.attempt(makeOrder('ivanov@test.invalid', 'Тревога'), never)).toMatchObject({ result: 'done' });
    await driver.stop(0);
    await until(() => expect(open).toBe(0));
  }, 60_000);

  test('whatever is thrown is judged', () => {
    const field = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.constantFrom('ESOCKET', 'EAUTH', 'EMESSAGE', 'RCPT TO', '550 5.1.1 no', '250 yes', '450'),
      fc.integer(),
      fc.constant(undefined),
    );
    const thrown = fc.oneof(
      fc.anything(),
      fc.record({ message: field, code: field, command: field, response: field, originalCode: field }),
    );
    fc.assert(
      fc.property(thrown, fc.boolean(), (error, dotSent) => {
        const { result, code, detail } = judgeFailure(error, dotSent);
        expect(result).not.toBe('done');
        expect(code.length).toBeLessThanOrEqual(64);
        expect(code + detail).not.toMatch(/[\r\n\0]/);
        expect(detail.length).toBeLessThanOrEqual(500);
      }),
    );
  });

  test.each([
    ['250 2.0.0 ok', '250 2.0.0'],
    ['250-2.1.5 ok', '250 2.1.5'],
    ['250', '250'],
    ['550 5.1.1', '550 5.1.1'],
    ['550 5.1.1000 x', '550'],
    ['650 x', undefined],
    ['25', undefined],
    ['', undefined],
  ])('the code of %j is %j', (reply, code) => {
    expect(replyCode(reply)).toBe(code);
  });
});

describe('much at once', () => {
  test('a thousand mails over five connections: each once, and no more connections than that', async () => {
    let most = 0;
    await using both = await sinkAndDriver(
      { keep: 2_000, arrived: () => (most = Math.max(most, both.sink.connections)) },
      { messagesPerConnection: 50 },
    );
    const orders = Array.from({ length: 1_000 }, (_, index) => makeOrder(`person${index}@test.invalid`, `Тревога ${index}`));
    const outcomes: AttemptOutcome[] = [];
    const sender = async (): Promise<void> => {
      for (let order = orders.pop(); order; order = orders.pop()) outcomes.push(await both.driver.attempt(order, never));
    };
    await Promise.all(Array.from({ length: both.driver.capacity() }, sender));
    expect(outcomes.filter(({ result }) => result !== 'done')).toEqual([]);
    expect(new Set(both.sink.mails.map(({ to: [receiver] }) => receiver)).size).toBe(1_000);
    expect(both.sink.count).toBe(1_000);
    // One that is being closed may still be seen.
    expect(most).toBeLessThanOrEqual(10);
    expect(both.driver.states()).toMatchObject([{ state: 'free', ok: 1_000, failed: 0 }]);
  }, 60_000);

  test('an attachment of ten megabytes arrives', async () => {
    await using both = await sinkAndDriver({ keepBytes: 20_000_000 }, { timeout: 20 });
    const content = Buffer.alloc(10_000_000, 'RIFF....WAVE');
    const order = makeOrder('ivanov@test.invalid', 'Слушайте', { attachments: [{ name: 'long.wav', type: 'audio/wav', content }] });
    expect(await both.driver.attempt(order, never)).toMatchObject({ result: 'done' });
    expect(both.sink.mails[0]?.raw.length).toBeGreaterThan(13_000_000);
  }, 60_000);
});

describe('the sink itself', () => {
  test('keeps the last mails only, and so many bytes of each', async () => {
    await using both = await sinkAndDriver({ keep: 3, keepBytes: 400 });
    for (let mail = 0; mail < 5; mail++) await both.driver.attempt(makeOrder(`person${mail}@test.invalid`, 'x'.repeat(2_000)), never);
    expect(both.sink.mails.map(({ to }) => to)).toEqual([['person2@test.invalid'], ['person3@test.invalid'], ['person4@test.invalid']]);
    expect(both.sink.mails.map(({ raw }) => raw.length)).toEqual([400, 400, 400]);
    expect(both.sink.count).toBe(5);
    both.sink.clear();
    expect(both.sink.mails).toEqual([]);
  });

  test('a port that is taken is said at the start', async () => {
    await using sink = await startMailSink();
    await expect(startMailSink({ port: sink.port })).rejects.toThrow(/EADDRINUSE/);
  });

  test('a greeting that refuses: too many connections are asked to wait', async () => {
    let busy = false;
    await using both = await sinkAndDriver(
      { busy: () => (busy ? { code: 421, text: '4.7.0 Too many connections' } : undefined) },
      { messagesPerConnection: 1 },
    );
    busy = true;
    expect(await both.driver.attempt(makeOrder('ivanov@test.invalid', 'x'), never)).toMatchObject({ result: 'slow', code: '421 4.7.0' });
    busy = false;
    expect(await both.driver.attempt(makeOrder('ivanov@test.invalid', 'x'), never)).toMatchObject({ result: 'done' });
  });
});
