import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, chownSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requires } from '../../test/support/requires.ts';
import { createExpiryWarner, readCertificates } from '../certificate.ts';
import { EXIT, ExitError } from '../exit.ts';
import { isPrivate, makePrivate, sddlLetsOthersRead } from '../private-file.ts';
import { type Authority, createAuthority, type Issued, issue } from './certificates.ts';
import { temporaryFolder } from './kit.ts';

const DAY = 86_400_000;
let folder: string;
let ca: string;
let pem: string;
let authority: Authority;
let identity: Issued;

beforeEach(() => {
  folder = temporaryFolder();
  ca = join(folder, 'ca.crt');
  pem = join(folder, 'agency-17.pem');
  authority = createAuthority();
  identity = issue(authority, 'agency-17', { to: 100 * DAY });
  writeFileSync(ca, authority.pem);
  writeFileSync(pem, identity.pem);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function fault(): Promise<ExitError> {
  try {
    await readCertificates(ca, pem);
  } catch (error) {
    if (error instanceof ExitError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('the certificate files', () => {
  test('client name, validity, and that the authority knows it', async () => {
    const read = await readCertificates(ca, pem);
    expect(read).toMatchObject({ client: 'agency-17', ca: authority.pem, pem: identity.pem });
    expect(Math.round((read.notAfter - Date.now()) / DAY)).toBe(100);
    expect(read.rejection(Date.now())).toBeUndefined();
    expect(read.rejection(Date.now() + 101 * DAY)).toBe('CERTIFICATE_EXPIRED');
    expect(read.rejection(Date.now() - 2 * DAY)).toBe('CERTIFICATE_NOT_YET_VALID');
  });

  test('key before certificate, Windows line ends, text around', async () => {
    writeFileSync(pem, `Bag Attributes\r\n${(identity.key + identity.certificate).replaceAll('\n', '\r\n')}`);
    expect((await readCertificates(ca, pem)).client).toBe('agency-17');
  });

  requires('Linux').test('ca.crt is also found as Ca.crt, and the other way round', async () => {
    rmSync(ca);
    writeFileSync(join(folder, 'Ca.crt'), authority.pem);
    expect((await readCertificates(ca, pem)).client).toBe('agency-17');
    rmSync(join(folder, 'Ca.crt'));
    writeFileSync(ca, authority.pem);
    expect((await readCertificates(join(folder, 'Ca.crt'), pem)).client).toBe('agency-17');
  });

  test.each<[string, () => void, RegExp]>([
    ['no ca.crt', () => rmSync(ca), /ca\.crt does not exist/],
    ['no PEM', () => rmSync(pem), /agency-17\.pem does not exist/],
    ['ca.crt is a page', () => writeFileSync(ca, '<html>'), /holds no certificate/],
    ['empty PEM', () => writeFileSync(pem, ''), /holds no certificate/],
    ['broken certificate', () => writeFileSync(pem, identity.pem.replace('MII', 'XXX')), /cannot be read/],
    ['no key', () => writeFileSync(pem, identity.certificate), /holds no private key/],
    ['key of another certificate', () => writeFileSync(pem, identity.certificate + issue(authority, 'x').key), /does not belong/],
    [
      'a folder',
      () => {
        pem = folder;
      },
      /cannot be read \(EISDIR\)/,
    ],
    [
      'an encrypted key',
      () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const key = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' });
        writeFileSync(pem, identity.certificate + key);
      },
      /must not be encrypted/,
    ],
  ])('exit 3: %s', async (_what, spoil, message) => {
    spoil();
    const found = await fault();
    expect(found.exit).toBe(EXIT.certificate);
    expect(found.text.en).toMatch(message);
    expect(found.text.ru).toMatch(/[а-я]/);
    expect(JSON.stringify(found.text)).not.toContain('PRIVATE KEY');
  });
});

requires('not Windows').describe('accessible to its user only', () => {
  test.each([0o600, 0o400, 0o700])('mode %o is private', async (mode) => {
    chmodSync(pem, mode);
    expect(await isPrivate(pem)).toBe(true);
  });

  test.each([0o644, 0o640, 0o604, 0o601, 0o620])('mode %o is not; -protect makes it 600', async (mode) => {
    chmodSync(pem, mode);
    expect(await isPrivate(pem)).toBe(false);
    await makePrivate(pem);
    expect(statSync(pem).mode & 0o777).toBe(0o600);
    expect(await isPrivate(pem)).toBe(true);
    expect(readFileSync(pem, 'utf8')).toBe(identity.pem);
  });

  requires('root').test('a file of another user is not', async () => {
    chmodSync(pem, 0o600);
    chownSync(pem, 65_534, 65_534);
    expect(await isPrivate(pem)).toBe(false);
  });
});

describe('Windows security descriptors', () => {
  const user = 'S-1-5-21-1004336348-1177238915-682003330-1001';

  test.each([
    ['only the user, SYSTEM, Administrators', `O:${user}G:${user}D:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;${user})`, false],
    ['inherited, the same', `O:BAG:DUD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1f01ff;;;${user})`, false],
    ['Users may read (profile folders of servers)', 'O:BAG:DUD:AI(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)', true],
    ['Everyone, full', 'O:BAG:DUD:(A;;FA;;;WD)', true],
    ['Everyone by SID, generic read', 'O:BAG:DUD:(A;;GR;;;S-1-1-0)', true],
    ['Everyone, generic read as a number', 'O:BAG:DUD:(A;;0x80000000;;;WD)', true],
    ['Authenticated Users may change', 'O:BAG:DUD:AI(A;ID;0x1301bf;;;AU)', true],
    ['Guests may read', 'O:BAG:DUD:(A;;FR;;;BG)', true],
    ['Users may write only', 'O:BAG:DUD:(A;;FW;;;BU)', false],
    ['Users are denied', `O:BAG:DUD:(D;;FA;;;BU)(A;;FA;;;${user})`, false],
    ['Users may read files below, not this one', 'O:BAG:DUD:(A;OICIIO;FR;;;BU)(A;;FA;;;BA)', false],
    ['an auditing entry about Everyone', 'O:BAG:DUD:(A;;FA;;;BA)S:(AU;SAFA;FR;;;WD)', false],
    ['no access list at all', 'O:BAG:DU', true],
    ['null access list', 'O:BAG:DUD:NO_ACCESS_CONTROL', true],
    ['empty access list: nobody', 'O:BAG:DUD:P', false],
    ['rubbish', 'nonsense', true],
  ])('%s', (_what, sddl, expected) => {
    expect(sddlLetsOthersRead(sddl)).toBe(expected);
  });
});

test('expiry is told from 30 days before, once a day', () => {
  let now = 0;
  const told: string[] = [];
  const warn = createExpiryWarner(
    Date.UTC(2026, 10, 22, 12),
    () => now,
    (date) => told.push(date),
  );
  now = Date.UTC(2026, 9, 20);
  warn();
  expect(told).toEqual([]);
  for (let hour = 0; hour < 49; hour++) {
    now = Date.UTC(2026, 9, 24) + hour * 3_600_000;
    warn();
  }
  expect(told).toEqual(['2026-11-22', '2026-11-22', '2026-11-22']);
});
