import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Folder {
  readonly path: string;
  /** A path inside it. */
  at(...names: string[]): string;
  remove(): void;
}

/** A folder for one test file. Other users may pass through it: PostgreSQL does not run as root. */
export function createFolder(name: string): Folder {
  const path = mkdtempSync(join(realpathSync(tmpdir()), `vestnik-${name}-`));
  chmodSync(path, 0o755);
  return {
    path,
    at: (...names) => join(path, ...names),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}
