import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Database } from '../../core/database/database.ts';
import { createLiveStreams, type LiveStream, STREAM_TYPE } from '../../core/http/live-stream.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Caller } from '../../core/identity/caller.ts';
import { requireRun } from '../list-runs.ts';
import type { RunWatch } from '../watch-runs.ts';
import { idParams } from './call.ts';
import { runJson, targetJson } from './run-answers.ts';

export interface RunStreamPorts {
  readonly database: Database;
  readonly watch: RunWatch;
  /** Streams of one hub, and of one login. (Default: 200, 20) */
  readonly most?: number;
  readonly mostOfLogin?: number;
  /** Recognises the caller again, to end streams of those who may no longer look. */
  authenticate(request: FastifyRequest): Promise<Caller>;
  /** Milliseconds between two signs of life, with each of which the caller is recognised again. (Default: 15000) */
  readonly heartbeat?: number;
}

const RIGHT = 'alerts.view';
/** A stream ends then and its reader comes back. Milliseconds. */
const LIFE = 15 * 60_000;

/**
 * A run live, by server-sent events: `run` (counters, at most once a second) and `results` (targets whose results have come).
 *
 * A stream is open -> closed: as every live stream is (live-stream.ts), after 15 minutes, and when the run cannot be told any more. Whoever comes back gets
 * `run` again and reads /runs/{id}/targets for what he has missed.
 */
export function runStreamRoutes({ database, watch, authenticate, most, mostOfLogin, heartbeat }: RunStreamPorts): Route[] {
  const streams = createLiveStreams({ right: RIGHT, authenticate, most, mostOfLogin, heartbeat });

  const follow = (runId: number, stream: LiveStream): void => {
    const tell = (event: string, data: unknown): void => stream.send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const life = setTimeout(() => stream.close('its time is over'), LIFE);
    stream.atEnd(() => clearTimeout(life));
    const leave = watch.watch(runId, {
      run: (view) => tell('run', runJson(view)),
      results: (targets) => tell('results', targets.map(targetJson)),
      lost: () => stream.close('the run cannot be told any more'),
    });
    stream.atEnd(leave);
  };

  return [
    route({
      method: 'GET',
      path: '/runs/:id/stream',
      right: RIGHT,
      summary: 'Follow a run live (server-sent events): `run` as GET /runs/{id} answers it, `results` as items of /runs/{id}/targets',
      params: idParams,
      query: z.strictObject({}),
      produces: ['text/event-stream'],
      errors: ['TOO_MANY_REQUESTS', 'SHUTTING_DOWN'],
      async handle({ params, caller, request, reply }) {
        streams.admit(caller);
        const { runId } = await requireRun(database.work, params.id);
        if (request.method === 'HEAD') return reply.type(STREAM_TYPE).send('');
        follow(runId, streams.open(request, reply, caller));
        return reply;
      },
    }),
  ];
}
