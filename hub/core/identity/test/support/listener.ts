import type { Database } from '../../../database/database.ts';
import { createEventStore } from '../../../events/subscribe.ts';
import { createHttpServer } from '../../../http/server.ts';
import { createHealth } from '../../../telemetry/health.ts';
import { startMetrics } from '../../../telemetry/metrics.ts';
import { identityRoutes } from '../../api.ts';
import { openAuthority } from '../../authority.ts';
import type { Identity } from '../../identity.ts';
import { IDENTITY_METRICS } from '../../metrics.ts';
import { createSecretKey } from '../../secret-key.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  readonly json: any;
}

export interface Listener {
  /** Sends a request below /api/v1/identity. `as` is an Authorization header, or a cookie when it begins with the cookie's name. */
  send(method: string, path: string, as?: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export const basic = (login: string, password: string): string => `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;

/** The hub's own HTTP listener on a free port, with the routes of identity. */
export async function listen(database: Database, identity: Identity): Promise<Listener> {
  const authority = await openAuthority({ database, secretKey: createSecretKey(Buffer.alloc(32, 5)) });
  const metrics = startMetrics(IDENTITY_METRICS, { strict: false });
  const server = await createHttpServer({
    configuration: {
      language: 'en',
      http: { host: '127.0.0.1', port: 0, tls: undefined, trustProxy: false, bodyLimit: 1_048_576, publicUrl: undefined },
    },
    identity,
    events: createEventStore({ database, keepDays: 30 }),
    routes: { identity: identityRoutes({ identity, authority, database }) },
    health: createHealth({}),
    metrics,
    version: 'test',
  });
  await server.listen();
  return {
    async send(method, path, as, body, headers = {}) {
      const credentials =
        as === undefined ? {} : as.startsWith('vestnik_session=') ? { cookie: as, 'x-vestnik-request': '1' } : { authorization: as };
      const answer = await fetch(`${server.address}/api/v1/identity${path}`, {
        method,
        headers: { ...credentials, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const json = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
      return { status: answer.status, headers: answer.headers, text, json };
    },
    metrics: () => metrics.page(),
    async stop() {
      await server.stop(1_000);
      metrics.stop();
    },
  };
}
