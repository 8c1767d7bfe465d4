import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import type { EventStore, StoredEvent } from '../events/subscribe.ts';
import { allows, type Caller } from '../identity/caller.ts';
import { notesOf } from '../telemetry/channels.ts';
import type { Gauge } from '../telemetry/metric.ts';
import { type Route, route } from './route.ts';

/**
 * Live updates by server-sent events: GET /api/v1/events.
 *
 * A stream is catching up (pages of the store, each waits until the reader has taken the last) -> live (a tail of the store) -> closed:
 * by the reader, by a reader too slow for what happens, by the end of its login or right, by stop(). Whoever is closed comes back with
 * Last-Event-ID and misses nothing that is still kept.
 */
export interface EventStreams {
  readonly routes: readonly Route[];
  readonly gauges: readonly Gauge[];
  /** Closes every stream; new ones are refused. */
  stop(): void;
}

export const EVENT_RIGHTS: Readonly<Record<string, string>> = {
  'events.view': 'Follow live updates; of each module only with its right to view',
};

/**
 * What a caller may see of an event: all of it, a part, or nothing (undefined). A promise: the module has to look; events keep their order, and one that
 * cannot be looked at ends the stream, whose reader comes back for it.
 */
export type ShowEvent = (caller: Caller, event: StoredEvent) => StoredEvent | undefined | Promise<StoredEvent | undefined>;

export interface EventStreamOptions {
  readonly events: Pick<EventStore, 'read' | 'tail'>;
  readonly show: ShowEvent;
  /** Recognises the caller again, to end streams of those who may no longer look. */
  authenticate(request: FastifyRequest): Promise<Caller>;
  /** Streams at once. (Default: 200) */
  readonly most?: number;
  /** Streams of one login at once. (Default: 20) */
  readonly mostOfLogin?: number;
  /** Milliseconds between heartbeats. (Default: 15000) */
  readonly heartbeat?: number;
  /** Bytes that may wait for a live reader. (Default: 1 MiB) */
  readonly backlog?: number;
}

const notes = notesOf('http.events');
const PAGE = 500;
/** How long a catching-up reader may take for one page. Milliseconds. */
const PATIENCE = 30_000;
/** Live events of one stream that may wait until it is known whether they may be seen. */
const MOST_UNDECIDED = 5_000;

const typesSchema = z
  .string()
  .max(2_000)
  .regex(/^[A-Za-z0-9.,-]*$/, 'must be prefixes of event types, separated by commas')
  .optional()
  .describe('Prefixes of event types, separated by commas: vestnik.tickets.,vestnik.identity. (Default: all)');

/** The usual rule: `vestnik.tickets.operation.recorded` is seen by whoever has `tickets.view`. */
export const showByView = (caller: Caller, event: StoredEvent): StoredEvent | undefined =>
  allows(caller, `${event.type.split('.', 2)[1]}.view`) ? event : undefined;

function frame({ position, time, type, source, subject, data }: StoredEvent): string {
  const event = {
    specversion: '1.0',
    id: position,
    source,
    type,
    ...(subject !== undefined && { subject }),
    time,
    datacontenttype: 'application/json',
    data,
  };
  return `id: ${position}\ndata: ${JSON.stringify(event)}\n\n`;
}

export function createEventStreams(options: EventStreamOptions): EventStreams {
  const { events, most = 200, mostOfLogin = 20, heartbeat = 15_000, backlog = 1024 * 1024 } = options;
  const open = new Set<{ readonly login: string; close(why: string): void }>();
  let stopping = false;

  const serve = async (
    response: ServerResponse,
    request: FastifyRequest,
    caller: Caller,
    after: string | undefined,
    types: readonly string[],
  ): Promise<void> => {
    const gone = new AbortController();
    let present = caller;
    let stopTail: (() => void) | undefined;
    const stream = {
      login: caller.login,
      close(why: string): void {
        if (gone.signal.aborted) return;
        gone.abort();
        stopTail?.();
        clearInterval(beat);
        open.delete(stream);
        notes.debug('a stream of events ended', { login: caller.login, why });
        // What a slow reader has not taken would wait in memory for ever.
        if (response.writableLength > 0 && !stopping) response.destroy();
        else response.end();
      },
    };
    const beat = setInterval(() => {
      if (response.writableLength > backlog) stream.close('the reader is too slow');
      else response.write(': still here\n\n');
      options.authenticate(request).then(
        (again) => {
          if (allows(again, 'events.view')) present = again;
          else stream.close('the right was taken away');
        },
        (error: unknown) => {
          if (error instanceof HubError && (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN'))
            stream.close('the login has ended');
        },
      );
    }, heartbeat);
    open.add(stream);
    response.once('close', () => stream.close('the reader left'));
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      // An open stream is no connection to wait for when the hub stops.
      connection: 'close',
    });
    response.write('retry: 3000\n\n');

    const taken = (): Promise<void> =>
      new Promise((resolve, reject) => {
        if (gone.signal.aborted || !response.writableNeedDrain) return resolve();
        const late = setTimeout(() => reject(new Error('the reader is too slow')), PATIENCE);
        const done = (): void => {
          clearTimeout(late);
          response.off('drain', done);
          gone.signal.removeEventListener('abort', done);
          resolve();
        };
        response.once('drain', done);
        gone.signal.addEventListener('abort', done);
      });

    let position = after;
    while (position !== undefined && !gone.signal.aborted) {
      const page = await events.read(position, types, PAGE);
      for (const shown of await Promise.all(page.map((event) => options.show(present, event)))) if (shown) response.write(frame(shown));
      position = page.at(-1)?.position ?? position;
      if (page.length < PAGE) break;
      await taken();
    }
    if (gone.signal.aborted) return;
    const deliver = (shown: StoredEvent | undefined): void => {
      if (!shown || gone.signal.aborted) return;
      response.write(frame(shown));
      if (response.writableLength > backlog) stream.close('the reader is too slow');
    };
    // Events behind one that is still being looked at wait for it.
    let undecided = 0;
    let last = Promise.resolve();
    const tail = events.tail({ ...(position !== undefined && { after: position }), types }, (event) => {
      if (gone.signal.aborted) return;
      const shown = options.show(present, event);
      if (undecided === 0 && !(shown instanceof Promise)) return deliver(shown);
      undecided += 1;
      if (undecided > MOST_UNDECIDED) stream.close('more happens than can be looked at');
      last = Promise.all([last, shown])
        .then(([, known]) => deliver(known))
        .catch((error: unknown) => {
          stream.close(`an event could not be looked at: ${error instanceof Error ? error.message : String(error)}`);
        })
        .finally(() => {
          undecided -= 1;
        });
    });
    stopTail = tail;
    await tail.listening;
    // Whoever loads what there is after this line misses nothing that comes later.
    if (!gone.signal.aborted) response.write(': listening\n\n');
  };

  const eventsRoute = route({
    method: 'GET',
    path: '/events',
    right: 'events.view',
    summary: 'Follow events as they are committed (server-sent events, CloudEvents in JSON); resumes after Last-Event-ID',
    query: z.strictObject({ types: typesSchema }),
    produces: ['text/event-stream'],
    errors: ['TOO_MANY_REQUESTS', 'SHUTTING_DOWN'],
    async handle({ request, reply, caller, query }) {
      if (stopping) throw new HubError('SHUTTING_DOWN', undefined, { retryAfter: 1 });
      const own = [...open].filter((stream) => stream.login === caller.login).length;
      if (open.size >= most || own >= mostOfLogin) {
        throw new HubError('TOO_MANY_REQUESTS', `${open.size} streams are open, ${own} of them yours; at most ${most} and ${mostOfLogin}`, {
          retryAfter: 5,
        });
      }
      const last = request.headers['last-event-id'];
      const after = typeof last === 'string' && last !== '' ? last : undefined;
      // Refuses a malformed position while the answer can still be a proper error.
      if (after !== undefined) await events.read(after, [], 1);
      const types = (query.types ?? '').split(',').filter((type) => type !== '');
      if (request.method === 'HEAD') return reply.type('text/event-stream; charset=utf-8').send('');
      reply.hijack();
      serve(reply.raw, request, caller, after, types).catch((error) => {
        notes.warn('a stream of events failed', { login: caller.login }, error);
        reply.raw.destroy();
      });
      return reply;
    },
  });

  return {
    routes: [eventsRoute],
    gauges: [{ name: 'vestnik_http_event_streams', kind: 'gauge', help: 'Open streams of server-sent events', collect: () => open.size }],
    stop() {
      stopping = true;
      for (const stream of [...open]) stream.close('the hub is stopping');
    },
  };
}
