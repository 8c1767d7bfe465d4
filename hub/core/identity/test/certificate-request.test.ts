import { execFile } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { requires } from '../../../../test/support/requires.ts';
import { type Authority, openAuthority } from '../authority.ts';
import { publicKeyOfRequest } from '../certificate-request.ts';
import { createSecretKey } from '../secret-key.ts';
import { PublicKey } from '../x509/index.ts';

const exec = promisify(execFile);
let db: TestDatabase;
let authority: Authority;
let folder: string;

beforeAll(async () => {
  db = await createTestDatabase();
  authority = await openAuthority({ database: db.database, secretKey: createSecretKey(Buffer.alloc(32, 7)) });
  folder = await mkdtemp(join(tmpdir(), 'vestnik-csr-'));
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

let count = 0;
/** A request made by OpenSSL. */
async function requestOf(newkey: readonly string[], more: readonly string[] = []): Promise<{ csr: string; key: string }> {
  count += 1;
  const [key, out] = [join(folder, `${count}.key`), join(folder, `${count}.csr`)];
  await exec('openssl', [
    'req',
    '-new',
    '-newkey',
    ...newkey,
    '-nodes',
    '-keyout',
    key,
    '-out',
    out,
    '-subj',
    '/CN=somebody-else/O=Bank',
    ...more,
  ]);
  return { csr: await readFile(out, 'utf8'), key: await readFile(key, 'utf8') };
}

requires('openssl').describe('requests made by OpenSSL', () => {
  test.each([
    ['P-256', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['P-384', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['RSA 2048', ['rsa:2048']],
    ['RSA 3072', ['rsa:3072']],
  ])('a key of %s is certified, under our name and with our extensions', async (_, newkey) => {
    const { csr, key } = await requestOf(newkey, ['-addext', 'basicConstraints=CA:TRUE', '-addext', 'subjectAltName=DNS:bank.example']);
    const issued = await authority.issueClient({ commonName: 'agency-17', csrPem: csr });
    expect(issued.keyPem).toBeUndefined();
    const certificate = new X509Certificate(issued.certificatePem);
    expect(certificate.subject).toBe('CN=agency-17');
    expect(certificate.ca).toBe(false);
    expect(certificate.subjectAltName).toBeUndefined();
    expect(certificate.publicKey.equals(createPublicKey(key))).toBe(true);
    expect(certificate.verify(new X509Certificate(authority.rootPem).publicKey)).toBe(true);
  });

  test.each([
    ['P-521', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521'], /secp521r1 is not taken/],
    ['secp256k1', ['ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'], /secp256k1 is not taken/],
    ['RSA 1024', ['rsa:1024'], /1024 bits is not taken/],
    ['Ed25519', ['ed25519'], /ed25519 is not taken/],
    ['RSA exponent 3', ['rsa:2048', '-pkeyopt', 'rsa_keygen_pubexp:3'], /exponent 3 is not taken/],
  ])('a key of %s is refused', async (_, newkey, why) => {
    const { csr } = await requestOf(newkey);
    await expect(authority.issueClient({ commonName: 'a', csrPem: csr })).rejects.toMatchObject({
      code: 'VALIDATION',
      message: expect.stringMatching(why),
      details: [{ path: '/csrPem' }],
    });
  });

  test('a request signed with SHA-1 is refused', async () => {
    const { csr } = await requestOf(['rsa:2048'], ['-sha1']);
    await expect(publicKeyOfRequest(csr)).rejects.toThrow(/hash SHA-1/);
  });

  test('a request whose key was exchanged is refused: its sender does not hold that key', async () => {
    const { csr } = await requestOf(['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    const { csr: other } = await requestOf(['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    const der = (pem: string): Buffer => Buffer.from(pem.replace(/-----.*?-----/g, ''), 'base64');
    const [mine, theirs] = [der(csr), der(other)];
    // The point lies behind the SPKI head that both share.
    const head = Buffer.from('03420004', 'hex');
    const [to, from] = [mine.indexOf(head) + 4, theirs.indexOf(head) + 4];
    theirs.copy(mine, to, from, from + 64);
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${mine.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    await expect(publicKeyOfRequest(forged)).rejects.toThrow(/signature does not fit/);
  });

  test('damaged requests are refused, never more: every cut, random changes, other text', async () => {
    const { csr } = await requestOf(['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    const der = Buffer.from(csr.replace(/-----.*?-----/g, ''), 'base64');
    const wrap = (bytes: Uint8Array): string =>
      `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    const genuine = Buffer.from((await publicKeyOfRequest(csr)).rawData);
    for (let cut = 0; cut < der.length; cut += 1) {
      await expect(publicKeyOfRequest(wrap(der.subarray(0, cut)))).rejects.toMatchObject({ code: 'VALIDATION' });
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(der);
        changed[at] = (changed[at] ?? 0) ^ change;
        // DER has a few bits outside what is signed (the count of unused bits); no change may bring another key in.
        const answer = await publicKeyOfRequest(wrap(changed)).catch((error: unknown) => error);
        if (answer instanceof PublicKey) expect(Buffer.from(answer.rawData)).toEqual(genuine);
        else expect(answer).toMatchObject({ code: 'VALIDATION' });
      }),
      { numRuns: 500 },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 400 }).map(wrap)), async (text) => {
        await expect(publicKeyOfRequest(text)).rejects.toMatchObject({ code: 'VALIDATION' });
      }),
      { numRuns: 200 },
    );
  });
});

test('a huge text and a deeply nested structure are refused at once', async () => {
  await expect(publicKeyOfRequest(csrOf('A'.repeat(1_000_000)))).rejects.toThrow(/16384 are the limit/);
  const nested = Buffer.alloc(9_000);
  for (let at = 0; at + 4 <= nested.length; at += 4)
    nested.set([0x30, 0x82, (nested.length - at - 4) >> 8, (nested.length - at - 4) & 255], at);
  const begin = performance.now();
  await expect(publicKeyOfRequest(csrOf(nested.toString('base64')))).rejects.toMatchObject({ code: 'VALIDATION' });
  expect(performance.now() - begin).toBeLessThan(10_000);
});

const csrOf = (base64: string): string => `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----`;
