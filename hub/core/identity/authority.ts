import type { Database } from '../database/database.ts';
import { notesOf } from '../telemetry/channels.ts';
import {
  describeCertificate,
  exportKey,
  type IssuedCertificate,
  importKey,
  keyToPem,
  makeLeaf,
  makeRoot,
  newKeyPair,
  readCertificate,
  type Signer,
} from './certificate.ts';
import { alternativeNames, canonicalNames, checkCommonName, checkDays } from './certificate-names.ts';
import { publicKeyOfRequest } from './certificate-request.ts';
import { checkSecretKey } from './check-secret-key.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import type { SecretKey } from './secret-key.ts';
import {
  deleteExpiredServerCertificates,
  insertRoot,
  lockAuthority,
  type PairRow,
  selectRoot,
  selectServerCertificate,
  storeServerCertificate,
} from './sql/authority.ts';

const notes = notesOf('identity.authority');
const ROOT_DAYS = 3_653;
const CLIENT_DAYS = 730;
const MOST_CLIENT_DAYS = 1_825;
const SERVER_DAYS = 398;
const ROOT_PURPOSE = 'identity.authority';
const SERVER_PURPOSE = 'identity.server-certificate';

export interface ClientRequest {
  /** The client's name; becomes the CN. */
  readonly commonName: string;
  /** 1..1825. (Default: 730) */
  readonly days?: number;
  /** A PKCS#10 request in PEM; without it the hub makes the key and answers it once. */
  readonly csrPem?: string;
  /** (Default: now) */
  readonly now?: Temporal.Instant;
}

export interface IssuedClient extends IssuedCertificate {
  /** PKCS#8 in PEM; undefined when the client keeps its own key. The hub does not store it. */
  readonly keyPem: string | undefined;
}

export interface IssuedServer extends IssuedCertificate {
  /** PKCS#8 in PEM. */
  readonly keyPem: string;
  /** Two thirds of its life: ask `serverCertificate` again from here on. */
  readonly renewAt: Temporal.Instant;
}

/**
 * The hub's own certificate authority (spec online-ticket 6.1): one root for all hubs on a database, made by the first that starts.
 * Whether a certificate is still wanted is not decided here: the feed looks its fingerprint up at every request.
 */
export interface Authority {
  readonly rootPem: string;
  /** SHA-256 of the root's DER. */
  readonly rootFingerprint: Buffer;
  /** @throws HubError VALIDATION for a bad name, a bad number of days, a request that cannot be certified. */
  issueClient(request: ClientRequest): Promise<IssuedClient>;
  /** Certifies a fresh key for DNS names and IP addresses; stores nothing. (Default of days: 398) */
  issueServer(request: { readonly names: readonly string[]; readonly days?: number }): Promise<IssuedServer>;
  /** The stored pair for exactly these names, made or renewed when it is time; the same on every hub. */
  serverCertificate(names: readonly string[]): Promise<IssuedServer>;
}

export interface AuthorityOptions {
  readonly database: Pick<Database, 'transaction' | 'work'>;
  readonly secretKey: SecretKey;
  readonly clock?: Clock;
}

function renewAt({ notBefore, notAfter }: IssuedCertificate): Temporal.Instant {
  const life = notAfter.epochMilliseconds - notBefore.epochMilliseconds;
  return notBefore.add({ milliseconds: Math.floor((life * 2) / 3) });
}

async function openRoot({ database, secretKey }: AuthorityOptions, clock: Clock): Promise<Signer> {
  await checkSecretKey(database.work, secretKey);
  const toSigner = async (row: PairRow): Promise<Signer> => ({
    certificate: readCertificate(row.certificate),
    key: await importKey(secretKey.open(ROOT_PURPOSE, row.private_key)),
  });
  const [stored] = await selectRoot(database.work);
  if (stored) return toSigner(stored);
  return database.transaction(async (tx) => {
    await lockAuthority(tx);
    const [raced] = await selectRoot(tx);
    if (raced) return toSigner(raced);
    const keys = await newKeyPair();
    // The name carries a part of the key check, so that roots of two installations can be told apart in a list of authorities.
    const draft = await makeRoot(`Vestnik authority ${secretKey.checkValue.toString('hex', 0, 4)}`, keys, clock.instant(), ROOT_DAYS);
    const pkcs8 = await exportKey(keys.privateKey);
    await insertRoot(tx, Buffer.from(draft.rawData), secretKey.seal(ROOT_PURPOSE, pkcs8));
    notes.info('certificate authority created', { root: draft.subject, until: draft.notAfter.toISOString() });
    return { certificate: draft, key: await importKey(pkcs8) };
  });
}

/**
 * Opens the authority, making its root when the database has none.
 * @throws HubError CONFLICT when the secret key is not the one of this database.
 */
export async function openAuthority(options: AuthorityOptions): Promise<Authority> {
  const { database, secretKey, clock = SYSTEM_CLOCK } = options;
  const signer = await openRoot(options, clock);
  const root = describeCertificate(signer.certificate);
  const daysLeft = Math.floor(root.notAfter.since(clock.instant()).total('hours') / 24);
  // No certificate outlives its root, so from here on clients get shorter ones than they ask for.
  if (daysLeft < MOST_CLIENT_DAYS) notes.warn('the root certificate ends sooner than the longest client certificate would', { daysLeft });

  const makeServer = async (names: readonly string[], days: number): Promise<IssuedServer & { readonly pkcs8: Buffer }> => {
    const keys = await newKeyPair();
    const leaf = await makeLeaf(signer, {
      // The alternative names are what counts; a first name over 64 characters has no place in a CN.
      commonName: (names[0] ?? '').slice(0, 64),
      publicKey: keys.publicKey,
      usage: 'server',
      names: alternativeNames(names),
      now: clock.instant(),
      days,
    });
    const issued = describeCertificate(leaf);
    const pkcs8 = await exportKey(keys.privateKey);
    return { ...issued, keyPem: keyToPem(pkcs8), renewAt: renewAt(issued), pkcs8 };
  };

  const usable = (row: PairRow | undefined): IssuedServer | undefined => {
    if (!row) return undefined;
    const issued = describeCertificate(readCertificate(row.certificate));
    const due = renewAt(issued);
    if (Temporal.Instant.compare(clock.instant(), due) >= 0) return undefined;
    return { ...issued, keyPem: keyToPem(secretKey.open(SERVER_PURPOSE, row.private_key)), renewAt: due };
  };

  return {
    rootPem: root.certificatePem,
    rootFingerprint: root.fingerprint,
    async issueClient({ commonName, days = CLIENT_DAYS, csrPem, now = clock.instant() }) {
      checkCommonName(commonName);
      checkDays(days, MOST_CLIENT_DAYS);
      const own = csrPem === undefined ? await newKeyPair() : undefined;
      const publicKey = own ? own.publicKey : await publicKeyOfRequest(csrPem ?? '');
      const leaf = await makeLeaf(signer, { commonName, publicKey, usage: 'client', names: [], now, days });
      return { ...describeCertificate(leaf), keyPem: own ? keyToPem(await exportKey(own.privateKey)) : undefined };
    },
    async issueServer({ names, days = SERVER_DAYS }) {
      checkDays(days, SERVER_DAYS);
      const { pkcs8: _, ...issued } = await makeServer(canonicalNames(names), days);
      return issued;
    },
    async serverCertificate(names) {
      const wanted = canonicalNames(names);
      const [stored] = await selectServerCertificate(database.work, wanted);
      const present = usable(stored);
      if (present) return present;
      return database.transaction(async (tx) => {
        await lockAuthority(tx);
        const [raced] = await selectServerCertificate(tx, wanted);
        const renewed = usable(raced);
        if (renewed) return renewed;
        const { pkcs8, ...issued } = await makeServer(wanted, SERVER_DAYS);
        await deleteExpiredServerCertificates(tx, clock.instant());
        await storeServerCertificate(
          tx,
          wanted,
          issued.certificate,
          secretKey.seal(SERVER_PURPOSE, pkcs8),
          issued.notBefore,
          issued.notAfter,
        );
        return issued;
      });
    },
  };
}
