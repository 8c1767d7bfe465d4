import type { Configuration } from './config.ts';
import { succeedHub } from './core/deliveries/succession.ts';
import { type ShowEvent, showByView } from './core/http/event-stream.ts';
import { HTTP_METRICS } from './core/http/metrics.ts';
import type { Route } from './core/http/route.ts';
import { createHttpServer } from './core/http/server.ts';
import { identityRoutes } from './core/identity/api.ts';
import { createIdentity, type Identity } from './core/identity/identity.ts';
import { IDENTITY_METRICS } from './core/identity/metrics.ts';
import type { RunningModule, ServingModule } from './core/module.ts';
import { notesOf } from './core/telemetry/channels.ts';
import { createHealth } from './core/telemetry/health.ts';
import { startMetrics } from './core/telemetry/metrics.ts';
import { type Ground, openGround } from './ground.ts';
import { loadModules, MODULES, rightsOf } from './modules.ts';
import { VERSION } from './version.ts';

/**
 * The composition root: configuration -> ground (database, authority) -> identity, events -> modules -> HTTP listener.
 *
 * starting -> running -> stopping: the HTTP listener first (nothing new comes in), then the modules in reverse order, then events and
 * identity, then the ground. What fails in the middle of a start is taken down in the same order.
 */
export interface Hub {
  readonly ground: Ground;
  readonly identity: Identity;
  /** Where it listens: `http` and what the modules opened. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The administrator made by the first start; shown once. */
  readonly administrator: { readonly login: string; readonly password: string } | undefined;
  /** Reads certificates of files again. */
  reload(): void;
  /** Resolves when everything is down, also when called again. */
  stop(): Promise<void>;
}

const notes = notesOf('hub');

/** Merges the routes of modules; two modules may not claim one prefix. */
function mergeRoutes(tables: readonly Readonly<Record<string, readonly Route[]>>[]): Record<string, readonly Route[]> {
  const merged: Record<string, readonly Route[]> = {};
  for (const [prefix, routes] of tables.flatMap((table) => Object.entries(table))) {
    if (merged[prefix]) throw new Error(`two modules have REST routes below /api/v1/${prefix}`);
    merged[prefix] = routes;
  }
  return merged;
}

/** What a caller may see of an event is decided by the module that it is of. */
function showEventOf(modules: readonly ServingModule[], running: readonly RunningModule[]): ShowEvent {
  const rules = new Map(MODULES.map(({ name }, at) => [name, running[at]?.showEvent ?? modules[at]?.showEvent ?? showByView] as const));
  return (caller, event) => (rules.get(event.type.split('.', 2)[1] ?? '') ?? showByView)(caller, event);
}

/**
 * Starts everything that the configuration names.
 * @throws HubError with the next step when an address is in use, the database away or newer, a key wrong.
 */
export async function startHub(configuration: Configuration): Promise<Hub> {
  const undo: (() => Promise<void> | void)[] = [];
  const takeDown = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        notes.error('a part did not stop in order', {}, error);
      }
    }
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= takeDown();
    return stopped;
  };
  try {
    const modules = await loadModules();
    const knownRights = await rightsOf(configuration);
    const metrics = startMetrics([...HTTP_METRICS, ...IDENTITY_METRICS, ...modules.flatMap(({ metrics }) => metrics)]);
    undo.push(() => metrics.stop());
    const ground = await openGround(configuration, MODULES, `vestnik ${process.pid}`);
    undo.push(() => ground.close());
    const { database, events, authority } = ground;
    const place = await succeedHub(database, configuration.dataFolder, ground.hubId);
    undo.push(() => place?.release());

    const identity = createIdentity({
      database,
      knownRights,
      sessionHours: configuration.identity.sessionHours,
      auditDays: configuration.identity.auditDays,
    });
    const administrator = await identity.ensureAdministrator();
    identity.start();
    undo.push(() => identity.stop());
    await events.start();
    undo.push(() => events.stop());

    const running: RunningModule[] = [];
    for (const module of modules) {
      const started = await module.start({ ...ground, authentication: identity, operators: identity, version: VERSION });
      running.push(started);
      undo.push(() => started.stop());
      metrics.addGauges(started.gauges);
    }

    const health = createHealth({ database: database.ping });
    const http = await createHttpServer({
      configuration,
      identity,
      events,
      showEvent: showEventOf(modules, running),
      routes: mergeRoutes([{ identity: identityRoutes({ identity, authority, database }) }, ...running.map(({ routes }) => routes)]),
      publicRoutes: running.flatMap(({ publicRoutes = [] }) => publicRoutes),
      foreign: running.flatMap(({ foreign = [] }) => foreign),
      health,
      metrics,
      version: VERSION,
    });
    undo.push(() => http.stop());
    await http.listen();
    health.started();
    const addresses = Object.assign({ http: http.address }, ...running.map((module) => module.addresses)) as Record<string, string>;
    notes.info('the hub is running', { version: VERSION, hubId: ground.hubId, ...addresses });
    return { ground, identity, addresses, administrator, reload: () => http.reloadCertificate(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
