import { createPrivateKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildBundle } from '../build-bundle.ts';
import { certificateState, daysLeft, dueWarning } from '../certificate.ts';
import { changeClientState } from '../change-client-state.ts';
import { issueCertificate, pemOf } from '../issue-certificate.ts';
import { FEED_REVOKED } from '../notifications.ts';
import { revokeCertificate } from '../revoke-certificate.ts';
import { ALICE, openWorkbench, type Workbench } from './support/administration.ts';
import { failure } from './support/failure.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.events();
  await bench.audits();
});

const issue = (client: string, more: { days?: number; csrPem?: string } = {}) =>
  bench.database.transaction((tx) => issueCertificate(tx, ALICE, bench.authority, { client, ...more }));
const bundle = (client: string, more: { days?: number; csrPem?: string } = {}) =>
  bench.database.transaction((tx) => buildBundle(tx, ALICE, bench.authority, { client, connect: 'hub.example.org:8443', ...more }));
const revoke = (client: string, serial?: string, reason = 'lost') =>
  bench.database.transaction((tx) => revokeCertificate(tx, ALICE, { client, serial, reason }));

async function request(): Promise<string> {
  // Loaded late: it needs the polyfill that the authority has put in place by now.
  const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=somebody',
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  });
  return csr.toString('pem');
}

describe('the bundle', () => {
  test('holds exactly ca.crt, the PEM with its key and the configuration, and is made once', async () => {
    await bench.client({ name: 'agency-17' });
    await bench.events();
    const made = await bundle('agency-17');
    expect(made.fileName).toBe('agency-17.zip');
    const files = unzipSync(made.zip);
    expect(Object.keys(files).sort()).toEqual(['Stat_Client.conf', 'agency-17.pem', 'ca.crt']);
    const text = (name: string) => Buffer.from(files[name] ?? []).toString('utf8');
    const certificate = new X509Certificate(text('agency-17.pem'));
    const root = new X509Certificate(text('ca.crt'));
    expect(certificate.checkIssued(root)).toBe(true);
    expect(certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=agency-17');
    expect(text('agency-17.pem')).toContain('-----BEGIN PRIVATE KEY-----');
    expect(certificate.checkPrivateKey(createPrivateKey(text('agency-17.pem')))).toBe(true);
    const settings = text('Stat_Client.conf')
      .split('\r\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(settings).toEqual([
      'Connect = hub.example.org:8443',
      'Ca_cert = ca.crt',
      'Client_cert = agency-17.pem',
      'Storage = xml',
      'Logger = Client.out',
    ]);
    expect(await bench.events()).toMatchObject([
      { type: 'certificate.issued', subject: 'agency-17', data: { serial: made.serial, by: 'alice' } },
    ]);
    const audits = await bench.audits();
    expect(audits.map((entry) => entry.action)).toContain('tickets.certificate.issue');
    expect(JSON.stringify(audits)).not.toContain('PRIVATE');

    const again = await failure(bundle('agency-17'));
    expect(again.code).toBe('CONFLICT');
    expect(again.message).toContain('/clients/agency-17/certificates');
    expect(
      await bench.rows('SELECT 1 FROM ticket_certificate JOIN ticket_client USING (client_id) WHERE name = $1', ['agency-17']),
    ).toHaveLength(1);
  });

  test('of two at once one is made', async () => {
    await bench.client({ name: 'raced' });
    const outcomes = await Promise.allSettled([bundle('raced'), bundle('raced')]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('with a request holds the certificate alone', async () => {
    await bench.client({ name: 'own-key' });
    const files = unzipSync((await bundle('own-key', { csrPem: await request() })).zip);
    const pem = Buffer.from(files['own-key.pem'] ?? []).toString();
    expect(new X509Certificate(pem).subject).toBe('CN=own-key');
    expect(pem).not.toContain('PRIVATE');
  });

  test('a wrong request or a wrong number of days makes nothing, so the bundle can still be made', async () => {
    await bench.client({ name: 'retry' });
    expect((await failure(bundle('retry', { csrPem: 'nonsense' }))).code).toBe('VALIDATION');
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect((await failure(bundle('retry', { csrPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() }))).code).toBe(
      'VALIDATION',
    );
    expect((await failure(bundle('retry', { days: 1_826 }))).code).toBe('VALIDATION');
    expect((await bundle('retry')).serial).toMatch(/^[0-9a-f]{32}$/i);
  });
});

describe('issuing and revoking', () => {
  test('a renewal leaves the earlier certificate valid', async () => {
    const { clientId } = await bench.client({ name: 'renewing' });
    const one = await issue('renewing', { days: 10 });
    const two = await issue('renewing');
    const stored = await bench.rows<{ fingerprint: Buffer; revoked_at: unknown; issued_by: string }>(
      'SELECT fingerprint, revoked_at, issued_by FROM ticket_certificate WHERE client_id = $1 ORDER BY not_after',
      [clientId],
    );
    expect(stored.map((row) => row.fingerprint.toString('hex'))).toEqual([one, two].map((issued) => issued.fingerprint.toString('hex')));
    expect(stored.every((row) => row.revoked_at === null && row.issued_by === 'alice')).toBe(true);
    expect(pemOf(two).match(/-----BEGIN [A-Z ]+-----/g)).toEqual(['-----BEGIN CERTIFICATE-----', '-----BEGIN PRIVATE KEY-----']);
  });

  test('a closed or unknown client gets none', async () => {
    await bench.client({ name: 'shut' });
    await bench.database.transaction((tx) => changeClientState(tx, ALICE, { client: 'shut', act: 'close' }));
    expect((await failure(issue('shut'))).code).toBe('CONFLICT');
    expect((await failure(issue('nobody'))).code).toBe('NOT_FOUND');
  });

  test('revoking one tells all hubs its fingerprint and says who and why', async () => {
    const heard = await bench.hear(FEED_REVOKED);
    await bench.client({ name: 'revoked' });
    const kept = await issue('revoked');
    const gone = await issue('revoked');
    await bench.events();
    await bench.audits();
    const typed = gone.serial.toUpperCase().replace(/../g, '$&:').slice(0, -1);
    const [row] = await revoke('revoked', typed);
    expect(row).toMatchObject({ serial: gone.serial, revokedBy: 'alice', reason: 'lost' });
    await expect.poll(() => heard).toEqual([gone.fingerprint.toString('hex')]);
    expect(await bench.events()).toMatchObject([
      { type: 'certificate.revoked', data: { client: 'revoked', serial: gone.serial, reason: 'lost' } },
    ]);
    expect(await bench.audits()).toMatchObject([{ action: 'tickets.certificate.revoke', object: 'revoked', reason: 'lost' }]);
    const again = await failure(revoke('revoked', gone.serial));
    expect(again.code).toBe('CONFLICT');
    const unknown = await failure(revoke('revoked', 'abcd'));
    expect(unknown.code).toBe('NOT_FOUND');
    expect(unknown.message).toContain(kept.serial);
  });

  test('without a serial all valid ones are revoked; then there is nothing left', async () => {
    await bench.client({ name: 'all-gone' });
    await issue('all-gone');
    await issue('all-gone');
    expect(await revoke('all-gone')).toHaveLength(2);
    expect((await failure(revoke('all-gone'))).code).toBe('CONFLICT');
    expect((await failure(revoke('all-gone', undefined, ''))).code).toBe('VALIDATION');
  });
});

describe('the dates of a certificate', () => {
  const now = Temporal.Instant.from('2026-11-22T12:00:00Z');
  const after = (hours: number) => now.add({ hours });

  test.each([
    [after(31 * 24), null, 'valid'],
    [after(29 * 24), null, 'expiring'],
    [after(0), null, 'expired'],
    [after(-1), null, 'expired'],
    [after(31 * 24), now, 'revoked'],
  ] as const)('until %s, revoked %s: %s', (notAfter, revokedAt, state) => {
    expect(certificateState({ notAfter, revokedAt }, now)).toBe(state);
  });

  test('days are whole and rounded down', () => {
    expect([daysLeft(after(24), now), daysLeft(after(23), now), daysLeft(after(-1), now)]).toEqual([1, 0, -1]);
  });

  test.each([
    [after(31 * 24), null, undefined],
    [after(30 * 24), null, 30],
    [after(30 * 24), 30, undefined],
    [after(10 * 24), 30, 14],
    [after(10 * 24), null, 14],
    [after(10 * 24), 14, undefined],
    [after(7 * 24), 14, 7],
    [after(5), 7, 1],
    [after(5), 1, undefined],
    [after(-1), null, undefined],
  ] as const)('until %s, warned at %s: warns at %s', (notAfter, warned, expected) => {
    expect(dueWarning(notAfter, warned, now, [30, 14, 7, 1])).toBe(expected);
  });
});
