import type { Configuration } from '../config.ts';
import { openForeignListener } from '../core/http/foreign-listener.ts';
import type { ServingModule } from '../core/module.ts';
import { createActs } from './api/acts.ts';
import { callRoutes } from './api/calls.ts';
import { billingRoutes } from './api.ts';
import { API_RIGHTS } from './api-rights.ts';
import { billingSettings } from './billing-settings.ts';
import { createCallConsole, createTickets } from './call-console/console.ts';
import { ACTION_BINDINGS, BINDINGS } from './catalogue/bindings.ts';
import { rightsTree } from './catalogue/rights-tree.ts';
import { startJournalCare } from './journal/care.ts';
import { createCallJournal } from './journal/journal.ts';
import { startMaintenance } from './maintenance.ts';
import { billingGauges, METRICS } from './metrics.ts';
import { CONTRACT_RIGHTS } from './show-contract-bean.ts';
import { createShowEvent } from './show-event.ts';
import { loadSiteServices, prepareSiteServices, registryWith } from './site-services/load.ts';
import { changeNumbersReady } from './sql/change-log.ts';
import { createTurns } from './turns.ts';
import { createActionSessions } from './wire/action/sessions.ts';
import { createDocs } from './wire/docs-page.ts';
import { createBillingFace } from './wire/face.ts';
import { createLockouts } from './wire/lockouts.ts';
import { createPerformer } from './wire/perform.ts';
import { createPermissions } from './wire/permissions.ts';

const BOUND = { bindings: BINDINGS, actionBindings: ACTION_BINDINGS };
const BUILT_IN = registryWith([], BOUND);

/** The services of the site, from the folder that the configuration names. @throws ConfigurationError naming file and place */
const siteServicesOf = ({ billing: { siteServices: folder, siteServiceSeconds: seconds } }: Configuration) =>
  loadSiteServices({ folder, seconds });

/** How the roles stand that read the database past the server, for doctor. */
export { listDatabaseRoles, listUnreadableViews } from './list-database-roles.ts';

/** What a hub runs of it. */
export const serving: ServingModule = {
  rights: { ...BUILT_IN.rights, ...CONTRACT_RIGHTS, ...API_RIGHTS },
  configuredRights: async (configuration) => registryWith(await siteServicesOf(configuration), BOUND).rights,
  metrics: METRICS,
  async start({ database, configuration, authentication, secretKey }) {
    await changeNumbersReady(database.work);
    const { sessions: most, sessionsPerOperator, sessionMinutes, statementSeconds, callsAtOnce } = configuration.billing;
    const settings = billingSettings(configuration.billing);
    const siteServices = await siteServicesOf(configuration);
    await prepareSiteServices(database, siteServices);
    const registry = siteServices.length === 0 ? BUILT_IN : registryWith(siteServices, BOUND);
    const sessions = createActionSessions({ most, mostOfOperator: sessionsPerOperator, idle: sessionMinutes * 60_000 });
    const turns = createTurns(statementSeconds * 1_000);
    const performer = createPerformer({
      database,
      permissions: createPermissions(database.work),
      turns,
      secretKey,
      settings,
      rightsTree:
        siteServices.length === 0
          ? undefined
          : rightsTree(
              registry.services.map(({ service }) => service),
              registry.actions.map(({ action }) => action),
            ),
      statementTime: statementSeconds * 1_000,
      mostCalls: callsAtOnce,
    });
    const docs = createDocs(registry);
    const { journalPerMinute: perMinute, journalBytes: bytes, journalCalls: calls, journalHours: hours } = configuration.billing;
    const journal = perMinute === 0 ? undefined : createCallJournal(database.work, { performer, authentication }, { perMinute, bytes });
    const lockouts = createLockouts(database);
    const plainFace = createBillingFace({ registry, performer, authentication, settings, sessions, docs, lockouts, ...journal?.ports });
    const face = journal?.around(plainFace) ?? plainFace;
    const tickets = createTickets();
    const consoleFace = createBillingFace({ registry, performer, authentication: tickets, settings, sessions, docs, lockouts });
    const console = createCallConsole(registry, consoleFace, tickets);
    const { host, port } = configuration.billing;
    const extra =
      port === undefined ? undefined : await openForeignListener(configuration, { host, port, setting: 'billing.port' }, [face]);
    const maintenance = startMaintenance({ database, settings, secretKey });
    const journalCare = startJournalCare(database, { calls, hours });
    return {
      routes: {
        billing: [...billingRoutes({ database, acts: createActs({ database, turns, secretKey, settings }) }), ...callRoutes({ console })],
      },
      foreign: [face],
      showEvent: createShowEvent(database.work),
      gauges: billingGauges(database.work, settings.timeZone, sessions),
      addresses: extra ? { billing: extra.address } : {},
      async stop() {
        await extra?.stop();
        await maintenance.stop();
        await journalCare.stop();
        await journal?.stop();
      },
    };
  },
};
