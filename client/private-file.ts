import { execFile } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

/**
 * Whether a file is readable by its user only, and how to make it so (spec online-ticket 7.2: the PEM must be accessible to nobody else).
 * On Windows the answer comes from the file's security descriptor, through the system's own tools.
 */

const run = promisify(execFile);
const GROUP_AND_OTHERS = 0o077;
const TOOL_TIMEOUT = 20_000;

/** Groups that stand for other people, as SDDL abbreviates them and as SIDs: Everyone, Users, Authenticated Users, Guests. */
const OTHERS: ReadonlySet<string> = new Set(['WD', 'BU', 'AU', 'BG', 'S-1-1-0', 'S-1-5-32-545', 'S-1-5-11', 'S-1-5-32-546']);
const FILE_READ_DATA = 0x1;
const GENERIC_READ = 0x80000000;
const GENERIC_ALL = 0x10000000;
const READING_RIGHTS: ReadonlySet<string> = new Set(['GA', 'GR', 'FA', 'FR', 'CC']);

/** @throws the system's error when the file cannot be looked at. */
export async function isPrivate(path: string): Promise<boolean> {
  if (process.platform === 'win32') {
    const script = '(Get-Acl -LiteralPath $env:OT_PATH).Sddl';
    const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], {
      env: { ...process.env, OT_PATH: path },
      timeout: TOOL_TIMEOUT,
    });
    return !sddlLetsOthersRead(stdout.trim());
  }
  const found = await stat(path);
  const uid = process.getuid?.();
  return (found.uid === uid || found.uid === 0) && (found.mode & GROUP_AND_OTHERS) === 0;
}

/**
 * Makes the file readable by its user only: mode 600; on Windows only the user, SYSTEM and Administrators.
 * Whose it is stays as it was, so a file of another user is still not private to this one.
 * @throws the system's error when it is not allowed.
 */
export async function makePrivate(path: string): Promise<void> {
  if (process.platform === 'win32') {
    const { username } = userInfo();
    const domain = process.env['USERDOMAIN'];
    const user = domain === undefined ? username : `${domain}\\${username}`;
    await run('icacls.exe', [path, '/reset'], { timeout: TOOL_TIMEOUT });
    await run('icacls.exe', [path, '/inheritance:r', '/grant:r', `${user}:F`, '*S-1-5-18:F', '*S-1-5-32-544:F'], { timeout: TOOL_TIMEOUT });
    return;
  }
  await chmod(path, 0o600);
}

/**
 * Whether a security descriptor in SDDL grants reading to Everyone, Users, Authenticated Users or Guests. A descriptor without an access
 * list lets everybody in. Denials are not weighed: what must not be granted is refused even where something else takes it back.
 */
export function sddlLetsOthersRead(sddl: string): boolean {
  const list = /D:[A-Z_]*((?:\([^()]*\))*)/.exec(sddl);
  if (list === null || /D:[A-Z]*NO_ACCESS_CONTROL/.test(sddl)) return true;
  for (const [, entry = ''] of (list[1] ?? '').matchAll(/\(([^()]*)\)/g)) {
    const [kind = '', flags = '', rights = '', , , trustee = ''] = entry.split(';');
    // Inherit-only entries ("IO") concern files below a folder, not the file itself.
    if (
      (kind === 'A' || kind === 'XA' || kind === 'OA') &&
      !flags.match(/../g)?.includes('IO') &&
      OTHERS.has(trustee) &&
      grantsReading(rights)
    ) {
      return true;
    }
  }
  return false;
}

function grantsReading(rights: string): boolean {
  if (/^0x[0-9a-f]+$/i.test(rights)) {
    const mask = Number.parseInt(rights, 16);
    return (mask & (FILE_READ_DATA | GENERIC_ALL)) !== 0 || mask >= GENERIC_READ;
  }
  return (rights.match(/../g) ?? []).some((right) => READING_RIGHTS.has(right));
}
