import { isIPv6 } from 'node:net';
import { renderExampleConfiguration } from '@vestnik/protocol/client-options.ts';
import { strToU8, type Zippable, zipSync } from 'fflate';
import type { Configuration } from '../config.ts';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Authority } from '../core/identity/authority.ts';
import type { Caller } from '../core/identity/caller.ts';
import { needClient } from './find-client.ts';
import { type IssueCertificateInput, issueCertificate, pemOf } from './issue-certificate.ts';
import { certificatesOfClient } from './sql/certificates.ts';

/** How a client reaches the feed: `tickets.feedAddress`, else the first of `tickets.feedNames` with the port of the feed. */
export function connectOf({ feedAddress, feedNames, feedPort }: Configuration['tickets']): string {
  const name = feedNames[0] ?? 'localhost';
  return feedAddress ?? `${isIPv6(name) ? `[${name}]` : name}:${feedPort}`;
}

export interface Bundle {
  readonly zip: Uint8Array<ArrayBuffer>;
  /** `<name>.zip` */
  readonly fileName: string;
  readonly serial: string;
  readonly notAfter: Temporal.Instant;
}

/** Certificate and configuration are secret or personal; a zip keeps the modes for those who unpack it on Linux. */
const PRIVATE = 0o100600 << 16;
const PUBLIC = 0o100644 << 16;
const UNIX = 3;

/**
 * Makes the kit of a client, once: its first certificate and the zip with exactly `ca.crt`, `<name>.pem` (certificate and PKCS#8 key, or the
 * certificate alone with `csrPem`) and `Stat_Client.conf` (spec 8). The key is in the zip and nowhere else.
 * @param connect value of `Connect`: how the client reaches the feed.
 * @throws HubError CONFLICT when the client has had a certificate (then a new one is issued beside it) or is closed; NOT_FOUND, VALIDATION.
 */
export async function buildBundle(
  tx: Transaction,
  caller: Caller,
  authority: Pick<Authority, 'issueClient' | 'rootPem'>,
  input: IssueCertificateInput & { readonly connect: string },
): Promise<Bundle> {
  const client = await needClient(tx, input.client, 'lock');
  if ((await certificatesOfClient(tx, client.clientId)).length > 0) {
    throw new HubError(
      'CONFLICT',
      `the bundle of ${client.name} was made before and its key is not kept; issue a new certificate: POST /clients/${client.name}/certificates, or "client renew ${client.name}"`,
    );
  }
  const issued = await issueCertificate(tx, caller, authority, input);
  const configuration = renderExampleConfiguration({
    connect: input.connect,
    caCert: 'ca.crt',
    clientCert: `${client.name}.pem`,
    storage: 'xml',
    logger: 'Client.out',
  });
  const files: Zippable = {
    'ca.crt': [strToU8(`${authority.rootPem.trimEnd()}\n`), { os: UNIX, attrs: PUBLIC }],
    [`${client.name}.pem`]: [strToU8(pemOf(issued)), { os: UNIX, attrs: PRIVATE }],
    'Stat_Client.conf': [strToU8(configuration), { os: UNIX, attrs: PUBLIC }],
  };
  return { zip: zipSync(files), fileName: `${client.name}.zip`, serial: issued.serial, notAfter: issued.notAfter };
}
