import type { ServingModule } from '../core/module.ts';
import { METRICS } from './metrics.ts';
import { showEvent } from './show-event.ts';
import { staticRoutes } from './static-api.ts';
import { startTimers } from './timers.ts';
import { createChangeFeed } from './trip-feed.ts';
import { tripRoutes } from './trips-api.ts';

/** What a hub runs of it. */
export const serving: ServingModule = {
  rights: {
    'travel.read': 'see trips and orders, their history, files and changes',
    'travel.write': 'add and change trips and orders, act on them as a user does',
    'travel.agent': 'act on trips and orders as the agency does: all steps of an order, codes of a trip under way',
    'static.read': 'see organizations, dictionaries, codes and persons; personal data is hidden without one of the rights below',
    'static.write': 'add, change and delete organizations, dictionaries, codes, relations and persons; import them',
    'static.personal': 'see personal data: names, birth dates, documents, contacts, mile cards',
  },
  metrics: METRICS,
  showEvent,
  async start(hub) {
    const feed = createChangeFeed(hub.database);
    const timers = startTimers(hub);
    return {
      routes: { ...staticRoutes(hub), ...tripRoutes(hub, feed) },
      gauges: [],
      addresses: {},
      async stop() {
        feed.stop();
        await timers.stop();
      },
    };
  },
};
