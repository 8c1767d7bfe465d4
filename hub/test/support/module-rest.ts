import { loadConfiguration } from '../../config.ts';
import type { Database } from '../../core/database/database.ts';
import { HubError } from '../../core/errors.ts';
import { createEventStore } from '../../core/events/subscribe.ts';
import type { Route } from '../../core/http/route.ts';
import { createHttpServer } from '../../core/http/server.ts';
import type { Authentication, Principal } from '../../core/identity/identity.ts';
import { createHealth } from '../../core/telemetry/health.ts';
import { startMetrics } from '../../core/telemetry/metrics.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  readonly json: any;
}

export interface ModuleRest {
  /** `http://127.0.0.1:port` */
  readonly address: string;
  /**
   * Sends a request below /api/v1. `as` names the caller's rights, `travel.read@5+static.read`, or `*` (the default); that text is the login,
   * too. A body that is no bytes goes as JSON.
   */
  send(method: string, path: string, options?: { as?: string; body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  stop(): Promise<void>;
}

/** Every login is known here, and has the rights that it names: logins and passwords are tested with identity. */
function everyone(): Authentication {
  const principal = (login: string): Principal => ({
    operatorId: 1,
    login,
    displayName: login,
    locale: 'en',
    rights: login.split('+'),
    by: 'password',
    credentialId: undefined,
  });
  return {
    authenticateBasic: async (login) => principal(login),
    authenticateToken: () => Promise.reject(new HubError('UNAUTHORIZED')),
    authenticateSession: () => Promise.reject(new HubError('UNAUTHORIZED')),
  };
}

/** The hub's own HTTP listener on a free port with these routes, by their prefix below /api/v1. */
export async function startModuleRest(database: Database, routes: Readonly<Record<string, readonly Route[]>>): Promise<ModuleRest> {
  const configuration = loadConfiguration({ environment: { VESTNIK_HTTP__PORT: '0', VESTNIK_LANGUAGE: 'en' }, cwd: '/' });
  const events = createEventStore({ database, keepDays: 30 });
  const metrics = startMetrics([], { strict: false });
  const health = createHealth({});
  const server = await createHttpServer({ configuration, identity: everyone(), events, routes, health, metrics, version: 'test' });
  await server.listen();
  return {
    address: server.address,
    async send(method, path, { as = '*', body, headers = {} } = {}) {
      const raw = body instanceof Uint8Array;
      const answer = await fetch(`${server.address}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${as}:x`).toString('base64')}`,
          ...(body !== undefined && !raw && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: raw ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const json = /\bjson\b/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(bytes.toString()) : undefined;
      return { status: answer.status, headers: answer.headers, bytes, json };
    },
    async stop() {
      await server.stop(1_000);
      metrics.stop();
    },
  };
}
