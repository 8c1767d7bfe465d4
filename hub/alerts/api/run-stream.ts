import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Database } from '../../core/database/database.ts';
import { HubError } from '../../core/errors.ts';
import { type Route, route } from '../../core/http/route.ts';
import { allows, type Caller } from '../../core/identity/caller.ts';
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

const TYPE = 'text/event-stream; charset=utf-8';
const RIGHT = 'alerts.view';
/** Between looks whether the hub is stopping. Milliseconds. */
const STOP_LOOK = 500;
/** A stream ends then and its reader comes back. Milliseconds. */
const LIFE = 15 * 60_000;
/** Bytes that may wait for a slow reader. */
const BACKLOG = 1024 * 1024;

/**
 * A run live, by server-sent events: `run` (counters, at most once a second) and `results` (targets whose results have come).
 *
 * A stream is open -> closed: by the reader, by a reader too slow for what happens, by the end of its login or right, after 15 minutes, by the end of the
 * hub. Whoever comes back gets `run` again and reads
 * /runs/{id}/targets for what he has missed.
 */
export function runStreamRoutes({
  database,
  watch,
  authenticate,
  most = 200,
  mostOfLogin = 20,
  heartbeat = 15_000,
}: RunStreamPorts): Route[] {
  const open = new Map<object, string>();

  const serve = (request: FastifyRequest, runId: number, login: string, response: ServerResponse): void => {
    const place = {};
    open.set(place, login);
    let closed = false;
    let leave: () => void = () => undefined;
    const close = (): void => {
      if (closed) return;
      closed = true;
      leave();
      clearInterval(beat);
      clearInterval(look);
      clearTimeout(life);
      open.delete(place);
      // What a slow reader has not taken would wait in memory for ever.
      if (response.writableLength > BACKLOG) response.destroy();
      else response.end();
    };
    const send = (text: string): void => {
      if (closed) return;
      response.write(text);
      if (response.writableLength > BACKLOG) close();
    };
    const tell = (event: string, data: unknown): void => send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const beat = setInterval(() => {
      send(': still here\n\n');
      authenticate(request).then(
        (again) => {
          if (!allows(again, RIGHT)) close();
        },
        (error: unknown) => {
          // A database that is away is no end of a login.
          if (error instanceof HubError && (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN')) close();
        },
      );
    }, heartbeat);
    const look = setInterval(() => {
      if (!request.server.server.listening) close();
    }, STOP_LOOK);
    const life = setTimeout(close, LIFE);
    response.once('close', close);
    response.writeHead(200, {
      'content-type': TYPE,
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // An open stream is no connection to wait for when the hub stops.
      connection: 'close',
    });
    response.write('retry: 3000\n\n');
    leave = watch.watch(runId, {
      run: (view) => tell('run', runJson(view)),
      results: (targets) => tell('results', targets.map(targetJson)),
      lost: close,
    });
    if (closed) leave();
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
        const own = [...open.values()].filter((login) => login === caller.login).length;
        if (open.size >= most || own >= mostOfLogin) {
          const message = `${open.size} streams are open, ${own} of them yours; at most ${most} and ${mostOfLogin}`;
          throw new HubError('TOO_MANY_REQUESTS', message, { retryAfter: 5 });
        }
        const { runId } = await requireRun(database.work, params.id);
        if (request.method === 'HEAD') return reply.type(TYPE).send('');
        reply.hijack();
        serve(request, runId, caller.login, reply.raw);
        return reply;
      },
    }),
  ];
}
