import { chownSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_USER, EMBEDDED_DATABASE, type EmbeddedAddress } from './embedded-address.ts';
import type { EmbeddedHome } from './embedded-home.ts';

/**
 * Who may connect from where, as PostgreSQL's pg_hba.conf says it. By the readers' port come members of its roles to the hub's database, by
 * password, and nobody else: not the user that the hub itself works as.
 */
function accessRules({ host, port, readers }: EmbeddedAddress): string {
  const own = port === undefined ? 'local all all scram-sha-256' : `host all ${DATABASE_USER} ${host}/32 scram-sha-256`;
  return `${[own, ...(readers?.roles ?? []).map((role) => `host ${EMBEDDED_DATABASE} +${role} all scram-sha-256`)].join('\n')}\n`;
}

/** Writes the rules for a server that is about to start. @returns the file */
export function writeAccessRules(home: EmbeddedHome, address: EmbeddedAddress): string {
  const file = join(home.data, 'vestnik_hba.conf');
  const fresh = `${file}.new`;
  writeFileSync(fresh, accessRules(address), { mode: 0o600 });
  if (home.runAs) chownSync(fresh, home.runAs.uid, home.runAs.gid);
  renameSync(fresh, file);
  return file;
}
