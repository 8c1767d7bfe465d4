import type { TestDatabase } from '../../../../../test/support/database.ts';
import { type Configuration, loadConfiguration } from '../../../../config.ts';
import { createEventStore, type EventStore } from '../../../events/subscribe.ts';
import { addOperator } from '../../../identity/add-operator.ts';
import { SYSTEM } from '../../../identity/caller.ts';
import { createIdentity, type Identity } from '../../../identity/identity.ts';
import { IDENTITY_METRICS } from '../../../identity/metrics.ts';
import { createHealth, type Health } from '../../../telemetry/health.ts';
import { type Metrics, startMetrics } from '../../../telemetry/metrics.ts';
import { EVENT_RIGHTS } from '../../event-stream.ts';
import { HTTP_METRICS } from '../../metrics.ts';
import type { RouteTable } from '../../router.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../server.ts';

export interface TestServer {
  readonly server: HttpServer;
  readonly url: string;
  readonly port: number;
  readonly identity: Identity;
  readonly events: EventStore;
  readonly health: Health;
  readonly metrics: Metrics;
  /** Adds an operator with the password `<login>-password`; answers the header to log in with. */
  operator(login: string, ...rights: string[]): Promise<{ authorization: string }>;
  stop(): Promise<void>;
}

export const basic = (login: string, password = `${login}-password`): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
});

/** A listening server on port 0 with real identity and events on a test's database. */
export async function startTestServer(
  { database }: TestDatabase,
  routes: RouteTable,
  options: {
    http?: Partial<Configuration['http']>;
    timeouts?: HttpServerOptions['timeouts'];
    rights?: Record<string, string>;
    foreign?: HttpServerOptions['foreign'];
    showEvent?: HttpServerOptions['showEvent'];
    check?: () => Promise<void>;
  } = {},
): Promise<TestServer> {
  const defaults = loadConfiguration({ environment: {}, cwd: '/' });
  const configuration = { language: 'en' as const, http: { ...defaults.http, port: 0, ...options.http } };
  const identity = createIdentity({
    database,
    knownRights: { ...EVENT_RIGHTS, 'thing.view': 'see', 'thing.manage': 'change', ...options.rights },
  });
  identity.start();
  const events = createEventStore({ database, keepDays: 1 });
  await events.start();
  const health = createHealth({ database: options.check ?? database.ping }, 300);
  const metrics = startMetrics([...HTTP_METRICS, ...IDENTITY_METRICS]);
  const release = async (): Promise<void> => {
    await events.stop();
    await identity.stop();
    metrics.stop();
  };
  const listening = async (): Promise<HttpServer> => {
    const made = await createHttpServer({
      configuration,
      identity,
      events,
      routes,
      health,
      metrics,
      version: '1.2.3',
      ...(options.timeouts && { timeouts: options.timeouts }),
      ...(options.foreign && { foreign: options.foreign }),
      ...(options.showEvent && { showEvent: options.showEvent }),
    });
    await made.listen();
    return made;
  };
  const server = await listening().catch(async (error: unknown) => {
    await release();
    throw error;
  });
  health.started();
  return {
    server,
    url: server.address,
    port: Number(new URL(server.address).port),
    identity,
    events,
    health,
    metrics,
    async operator(login, ...rights) {
      const password = await identity.hashPassword(`${login}-password`);
      await identity.change((tx) => addOperator(tx, SYSTEM, { login, rights, password }, identity.rights));
      return basic(login);
    },
    async stop() {
      await server.stop(1_000);
      await release();
    },
  };
}
