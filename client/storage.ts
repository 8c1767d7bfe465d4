import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { Acknowledgement, FeedMessage } from '@vestnik/protocol/feed.ts';
import type { Encoder } from './encode.ts';
import type { MessageNamer } from './final-name.ts';
import { type Intent, type Journal, openJournal } from './journal.ts';
import type { Logger } from './log.ts';
import { forEachParallel } from './parallel.ts';
import { type PlacementPorts, placeFile, REFUSED_FOR } from './placement.ts';
import type { Clock, FileSystem } from './ports.ts';
import { recoverStorage } from './recovery.ts';
import { asFault, StorageFault } from './storage-fault.ts';

/**
 * The folder of XML files and what keeps it exact: each message is in it once, whatever is cut off where (spec online-ticket 7.5).
 *
 *     (closed) --openStorage: recovery--> OPEN --store, retryStuck--> OPEN
 *                                          |
 *                                          +-- StorageFault, close() --> (closed)
 *
 * After a StorageFault the storage must be closed and opened again: recovery then says from the disk what is true.
 * Everything of its own lies in `.stat_client` inside the folder, on the same file system, unseen by readers of `*.xml`.
 */
export type Storage = {
  /**
   * Puts a batch into the folder and writes it down as done. Runs alone: never two at a time.
   * @throws StorageFault when the folder as a whole cannot be used.
   */
  store(messages: readonly FeedMessage[]): Promise<StoreResult>;
  /** Tries the stuck messages once more. @throws StorageFault */
  retryStuck(): Promise<void>;
  /** Messages that could not get their names; they are in memory and not acknowledged. */
  stuck(): { sequence: number; id: string; code: string }[];
  /** What is in the folder and not yet acknowledged, oldest first, at most `most`. */
  unacknowledged(most: number): Acknowledgement[];
  acknowledged(messages: readonly Acknowledgement[]): Promise<void>;
  /** @throws StorageFault */
  freeBytes(): Promise<number>;
  close(): Promise<void>;
};

export type StoreResult = { stored: number; badDigests: Acknowledgement[] };

export type StorageOptions = {
  folder: string;
  fileSystem: FileSystem;
  clock: Clock;
  log: Logger;
  name: MessageNamer;
  encode: Encoder;
  /** Called after a file is safely in the folder. */
  onStored: (message: FeedMessage, path: string) => void;
  rewriteJournalAbove?: number;
};

/** Folder of the client's own files inside Storage. */
export const OWN_FOLDER = '.stat_client';
const PARALLEL = 16;
const MOST_VANISHED = 3;
/** Marks that a rename out of `.stat_client` crossed file systems, which a later start could not see by itself (bind mounts). */
const OTHER_DEVICE_MARK = 'temps-in-storage';

type Item = { message: FeedMessage; content: Buffer; intent: Intent; vanished: number };
type StuckItem = Item & { code: string };

/**
 * Opens the folder: makes what is missing in `.stat_client`, reads the journal and runs recovery.
 * @throws StorageFault
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { folder, fileSystem, clock, log } = options;
  let journal: Journal | undefined;
  try {
    const found = await fileSystem.status(folder);
    if (found?.kind !== 'folder') throw new StorageFault('missing', 'ENOENT');
    await fileSystem.checkWritable(folder);
    const own = join(folder, OWN_FOLDER);
    const temporary = join(own, 'tmp');
    await fileSystem.makeFolder(own);
    await fileSystem.makeFolder(temporary);
    await fileSystem.syncFolder(folder);
    const opened = await openJournal({
      fileSystem,
      path: join(own, 'journal'),
      folder: own,
      now: clock.now,
      ...(options.rewriteJournalAbove === undefined ? {} : { rewriteAbove: options.rewriteJournalAbove }),
    });
    journal = opened.journal;
    if (opened.damaged) log.error('OT2007', {});

    const mark = join(own, OTHER_DEVICE_MARK);
    let beside = (await fileSystem.status(temporary))?.device !== found.device || (await fileSystem.status(mark)) !== undefined;
    const recovered = await recoverStorage({ fileSystem, clock, journal, folder }, beside ? [temporary, folder] : [temporary]);
    beside ||= recovered.otherDevice;
    if (recovered.completed + recovered.removed > 0) log.info('OT1006', { n: recovered.completed, m: recovered.removed });
    return createStorage(options, journal, beside, mark);
  } catch (error) {
    await journal?.close().catch(() => undefined);
    throw asFault(error);
  }
}

function createStorage(options: StorageOptions, journal: Journal, startBeside: boolean, mark: string): Storage {
  const { folder, fileSystem, clock, log, encode } = options;
  const ports: PlacementPorts = { fileSystem, clock, journal, folder };
  const stuck = new Map<string, StuckItem>();
  let beside = startBeside;
  if (beside) log.info('OT1009', { dir: folder, inner: OWN_FOLDER });

  const tempFor = (id: string) => (beside ? `.${id}.part` : `${OWN_FOLDER}/tmp/${id}.part`);

  /** Steps 2 and 3: complete temporary files, flushed, and their INTENTs on the disk. */
  async function prepare(items: readonly Item[]): Promise<void> {
    for (const item of items) item.intent.temp = tempFor(item.message.id);
    await forEachParallel(items, PARALLEL, (item) => fileSystem.writeDurable(join(folder, item.intent.temp), item.content));
    await fileSystem.syncFolder(beside ? folder : join(folder, OWN_FOLDER, 'tmp'));
    await journal.intend(items.map((item) => item.intent));
  }

  /** Takes INTENTs back before their temporary files go: the other order would make them look renamed. */
  async function takeBack(items: readonly Item[]): Promise<void> {
    await journal.drop(items.map((item) => item.message.id));
    for (const item of items) await fileSystem.remove(join(folder, item.intent.temp)).catch(() => undefined);
  }

  /** Steps 2 to 5. Returns what was put into the folder, and what was found in it (the journal was lost, the file was not). */
  async function bringIn(items: readonly Item[], patienceMs: number): Promise<{ placed: Item[]; found: Intent[] }> {
    const patience = { leftMs: patienceMs };
    const placed: Item[] = [];
    const found: Intent[] = [];
    const refused: StuckItem[] = [];
    if (items.length > 0) await prepare(items);
    for (let index = 0; index < items.length; ) {
      const item = items[index]!;
      const result = await placeFile(ports, item.intent, item.content.length, patience);
      if (result.outcome === 'placed') {
        item.intent.final = result.final;
        placed.push(item);
        index++;
      } else if (result.outcome === 'present') {
        log.info('OT1005', { id: item.message.id });
        found.push(item.intent);
        index++;
      } else if (result.outcome === 'other-device' && !beside) {
        const rest = items.slice(index);
        await takeBack(rest);
        beside = true;
        await fileSystem.writeDurable(mark, Buffer.alloc(0));
        log.info('OT1009', { dir: folder, inner: OWN_FOLDER });
        await prepare(rest);
      } else if (result.outcome === 'vanished' && item.vanished < MOST_VANISHED) {
        item.vanished++;
        await journal.drop([item.message.id]);
        await prepare([item]);
      } else {
        refused.push({ ...item, code: result.code });
        index++;
      }
    }
    if (refused.length > 0) {
      await takeBack(refused);
      for (const item of refused) {
        if (!stuck.has(item.message.id)) log.error('OT2003', { file: item.intent.final, err: item.code });
        stuck.set(item.message.id, { ...item, vanished: 0 });
      }
    }
    if (placed.length + found.length > 0) await fileSystem.syncFolder(folder);
    return { placed, found };
  }

  function report(placed: readonly Item[]): void {
    for (const { message, content, intent } of placed) {
      stuck.delete(message.id);
      log.info('OT1003', { file: `seq=${message.sequence} file=${intent.final} bytes=${content.length} id=${message.id}` });
      options.onStored(message, join(folder, intent.final));
    }
  }

  return {
    async store(messages) {
      const badDigests: Acknowledgement[] = [];
      const present: Acknowledgement[] = [];
      const items: Item[] = [];
      const seen = new Set<string>();
      for (const message of messages) {
        const { id, sequence } = message;
        if (seen.has(id) || stuck.has(id)) continue;
        seen.add(id);
        if (journal.known.has(id)) {
          log.info('OT1005', { id });
          present.push({ sequence, id });
          continue;
        }
        const received = Buffer.from(message.xml, 'utf8');
        if (hash('sha256', received, 'hex') !== message.sha256) {
          log.error('OT2006', { id });
          badDigests.push({ sequence, id });
          continue;
        }
        const content = encode(received, message.xml);
        const sha256 = content === received ? message.sha256 : hash('sha256', content, 'hex');
        items.push({ message, content, intent: { id, sequence, temp: '', final: options.name(message), sha256 }, vanished: 0 });
      }
      try {
        const { placed, found } = await bringIn(items, REFUSED_FOR);
        report(placed);
        const done = [...present, ...found, ...placed.map((item) => item.intent)].sort((a, b) => a.sequence - b.sequence);
        if (done.length > 0) await journal.done(done);
        return { stored: placed.length, badDigests };
      } catch (error) {
        throw asFault(error);
      }
    },

    async retryStuck() {
      try {
        const { placed, found } = await bringIn([...stuck.values()], 0);
        report(placed);
        for (const intent of found) stuck.delete(intent.id);
        if (placed.length + found.length > 0) await journal.done([...found, ...placed.map((item) => item.intent)]);
      } catch (error) {
        throw asFault(error);
      }
    },

    stuck: () => [...stuck.values()].map(({ message, code }) => ({ sequence: message.sequence, id: message.id, code })),

    unacknowledged(most) {
      const messages: Acknowledgement[] = [];
      for (const message of journal.unacknowledged.values()) {
        if (messages.length === most) break;
        messages.push(message);
      }
      return messages;
    },

    async acknowledged(messages) {
      try {
        await journal.acknowledged(messages);
      } catch (error) {
        throw asFault(error);
      }
    },

    async freeBytes() {
      try {
        return await fileSystem.freeBytes(folder);
      } catch (error) {
        throw asFault(error);
      }
    },

    close: () => journal.close(),
  };
}
