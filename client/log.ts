import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { type Language, type MessageCode, messageText, type Parameters } from './messages.ts';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes coded lines. Never throws and never waits. */
export type Logger = {
  error(code: MessageCode, parameters: Parameters): void;
  warn(code: MessageCode, parameters: Parameters): void;
  info(code: MessageCode, parameters: Parameters): void;
  debug(code: MessageCode, parameters: Parameters): void;
};

/** Where formatted lines go. */
export type LineSink = (line: string) => void;

export type LogFileOptions = {
  path: string;
  /** Size in bytes from which a new file is begun. */
  size: number;
  /** How many earlier files are kept, as `<path>.1` (the newest) and so on. */
  files: number;
  now: () => number;
  language: Language;
  /** Gets lines while the file cannot be written. */
  fallback: LineSink;
};

/**
 * The log file (spec online-ticket 7.4). Lines are gathered and appended, one write at a time.
 *
 *     IDLE --write--> WRITING --nothing waits--> IDLE
 *                       |  ^
 *                       |  +-- lines came meanwhile, or the file grew over its size: rotate, go on
 *                       +-- the system refuses: lines go to the fallback, the file is opened anew with the next line
 *
 * A log that cannot be written never stops delivery: what waits is bounded, the rest is counted and the loss noted.
 */
export type LogFile = {
  write: LineSink;
  /** Writes what waits and closes the file. */
  close(): Promise<void>;
};

const MOST_WAITING = 10_000;
/** After a refused rename the file may grow by this part of its size before the rename is tried again. */
const RETRY_GROWTH = 0.1;

export function createLogFile(options: LogFileOptions): LogFile {
  const { path, fallback } = options;
  let waiting: string[] = [];
  let lost = 0;
  let writing: Promise<void> | undefined;
  let file: FileHandle | undefined;
  let length = 0;
  let rotateAt = options.size;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting;
      waiting = [];
      if (lost > 0) {
        lines.push(formatLine(options.now(), 'warn', 'OT1110', { n: lost }, options.language));
        lost = 0;
      }
      const text = `${lines.join('\n')}\n`;
      try {
        if (file === undefined) {
          file = await open(path, 'a');
          length = (await file.stat()).size;
          rotateAt = options.size;
        }
        await file.appendFile(text);
        length += Buffer.byteLength(text);
        if (length >= rotateAt) await rotate();
      } catch {
        await file?.close().catch(() => undefined);
        file = undefined;
        fallback(text.slice(0, -1));
      }
    }
  }

  async function rotate(): Promise<void> {
    try {
      await rm(`${path}.${options.files}`, { force: true });
      for (let number = options.files - 1; number >= 1; number--) {
        await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(() => undefined);
      }
      await rename(path, `${path}.1`);
    } catch {
      // A reader holds the file (Windows): writing goes on in it.
      rotateAt = length + options.size * RETRY_GROWTH;
      return;
    }
    const old = file;
    file = undefined;
    await old?.close();
  }

  function start(): void {
    writing ??= drain().finally(() => {
      writing = undefined;
      if (waiting.length > 0) start();
    });
  }

  return {
    write(line) {
      if (waiting.length >= MOST_WAITING) {
        lost++;
        return;
      }
      waiting.push(line);
      start();
    },
    async close() {
      while (writing !== undefined) await writing;
      await file?.close().catch(() => undefined);
      file = undefined;
    },
  };
}

/** A logger that formats lines for the given sinks and leaves out what is less important than `level`. */
export function createLogger(level: LogLevel, language: Language, now: () => number, sinks: readonly LineSink[]): Logger {
  const most = LOG_LEVELS.indexOf(level);
  const at = (of: LogLevel) => {
    if (LOG_LEVELS.indexOf(of) > most) return () => undefined;
    return (code: MessageCode, parameters: Parameters) => {
      const line = formatLine(now(), of, code, parameters, language);
      for (const sink of sinks) sink(line);
    };
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

function formatLine(at: number, level: LogLevel, code: MessageCode, parameters: Parameters, language: Language): string {
  return `${localTime(at)} ${level.toUpperCase()} ${code} ${messageText(code, parameters, language)}`;
}

let cachedSecond = Number.NaN;
let cachedHead = '';
let cachedTail = '';

/** Local time with milliseconds and offset, such as `2026-11-22T14:05:00.123+03:00`. Only the milliseconds change within a second. */
export function localTime(at: number): string {
  const second = Math.floor(at / 1000);
  if (second !== cachedSecond) {
    const date = new Date(second * 1000);
    const offset = -date.getTimezoneOffset();
    const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
    cachedSecond = second;
    cachedHead = new Date(second * 1000 + offset * 60_000).toISOString().slice(0, 19);
    cachedTail = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  }
  return `${cachedHead}.${String(at - second * 1000).padStart(3, '0')}${cachedTail}`;
}
