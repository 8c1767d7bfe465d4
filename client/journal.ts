import { crc32 } from 'node:zlib';
import { type Acknowledgement, isMessageId } from '@vestnik/protocol/feed.ts';
import { createKnownIds, type KnownIds } from './known-ids.ts';
import type { FileSystem, GrowingFile } from './ports.ts';

/**
 * The journal of one Storage (spec online-ticket 7.5): an append-only file, one record a line, each line with its CRC-32.
 *
 * The life of a message in it:
 *
 *     (unknown) --INTENT--> intended --DONE--> done --ACKED--> known
 *                              |
 *                              +-----DROP----> (unknown)
 *
 * INTENT says: the temporary file is complete and will get this name. From then on an absent temporary file proves the rename, which is
 * why DROP must be on the disk before a temporary file with an INTENT may be removed. `known` ids are remembered for 35 days.
 * A journal is opened once, used by one program (the lock of Storage sees to that), and closed.
 */

export type Intent = Acknowledgement & {
  /** Path of the temporary file relative to Storage, with `/`. */
  temp: string;
  /** Name of the file in Storage. */
  final: string;
  /** Of the bytes in the file, in lower-case hex. */
  sha256: string;
};

export type Journal = {
  /** Ids that are in the folder: done or known. */
  readonly known: KnownIds;
  /** INTENT without DONE or DROP, in the order of the file. */
  readonly intended: ReadonlyMap<string, Intent>;
  /** DONE without ACKED, in the order of the file. */
  readonly unacknowledged: ReadonlyMap<string, Acknowledgement>;
  /** Writes INTENTs (and what `done` left waiting) and flushes them to the disk. */
  intend(intents: readonly Intent[]): Promise<void>;
  /** Marks as done. The record waits for the next flush: INTENT and an absent temporary file prove the same. */
  done(messages: readonly Acknowledgement[]): Promise<void>;
  /** Takes INTENTs back and flushes to the disk. */
  drop(ids: readonly string[]): Promise<void>;
  acknowledged(messages: readonly Acknowledgement[]): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

type JournalRecord =
  | ({ r: 'INTENT' } & Intent)
  | ({ r: 'DONE'; day: number } & Acknowledgement)
  | { r: 'DROP'; id: string }
  | { r: 'ACKED'; ids: string[] }
  /** `packed`: ids of 16 bytes each, in base64. */
  | { r: 'KNOWN'; day: number; packed: string };

type Options = {
  fileSystem: FileSystem;
  /** Path of the journal. Beside it `<path>.new` and `<path>.bad` may be made. */
  path: string;
  /** Its folder, flushed after a file was replaced. */
  folder: string;
  now: () => number;
  /** Size in bytes from which the journal is rewritten. (Default: 8 MiB) */
  rewriteAbove?: number;
};

const REWRITE_ABOVE = 8 * 1024 * 1024;
const REMEMBERED_DAYS = 35;
const DAY_MS = 86_400_000;
const IDS_PER_LINE = 1_000;
/** Days are kept in 16 bits, one value of which is taken. */
const LAST_DAY = 65_534;
const LINE_FEED = 0x0a;

/**
 * Opens or creates the journal. A bad end is cut off; with a bad record elsewhere the file is set aside as `<path>.bad` and a new one is
 * begun from the ids that are surely in the folder.
 * @returns the journal, and whether it was damaged.
 */
export async function openJournal(options: Options): Promise<{ journal: Journal; damaged: boolean }> {
  const { fileSystem, path, folder, now } = options;
  const rewriteAbove = options.rewriteAbove ?? REWRITE_ABOVE;
  const known = createKnownIds();
  const intended = new Map<string, Intent>();
  const unacknowledged = new Map<string, Acknowledgement>();
  const day = () => Math.floor(now() / DAY_MS);

  function apply(record: JournalRecord): void {
    switch (record.r) {
      case 'INTENT':
        intended.set(record.id, {
          id: record.id,
          sequence: record.sequence,
          temp: record.temp,
          final: record.final,
          sha256: record.sha256,
        });
        break;
      case 'DONE':
        intended.delete(record.id);
        unacknowledged.set(record.id, { sequence: record.sequence, id: record.id });
        known.add(record.id, record.day);
        break;
      case 'DROP':
        intended.delete(record.id);
        break;
      case 'ACKED':
        for (const id of record.ids) unacknowledged.delete(id);
        break;
      case 'KNOWN':
        known.unpack({ day: record.day, bytes: Buffer.from(record.packed, 'base64') });
        break;
    }
  }

  const content = await fileSystem.read(path);
  const scan = content === undefined ? { good: 0, damaged: false } : scanJournal(content, apply);
  // A lost DROP would make its INTENT look like a finished rename, so of a damaged journal only what is surely done is believed.
  if (scan.damaged) intended.clear();

  let file: GrowingFile;
  let length = 0;
  let afterRewrite = 0;

  async function rewrite(): Promise<void> {
    known.forgetBefore(day() - REMEMBERED_DAYS);
    const next = await fileSystem.openGrowing(`${path}.new`);
    try {
      await next.truncate(0);
      for (const piece of known.pack(IDS_PER_LINE)) {
        await next.append(encode({ r: 'KNOWN', day: piece.day, packed: piece.bytes.toString('base64') }));
      }
      const lines = [...intended.values()].map((intent) => encode({ r: 'INTENT', ...intent }));
      for (const message of unacknowledged.values()) lines.push(encode({ r: 'DONE', day: day(), ...message }));
      await next.append(lines.join(''));
      await next.sync();
    } finally {
      await next.close();
    }
    await fileSystem.rename(`${path}.new`, path);
    await fileSystem.syncFolder(folder);
  }

  async function reopen(): Promise<void> {
    file = await fileSystem.openGrowing(path);
    length = file.length;
    afterRewrite = length;
  }

  if (scan.damaged) {
    await fileSystem.rename(path, `${path}.bad`);
    await rewrite();
  }
  file = await fileSystem.openGrowing(path);
  try {
    if (!scan.damaged && file.length > scan.good) await file.truncate(scan.good);
    // What was read may be in the system's memory only, left there by a killed program. Recovery acts on it, so it must outlast a power cut.
    await file.sync();
    await fileSystem.syncFolder(folder);
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  length = file.length;
  afterRewrite = scan.damaged ? length : 0;

  async function write(text: string): Promise<void> {
    try {
      await file.append(text);
      length += Buffer.byteLength(text);
    } catch (error) {
      // Half a record at the end would spoil the next one. Where even the cut fails, the next opening makes it.
      await file.truncate(length).catch(() => undefined);
      throw error;
    }
  }

  const journal: Journal = {
    known,
    intended,
    unacknowledged,
    async intend(intents) {
      if (length > rewriteAbove && length > 2 * afterRewrite) {
        await rewrite();
        await file.close();
        await reopen();
      }
      const records = intents.map((intent): JournalRecord => ({ r: 'INTENT', ...intent }));
      await write(records.map(encode).join(''));
      for (const record of records) apply(record);
      await file.sync();
    },
    async done(messages) {
      const today = day();
      const records = messages.map((message): JournalRecord => ({ r: 'DONE', day: today, id: message.id, sequence: message.sequence }));
      // The files are in the folder whether or not the record can be written: what is known must not wait for the disk.
      for (const record of records) apply(record);
      await write(records.map(encode).join(''));
    },
    async drop(ids) {
      const records = ids.map((id): JournalRecord => ({ r: 'DROP', id }));
      await write(records.map(encode).join(''));
      await file.sync();
      for (const record of records) apply(record);
    },
    async acknowledged(messages) {
      const record: JournalRecord = { r: 'ACKED', ids: messages.map((message) => message.id) };
      apply(record);
      await write(encode(record));
    },
    sync: () => file.sync(),
    close: () => file.close(),
  };
  return { journal, damaged: scan.damaged };
}

function encode(record: JournalRecord): string {
  const json = JSON.stringify(record);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

/**
 * Reads records up to the first bad one. Bad lines after which nothing good follows are a torn end; otherwise the file is damaged, and the
 * good records behind the damage are read as well.
 * @returns `good`: length in bytes of what stands before the first bad line.
 */
function scanJournal(content: Buffer, apply: (record: JournalRecord) => void): { good: number; damaged: boolean } {
  let good = 0;
  let bad = false;
  let damaged = false;
  for (let from = 0; from < content.length; ) {
    const end = content.indexOf(LINE_FEED, from);
    const record = end === -1 ? undefined : decode(content.toString('utf8', from, end));
    if (record === undefined) {
      bad = true;
    } else {
      damaged ||= bad;
      apply(record);
    }
    if (end === -1) break;
    from = end + 1;
    if (!bad) good = from;
  }
  return { good, damaged };
}

function decode(line: string): JournalRecord | undefined {
  const json = line.slice(9);
  if (line[8] !== ' ' || Number.parseInt(line.slice(0, 8), 16) !== crc32(json)) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isJournalRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The CRC tells damage from what was written, not who wrote it. */
function isJournalRecord(value: unknown): value is JournalRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { r, id, ids, packed, sequence, day, temp, final, sha256 } = value as Record<string, unknown>;
  const idList = Array.isArray(ids) && ids.every((each) => typeof each === 'string' && isMessageId(each));
  const message = typeof id === 'string' && isMessageId(id);
  switch (r) {
    case 'INTENT':
      return message && isSequence(sequence) && isOwnTemp(temp) && isPlainName(final) && typeof sha256 === 'string';
    case 'DONE':
      return message && isSequence(sequence) && isDay(day);
    case 'DROP':
      return message;
    case 'ACKED':
      return idList;
    case 'KNOWN':
      return typeof packed === 'string' && isDay(day);
    default:
      return false;
  }
}

function isSequence(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isDay(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LAST_DAY;
}

function isPlainName(value: unknown): boolean {
  return typeof value === 'string' && /^[^/\\\0]+\.xml$/.test(value);
}

function isOwnTemp(value: unknown): boolean {
  return typeof value === 'string' && /^(?:\.stat_client\/tmp\/|\.)[0-9a-f-]{36}\.part$/i.test(value);
}
