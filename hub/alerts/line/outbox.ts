import type { TLSSocket } from 'node:tls';

/**
 * What leaves a session: answers at once and in order, pushes when the session is at rest (specification of alerts 2.22, 2.23, 3.12.7).
 *
 * Pushes wait under keys, where the later takes the place of the earlier, or in a row, which is dropped when too much waits.
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
  /** The session is at rest: pushes leave, unless the peer has to take something else first. */
  rest(): void;
  stop(): void;
}

/** @param dropped told of lines that were dropped, once until the row was empty again */
export function createOutbox(socket: TLSSocket, mostPushed: number, dropped: (lines: number) => void): Outbox {
  const latest = new Map<number, Uint8Array>();
  let row: Uint8Array[] = [];
  let rowBytes = 0;
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
    write,
    full,
    push(bytes, key) {
      if (key !== undefined) latest.set(key, bytes);
      else if (rowBytes + socket.writableLength + bytes.length <= mostPushed) {
        row.push(bytes);
        rowBytes += bytes.length;
      } else {
        lost += 1;
        if (lost === 1) dropped(1);
      }
    },
    rest() {
      if ((latest.size === 0 && row.length === 0) || socket.writableNeedDrain) return;
      for (const bytes of latest.values()) write(bytes);
      latest.clear();
      if (row.length > 0) write(row.length === 1 ? (row[0] as Uint8Array) : Buffer.concat(row, rowBytes));
      row = [];
      rowBytes = 0;
      if (lost > 1) dropped(lost - 1);
      lost = 0;
    },
    stop() {
      latest.clear();
      row = [];
      release();
    },
  };
}
