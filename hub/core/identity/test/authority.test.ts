import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { requires } from '../../../../test/support/requires.ts';
import { run } from '../../database/statement.ts';
import { type Authority, type IssuedClient, type IssuedServer, openAuthority } from '../authority.ts';
import { createSecretKey } from '../secret-key.ts';
import { heard } from './support/hub.ts';
import { manualClock } from './support/manual-clock.ts';

const exec = promisify(execFile);
const secretKey = createSecretKey(randomBytes(32));
let db: TestDatabase;
let authority: Authority;
let folder: string;
let client: IssuedClient;
let server: IssuedServer;
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'vestnik-ca-'));
  // Two hubs start at once on an empty database.
  const [one, two] = await Promise.all([1, 2].map(() => openAuthority({ database: db.database, secretKey })));
  expect(one?.rootPem).toBe(two?.rootPem);
  authority = one as Authority;
  client = await authority.issueClient({ commonName: 'agency-17' });
  server = await authority.issueServer({ names: ['localhost', '127.0.0.1', '::1'] });
  await writeFile(path('ca.crt'), authority.rootPem);
  await writeFile(path('agency-17.pem'), `${client.certificatePem}${client.keyPem}`);
  await writeFile(path('server.crt'), server.certificatePem);
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

describe('the root', () => {
  test('is one for all hubs, ten years of P-256', async () => {
    const later = await openAuthority({ database: db.database, secretKey });
    expect(later.rootPem).toBe(authority.rootPem);
    const root = new X509Certificate(authority.rootPem);
    expect(root.ca).toBe(true);
    expect(root.checkIssued(root)).toBe(true);
    expect(root.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(Math.round((root.validToDate.getTime() - root.validFromDate.getTime()) / 86_400_000)).toBe(3_653);
    expect(authority.rootFingerprint).toEqual(createHash('sha256').update(root.raw).digest());
  });

  requires('openssl').test('may sign certificates but no authorities', async () => {
    const { stdout } = await exec('openssl', ['x509', '-in', path('ca.crt'), '-noout', '-text']);
    expect(stdout).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(stdout).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
  });

  test('lies in the database sealed: nothing there reads as a private key', async () => {
    const { rows } = await run<{ private_key: Buffer }>(db.database.work, 'SELECT private_key FROM authority');
    const stored = rows[0]?.private_key as Buffer;
    expect(() => createPrivateKey({ key: stored, format: 'der', type: 'pkcs8' })).toThrow();
    expect(stored.includes(Buffer.from('06082a8648ce3d030107', 'hex'))).toBe(false);
  });

  test('is warned of when it ends sooner than a client certificate could', async () => {
    const openAt = (years: number) =>
      heard(async () => {
        const clock = manualClock(Temporal.Now.instant().add({ hours: years * 365 * 24 }));
        await openAuthority({ database: db.database, secretKey, clock });
      });
    expect(await openAt(4)).not.toContain('root certificate ends');
    expect(await openAt(6)).toContain('root certificate ends');
  });

  test('is not opened by a hub with another secret key', async () => {
    await expect(openAuthority({ database: db.database, secretKey: createSecretKey(randomBytes(32)) })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});

describe('a client certificate', () => {
  test('says what it must and nothing more', async () => {
    const certificate = new X509Certificate(client.certificatePem);
    expect(certificate.subject).toBe('CN=agency-17');
    expect(certificate.serialNumber.toLowerCase()).toBe(client.serial);
    expect(client.serial).toMatch(/^[4-7][0-9a-f]{31}$/);
    expect(client.fingerprint.toString('hex')).toBe(certificate.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(client.fingerprint).toHaveLength(32);
    expect(client.notAfter.epochMilliseconds).toBe(certificate.validToDate.getTime());
    expect(Math.round((certificate.validToDate.getTime() - Date.now()) / 86_400_000)).toBe(730);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkPrivateKey(createPrivateKey(client.keyPem ?? ''))).toBe(true);
    expect(client.keyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  requires('openssl').test('has the extensions of a client and no others', async () => {
    const { stdout } = await exec('openssl', ['x509', '-in', path('agency-17.pem'), '-noout', '-text']);
    expect(stdout).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(stdout).toMatch(/Extended Key Usage:\s+TLS Web Client Authentication\n/);
    expect(stdout).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(stdout).toMatch(/Subject Key Identifier/);
    expect(stdout).toMatch(/Authority Key Identifier/);
    expect(stdout).not.toMatch(/Subject Alternative Name/);
  });

  test('lives the days asked for, from an hour ago, and never longer than the root', async () => {
    const now = Temporal.Instant.from('2026-11-22T10:00:00.750Z');
    const short = await authority.issueClient({ commonName: 'a', days: 1, now });
    expect(short.notBefore.toString()).toBe('2026-11-22T09:00:00Z');
    expect(short.notAfter.toString()).toBe('2026-11-23T10:00:00Z');
    const root = new X509Certificate(authority.rootPem);
    const late = Temporal.Instant.fromEpochMilliseconds(root.validToDate.getTime()).subtract({ hours: 24 });
    const last = await authority.issueClient({ commonName: 'a', days: 1_825, now: late });
    expect(last.notAfter.epochMilliseconds).toBe(root.validToDate.getTime());
  });

  test.each([0, -1, 1.5, 1_826, Number.NaN])('of %s days is refused', async (days) => {
    await expect(authority.issueClient({ commonName: 'a', days })).rejects.toMatchObject({
      code: 'VALIDATION',
      message: expect.stringContaining('1 to 1825 days'),
    });
  });

  test.each(['', 'a,O=Bank', 'a\u0000b', '-a', 'a b', 'агентство', 'a'.repeat(65), 'a\n'])(
    'for the name %j is refused',
    async (commonName) => {
      await expect(authority.issueClient({ commonName })).rejects.toMatchObject({ code: 'VALIDATION' });
    },
  );

  test('is never the same twice', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, () => authority.issueClient({ commonName: 'a' })));
    expect(new Set(many.map((one) => one.serial)).size).toBe(20);
    expect(new Set(many.map((one) => one.keyPem)).size).toBe(20);
  });
});

requires('openssl').describe('OpenSSL', () => {
  test('verifies both kinds for their purpose and refuses them for the other', async () => {
    const verify = (purpose: string, file: string) =>
      exec('openssl', ['verify', '-x509_strict', '-CAfile', path('ca.crt'), '-purpose', purpose, path(file)]);
    expect((await verify('sslclient', 'agency-17.pem')).stdout).toMatch(/: OK\n/);
    expect((await verify('sslserver', 'server.crt')).stdout).toMatch(/: OK\n/);
    await expect(verify('sslserver', 'agency-17.pem')).rejects.toThrow(/unsuitable certificate purpose/i);
    await expect(verify('sslclient', 'server.crt')).rejects.toThrow(/unsuitable certificate purpose/i);
  });

  test('verifies host names and addresses of a server certificate', async () => {
    const verify = (kind: string, name: string) => exec('openssl', ['verify', '-CAfile', path('ca.crt'), kind, name, path('server.crt')]);
    expect((await verify('-verify_hostname', 'localhost')).stdout).toMatch(/: OK\n/);
    expect((await verify('-verify_ip', '127.0.0.1')).stdout).toMatch(/: OK\n/);
    expect((await verify('-verify_ip', '::1')).stdout).toMatch(/: OK\n/);
    await expect(verify('-verify_hostname', 'example.org')).rejects.toThrow(/hostname mismatch/i);
  });
});

describe('real connections', () => {
  const withServer = async (body: (port: number, seen: string[]) => Promise<void>): Promise<void> => {
    const seen: string[] = [];
    const options = { cert: server.certificatePem, key: server.keyPem, ca: authority.rootPem, requestCert: true, rejectUnauthorized: true };
    const listening = createServer(options, (incoming, answer) => {
      const peer = (incoming.socket as TLSSocket).getPeerX509Certificate();
      seen.push(
        createHash('sha256')
          .update(peer?.raw ?? '')
          .digest('hex'),
      );
      answer.end('hello');
    });
    await new Promise<void>((resolve) => listening.listen(0, resolve));
    try {
      await body((listening.address() as AddressInfo).port, seen);
    } finally {
      listening.closeAllConnections();
      await new Promise((resolve) => listening.close(resolve));
    }
  };

  test('node: the client is known by its fingerprint; without a certificate or with a foreign one there is no answer', async () => {
    await withServer(async (port, seen) => {
      const get = (pair: { cert?: string; key?: string }): Promise<string> =>
        new Promise((resolve, reject) => {
          const sent = request({ port, host: 'localhost', ca: authority.rootPem, agent: false, ...pair }, (answer) => {
            answer.setEncoding('utf8').on('data', resolve).on('error', reject);
          });
          sent.on('error', reject).end();
        });
      expect(await get({ cert: client.certificatePem, key: client.keyPem ?? '' })).toBe('hello');
      expect(seen).toEqual([client.fingerprint.toString('hex')]);
      await expect(get({})).rejects.toThrow();
      const strangers = await createTestDatabase();
      try {
        const foreign = await openAuthority({ database: strangers.database, secretKey: createSecretKey(randomBytes(32)) });
        const forged = await foreign.issueClient({ commonName: 'agency-17' });
        await expect(get({ cert: forged.certificatePem, key: forged.keyPem ?? '' })).rejects.toThrow();
      } finally {
        await strangers.drop();
      }
      // A server's certificate is no client's, and an expired one is none at all.
      await expect(get({ cert: server.certificatePem, key: server.keyPem })).rejects.toThrow();
      const old = await authority.issueClient({ commonName: 'old', days: 1, now: Temporal.Now.instant().subtract({ hours: 72 }) });
      await expect(get({ cert: old.certificatePem, key: old.keyPem ?? '' })).rejects.toThrow();
      expect(seen).toHaveLength(1);
    });
  });

  requires('curl', 'openssl').test('curl and openssl s_client', async () => {
    await withServer(async (port, seen) => {
      const kit = ['--cacert', path('ca.crt'), '--cert', path('agency-17.pem')];
      const { stdout } = await exec('curl', ['-sS', '--noproxy', '*', ...kit, `https://localhost:${port}/`]);
      expect(stdout).toBe('hello');
      expect(seen).toEqual([client.fingerprint.toString('hex')]);
      await expect(exec('curl', ['-sS', '--noproxy', '*', '--cacert', path('ca.crt'), `https://localhost:${port}/`])).rejects.toThrow();
      for (const version of ['-tls1_2', '-tls1_3']) {
        const shell = `openssl s_client ${version} -connect localhost:${port} -CAfile '${path('ca.crt')}' -cert '${path('agency-17.pem')}' -key '${path('agency-17.pem')}' -verify_return_error -verify_hostname localhost </dev/null`;
        expect((await exec('sh', ['-c', shell])).stdout).toMatch(/Verify return code: 0 \(ok\)/);
      }
    });
  });

  test('node checks the name of the server', async () => {
    const listening = createTlsServer({ cert: server.certificatePem, key: server.keyPem }, (socket) => socket.end());
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const { port } = listening.address() as AddressInfo;
    const tryName = (servername: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', servername, ca: authority.rootPem }, () => {
          socket.destroy();
          resolve('connected');
        });
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      });
    expect(await tryName('localhost')).toBe('connected');
    expect(await tryName('hub.example.org')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    await new Promise((resolve) => listening.close(resolve));
  });
});

describe('the shared server certificate', () => {
  test('is one for all hubs, whatever the order and spelling of the names', async () => {
    const [one, two] = await Promise.all([
      authority.serverCertificate(['Hub.Example.ORG', '10.0.0.1']),
      authority.serverCertificate(['10.0.0.1', 'hub.example.org']),
    ]);
    expect(one?.certificatePem).toBe(two?.certificatePem);
    expect(one?.keyPem).toBe(two?.keyPem);
    const other = await openAuthority({ database: db.database, secretKey });
    expect((await other.serverCertificate(['hub.example.org', '10.0.0.1'])).keyPem).toBe(one?.keyPem);
    const certificate = new X509Certificate(one?.certificatePem ?? '');
    expect(certificate.subjectAltName).toBe('IP Address:10.0.0.1, DNS:hub.example.org');
    expect(certificate.checkPrivateKey(createPrivateKey(one?.keyPem ?? ''))).toBe(true);
  });

  test('is another for other names', async () => {
    const one = await authority.serverCertificate(['a.example.org']);
    expect((await authority.serverCertificate(['a.example.org', 'b.example.org'])).serial).not.toBe(one.serial);
    expect((await authority.serverCertificate(['a.example.org'])).serial).toBe(one.serial);
  });

  test('is renewed at two thirds of its life, once for all', async () => {
    const clock = manualClock(Temporal.Now.instant());
    const hub = await openAuthority({ database: db.database, secretKey, clock });
    const first = await hub.serverCertificate(['renew.example.org']);
    clock.setInstant(first.renewAt.subtract({ seconds: 1 }));
    expect((await hub.serverCertificate(['renew.example.org'])).serial).toBe(first.serial);
    clock.setInstant(first.renewAt);
    const renewed = await Promise.all([1, 2, 3].map(() => hub.serverCertificate(['renew.example.org'])));
    expect(new Set(renewed.map(({ serial }) => serial)).size).toBe(1);
    expect(renewed[0]?.serial).not.toBe(first.serial);
    const life = first.notAfter.since(first.notBefore).total('hours');
    expect(first.renewAt.since(first.notBefore).total('hours') / life).toBeCloseTo(2 / 3, 5);
    expect(life).toBe(398 * 24 + 1);
  });

  test('keeps its key sealed, and rows of expired ones go', async () => {
    const clock = manualClock(Temporal.Now.instant());
    const hub = await openAuthority({ database: db.database, secretKey, clock });
    await hub.serverCertificate(['gone.example.org']);
    clock.advance(400 * 86_400_000);
    await hub.serverCertificate(['new.example.org']);
    const { rows } = await run<{ names: string[]; private_key: Buffer }>(
      db.database.work,
      'SELECT names, private_key FROM server_certificate',
    );
    const names = rows.flatMap((row) => row.names);
    expect(names).toContain('new.example.org');
    expect(names).not.toContain('gone.example.org');
    expect(() => createPrivateKey({ key: rows[0]?.private_key as Buffer, format: 'der', type: 'pkcs8' })).toThrow();
  });

  test('knows names, addresses, Unicode and wildcards', async () => {
    const issued = await authority.issueServer({ names: ['ПРИМЕР.рф', '*.example.org', '2001:DB8::0:1', 'localhost'] });
    const certificate = new X509Certificate(issued.certificatePem);
    const names = (certificate.subjectAltName ?? '').split(', ').sort();
    expect(names.filter((name) => name.startsWith('DNS:'))).toEqual(['DNS:*.example.org', 'DNS:localhost', 'DNS:xn--e1afmkfd.xn--p1ai']);
    expect(certificate.checkIP('2001:db8::1')).toBe('2001:db8::1');
    expect(isIP('2001:db8::1')).toBe(6);
    expect(createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' })).asymmetricKeyType).toBe('ec');
  });

  test.each([
    [[]],
    [['']],
    [['a b']],
    [['a..b']],
    [['*']],
    [['-a.org']],
    [['256.1.1.1']],
    [['a'.repeat(64)]],
    [['x\u0000.org']],
    [Array(101).fill('a.org')],
  ])('for the names %j is refused', async (names) => {
    await expect(authority.issueServer({ names })).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});
