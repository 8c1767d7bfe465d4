import type { EventEmitter } from 'node:events';
import { stat } from 'node:fs/promises';
import { SerialPort } from 'serialport';

/** A device that is open. */
export interface Port {
  /** ISO 8859-1. Never throws: a device that is gone tells so by `closed`. */
  write(bytes: string): void;
  /** Resolves when the device is free, or the time for it is over. */
  close(): Promise<void>;
}

export interface PortEvents {
  read(bytes: Uint8Array): void;
  /** The device is gone: unplugged, or an error of reading or writing. Told once, and not after `close()`. */
  closed(reason: string): void;
}

/** Opens a device. @throws Error saying why it cannot be opened */
export type OpenPort = (device: string, baud: number, events: PortEvents) => Promise<Port>;

/** Milliseconds that opening may take: drivers of wireless ports try for minutes. */
const OPENING = 10_000;
/** Milliseconds that closing may take: a driver of a USB stick that was pulled may never answer. */
const CLOSING = 2_000;

/**
 * On Unix the binding reports "readable" and "writable" from its native code without running the promises that wait for them; they go on only when
 * something else wakes the event loop, so that on a quiet machine an answer would wait for the next timer (Node 26.4 and later, serialport/bindings-cpp
 * #239, open in bindings-cpp 13). An empty turn of the loop runs them at once.
 */
function runPromisesOf(serial: SerialPort): void {
  const { poller } = serial.port as { poller?: EventEmitter };
  for (const event of ['readable', 'writable', 'disconnect']) poller?.on(event, () => void setImmediate(() => {}));
}

/** Between two looks whether the device is still there. Milliseconds. */
const LOOK_EVERY = 2_000;

/** Which device a path leads to; undefined: to none, or the system has no files for devices. */
const deviceAt = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ rdev }) => rdev,
    () => undefined,
  );

/**
 * Looks again and again whether a path leads to the device that was there first: the end of a terminal is not always told, and a modem whose stick was pulled
 * would be waited for until its commands have run out of time.
 * @param first what the path led to before the port was opened: it may be gone a moment later
 * @returns ends it
 */
function watchDevice(path: string, first: number | undefined, gone: () => void): () => void {
  if (first === undefined) return () => {};
  const timer = setInterval(async () => {
    if ((await deviceAt(path)) !== first) gone();
  }, LOOK_EVERY);
  timer.unref();
  return () => clearInterval(timer);
}

/** Opens a serial port, 8 data bits, no parity, one stop bit, with the lock of the system so that no second program talks to the modem. */
export const openSerialPort: OpenPort = async (device, baud, events) => {
  const first = await deviceAt(device);
  return new Promise((opened, failed) => {
    const serial = new SerialPort({ path: device, baudRate: baud, autoOpen: false });
    let told = false;
    let unwatch = (): void => {};
    const tellClosed = (reason: string): void => {
      if (told) return;
      told = true;
      unwatch();
      events.closed(reason);
    };
    const close = (): Promise<void> => {
      told = true;
      unwatch();
      if (!serial.isOpen) return Promise.resolve();
      return new Promise((closed) => {
        const timer = setTimeout(closed, CLOSING);
        serial.close(() => {
          clearTimeout(timer);
          closed();
        });
      });
    };
    serial.on('data', (bytes: Buffer) => {
      if (!told) events.read(bytes);
    });
    serial.on('error', (error: Error) => tellClosed(error.message));
    serial.on('close', (error: Error | null) => tellClosed(error?.message ?? 'the port was closed'));
    const timer = setTimeout(() => {
      told = true;
      failed(new Error(`the system did not open it within ${OPENING / 1_000} s`));
    }, OPENING);
    serial.open((error) => {
      clearTimeout(timer);
      if (error) {
        failed(error);
        return;
      }
      if (told) {
        // Too late: nobody waits any more.
        serial.close();
        return;
      }
      runPromisesOf(serial);
      unwatch = watchDevice(device, first, () => tellClosed('the device is gone'));
      opened({ write: (bytes) => serial.write(Buffer.from(bytes, 'latin1')), close });
    });
  });
};
