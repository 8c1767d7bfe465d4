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
 * A name as a person knows it. Archives say whether a name is UTF-8; those that do not say mostly are nevertheless, and else come from a
 * Russian Windows, whose archives have names in code page 866.
 */
function readableName(name: string): string {
  if (!/^[\0-\u00ff]*$/.test(name) || !/[\u0080-\u00ff]/.test(name)) return name;
  const bytes = Buffer.from(name, 'latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('ibm866').decode(bytes);
  }
}

const DIRECTORY_END = Buffer.from([0x50, 0x4b, 5, 6]);
/** A comment of up to 65,535 bytes may follow the record. */
const DIRECTORY_END_MOST = 22 + 65_535;
/** Stands in the record when the true number is elsewhere (zip64). */
const ELSEWHERE = 0xffff;

/** How many entries the directory at the end lists; undefined when there is none. One of zip64 keeps the number elsewhere: it counts as `found`. */
function listedEntries(archive: Uint8Array, found: number): number | undefined {
  const tail = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength).subarray(-DIRECTORY_END_MOST);
  const at = tail.lastIndexOf(DIRECTORY_END);
  if (at < 0 || at + 22 > tail.length) return undefined;
  const count = tail.readUInt16LE(at + 10);
  return count === ELSEWHERE ? found : count;
}

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
    const shown = readableName(file.name);
    if (!XML.test(shown)) {
      ready.push({ name: shown, why: 'not an .xml file' });
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
      if (error) return give({ name: shown, why: `it cannot be unpacked: ${error.message}` });
      size += chunk.length;
      unpacked += chunk.length;
      if (unpacked > limits.bytes) over = `it unpacks to more than ${limits.bytes} bytes; the rest is not read`;
      if (over === undefined && size <= MAX_FILE_BYTES) chunks.push(chunk);
      else {
        file.terminate();
        if (over === undefined) return give({ name: shown, why: `it unpacks to more than ${MAX_FILE_BYTES} bytes` });
      }
      if (final && over === undefined) give({ name: shown, bytes: Buffer.concat(chunks) });
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
  if (over !== undefined) return yield { name, why: over };
  const listed = listedEntries(archive, entries);
  if (listed === undefined) yield { name, why: 'it is cut off, or is not a zip archive' };
  else if (listed !== entries) yield { name, why: `its directory lists ${listed} files, but ${entries} were found` };
  else if (entries === 0) yield { name, why: 'it holds no files' };
}
