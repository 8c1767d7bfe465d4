import { basename, dirname } from 'node:path';
import type { FileSystem, GrowingFile } from '../ports.ts';

/**
 * A disk in memory that knows what is flushed and what is not, for tests that kill the program or cut the power at a chosen step.
 *
 * Names (creating, renaming, removing) go through one ordered log, as in a journalling file system: flushing a folder makes everything up
 * to its last change durable, and a power cut keeps the durable part and any prefix of the rest. Contents are durable after a flush of the
 * file; of unflushed bytes a power cut keeps any beginning, possibly followed by rubbish.
 */
type Inode = { content: Buffer; durable: Buffer };
type Names = Map<string, Inode | 'folder'>;
type NameChange = { touches: string[]; apply(names: Names): void };

export class Killed extends Error {
  override readonly name = 'Killed';
}

export type MemoryDisk = {
  readonly fileSystem: FileSystem;
  /** Steps taken so far; every operation is one. */
  readonly steps: number;
  /** Called before every operation; may throw what the system would. */
  before: (operation: keyof FileSystem | 'append' | 'sync' | 'truncate', path: string) => void;
  freeBytes: number;
  /** The program dies before this step (counted from now); every later operation fails too. */
  killAfter(steps: number): void;
  /** The program is started again; what it had written is there. */
  revive(): void;
  /** The computer is started again after a power cut. @param choose a number from 0 to the given one, inclusive. */
  cutPower(choose: (most: number) => number): void;
  /** What the accounting program does: takes a file away for good. */
  take(path: string): Buffer | undefined;
  put(path: string, content: string | Buffer): void;
  get(path: string): Buffer | undefined;
  removeTree(path: string): void;
  makeTree(path: string): void;
  files(folder: string): string[];
};

export function systemError(code: string, path = ''): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected, ${path}`), { code });
}

export function createMemoryDisk(root: string): MemoryDisk {
  let base: Names = new Map([[root, 'folder']]);
  let changes: NameChange[] = [];
  let durableChanges = 0;
  let names: Names = new Map(base);
  let steps = 0;
  let dieAt = Number.POSITIVE_INFINITY;

  function step(operation: Parameters<MemoryDisk['before']>[0], path: string): void {
    steps++;
    if (steps > dieAt) throw new Killed(`killed before ${operation} ${basename(path)}`);
    disk.before(operation, path);
  }

  function change(touches: string[], apply: (to: Names) => void): void {
    changes.push({ touches, apply });
    apply(names);
  }

  function demandFolder(path: string): void {
    if (names.get(path) !== 'folder') throw systemError('ENOENT', path);
  }

  function fileAt(path: string): Inode | undefined {
    const found = names.get(path);
    if (found === 'folder') throw systemError('EISDIR', path);
    return found;
  }

  function settleNames(): void {
    base = new Map(names);
    changes = [];
    durableChanges = 0;
  }

  const childrenOf = (folder: string) => [...names.keys()].filter((path) => dirname(path) === folder && path !== folder);

  function create(path: string): Inode {
    demandFolder(dirname(path));
    const inode: Inode = { content: Buffer.alloc(0), durable: Buffer.alloc(0) };
    change([dirname(path)], (to) => to.set(path, inode));
    return inode;
  }

  const fileSystem: FileSystem = {
    async writeDurable(path, content) {
      step('writeDurable', path);
      const inode = create(path);
      const half = Buffer.from(content.subarray(0, content.length >> 1));
      inode.content = half;
      step('append', path);
      inode.content = Buffer.from(content);
      step('sync', path);
      inode.durable = inode.content;
    },
    async openGrowing(path) {
      step('openGrowing', path);
      const inode = fileAt(path) ?? create(path);
      return growing(inode, path);
    },
    async read(path) {
      step('read', path);
      const inode = fileAt(path);
      return inode === undefined ? undefined : Buffer.from(inode.content);
    },
    async status(path) {
      step('status', path);
      const found = names.get(path);
      if (found === undefined) return undefined;
      return { kind: found === 'folder' ? 'folder' : 'file', size: found === 'folder' ? 0 : found.content.length, device: 1, changedMs: 0 };
    },
    async list(folder) {
      step('list', folder);
      demandFolder(folder);
      return childrenOf(folder).map((path) => basename(path));
    },
    async rename(from, to) {
      step('rename', to);
      const inode = names.get(from);
      if (inode === undefined) throw systemError('ENOENT', from);
      demandFolder(dirname(to));
      change([dirname(from), dirname(to)], (into) => {
        const moved = into.get(from);
        if (moved === undefined) return;
        into.delete(from);
        into.set(to, moved);
      });
    },
    async renameNew(from, to) {
      if (names.has(to)) {
        step('status', to);
        throw systemError('EEXIST', to);
      }
      await fileSystem.rename(from, to);
    },
    async remove(path) {
      step('remove', path);
      if (names.has(path)) change([dirname(path)], (from) => from.delete(path));
    },
    async makeFolder(path) {
      step('makeFolder', path);
      demandFolder(dirname(path));
      if (!names.has(path)) change([dirname(path)], (to) => to.set(path, 'folder'));
    },
    async syncFolder(path) {
      step('syncFolder', path);
      demandFolder(path);
      changes.forEach(({ touches }, index) => {
        if (touches.includes(path)) durableChanges = Math.max(durableChanges, index + 1);
      });
    },
    async checkWritable(folder) {
      step('checkWritable', folder);
      demandFolder(folder);
    },
    async freeBytes(path) {
      step('freeBytes', path);
      demandFolder(path);
      return disk.freeBytes;
    },
  };

  function growing(inode: Inode, path: string): GrowingFile {
    return {
      get length() {
        return inode.content.length;
      },
      async append(text) {
        step('append', path);
        const bytes = Buffer.from(text);
        const half = bytes.length >> 1;
        inode.content = Buffer.concat([inode.content, bytes.subarray(0, half)]);
        step('append', path);
        inode.content = Buffer.concat([inode.content, bytes.subarray(half)]);
      },
      async sync() {
        step('sync', path);
        inode.durable = inode.content;
      },
      async truncate(length) {
        step('truncate', path);
        inode.content = Buffer.from(inode.content.subarray(0, length));
      },
      close: async () => undefined,
    };
  }

  const disk: MemoryDisk = {
    fileSystem,
    get steps() {
      return steps;
    },
    before: () => undefined,
    freeBytes: 1e12,
    killAfter(count) {
      dieAt = steps + count;
    },
    revive() {
      dieAt = Number.POSITIVE_INFINITY;
    },
    cutPower(choose) {
      const kept = durableChanges + choose(changes.length - durableChanges);
      const after: Names = new Map(base);
      for (const { apply } of changes.slice(0, kept)) apply(after);
      for (const inode of new Set(after.values())) {
        if (inode === 'folder') continue;
        const { content, durable } = inode;
        const common = content.subarray(0, durable.length).equals(durable) ? durable.length : 0;
        // A truncation that was not flushed may or may not have happened; an append may have happened in part.
        const length =
          content.length < durable.length ? [content.length, durable.length][choose(1)]! : common + choose(content.length - common);
        const torn = Buffer.from((length > content.length ? durable : content).subarray(0, length));
        if (length > durable.length && choose(3) === 0) torn.fill(0, durable.length + choose(length - durable.length));
        inode.content = torn;
        inode.durable = torn;
      }
      names = after;
      settleNames();
      disk.revive();
    },
    take(path) {
      const inode = fileAt(path);
      if (inode === undefined) return undefined;
      change([dirname(path)], (from) => from.delete(path));
      durableChanges = changes.length;
      return inode.content;
    },
    put(path, content) {
      const inode: Inode = { content: Buffer.from(content), durable: Buffer.from(content) };
      change([dirname(path)], (to) => to.set(path, inode));
    },
    get: (path) => fileAt(path)?.content,
    removeTree(path) {
      for (const each of [...names.keys()]) if (each === path || each.startsWith(`${path}/`)) names.delete(each);
      settleNames();
    },
    makeTree(path) {
      names.set(path, 'folder');
      settleNames();
    },
    files: (folder) =>
      childrenOf(folder)
        .filter((path) => names.get(path) !== 'folder')
        .map((path) => basename(path))
        .sort(),
  };
  return disk;
}
