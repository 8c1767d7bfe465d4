import { startDiskGuard } from '../core/database/disk-guard.ts';
import type { ServingModule } from '../core/module.ts';
import { ticketRoutes } from './api.ts';
import { eraseDeliveredBodies } from './erase-bodies.ts';
import { startFeed } from './feed/feed.ts';
import { replayOwn } from './feed/replay.ts';
import { createIngest } from './ingest.ts';
import { ingestRoutes } from './ingest-api.ts';
import { startMaintenance } from './maintenance.ts';
import { createGauges, METRICS } from './metrics.ts';
import { startRoutingTable } from './routing-table.ts';
import { createXmlValidator } from './xml/validate.ts';

/** What a hub runs of it. */
export const serving: ServingModule = {
  rights: {
    'tickets.ingest': 'send control messages',
    'tickets.view': 'see clients, mailboxes, operations and documents without their contents',
    'tickets.body': 'read control messages and XML files: personal data, every reading is audited',
    'tickets.manage': 'add and change clients, certificates and subscriptions; hold, close, withdraw, import',
    'tickets.replay': 'queue messages again',
  },
  metrics: METRICS,
  async start(hub) {
    const { configuration, database, authority } = hub;
    const options = configuration.tickets;
    const undo: (() => Promise<void> | void)[] = [];
    // In reverse order of the start: first nothing more goes out or comes in, then what it stood on.
    const stop = async (): Promise<void> => {
      for (const step of undo.splice(0).reverse()) await step();
    };
    try {
      const routing = await startRoutingTable(database);
      undo.push(() => routing.stop());
      const disk = hub.databaseFolder === undefined ? undefined : await startDiskGuard(hub.databaseFolder, options);
      undo.push(() => disk?.stop());
      const ingest = createIngest({ ...options, database, routing, disk, validator: createXmlValidator });
      const feed = await startFeed({
        database,
        authority,
        hubId: hub.hubId,
        host: options.feedHost,
        port: options.feedPort,
        names: options.feedNames,
        requestsPerSecond: options.requestsPerSecond,
        eraseDelivered: options.keepDays === 0 ? eraseDeliveredBodies : undefined,
        replay: (entry, request, address) => replayOwn(database, entry, request, { address, queueDays: options.queueDays }),
      });
      const maintenance = startMaintenance({ database, configuration });
      undo.push(async () => void (await Promise.all([feed.stop(), ingest.stop(), maintenance.stop()])));
      const { tickets: operations, schemas } = ingestRoutes(ingest, routing);
      return {
        routes: { tickets: [...operations, ...ticketRoutes(hub)], schemas },
        gauges: createGauges(database, feed),
        addresses: { feed: `${options.feedNames[0]}:${feed.port}` },
        stop,
      };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};
