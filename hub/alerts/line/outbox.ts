import type { TLSSocket } from 'node:tls';

/** What a push is about. */
export interface PushAbout {
  /** A later push under it takes its place; without one it may be dropped when too much waits. */
  readonly key?: number;
  /** The task that it tells of. */
  readonly task?: number;
}

/**
 * What leaves a session: answers at once and in order, pushes when the session is at rest (specification of alerts 2.22, 2.23, 3.12.7).
 *
 * Pushes leave in the order in which they came: a line that is told of a thing after another one never stands before it. A push under a key takes away the earlier one
 * under it and stands at the end; those without a key are dropped when too much waits.
 */
export interface Outbox {
  /** Bytes written so far. */
  readonly written: number;
  /** When something was written last. Milliseconds of performance.now(). */
  readonly wroteAt: number;
  /** Since when the peer has taken nothing of what waits for it; undefined when nothing waits. */
  readonly stuckSince: number | undefined;
  /** @returns undefined when more may be written at once; else what to wait for: it resolves when the peer has taken enough, or is gone */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** As `write` answers, without writing. */
  full(): Promise<void> | undefined;
  push(bytes: Uint8Array, key: number | undefined): void;
  /** Whether pushes wait. */
  readonly pushes: boolean;
  /** What waits is not for this peer any more: all of it, or only what is pushed without a key. */
  forget(what: 'all' | 'unkeyed'): void;
  /** The session is at rest: pushes leave, unless the peer has to take something else first. */
  rest(): void;
  stop(): void;
}

/** @param dropped told of lines that were dropped, once until the row was empty again */
export function createOutbox(socket: TLSSocket, mostPushed: number, dropped: (lines: number) => void): Outbox {
  /** In their order; those without a key stand under negative numbers, each its own. */
  const waitingPushes = new Map<number, Uint8Array>();
  let unkeyed = 0;
  let unkeyedBytes = 0;
  let lost = 0;
  let written = 0;
  let wroteAt = performance.now();
  let unacknowledged = 0;
  let movedAt = wroteAt;
  let waiting: PromiseWithResolvers<void> | undefined;

  const taken = (): void => {
    unacknowledged -= 1;
    movedAt = performance.now();
  };
  const release = (): void => {
    waiting?.resolve();
    waiting = undefined;
  };
  socket.on('drain', release);

  const full = (): Promise<void> | undefined => {
    if (!socket.writableNeedDrain || socket.destroyed) return undefined;
    waiting ??= Promise.withResolvers<void>();
    return waiting.promise;
  };
  const write = (bytes: Uint8Array): Promise<void> | undefined => {
    if (bytes.length === 0) return full();
    if (!socket.writable) return undefined;
    wroteAt = performance.now();
    if (unacknowledged === 0) movedAt = wroteAt;
    unacknowledged += 1;
    written += bytes.length;
    socket.write(bytes, taken);
    return full();
  };

  return {
    get written() {
      return written;
    },
    get wroteAt() {
      return wroteAt;
    },
    get stuckSince() {
      return unacknowledged > 0 ? movedAt : undefined;
    },
    get pushes() {
      return waitingPushes.size > 0;
    },
    write,
    full,
    push(bytes, key) {
      if (key !== undefined) {
        waitingPushes.delete(key);
        waitingPushes.set(key, bytes);
      } else if (unkeyedBytes + socket.writableLength + bytes.length <= mostPushed) {
        unkeyed -= 1;
        waitingPushes.set(unkeyed, bytes);
        unkeyedBytes += bytes.length;
      } else {
        lost += 1;
        if (lost === 1) dropped(1);
      }
    },
    rest() {
      if (waitingPushes.size === 0 || socket.writableNeedDrain) return;
      const all = [...waitingPushes.values()];
      waitingPushes.clear();
      unkeyedBytes = 0;
      write(all.length === 1 ? (all[0] as Uint8Array) : Buffer.concat(all));
      if (lost > 1) dropped(lost - 1);
      lost = 0;
    },
    forget(what) {
      for (const key of waitingPushes.keys()) if (what === 'all' || key < 0) waitingPushes.delete(key);
      unkeyedBytes = 0;
    },
    stop() {
      waitingPushes.clear();
      release();
    },
  };
}
