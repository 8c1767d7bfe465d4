import { type DestinationStream, destination, pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';
import { type Note, noteChannel } from './channels.ts';
import { describeError, redact } from './redact.ts';
import { requestContext } from './request-context.ts';

/**
 * The log: the one listener of notes that writes. Lines go out synchronously, so that a crash loses none; they are few at level info.
 * A log that cannot be written (closed pipe, full disk) never stops the hub.
 */
export interface Log {
  stop(): void;
}

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'auto' | 'json' | 'pretty';
  /** File descriptor: 1 for a server, 2 for a command whose output is on 1. Or a stream, for tests. */
  readonly to: 1 | 2 | DestinationStream;
}

function outputOf({ format, to }: LogOptions): DestinationStream {
  const terminal = to === 1 ? process.stdout.isTTY : to === 2 ? process.stderr.isTTY : false;
  const asLines = typeof to === 'number' ? destination({ dest: to, sync: true }) : to;
  if ('on' in asLines && typeof asLines.on === 'function') asLines.on('error', () => undefined);
  if (format === 'json' || (format === 'auto' && !terminal)) return asLines;
  return pretty({
    colorize: terminal === true,
    sync: true,
    destination: asLines as unknown as NodeJS.WritableStream,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,from',
    messageFormat: '{from}: {msg}',
    singleLine: true,
    errorLikeObjectKeys: [],
  });
}

/** Starts writing notes. Each line has `time` (RFC 3339, UTC), `level`, `pid`, `from`, `msg`, what the note is about, and the request's id. */
export function startLog(options: LogOptions): Log {
  const logger = pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    outputOf(options),
  );
  const write = (message: unknown): void => {
    const { level, from, text, about, error } = message as Note;
    if (!logger.isLevelEnabled(level)) return;
    const requestId = requestContext.getStore()?.requestId;
    const fields = {
      ...(about && (redact(about) as object)),
      from,
      ...(requestId !== undefined && { requestId }),
      ...(error !== undefined && { error: describeError(error) }),
    };
    logger[level](fields, text);
  };
  noteChannel.subscribe(write);
  return {
    stop() {
      noteChannel.unsubscribe(write);
    },
  };
}
