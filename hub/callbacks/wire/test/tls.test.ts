import type { TLSSocket, TlsOptions } from 'node:tls';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { faultOf } from '../fault.ts';
import { type Authority, makeAuthority, makeSelfSigned, type Pair } from './support/certificates.ts';
import { lifetime } from './support/lifetime.ts';
import { OK } from './support/receiver.ts';

const { receiver, benchFor } = lifetime();
let authority: Authority;
let other: Authority;
beforeAll(async () => {
  authority = await makeAuthority('Receivers');
  other = await makeAuthority('Somebody else');
});

const now = (): Temporal.Instant => Temporal.Now.instant();
const secure = async (pair: Pair, about: TlsOptions = {}) => receiver(OK, { ...pair, ...about });

test('TLS with an authority of the endpoint: the name goes out as SNI and is checked, the request arrives', async () => {
  const names: (string | false | null)[] = [];
  const target = await receiver(
    (socket, request) => {
      names.push((socket as TLSSocket).servername);
      OK(socket, request);
    },
    await authority.issue(['a.example.com']),
  );
  const { answer, lookups } = benchFor(target);
  const result = await answer(`https://a.example.com:${target.port}/x`, { tls: { ca: authority.ca } });
  expect(result).toMatchObject({ status: 200, peer: '127.0.0.1' });
  expect(result.timing.tls).toBeGreaterThanOrEqual(result.timing.connect ?? Number.POSITIVE_INFINITY);
  expect([names, lookups]).toEqual([['a.example.com'], ['a.example.com']]);
});

test('an address has no SNI and is checked against the addresses of the certificate', async () => {
  const names: (string | false | null)[] = [];
  const answered = (pair: Pair) =>
    receiver((socket, request) => {
      names.push((socket as TLSSocket).servername);
      OK(socket, request);
    }, pair);
  const right = await answered(await authority.issue(['127.0.0.1']));
  const wrong = await answered(await authority.issue(['a.example.com']));
  expect(await benchFor(right).answer(`https://127.0.0.1:${right.port}/`, { tls: { ca: authority.ca } })).toMatchObject({ status: 200 });
  expect(names).toEqual([false]);
  expect(await benchFor(wrong).failure(`https://127.0.0.1:${wrong.port}/`, { tls: { ca: authority.ca } })).toMatchObject({
    code: 'tls_wrong_name',
  });
});

describe('F12: certificates that are refused, with nothing sent', () => {
  const refusedBy = async (pair: Pair, url: (port: number) => string, ca: string | undefined): Promise<string> => {
    const target = await secure(pair);
    const failed = await benchFor(target).failure(url(target.port), { tls: ca === undefined ? undefined : { ca } });
    expect(failed.connect).toBe(true);
    expect(failed.timing.tls).toBeNull();
    expect(target.received).toEqual([]);
    return failed.code;
  };
  const named = (port: number): string => `https://a.example.com:${port}/`;

  test('expired', async () => {
    const pair = await authority.issue(['a.example.com'], { from: now().subtract({ hours: 24 * 10 }), days: 3 });
    expect(await refusedBy(pair, named, authority.ca)).toBe('tls_expired');
  });
  test('not valid yet', async () => {
    const pair = await authority.issue(['a.example.com'], { from: now().add({ hours: 24 * 10 }), days: 3 });
    expect(await refusedBy(pair, named, authority.ca)).toBe('tls_not_yet_valid');
  });
  test('of another name', async () => {
    expect(await refusedBy(await authority.issue(['b.example.com', 'example.com']), named, authority.ca)).toBe('tls_wrong_name');
  });
  test('self-signed', async () => {
    expect(await refusedBy(await makeSelfSigned('a.example.com'), named, other.ca)).toBe('tls_self_signed');
  });
  test('of an authority that the endpoint did not name', async () => {
    expect(await refusedBy(await authority.issue(['a.example.com']), named, other.ca)).toBe('tls_unknown_ca');
  });
  test('of an authority that the public does not know', async () => {
    expect(await refusedBy(await authority.issue(['a.example.com']), named, undefined)).toBe('tls_unknown_ca');
  });
  test('a wildcard of one label does not cover two', async () => {
    expect(await refusedBy(await authority.issue(['*.example.com']), (port) => `https://a.b.example.com:${port}/`, authority.ca)).toBe(
      'tls_wrong_name',
    );
  });
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  try {
    const target = await secure(await authority.issue(['a.example.com']));
    expect(await benchFor(target).failure(`https://a.example.com:${target.port}/`)).toMatchObject({ code: 'tls_unknown_ca' });
    expect(target.received).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
  }
});

describe('what is no TLS', () => {
  test('plain HTTP on the port', async () => {
    const target = await receiver();
    const failed = await benchFor(target).failure(`https://a.example.com:${target.port}/`, { connectTimeout: 500 });
    expect(['tls_handshake', 'connect_timeout']).toContain(failed.code);
    expect(failed.connect).toBe(true);
  });
  test('a handshake that never ends is over after the connect timeout, long before the deadline', async () => {
    const silent = await receiver(() => undefined);
    const failed = await benchFor(silent).failure(`https://a.example.com:${silent.port}/`, { connectTimeout: 300, timeout: 5_000 });
    expect(failed).toMatchObject({ code: 'connect_timeout', connect: true });
    expect(failed.timing.end).toBeLessThan(2_500);
    await expect.poll(() => silent.open()).toBe(0);
  });
  test('a handshake that is cut', async () => {
    const target = await receiver();
    await target.stop();
    expect(await benchFor(target).failure(`https://a.example.com:${target.port}/`)).toMatchObject({ code: 'connect_refused' });
  });
});

describe('client certificates', () => {
  test('are shown to a receiver that asks, and connections with and without them are apart', async () => {
    const shown: (string | undefined)[] = [];
    const target = await receiver(
      (socket, request) => {
        shown.push((socket as TLSSocket).getPeerCertificate()?.subject?.CN as string | undefined);
        OK(socket, request);
      },
      { ...(await authority.issue(['a.example.com'])), ca: other.ca, requestCert: true, rejectUnauthorized: false },
    );
    const client = await other.issue(['vestnik'], { usage: 'client' });
    const { answer, sender } = benchFor(target);
    const url = `https://a.example.com:${target.port}/`;
    const identity = { ca: authority.ca, ...client };
    await answer(url, { tls: identity });
    await answer(url, { tls: { ca: authority.ca } });
    await answer(url, { tls: { ...identity } });
    expect(shown).toEqual(['vestnik', undefined, 'vestnik']);
    // Equal certificates share a pool, though the objects differ.
    expect([sender.pools, target.connections()]).toEqual([2, 2]);
  });

  test('a receiver that refuses ours fails the attempt', async () => {
    const target = await secure(await authority.issue(['a.example.com']), { ca: other.ca, requestCert: true, rejectUnauthorized: true });
    const failed = await benchFor(target).failure(`https://a.example.com:${target.port}/`, { tls: { ca: authority.ca } });
    // Node hangs up without a word; others say what is wrong.
    expect(failed.code).toBe('reset');
    const alert = Object.assign(new Error('tlsv13 alert certificate required'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
    expect(faultOf(alert, false).failure).toBe('tls_client_certificate');
  });

  test.each([
    ['a key of another certificate', async () => ({ cert: (await other.issue(['x'])).cert, key: (await other.issue(['x'])).key })],
    ['no PEM', async () => ({ cert: 'nonsense', key: 'nonsense' })],
  ])('%s fails with a code of its own', async (_, identity) => {
    const target = await secure(await authority.issue(['a.example.com']));
    const failed = await benchFor(target).failure(`https://a.example.com:${target.port}/`, { tls: await identity() });
    expect(failed).toMatchObject({ code: 'tls_client_certificate', connect: true });
    expect(target.connections()).toBe(0);
    expect(target.open()).toBe(0);
  });
});
