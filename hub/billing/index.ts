import { openForeignListener } from '../core/http/foreign-listener.ts';
import type { Module } from '../core/module.ts';
import { createActs } from './api/acts.ts';
import { billingRoutes } from './api.ts';
import { API_RIGHTS } from './api-rights.ts';
import { billingSettings } from './billing-settings.ts';
import { ACTION_BINDINGS, BINDINGS } from './catalogue/bindings.ts';
import { CATALOGUE } from './catalogue/catalogue.ts';
import { createRegistry } from './catalogue/registry.ts';
import { addCommands } from './commands/index.ts';
import { startJournalCare } from './journal/care.ts';
import { createCallJournal } from './journal/journal.ts';
import { startMaintenance } from './maintenance.ts';
import { METRICS } from './metrics.ts';
import { CONTRACT_RIGHTS } from './show-contract-bean.ts';
import { createShowEvent } from './show-event.ts';
import { changeNumbersReady } from './sql/change-log.ts';
import { createTurns } from './turns.ts';
import { createActionSessions } from './wire/action/sessions.ts';
import { createDocs } from './wire/docs-page.ts';
import { createBillingFace } from './wire/face.ts';
import { createPerformer } from './wire/perform.ts';
import { createPermissions } from './wire/permissions.ts';

const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);

/** Billing: contracts, their money and services, and the three faces that foreign programs call (README.md in this folder). */
export const billing: Module = {
  name: 'billing',
  migrations: { module: 'billing', folder: new URL('./sql/migrations/', import.meta.url) },
  rights: { ...registry.rights, ...CONTRACT_RIGHTS, ...API_RIGHTS },
  metrics: METRICS,
  addCommands,
  async start({ database, configuration, authentication, secretKey }) {
    await changeNumbersReady(database.work);
    const { sessions: most, sessionsPerOperator, sessionMinutes, statementSeconds, callsAtOnce } = configuration.billing;
    const settings = billingSettings(configuration.billing);
    const sessions = createActionSessions({ most, mostOfOperator: sessionsPerOperator, idle: sessionMinutes * 60_000 });
    const turns = createTurns(statementSeconds * 1_000);
    const performer = createPerformer({
      database,
      permissions: createPermissions(database.work),
      turns,
      secretKey,
      settings,
      statementTime: statementSeconds * 1_000,
      mostCalls: callsAtOnce,
    });
    const docs = createDocs(registry);
    const { journalPerMinute: perMinute, journalBytes: bytes, journalCalls: calls, journalHours: hours } = configuration.billing;
    const journal = perMinute === 0 ? undefined : createCallJournal(database.work, { performer, authentication }, { perMinute, bytes });
    const plainFace = createBillingFace({ registry, performer, authentication, settings, sessions, docs, ...journal?.ports });
    const face = journal?.around(plainFace) ?? plainFace;
    const { host, port } = configuration.billing;
    const extra =
      port === undefined ? undefined : await openForeignListener(configuration, { host, port, setting: 'billing.port' }, [face]);
    const maintenance = startMaintenance({ database, settings, secretKey });
    const journalCare = startJournalCare(database, { calls, hours });
    return {
      routes: { billing: billingRoutes({ database, acts: createActs({ database, turns, secretKey, settings }) }) },
      foreign: [face],
      showEvent: createShowEvent(database.work),
      gauges: [
        {
          name: 'vestnik_billing_action_sessions',
          kind: 'gauge',
          help: 'Sessions of XML actions on this hub',
          collect: () => sessions.size,
        },
      ],
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
