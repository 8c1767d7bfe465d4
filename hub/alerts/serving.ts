import { SYSTEM } from '../core/identity/caller.ts';
import type { ServingModule } from '../core/module.ts';
import { confirmRoutes } from './api/confirm.ts';
import { alertRoutes } from './api.ts';
import { ALERTS_RIGHTS } from './api-rights.ts';
import { channelKinds } from './channels/kinds.ts';
import { confirmUrls } from './confirm-urls.ts';
import { startAlertEngine } from './engine/alert-engine.ts';
import { forgetDeletedPeople } from './forget-people.ts';
import { startLineServer } from './line/line-server.ts';
import { LINE_METRICS } from './line/metrics.ts';
import { startLiveSettings } from './live-settings.ts';
import { startMaintenance } from './maintenance.ts';
import { createGauges, METRICS } from './metrics.ts';
import { openLinkKeys } from './open-link-keys.ts';
import { watchRules } from './watch-rules.ts';
import { createRunWatch } from './watch-runs.ts';
import { reportOfRun } from './write-report.ts';

/** What stands ready, for doctor. */
export { checkReadiness, MOST_TEXTS, type Readiness } from './check-readiness.ts';

/** What a hub runs of it. */
export const serving: ServingModule = {
  rights: ALERTS_RIGHTS,
  metrics: [...METRICS, ...LINE_METRICS],
  async start(hub) {
    const { configuration, database, events, secretKey, hubId } = hub;
    const settings = configuration.alerts;
    const undo: (() => Promise<void> | void)[] = [];
    const stop = async (): Promise<void> => {
      for (const step of undo.splice(0).reverse()) await step();
    };
    try {
      const live = await startLiveSettings({ database, events, configured: settings });
      undo.push(() => live.stop());
      const keys = await openLinkKeys(database, secretKey);
      const kinds = channelKinds(keys.bounce);
      const engine = await startAlertEngine({
        database,
        events,
        secretKey,
        hubId,
        kinds,
        settings: live.current,
        confirmUrlOf: confirmUrls(settings.publicUrl, keys.confirm),
      });
      undo.push(() => engine.stop());
      const maintenance = startMaintenance({ database, secretKey, settings: live.current, wake: engine.wake });
      undo.push(() => maintenance.stop());
      const line =
        settings.line.enabled === 'no'
          ? undefined
          : await startLineServer({
              configuration,
              database,
              events,
              authority: hub.authority,
              secretKey,
              identity: { ...hub.operators, authenticateBasic: hub.authentication.authenticateBasic },
              settings: live,
              version: hub.version,
              kinds,
              reportOf: ({ settings: { zone } }, run, format) =>
                reportOfRun(
                  { db: database.work, manner: { language: configuration.language, zone } },
                  run,
                  format === 'XLS' ? 'xls' : 'html',
                ),
            });
      undo.push(() => line?.stop());
      const act = () => ({ caller: SYSTEM, settings: live.current(), secretKey, now: Temporal.Now.instant() });
      await forgetDeletedPeople(events, live.current);
      const rules = await watchRules({ database, events, act });
      undo.push(() => rules.stop());
      const watch = createRunWatch({ db: database.work, events });
      undo.push(() => watch.stop());
      return {
        // Sessions of the line protocol see at once what REST edits.
        routes: { alerts: alertRoutes({ ...hub, database: line?.database ?? database }, { live, watch, kinds }) },
        publicRoutes: confirmRoutes({ database, book: engine.book, secretKey, key: keys.confirm, ended: engine.ended }),
        gauges: [
          ...createGauges(database, engine),
          {
            name: 'vestnik_alerts_line_sessions',
            kind: 'gauge',
            help: 'Sessions of the line protocol',
            collect: () => line?.sessions ?? 0,
          },
        ],
        addresses: line
          ? {
              line: line.address,
              'line-sha256': line.fingerprint,
              ...(line.oldAddress !== undefined && { 'line-old': line.oldAddress }),
            }
          : {},
        stop,
      };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};
