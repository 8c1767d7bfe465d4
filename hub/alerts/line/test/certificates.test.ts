import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { createFolder, type Folder } from '../../../../test/support/folder.ts';
import { type Authority, openAuthority } from '../../../core/identity/authority.ts';
import { createSecretKey } from '../../../core/identity/secret-key.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import { openLineClient } from './support/line-client.ts';

let folder: Folder;
let db: TestDatabase;
let authority: Authority;
let bench: LineBench | undefined;
beforeAll(async () => {
  folder = createFolder('line-certificates');
  db = await createTestDatabase();
  authority = await openAuthority({ database: db.database, secretKey: createSecretKey(Buffer.alloc(32, 9)) });
  writeFileSync(folder.at('ca.pem'), authority.rootPem);
});
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});
afterAll(async () => {
  await db.drop();
  folder.remove();
});

/** Writes a pair of the authority's. @returns the certificate's fingerprint */
async function writePair(name: string): Promise<string> {
  const pair = await authority.issueServer({ names: ['localhost', '127.0.0.1'] });
  writeFileSync(folder.at(`${name}.pem`), pair.certificatePem);
  writeFileSync(folder.at(`${name}.key`), pair.keyPem);
  return new X509Certificate(pair.certificatePem).fingerprint256;
}

test('the configured certificate is served; clients that trust its authority need not look away', async () => {
  const fingerprint = await writePair('own');
  bench = await openLineBench({ line: { certificate: folder.at('own.pem'), key: folder.at('own.key') } });
  expect(bench.server.fingerprint).toBe(fingerprint);
  const client = await bench.connect({ rejectUnauthorized: true, ca: authority.rootPem });
  expect(await client.ask('PING')).toBe('PING OK');
});

test('another pair in the same files is served to the next client', async () => {
  await writePair('changing');
  bench = await openLineBench({ line: { certificate: folder.at('changing.pem'), key: folder.at('changing.key') } });
  const fingerprint = await writePair('changing');
  await expect
    .poll(
      async () => {
        const client = await bench?.connect();
        return client?.socket.getPeerX509Certificate()?.fingerprint256;
      },
      { timeout: 15_000, interval: 500 },
    )
    .toBe(fingerprint);
});

test('only one of the two files, and files that are none, are refused with the next step', async () => {
  await expect(openLineBench({ line: { certificate: folder.at('own.pem') } })).rejects.toThrow(/belong together/);
  await expect(openLineBench({ line: { certificate: folder.at('none.pem'), key: folder.at('none.key') } })).rejects.toThrow(
    /cannot be read/,
  );
});

test('with client authorities only their certificates are let in', async () => {
  bench = await openLineBench({ line: { clientCa: folder.at('ca.pem') } });
  const { address } = bench.server;
  const issued = await authority.issueClient({ commonName: 'pult-1' });
  const known = await bench.connect({ cert: issued.certificatePem, key: issued.keyPem });
  expect(await known.ask('PING')).toBe('PING OK');
  const stranger = await openLineClient(address).catch(() => undefined);
  expect(await (stranger?.closed() ?? Promise.resolve([]))).toEqual([]);
  const other = await createTestDatabase();
  const foreign = await openAuthority({ database: other.database, secretKey: createSecretKey(Buffer.alloc(32, 8)) });
  const forged = await foreign.issueClient({ commonName: 'pult-1' });
  const refused = await openLineClient(address, { cert: forged.certificatePem, key: forged.keyPem }).catch(() => undefined);
  expect(await (refused?.closed() ?? Promise.resolve([]))).toEqual([]);
  await other.drop();
});

test('old TLS is served on an address of its own, and nowhere else', async () => {
  bench = await openLineBench({ line: { oldTlsHost: '127.0.0.1', oldTlsPort: 0 } });
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const client = await openLineClient(bench.server.oldAddress ?? '', old);
  expect(client.socket.getProtocol()).toBe('TLSv1.1');
  expect(await client.ask('PING')).toBe('PING OK');
  client.end();
  await expect(openLineClient(bench.server.address, old)).rejects.toThrow();
});

test('no new keys are made on a connection, on neither listener', async () => {
  bench = await openLineBench({ line: { oldTlsHost: '127.0.0.1', oldTlsPort: 0 } });
  for (const address of [bench.server.address, bench.server.oldAddress ?? '']) {
    const client = await openLineClient(address, { maxVersion: 'TLSv1.2' });
    expect(client.socket.getProtocol()).toBe('TLSv1.2');
    const refused = new Promise<string>((resolve) => client.socket.once('error', (error) => resolve(error.message)));
    client.socket.renegotiate({ rejectUnauthorized: false }, () => undefined);
    expect(await refused).toContain('no renegotiation');
  }
  expect(await (await bench.connect()).ask('PING still')).toBe('PING OK still');
});
