import { chownSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_USER, EMBEDDED_DATABASE, type EmbeddedAddress } from './embedded-address.ts';
import type { EmbeddedHome } from './embedded-home.ts';

/**
 * Who may connect from where, as PostgreSQL's pg_hba.conf says it; the first line that fits decides. By the readers' port come roles that somebody made,
 * by password and to the hub's database alone; never the user that the hub itself works as, who may do everything.
 */
const accessRules = ({ host, port }: EmbeddedAddress): string =>
  [
    port === undefined ? 'local all all scram-sha-256' : `host all ${DATABASE_USER} ${host}/32 scram-sha-256`,
    `host all ${DATABASE_USER} all reject`,
    `host ${EMBEDDED_DATABASE} all all scram-sha-256`,
    '',
  ].join('\n');

/** Writes the rules for a server that is about to start. @returns the file */
export function writeAccessRules(home: EmbeddedHome, address: EmbeddedAddress): string {
  const file = join(home.data, 'vestnik_hba.conf');
  const fresh = `${file}.new`;
  writeFileSync(fresh, accessRules(address), { mode: 0o600 });
  if (home.runAs) chownSync(fresh, home.runAs.uid, home.runAs.gid);
  renameSync(fresh, file);
  return file;
}
