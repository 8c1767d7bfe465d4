import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { type Authority, openAuthority } from '../../identity/authority.ts';
import { createSecretKey } from '../../identity/secret-key.ts';
import { readCertificatePair, watchCertificate } from '../certificate-files.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

let database: TestDatabase;
let authority: Authority;
let hub: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'vestnik-tls-'));
const paths = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };

async function putPair(): Promise<string> {
  const pair = await authority.issueServer({ names: ['localhost', '127.0.0.1'] });
  writeFileSync(paths.certificate, pair.certificatePem);
  writeFileSync(paths.key, pair.keyPem);
  return pair.serial;
}

const dial = (options: object = {}): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: hub.port, ca: authority.rootPem, servername: 'localhost', ...options }, () =>
      resolve(socket),
    );
    socket.once('error', reject);
  });

async function serialServed(): Promise<string> {
  const socket = await dial();
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber.toLowerCase();
}

let first: string;

beforeAll(async () => {
  database = await createTestDatabase();
  authority = await openAuthority({ database: database.database, secretKey: createSecretKey(Buffer.alloc(32, 7)) });
  first = await putPair();
  hub = await startTestServer(database, {}, { http: { tls: paths } });
});

afterAll(async () => {
  await hub.stop();
  await database.drop();
});

test('HTTPS with the configured certificate, and browsers are told to stay with it', async () => {
  expect(hub.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const socket = await dial();
  socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += chunk;
  expect(text).toMatch(/^HTTP\/1\.1 200/);
  expect(text).toContain('strict-transport-security: max-age=31536000');
});

test('old TLS and plain HTTP are refused', async () => {
  await expect(dial({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })).rejects.toThrow();
  await expect(fetch(`http://127.0.0.1:${hub.port}/healthz`)).rejects.toThrow();
});

test('a new pair is served after a reload, without a restart; a wrong one is not', async () => {
  expect(await serialServed()).toBe(first.toLowerCase());
  const second = await putPair();
  hub.server.reloadCertificate();
  expect(await serialServed()).toBe(second.toLowerCase());
  const other = await authority.issueServer({ names: ['localhost'] });
  writeFileSync(paths.key, other.keyPem);
  hub.server.reloadCertificate();
  expect(await serialServed()).toBe(second.toLowerCase());
  writeFileSync(paths.certificate, 'not PEM');
  hub.server.reloadCertificate();
  expect(await serialServed()).toBe(second.toLowerCase());
});

test('a file that is replaced by another of the same name is noticed', async () => {
  await putPair();
  const seen: string[] = [];
  const watch = watchCertificate(paths, (pair) => seen.push(pair.cert), 20);
  const pair = await authority.issueServer({ names: ['localhost'] });
  writeFileSync(`${paths.key}.new`, pair.keyPem);
  writeFileSync(`${paths.certificate}.new`, pair.certificatePem);
  renameSync(`${paths.key}.new`, paths.key);
  renameSync(`${paths.certificate}.new`, paths.certificate);
  await expect.poll(() => seen.at(-1), { timeout: 20_000 }).toBe(pair.certificatePem);
  watch.stop();
});

test('what is wrong with the files is said with their names', async () => {
  await putPair();
  expect(() => readCertificatePair({ ...paths, key: join(folder, 'none') })).toThrow(/http\.tls\.key .*none cannot be read \(ENOENT\)/);
  writeFileSync(join(folder, 'bad'), 'x');
  expect(() => readCertificatePair({ ...paths, certificate: join(folder, 'bad') })).toThrow(
    /are not a PEM certificate and its unencrypted key/,
  );
  const other = await authority.issueServer({ names: ['localhost'] });
  writeFileSync(join(folder, 'other.key'), other.keyPem);
  expect(() => readCertificatePair({ ...paths, key: join(folder, 'other.key') })).toThrow(/does not belong to the certificate/);
});
