/**
 * Finished answers about single records, kept in memory so that asking again costs no way to the database.
 *
 * An answer is unknown -> asked for, under a stamp that was taken before -> kept, unless an edit was told since the stamp -> served, for as long as edits are heard of ->
 * unknown again: by `forget`, by its age, or to make room. Nothing is served or kept while edits are not heard of.
 */
export interface KeptLines {
  /** The answer, or undefined when the database must be asked. */
  get(key: number): Uint8Array | undefined;
  /** Taken before the database is asked. */
  stamp(): number;
  /** Keeps an answer that was asked for after this stamp. The bytes must be nobody else's. */
  keep(key: number, stamp: number, bytes: Uint8Array): void;
  /** Something of this kind was edited, or may have been: what was asked for before is not served any more. */
  forget(): void;
}

export interface KeptLinesOptions {
  /** Whether every edit is told within moments of its commit. */
  readonly trusted: () => boolean;
  /** Milliseconds on a clock that never goes back. (Default: performance.now) */
  readonly now?: () => number;
  /** After so long an answer is asked for again whatever was told: the bound for news that are lost without a sign. Milliseconds. (Default: 10,000) */
  readonly oldest?: number;
  /** Bytes that are kept, with a share for each entry. (Default: 4 MiB) */
  readonly mostBytes?: number;
}

interface Kept {
  readonly bytes: Uint8Array;
  readonly until: number;
}

const OLDEST = 10_000;
const MOST_BYTES = 4 * 1024 * 1024;
/** What an entry takes beside its bytes. */
const ENTRY = 256;

export function createKeptLines({
  trusted,
  now = () => performance.now(),
  oldest = OLDEST,
  mostBytes = MOST_BYTES,
}: KeptLinesOptions): KeptLines {
  const kept = new Map<number, Kept>();
  let bytes = 0;
  let generation = 0;

  const drop = (key: number): void => {
    const gone = kept.get(key);
    if (!gone) return;
    kept.delete(key);
    bytes -= gone.bytes.length + ENTRY;
  };

  return {
    get(key) {
      const found = kept.get(key);
      if (!found || !trusted()) return undefined;
      if (now() < found.until) return found.bytes;
      drop(key);
      return undefined;
    },
    stamp: () => generation,
    keep(key, stamp, content) {
      drop(key);
      const size = content.length + ENTRY;
      if (stamp !== generation || !trusted() || size > mostBytes) return;
      // The oldest answers make room: they have the least time left.
      for (const other of kept.keys()) {
        if (bytes + size <= mostBytes) break;
        drop(other);
      }
      kept.set(key, { bytes: content, until: now() + oldest });
      bytes += size;
    },
    forget() {
      generation += 1;
      kept.clear();
      bytes = 0;
    },
  };
}
