import { connect } from 'node:net';
import { createTransport, type Transporter } from 'nodemailer';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import type { Bounce } from '../driver.ts';
import { type BounceListener, startBounceListener } from '../smtp/bounce-listener.ts';
import { bounceAddress } from '../smtp/verp.ts';
import { hearNews, makeOrder } from './conformance.ts';
import { dsn } from './support/reports.ts';
import { BOUNCE_KEY, makeDriver, sinkAndDriver, smtpSettings, works } from './support/smtp.ts';

const RETURN_PATH = 'bounce@vestnik.invalid';
const GONE = dsn({ action: 'failed', status: '5.1.1', diagnostic: 'smtp; 550 5.1.1 no such mailbox' });

interface Bench {
  readonly listener: BounceListener;
  readonly bounces: Bounce[];
  /** Brings a mail as another server would. @throws what nodemailer throws when it is not taken */
  bring(mail: string | Buffer, to?: string | string[], from?: string): Promise<string>;
}

async function bench(bounced?: (bounce: Bounce) => Promise<void>): Promise<Bench> {
  const bounces: Bounce[] = [];
  const listener = startBounceListener({
    host: '127.0.0.1',
    port: 0,
    returnPath: RETURN_PATH,
    key: BOUNCE_KEY,
    bounced: async (bounce) => {
      await bounced?.(bounce);
      bounces.push(bounce);
    },
  });
  onTestFinished(() => listener.stop(100));
  await until(() => expect(listener.trouble).toBeUndefined());
  let transport: Transporter | undefined;
  onTestFinished(() => transport?.close());
  return {
    listener,
    bounces,
    async bring(raw, to = bounceAddress(RETURN_PATH, '12.345', BOUNCE_KEY), from = '') {
      transport ??= createTransport({ host: '127.0.0.1', port: listener.port ?? 0, ignoreTLS: true, socketTimeout: 10_000 });
      const { response } = (await transport.sendMail({ envelope: { from, to }, raw })) as { response: string };
      return response;
    },
  };
}

describe('the listener', () => {
  test('a report is told with the reference of its mail, and 250 is said when it is stored', async () => {
    const stored = Promise.withResolvers<void>();
    let asked = false;
    const { bring, bounces } = await bench(() => {
      asked = true;
      return stored.promise;
    });
    let answered = false;
    const answer = bring(GONE).finally(() => {
      answered = true;
    });
    await until(() => expect(asked).toBe(true));
    expect(answered).toBe(false);
    stored.resolve();
    expect(await answer).toMatch(/^250 /);
    expect(bounces).toEqual([{ reference: '12.345', result: 'permanent', code: '5.1.1', detail: '550 5.1.1 no such mailbox' }]);
  });

  test('what cannot be stored is not taken: the other side is to come again', async () => {
    let away = true;
    const { bring, bounces } = await bench(async () => {
      if (away) throw new Error('the database is away');
    });
    await expect(bring(GONE)).rejects.toMatchObject({ responseCode: 451 });
    expect(bounces).toEqual([]);
    away = false;
    expect(await bring(GONE)).toMatch(/^250 /);
    expect(bounces).toHaveLength(1);
  });

  test.each([
    ['an address of nobody', 'ivanov@vestnik.invalid'],
    ['the plain return path', RETURN_PATH],
    ['no signature', 'bounce+12.345@vestnik.invalid'],
    ['another signature', 'bounce+12.345.0000000000000000@vestnik.invalid'],
    ['the signature of another mail', bounceAddress(RETURN_PATH, '12.346', BOUNCE_KEY).replace('12.346', '12.345')],
    ['a signature with another key', bounceAddress(RETURN_PATH, '12.345', Buffer.from('another'))],
    ['another domain', bounceAddress(RETURN_PATH, '12.345', BOUNCE_KEY).replace('vestnik', 'elsewhere')],
    ['somebody to relay to', 'victim@example.org'],
  ])('%s is refused', async (_name, to) => {
    const { bring, bounces } = await bench();
    await expect(bring(GONE, to)).rejects.toMatchObject({ responseCode: 550 });
    expect(bounces).toEqual([]);
  });

  test('a changed letter case and a sender that is not empty do not matter', async () => {
    const { bring, bounces } = await bench();
    await bring(GONE, bounceAddress(RETURN_PATH, '12.345', BOUNCE_KEY).toUpperCase(), 'mailer-daemon@example.org');
    expect(bounces).toMatchObject([{ reference: '12.345' }]);
  });

  test('a mail that is no report is taken and forgotten', async () => {
    const { bring, bounces } = await bench();
    expect(
      await bring('From: ivanov@test.invalid\r\nAuto-Submitted: auto-replied\r\nSubject: In leave\r\n\r\nBack on Monday.\r\n'),
    ).toMatch(/^250 /);
    expect(bounces).toEqual([]);
  });

  test('a report with a large mail inside is read from its beginning', async () => {
    const { bring, bounces } = await bench();
    const large = Buffer.concat([
      Buffer.from(GONE.slice(0, GONE.lastIndexOf('--report--'))),
      Buffer.alloc(4_000_000, 'x\r\n'),
      Buffer.from('\r\n--report--\r\n'),
    ]);
    expect(await bring(large)).toMatch(/^250 /);
    expect(bounces).toMatchObject([{ reference: '12.345', result: 'permanent' }]);
  });

  test('no login, no TLS, no relaying, no endless receivers', async () => {
    const { listener } = await bench();
    const socket = connect(listener.port ?? 0, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    const say = async (line: string, answer: RegExp): Promise<void> => {
      heard = '';
      socket.write(`${line}\r\n`);
      await until(() => expect(heard).toMatch(answer));
    };
    await until(() => expect(heard).toMatch(/^220 .*reports of deliveries only/));
    await say('EHLO test', /^250[ ]/m);
    expect(heard).not.toMatch(/STARTTLS|AUTH/);
    await say('AUTH PLAIN AGEAYg==', /^50\d/m);
    await say('STARTTLS', /^50\d/m);
    await say('MAIL FROM:<>', /^250/m);
    for (let receiver = 0; receiver < 10; receiver++)
      await say(`RCPT TO:<${bounceAddress(RETURN_PATH, `1.${receiver}`, BOUNCE_KEY)}>`, /^250/m);
    await say(`RCPT TO:<${bounceAddress(RETURN_PATH, '1.99', BOUNCE_KEY)}>`, /^4\d\d/m);
    await say('RSET', /^250/m);
    await say(`RCPT TO:<${'x'.repeat(5_000)}`, /^421 .*too long/m);
  });

  test('random bytes and cut connections leave it as it was', async () => {
    const { listener, bring, bounces } = await bench();
    for (let round = 0; round < 20; round++) {
      const socket = connect(listener.port ?? 0, '127.0.0.1');
      socket.on('error', () => undefined);
      const bytes = Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 7919 + round * 104_729) % 256));
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(
        round % 2 === 0
          ? bytes
          : `EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<${bounceAddress(RETURN_PATH, '1.1', BOUNCE_KEY)}>\r\nDATA\r\n${GONE.slice(0, 200)}`,
      );
      await new Promise<void>((resolve) => socket.end(resolve));
      socket.destroy();
    }
    await bring(GONE);
    expect(bounces).toMatchObject([{ reference: '12.345' }]);
  });

  test('a port that is taken is said, and taken over when it becomes free', async () => {
    const first = await bench();
    const news = hearNews();
    await using both = await sinkAndDriver();
    const driver = makeDriver(
      smtpSettings(both.sink.port, { returnPath: RETURN_PATH, bounceListen: `127.0.0.1:${first.listener.port}` }),
      news,
    );
    await driver.start();
    await works(driver);
    await until(() => expect(driver.states()[0]?.info).toMatch(/inflight=0;window=5;bounces=.*EADDRINUSE/));
    await first.listener.stop(10);
    await until(() => expect(driver.states()[0]?.info).toBe('inflight=0;window=5'));
    await driver.stop(100);
  });
});

test('a mail that was taken and then comes back is told with the number of its attempt', async () => {
  const free = await bench();
  const { port } = free.listener;
  await free.listener.stop(10);
  await using both = await sinkAndDriver();
  const news = hearNews();
  const driver = makeDriver(smtpSettings(both.sink.port, { returnPath: RETURN_PATH, bounceListen: `127.0.0.1:${port}` }), news);
  onTestFinished(() => driver.stop(100));
  await driver.start();
  await works(driver);
  // A repetition in doubt has the same reference: only the attempt says which of the two came back.
  const order = makeOrder('gone@test.invalid', 'Тревога', { reference: '77.8', attempt: 4_321 });
  expect(await driver.attempt(order, new AbortController().signal)).toMatchObject({ result: 'done' });
  // The next server finds out later, and sends its report to where the mail says that it wants it.
  const transport = createTransport({ host: '127.0.0.1', port: port ?? 0, ignoreTLS: true });
  await transport.sendMail({ envelope: { from: '', to: both.sink.mails[0]?.from ?? '' }, raw: GONE });
  expect(news.bounces).toEqual([{ reference: '4321', result: 'permanent', code: '5.1.1', detail: '550 5.1.1 no such mailbox' }]);
});
