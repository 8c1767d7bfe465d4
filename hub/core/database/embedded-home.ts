import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { HubError } from '../errors.ts';
import { canReach, reachableBinaries, type SystemUser } from './embedded-binaries.ts';

/** Where the embedded PostgreSQL lives and as whom it runs. */
export interface EmbeddedHome {
  /** Folder of everything below. */
  readonly base: string;
  /** File whose lock makes a process the owner. */
  readonly lock: string;
  /** Folder of initdb and postgres. */
  readonly bin: string;
  /** The data folder (PGDATA). */
  readonly data: string;
  /** Folder of the unix socket; private to the user that runs the server. */
  readonly socket: string;
  /** File with the password of the database user, mode 0600. */
  readonly password: string;
  /** File with the address of the server, for other processes on the folder. */
  readonly address: string;
  readonly log: string;
  /** Set when the hub runs as root: PostgreSQL refuses to, so it runs as this unprivileged user. */
  readonly runAs: SystemUser | undefined;
}

/** A path of a unix socket has at most 107 bytes on Linux and 103 on macOS; `/.s.PGSQL.5432` takes 14 of them, a longer port one more. */
const LONGEST_SOCKET_FOLDER = 88;
const ROOT_STORE = '/var/lib/vestnik';
const CLUSTER = 'postgres';

function unprivilegedUser(name: string): SystemUser {
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

/** Makes a folder that every user may pass through, whatever the umask. Folders that were there keep their modes. */
function makePassable(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: 0o755 });
  if (first === undefined || platform() === 'win32') return;
  for (let folder = resolve(path); folder.length >= first.length; folder = dirname(folder)) chmodSync(folder, 0o755);
}

/** Makes a folder of one user's own; refuses one that somebody else has put there. */
function makePrivate(path: string, user: SystemUser | undefined): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const owner = user?.uid ?? process.getuid?.();
  if (owner === undefined) return;
  // Not followed: in a shared folder of temporary files a stranger may have left a link to something else.
  const present = lstatSync(path);
  if (!present.isDirectory() || (present.uid !== owner && present.uid !== process.getuid?.()))
    throw new HubError('INTERNAL', `${path} should be a folder for the socket of the database, but belongs to somebody else: remove it`);
  if (user && present.uid !== owner) chownSync(path, user.uid, user.gid);
  if ((present.mode & 0o077) !== 0) chmodSync(path, 0o700);
}

/**
 * The folder of the cluster. `postgres` in the data folder is either the cluster or a link to it. The link is made once when root's data folder
 * cannot be reached by the unprivileged user; from then on it decides, so that later changes of modes or names never hide a database.
 */
function clusterFolder(real: string, digest: string, user: SystemUser | undefined): string {
  const path = join(real, CLUSTER);
  const present = lstatSync(path, { throwIfNoEntry: false });
  if (present?.isSymbolicLink()) {
    const target = resolve(real, readlinkSync(path));
    if (existsSync(dirname(target))) return target;
    throw new HubError('INTERNAL', `${path} says that the database is in ${target}, which is not there: bring it back or remove the link`);
  }
  if (!user || canReach(real, user, constants.S_IXOTH)) return path;
  if (present)
    throw new HubError(
      'INTERNAL',
      `the database in ${path} cannot be reached by user ${user.uid}, which runs it: allow everybody to pass through the folders above it (chmod o+x)`,
    );
  const elsewhere = join(ROOT_STORE, digest, CLUSTER);
  makePassable(dirname(elsewhere));
  symlinkSync(elsewhere, path);
  return elsewhere;
}

/** Who runs the server when the hub is root: whoever owns the cluster, otherwise the configured user. */
function serverUser(real: string, name: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const cluster = statSync(join(real, CLUSTER, 'PG_VERSION'), { throwIfNoEntry: false });
  return cluster && cluster.uid !== 0 ? { uid: cluster.uid, gid: cluster.gid } : unprivilegedUser(name);
}

/**
 * Decides where everything lives and makes the folders. Works as root and as an ordinary user, from any folder.
 * When root's data folder cannot be reached by the unprivileged user, the database goes to /var/lib/vestnik/<hash of the folder> and a link
 * in the data folder says so.
 *
 * @param dataFolder the hub's data folder (configuration `dataFolder`).
 * @param user the unprivileged user for a hub that runs as root.
 * @throws HubError INTERNAL when the user does not exist, or a folder cannot serve.
 */
export function prepareHome(dataFolder: string, user: string): EmbeddedHome {
  if (process.getuid?.() === 0) makePassable(dataFolder);
  else mkdirSync(dataFolder, { recursive: true, mode: 0o755 });
  const real = realpathSync(dataFolder);
  const runAs = serverUser(real, user);
  const digest = createHash('sha256').update(real).digest('hex').slice(0, 12);
  const data = clusterFolder(real, digest, runAs);
  const base = dirname(data);
  const beside = join(base, 'socket');
  const socket = Buffer.byteLength(beside) <= LONGEST_SOCKET_FOLDER ? beside : join(tmpdir(), `vestnik-${digest}`);
  makePrivate(socket, runAs);
  return {
    base,
    lock: join(base, 'postgres.lock'),
    bin: reachableBinaries(base, runAs),
    data,
    socket,
    password: join(base, 'postgres.password'),
    address: join(base, 'postgres.address'),
    log: join(base, 'postgres.log'),
    runAs,
  };
}
