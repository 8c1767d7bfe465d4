import type { FastifyReply, FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import { allows, type Caller } from '../identity/caller.ts';
import { notesOf } from '../telemetry/channels.ts';
import { pathOf } from './failure.ts';

/** Content type of a stream, also for the answer to HEAD. */
export const STREAM_TYPE = 'text/event-stream; charset=utf-8';

/**
 * One answer of server-sent events, to one reader.
 *
 * open -> closed: by whoever feeds it, by a reader that leaves or is too slow, by the end of its login or right, with the hub. What was sent before is still
 * delivered, except to a reader that is too slow, who is cut off: what it has not taken would wait in memory for ever.
 */
export interface LiveStream {
  /** Who reads it, as recognised last. */
  readonly caller: Caller;
  readonly closed: boolean;
  /** Sends what happens: whole frames. A reader for whom more than the backlog waits by then is cut off. */
  send(text: string): void;
  /** Sends what there is to catch up with, however much. Resolves when the reader has taken it or the stream is closed: a reader without patience for it is cut off. */
  catchUp(text: string): Promise<void>;
  close(why: string): void;
  /** Cuts the reader off: what it has not taken is lost. */
  fail(why: string, error: unknown): void;
  /** Does this once it is closed; at once when it is. */
  atEnd(step: () => void): void;
}

/**
 * The streams of one kind of one hub.
 *
 * open -> stopped: by `stop`, or by itself when the listener that they came through takes no connections any more; all are closed and new ones refused.
 */
export interface LiveStreams {
  /** How many are open. */
  readonly size: number;
  /** Refuses a caller for whom there is no room, before anything is looked up for him. @throws HubError SHUTTING_DOWN, TOO_MANY_REQUESTS */
  admit(caller: Caller): void;
  /** Begins the answer; the handler returns `reply`. @throws HubError as `admit`: others may have come meanwhile */
  open(request: FastifyRequest, reply: FastifyReply, caller: Caller): LiveStream;
  stop(): void;
}

export interface LiveStreamsOptions {
  /** Without it a stream ends. */
  readonly right: string;
  /** Recognises the caller again, with every sign of life. */
  authenticate(request: FastifyRequest): Promise<Caller>;
  /** Streams at once, and of one login. (Default: 200, 20) */
  readonly most?: number | undefined;
  readonly mostOfLogin?: number | undefined;
  /** Milliseconds between two signs of life. (Default: 15000) */
  readonly heartbeat?: number | undefined;
  /** Bytes that may wait for a reader. (Default: 1 MiB) */
  readonly backlog?: number | undefined;
  /** Milliseconds in which a reader has to take what it catches up with, and what waits when its stream is closed. (Default: 30000) */
  readonly patience?: number | undefined;
}

const notes = notesOf('http.streams');
/** Between looks whether the listener is closing: Node tells of it only when the last connection has ended. Milliseconds. */
const STOP_LOOK = 500;

const isEndOfLogin = (error: unknown): boolean =>
  // Of what else fails, a database that is away for one, nothing follows.
  error instanceof HubError && (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN');

export function createLiveStreams(options: LiveStreamsOptions): LiveStreams {
  const { right, authenticate, most = 200, mostOfLogin = 20, heartbeat = 15_000, backlog = 1024 * 1024, patience = 30_000 } = options;
  const streams = new Map<LiveStream, FastifyRequest>();
  let stopped = false;
  let look: NodeJS.Timeout | undefined;

  const stop = (): void => {
    stopped = true;
    for (const stream of [...streams.keys()]) stream.close('the hub is stopping');
  };
  const stopWithListener = (): void => {
    if ([...streams.values()].some((request) => !request.server.server.listening)) stop();
  };

  const admit = (caller: Caller): void => {
    if (stopped) throw new HubError('SHUTTING_DOWN', undefined, { retryAfter: 1 });
    const own = [...streams.keys()].filter((stream) => stream.caller.login === caller.login).length;
    if (streams.size < most && own < mostOfLogin) return;
    const message = `${streams.size} streams are open, ${own} of them yours; at most ${most} and ${mostOfLogin}`;
    throw new HubError('TOO_MANY_REQUESTS', message, { retryAfter: 5 });
  };

  const open = (request: FastifyRequest, reply: FastifyReply, reader: Caller): LiveStream => {
    admit(reader);
    reply.hijack();
    const response = reply.raw;
    const steps = new Set<() => void>();
    let caller = reader;
    let closed = false;
    let catchingUp = false;

    const end = (cut: boolean): void => {
      closed = true;
      clearInterval(beat);
      streams.delete(stream);
      if (streams.size === 0) clearInterval(look);
      for (const step of steps) step();
      if (cut || response.destroyed) response.destroy();
      else {
        response.end();
        const late = setTimeout(() => response.destroy(), patience);
        response.once('close', () => clearTimeout(late));
      }
    };
    const close = (why: string, cut = false): void => {
      if (closed) return;
      notes.debug('a stream ended', { path: pathOf(request.url), login: caller.login, why });
      end(cut);
    };
    const send = (text: string): void => {
      if (closed) return;
      response.write(text);
      if (response.writableLength > backlog) close('the reader is too slow', true);
    };
    const beat = setInterval(() => {
      // What it catches up with is a sign of life itself, and may be more than the backlog.
      if (!catchingUp) send(': still here\n\n');
      if (closed) return;
      authenticate(request).then(
        (again) => {
          if (allows(again, right)) caller = again;
          else close('the right was taken away');
        },
        (error: unknown) => {
          if (isEndOfLogin(error)) close('the login has ended');
        },
      );
    }, heartbeat);
    const stream: LiveStream = {
      get caller() {
        return caller;
      },
      get closed() {
        return closed;
      },
      send,
      catchUp: (text) =>
        new Promise((resolve) => {
          if (closed) return resolve();
          if (text === '' || response.write(text)) return resolve();
          const late = setTimeout(() => close('the reader is too slow', true), patience);
          catchingUp = true;
          const done = (): void => {
            catchingUp = false;
            clearTimeout(late);
            response.off('drain', done);
            steps.delete(done);
            resolve();
          };
          response.once('drain', done);
          steps.add(done);
        }),
      close: (why) => close(why),
      fail(why, error) {
        if (closed) return;
        notes.warn(why, { path: pathOf(request.url), login: caller.login }, error);
        end(true);
      },
      atEnd(step) {
        if (closed) step();
        else steps.add(step);
      },
    };
    streams.set(stream, request);
    if (streams.size === 1) look = setInterval(stopWithListener, STOP_LOOK);
    // It may have left while it was looked for what it wants to follow.
    if (response.destroyed) close('the reader left');
    else {
      response.once('close', () => close('the reader left'));
      response.writeHead(200, {
        'content-type': STREAM_TYPE,
        'x-accel-buffering': 'no',
        // An open stream is no connection to wait for when the hub stops.
        connection: 'close',
      });
      response.write('retry: 3000\n\n');
    }
    return stream;
  };

  return {
    get size() {
      return streams.size;
    },
    admit,
    open,
    stop,
  };
}
