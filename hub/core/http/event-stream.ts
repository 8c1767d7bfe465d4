import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EventStore, StoredEvent } from '../events/subscribe.ts';
import { allows, type Caller } from '../identity/caller.ts';
import type { Gauge } from '../telemetry/metric.ts';
import { createLiveStreams, type LiveStream, STREAM_TYPE } from './live-stream.ts';
import { type Route, route } from './route.ts';

/**
 * Live updates by server-sent events: GET /api/v1/events.
 *
 * A stream is catching up (pages of the store, each waits until the reader has taken the last) -> live (a tail of the store) -> closed, as every live stream is
 * (live-stream.ts), and when more happens than can be looked at. Whoever is closed comes back with Last-Event-ID and misses nothing that is still kept.
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
  /** Milliseconds between heartbeats. (Default: 15000) */
  readonly heartbeat?: number;
}

const RIGHT = 'events.view';
const PAGE = 500;
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

export function createEventStreams({ events, show, authenticate, heartbeat }: EventStreamOptions): EventStreams {
  const streams = createLiveStreams({ right: RIGHT, authenticate, heartbeat });

  /** @returns where the tail begins. */
  const catchUp = async (stream: LiveStream, after: string, types: readonly string[]): Promise<string> => {
    for (let position = after; ; ) {
      const page = await events.read(position, types, PAGE);
      const shown = await Promise.all(page.map((event) => show(stream.caller, event)));
      await stream.catchUp(shown.map((event) => (event ? frame(event) : '')).join(''));
      position = page.at(-1)?.position ?? position;
      if (page.length < PAGE || stream.closed) return position;
    }
  };

  const serve = async (stream: LiveStream, after: string | undefined, types: readonly string[]): Promise<void> => {
    const position = after === undefined ? undefined : await catchUp(stream, after, types);
    if (stream.closed) return;
    const deliver = (shown: StoredEvent | undefined): void => {
      if (shown) stream.send(frame(shown));
    };
    // Events behind one that is still being looked at wait for it.
    let undecided = 0;
    let last = Promise.resolve();
    const tail = events.tail({ ...(position !== undefined && { after: position }), types }, (event) => {
      if (stream.closed) return;
      const shown = show(stream.caller, event);
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
    stream.atEnd(tail);
    await tail.listening;
    // Whoever loads what there is after this line misses nothing that comes later.
    stream.send(': listening\n\n');
  };

  const eventsRoute = route({
    method: 'GET',
    path: '/events',
    right: RIGHT,
    summary: 'Follow events as they are committed (server-sent events, CloudEvents in JSON); resumes after Last-Event-ID',
    query: z.strictObject({ types: typesSchema }),
    produces: ['text/event-stream'],
    errors: ['TOO_MANY_REQUESTS', 'SHUTTING_DOWN'],
    async handle({ request, reply, caller, query }) {
      streams.admit(caller);
      const last = request.headers['last-event-id'];
      const after = typeof last === 'string' && last !== '' ? last : undefined;
      // Refuses a malformed position while the answer can still be a proper error.
      if (after !== undefined) await events.read(after, [], 1);
      const types = (query.types ?? '').split(',').filter((type) => type !== '');
      if (request.method === 'HEAD') return reply.type(STREAM_TYPE).send('');
      const stream = streams.open(request, reply, caller);
      serve(stream, after, types).catch((error: unknown) => stream.fail('events could not be told any further', error));
      return reply;
    },
  });

  return {
    routes: [eventsRoute],
    gauges: [
      { name: 'vestnik_http_event_streams', kind: 'gauge', help: 'Open streams of server-sent events', collect: () => streams.size },
    ],
    stop: streams.stop,
  };
}
