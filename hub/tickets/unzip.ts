import { MAX_FILE_BYTES } from '@vestnik/protocol/reader/read-tickets.ts';
import { Unzip, type UnzipFile, UnzipInflate } from 'fflate';

/** A file of an archive. `name` is only shown; it is never a path on this machine. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An entry that was not read, or the rest of an archive, and why. */
export interface ZipProblem {
  readonly name: string;
  readonly why: string;
}

export interface ZipLimits {
  readonly entries: number;
  /** Bytes of all entries together, unpacked. */
  readonly bytes: number;
}

/** So little is fed at once that what it can inflate to, about a thousand times as much, fits into memory. */
const STEP = 4_096;
const XML = /\.xml$/i;

/** True when bytes begin as an archive does. */
export const looksLikeZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/**
 * The XML files of a zip archive, one at a time, in its order. Sizes that the archive states are not believed: an entry over 16 MiB is
 * dropped while it unpacks, and beyond `limits` reading ends with a problem. Other files and archives within are told and passed over.
 */
export function* readZip(archive: Uint8Array, name: string, limits: ZipLimits): Generator<ZipEntry | ZipProblem> {
  const ready: (ZipEntry | ZipProblem)[] = [];
  let entries = 0;
  let unpacked = 0;
  let over: string | undefined;

  const take = (file: UnzipFile): void => {
    entries += 1;
    if (entries > limits.entries) over = `it holds more than ${limits.entries} files; the rest is not read`;
    if (over !== undefined || file.name.endsWith('/')) return;
    if (!XML.test(file.name)) {
      ready.push({ name: file.name, why: 'not an .xml file' });
      return;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    let done = false;
    const give = (entry: ZipEntry | ZipProblem): void => {
      done = true;
      chunks.length = 0;
      ready.push(entry);
    };
    file.ondata = (error, chunk, final) => {
      if (done) return;
      if (error) return give({ name: file.name, why: `it cannot be unpacked: ${error.message}` });
      size += chunk.length;
      unpacked += chunk.length;
      if (unpacked > limits.bytes) over = `it unpacks to more than ${limits.bytes} bytes; the rest is not read`;
      if (over === undefined && size <= MAX_FILE_BYTES) chunks.push(chunk);
      else {
        file.terminate();
        if (over === undefined) return give({ name: file.name, why: `it unpacks to more than ${MAX_FILE_BYTES} bytes` });
      }
      if (final && over === undefined) give({ name: file.name, bytes: Buffer.concat(chunks) });
    };
    file.start();
  };

  const unzip = new Unzip(take);
  unzip.register(UnzipInflate);
  for (let at = 0; at < archive.length && over === undefined; at += STEP) {
    try {
      unzip.push(archive.subarray(at, at + STEP), at + STEP >= archive.length);
    } catch (error) {
      over ??= `it is damaged near byte ${at}: ${error instanceof Error ? error.message : error}`;
    }
    yield* ready.splice(0);
  }
  if (over !== undefined) yield { name, why: over };
  else if (entries === 0) yield { name, why: 'it holds no files, or is not a zip archive' };
}
