import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Measurement, measureChannel, type Note, noteChannel } from '../../../core/telemetry/channels.ts';
import { entryOf, openedFor } from '../../test/support/guard.ts';
import { SSRF_TABLE } from '../../test/support/ssrf-table.ts';
import { WIRE_METRICS } from '../metrics.ts';
import { lifetime } from './support/lifetime.ts';
import { plainAnswer } from './support/receiver.ts';
import type { BenchOptions } from './support/sender-bench.ts';

/** Table 7.3 of the specification at an attempt and at a test, which send alike: real sockets, name servers of the test's own. */
const { receiver, bench } = lifetime();

describe('addresses that are told from their text', () => {
  test.each(SSRF_TABLE.filter(({ expected }) => expected !== 'permitted'))(
    '7.3 row $row: $text is refused at an attempt, $expected',
    async ({ text, expected }) => {
      const dialled: string[][] = [];
      const { refusal, lookups } = bench({
        entries: openedFor(text),
        dial: (addresses) => {
          dialled.push([...addresses]);
          return connect({ host: '127.0.0.1', port: 9 });
        },
      });
      const refused = await refusal(text);
      expect(`${refused.stage} ${refused.code}`).toBe(expected);
      expect([lookups, dialled]).toEqual([[], []]);
    },
  );

  test.each(SSRF_TABLE.filter(({ expected }) => expected === 'permitted'))('7.3 row $row: $text is dialled as it is', async ({ text }) => {
    const { port, received } = await receiver();
    const dialled: string[][] = [];
    const { answer, lookups } = bench({
      entries: openedFor(text),
      dial: (addresses) => {
        dialled.push([...addresses]);
        // The address that was asked for does not exist here; the socket says that it is there.
        return Object.defineProperty(connect({ host: '127.0.0.1', port }), 'remoteAddress', { value: addresses[0] });
      },
    });
    expect(await answer(text)).toMatchObject({ status: 200 });
    expect(dialled).toEqual([[new URL(text).hostname.slice(1, -1)]]);
    expect(lookups).toEqual([]);
    expect(received[0]?.head).toContain(`host: ${new URL(text).host}`);
  });
});

describe('addresses that are told from what their name resolves to', () => {
  const named = async (addresses: readonly string[] | ((host: string) => readonly string[]), text = 'http://a.example.com/') => {
    const target = await receiver();
    const made = bench({
      entries: openedFor(text),
      names: typeof addresses === 'function' ? addresses : () => addresses,
      dial: () => {
        throw new Error('nothing may be dialled');
      },
    });
    const failed = await made.failure(text);
    expect(failed).toMatchObject({ code: 'address_refused', connect: true, message: 'the address cannot be a receiver of callbacks' });
    expect(failed.secret).toMatch(/^stage 5: /);
    expect([target.connections(), made.lookups.length]).toEqual([0, 1]);
    return failed.secret;
  };

  test('7.3 row 50: a public name of a loopback address', async () => {
    expect(await named(['127.0.0.1'], 'http://127.0.0.1.nip.io/')).toContain(
      '127.0.0.1.nip.io resolves to 127.0.0.1 (address_never, loopback)',
    );
  });
  test('7.3 row 51, F11: one public and one private address: nothing is dialled', async () => {
    expect(await named(['93.184.216.34', '10.0.0.5'])).toContain('10.0.0.5 (address_private, private)');
  });
  test('7.3 row 52: a public A and a mapped private AAAA', async () => {
    expect(await named(['93.184.216.34', '::ffff:10.0.0.5'])).toContain('address_private');
  });
  test('7.3 row 54: a CNAME to localhost', async () => {
    expect(await named(['127.0.0.1', '::1'])).toContain('address_never');
  });
  test.each(['::127.0.0.1', '64:ff9b::7f00:1', '169.254.169.254', '0.0.0.0', 'fe80::1', '2002:7f00:1::', '255.255.255.255'])(
    'a name of %s',
    async (address) => expect(await named([address])).toContain('address_never'),
  );
  test('F10: a name that does not resolve is a failed attempt, and nothing is dialled', async () => {
    const made = bench({
      entries: openedFor('http://a.example.com/'),
      names: {},
      dial: () => {
        throw new Error('nothing may be dialled');
      },
    });
    expect(await made.failure('http://a.example.com/')).toMatchObject({ code: 'dns', connect: true });
  });
  test('an answer that is no address', async () => {
    expect(await named(['localhost'])).toContain('no address');
  });

  test('7.3 row 53, F10: public at first, loopback at the second query: there is no second query', async () => {
    const target = await receiver();
    let query = 0;
    const dialled: string[][] = [];
    const made = bench({
      entries: openedFor('http://a.example.com/'),
      names: () => {
        query += 1;
        return query === 1 ? ['93.184.216.34'] : ['127.0.0.1'];
      },
      dial: (addresses) => {
        dialled.push([...addresses]);
        return Object.defineProperty(connect({ host: '127.0.0.1', port: target.port }), 'remoteAddress', { value: addresses[0] });
      },
    });
    expect(await made.answer('http://a.example.com/')).toMatchObject({ status: 200, peer: '93.184.216.34' });
    // The kept connection leads where it was vetted to lead.
    expect(await made.answer('http://a.example.com/')).toMatchObject({ status: 200, peer: '93.184.216.34' });
    expect([query, dialled]).toEqual([1, [['93.184.216.34']]]);
  });

  test('F10: the real dialler connects to the vetted addresses only, and tries them in turn', async () => {
    const target = await receiver();
    const url = `http://a.example.com:${target.port}/`;
    const made = bench({
      entries: openedFor(url),
      names: () => ['127.0.0.2', '127.0.0.1'],
      exact: [`127.0.0.1:${target.port}`, `127.0.0.2:${target.port}`],
    });
    expect(await made.answer(url)).toMatchObject({ status: 200, peer: '127.0.0.1' });
    expect(target.received[0]?.head).toContain(`host: a.example.com:${target.port}`);
  });
});

describe.each(['http', 'https'])('7.3 row 55: a socket that leads elsewhere, %s', (scheme) => {
  test('is destroyed before TLS and before any byte of HTTP', async () => {
    const target = await receiver();
    const sockets: Socket[] = [];
    const made = bench({
      entries: openedFor('http://a.example.com/').concat(openedFor('https://a.example.com/')),
      names: () => ['93.184.216.34'],
      dial: () => {
        const socket = connect({ host: '127.0.0.1', port: target.port });
        sockets.push(socket);
        return socket;
      },
    });
    const failed = await made.failure(`${scheme}://a.example.com/`);
    expect(failed).toMatchObject({ code: 'address_refused', connect: true });
    expect(failed.secret).toBe('stage 6: connected to 127.0.0.1, vetted was 93.184.216.34');
    await expect.poll(() => target.open()).toBe(0);
    expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
    expect([target.connections(), target.bytesRead()]).toEqual([1, 0]);
  });
});

test.each(['301 Moved Permanently', '302 Found', '303 See Other', '307 Temporary Redirect', '308 Permanent Redirect'])(
  '7.3 row 56, F14: %s to an inner address is an answer, not a way',
  async (status) => {
    const inner = await receiver();
    const outer = await receiver(plainAnswer(status, '', [`Location: http://127.0.0.1:${inner.port}/admin`]));
    const url = `http://127.0.0.1:${outer.port}/`;
    const made = bench({ entries: openedFor(url), exact: [`127.0.0.1:${outer.port}`, `127.0.0.1:${inner.port}`] });
    const answer = await made.answer(url);
    expect(answer.status).toBe(Number(status.slice(0, 3)));
    expect(answer.headers).toContainEqual(['Location', `http://127.0.0.1:${inner.port}/admin`]);
    expect([outer.received.length, inner.connections()]).toEqual([1, 0]);
  },
);

test('7.3 row 61: an encoded ../ reaches the receiver as it was written', async () => {
  const target = await receiver();
  const url = `http://127.0.0.1:${target.port}`;
  const made = bench({ entries: [entryOf(`${url}/in`)], exact: [`127.0.0.1:${target.port}`] });
  await made.answer(`${url}/in/..%2Fadmin`);
  expect(target.received[0]?.head).toMatch(/^POST \/in\/\.\.%2Fadmin HTTP\/1\.1\r\n/);
  expect(await made.refusal(`${url}/in/..`)).toMatchObject({ stage: 3, code: 'address_not_allowed' });
});

test('a private address is reached with both consents, and a connection does not outlive the consent of its entry', async () => {
  // 127.0.0.1 is not private: the test's socket says that it leads to 10.0.0.5.
  const target = await receiver();
  let dialled = 0;
  const dial: NonNullable<BenchOptions['dial']> = (addresses) => {
    dialled += 1;
    return Object.defineProperty(connect({ host: '127.0.0.1', port: target.port }), 'remoteAddress', { value: addresses[0] });
  };
  const made = bench({
    entries: [entryOf('http://a.example.com/inner', { networks: ['10.0.0.0/8'] }), entryOf('http://a.example.com/outer')],
    networks: ['10.0.0.0/8'],
    names: () => ['10.0.0.5'],
    dial,
  });
  expect(await made.answer('http://a.example.com/inner')).toMatchObject({ status: 200, peer: '10.0.0.5' });
  // The same host, kept alive; but this entry never consented.
  expect(await made.failure('http://a.example.com/outer')).toMatchObject({ code: 'address_refused', connect: true });
  expect([dialled, target.received.length]).toEqual([1, 1]);
});

test('refusals are counted by their stage, under metrics that are declared; the address is told to the operator only', async () => {
  const counted: Measurement[] = [];
  const told: Note[] = [];
  const count = (message: unknown): number => counted.push(message as Measurement);
  const tell = (message: unknown): number => told.push(message as Note);
  measureChannel.subscribe(count);
  noteChannel.subscribe(tell);
  try {
    const { refusal, failure } = bench({ entries: openedFor('http://a.example.com/'), names: () => ['10.0.0.5'] });
    await refusal('http://b.example.com/');
    await refusal('http://localhost/');
    const failed = await failure('http://a.example.com/');
    expect(failed.message).not.toContain('10.0.0.5');
  } finally {
    measureChannel.unsubscribe(count);
    noteChannel.unsubscribe(tell);
  }
  expect(counted.map(({ metric, labels }) => [metric, labels?.['stage']])).toEqual([
    ['vestnik_callback_guard_refused_total', '3'],
    ['vestnik_callback_allow_refused_total', undefined],
    ['vestnik_callback_guard_refused_total', '2'],
    ['vestnik_callback_guard_refused_total', '5'],
  ]);
  const declared = new Map(WIRE_METRICS.map(({ name, labels = [] }) => [name, labels]));
  for (const { metric, labels = {} } of counted) expect(declared.get(metric)).toEqual(Object.keys(labels));
  expect(told).toMatchObject([
    { level: 'warn', from: 'callbacks.guard', about: { host: 'a.example.com', why: expect.stringContaining('10.0.0.5') } },
  ]);
});
