import { loadConfiguration } from '../../../config.ts';
import type { Route } from '../../../core/http/route.ts';
import { type ModuleRest, startModuleRest } from '../../../test/support/module-rest.ts';
import { alertRoutes } from '../../api.ts';
import { channelKinds } from '../../channels/kinds.ts';
import { type LiveSettings, startLiveSettings } from '../../live-settings.ts';
import { createRunWatch } from '../../watch-runs.ts';
import { type AlertsBench, NO_PASSWORDS } from './alerts-bench.ts';

/** All routes of the alerts over a bench, whose channels answer as it says; their kinds are the real ones. */
export interface AlertsRest {
  readonly routes: readonly Route[];
  readonly live: LiveSettings;
  /** Below /api/v1/alerts. */
  readonly send: ModuleRest['send'];
  stop(): Promise<void>;
}

export async function alertsRest(bench: AlertsBench): Promise<AlertsRest> {
  const { database } = bench.db;
  const { events } = bench;
  const live = await startLiveSettings({ database, events, configured: bench.act.settings });
  const watch = createRunWatch({ db: database.work, events });
  const configuration = loadConfiguration({ environment: { VESTNIK_LANGUAGE: 'en' }, cwd: '/' });
  const ports = { database, events, secretKey: bench.act.secretKey, configuration, authentication: NO_PASSWORDS };
  const routes = alertRoutes(ports, { live, watch, kinds: channelKinds(Buffer.alloc(32)) });
  const rest = await startModuleRest(database, { alerts: routes });
  return {
    routes,
    live,
    send: (method, path, options) => rest.send(method, `/alerts${path}`, options),
    async stop() {
      watch.stop();
      await rest.stop();
      live.stop();
    },
  };
}
