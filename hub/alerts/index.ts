import type { Module } from '../core/module.ts';
import { startAlertEngine } from './alert-engine.ts';
import { confirmRoutes } from './api/confirm.ts';
import { alertRoutes } from './api.ts';
import { ALERTS_RIGHTS } from './api-rights.ts';
import { channelKinds } from './channels/kinds.ts';
import { addCommands } from './commands/index.ts';
import { confirmUrls } from './confirm-urls.ts';
import { openLinkKeys } from './link-keys.ts';
import { startMaintenance } from './maintenance.ts';
import { createGauges, METRICS } from './metrics.ts';

/** Alerts: people are told by SMS and e-mail, and what came of it is reported (README.md in this folder). */
export const alerts: Module = {
  name: 'alerts',
  migrations: { module: 'alerts', folder: new URL('./sql/migrations/', import.meta.url) },
  rights: ALERTS_RIGHTS,
  metrics: METRICS,
  addCommands,
  async start(hub) {
    const { configuration, database, events, secretKey, hubId } = hub;
    const settings = configuration.alerts;
    const undo: (() => Promise<void> | void)[] = [];
    const stop = async (): Promise<void> => {
      for (const step of undo.splice(0).reverse()) await step();
    };
    try {
      const keys = await openLinkKeys(database, secretKey);
      const engine = await startAlertEngine({
        database,
        events,
        secretKey,
        hubId,
        kinds: channelKinds(keys.bounce),
        settings,
        confirmUrlOf: confirmUrls(settings.publicUrl, keys.confirm),
      });
      undo.push(() => engine.stop());
      const maintenance = startMaintenance({ database, secretKey, settings, wake: engine.wake });
      undo.push(() => maintenance.stop());
      return {
        routes: { alerts: alertRoutes(hub) },
        publicRoutes: confirmRoutes({ database, book: engine.book, secretKey, key: keys.confirm, ended: engine.ended }),
        gauges: createGauges(database, engine),
        addresses: {},
        stop,
      };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};
