import type { StorageState } from '@vestnik/protocol/feed.ts';
import { errorCode } from './ports.ts';

/** Why Storage cannot be used now; the words of the feed's report. */
export type FaultKind = Exclude<StorageState, 'ok'>;

/** A fault of Storage as a whole, after which nothing may be pulled until it has been opened again. `code` is the system's, such as ENOSPC. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault';
  readonly kind: FaultKind;
  readonly code: string;

  constructor(kind: FaultKind, code: string, cause?: unknown) {
    super(`storage is ${kind} (${code})`, { cause });
    this.kind = kind;
    this.code = code;
  }
}

const KINDS: Readonly<Record<string, FaultKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'denied',
  EACCES: 'denied',
  EPERM: 'denied',
  EBUSY: 'denied',
  EMFILE: 'denied',
  ENFILE: 'denied',
};

/** What a refused rename looks like while an antivirus or an indexer holds the file. */
const REFUSALS: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY', 'ETXTBSY']);

export function isRefusal(error: unknown): boolean {
  return REFUSALS.has(errorCode(error) ?? '');
}

/**
 * The fault behind an error of the file system. Whatever else the system answers (ENOENT, ENOTDIR, ESTALE, EIO, timeouts) means that
 * the folder is out of reach. An error that is none of the system's is a defect of the program and is returned as it is.
 */
export function asFault(error: unknown): unknown {
  if (error instanceof StorageFault) return error;
  const code = errorCode(error);
  if (code === undefined || code.startsWith('ERR_')) return error;
  return new StorageFault(KINDS[code] ?? 'missing', code, error);
}
