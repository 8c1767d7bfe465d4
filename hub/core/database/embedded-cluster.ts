import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { platform } from 'node:os';
import { basename, join } from 'node:path';
import { HubError } from '../errors.ts';
import { notesOf } from '../telemetry/channels.ts';
import { DATABASE_USER } from './embedded-address.ts';
import type { EmbeddedHome } from './embedded-home.ts';

const notes = notesOf('database.embedded');
const MAJOR = '18';

/** What the programs of PostgreSQL see of our environment: nothing that could change how they work. */
export const serverEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '',
  TZ: 'UTC',
  ...(platform() === 'win32' && { SystemRoot: process.env['SystemRoot'] ?? 'C:\\Windows' }),
});

function runInitdb(home: EmbeddedHome, folder: string, passwordFile: string): Promise<void> {
  const args = ['-D', folder, '-U', DATABASE_USER, '-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
  const child = spawn(join(home.bin, 'initdb'), [...args, '--auth=scram-sha-256', `--pwfile=${passwordFile}`], {
    ...(home.runAs ?? {}),
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: serverEnvironment(),
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve, reject) => {
    const fail = (how: string, cause?: unknown): void => {
      const said = Buffer.concat(output).toString('utf8').trim().slice(-800);
      reject(new HubError('INTERNAL', `the database could not be created: initdb ${how}: ${said}`, { cause }));
    };
    child.once('error', (error) => fail(`could not be started (${error.message})`, error));
    child.once('close', (code, signal) => (code === 0 ? resolve() : fail(signal ? `was killed by ${signal}` : `ended with ${code}`)));
  });
}

/** Writes a secret so that it is there after a power cut: without its password a database is lost. */
function writeSecret(path: string, secret: string): void {
  const file = openSync(path, 'w', 0o600);
  writeSync(file, secret);
  fsyncSync(file);
  closeSync(file);
}

/** What an interrupted first start left; its initdb may even be running still, so each attempt has a folder of its own. */
function removeAttempts(home: EmbeddedHome): void {
  for (const name of readdirSync(home.base)) {
    if (!name.startsWith(`${basename(home.data)}.new`)) continue;
    try {
      rmSync(join(home.base, name), { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      notes.warn('a half-made database could not be removed', { folder: join(home.base, name) }, error);
    }
  }
}

/**
 * Creates the cluster once, with a random password. It is made under another name and renamed, so that a crash leaves no half-made data folder.
 * @throws HubError INTERNAL when the folder is of another major version or holds something else, or when initdb fails.
 */
export async function createCluster(home: EmbeddedHome): Promise<void> {
  if (existsSync(join(home.data, 'PG_VERSION'))) {
    const version = readFileSync(join(home.data, 'PG_VERSION'), 'utf8').trim();
    if (version === MAJOR) return;
    throw new HubError(
      'INTERNAL',
      `${home.data} is a data folder of PostgreSQL ${version}, this hub carries ${MAJOR}: dump it with version ${version} and load it into a new folder, or set database.url`,
    );
  }
  if (existsSync(home.data) && readdirSync(home.data).length > 0)
    throw new HubError('INTERNAL', `${home.data} is not empty and no data folder of PostgreSQL: restore it from a backup or move it away`);
  removeAttempts(home);
  const fresh = `${home.data}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${fresh}.password`;
  const password = randomBytes(24).toString('base64url');
  // The parent folder may belong to root: the server's user gets its folder made for it.
  mkdirSync(fresh, { mode: 0o700 });
  writeSecret(passwordFile, password);
  if (home.runAs) for (const path of [fresh, passwordFile]) chownSync(path, home.runAs.uid, home.runAs.gid);
  try {
    await runInitdb(home, fresh, passwordFile);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeSecret(home.password, password);
  renameSync(fresh, home.data);
}
