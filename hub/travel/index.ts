import type { Module } from '../core/module.ts';
import { addCommands } from './commands/index.ts';
import { staticRoutes } from './static-api.ts';

/** Travel: organizations, trips and orders, persons, dictionaries; every change is published for callbacks (README.md in this folder). */
export const travel: Module = {
  name: 'travel',
  migrations: { module: 'travel', folder: new URL('./sql/migrations/', import.meta.url) },
  rights: {
    'travel.read': 'see trips and orders, their history, files and changes',
    'travel.write': 'add and change trips and orders, act on them as a user does',
    'travel.agent': 'act on trips and orders as the agency does: all steps of an order, codes of a trip under way',
    'static.read': 'see organizations, dictionaries, codes and persons; personal data is hidden without one of the rights below',
    'static.write': 'add, change and delete organizations, dictionaries, codes, relations and persons; import them',
    'static.personal': 'see personal data: names, birth dates, documents, contacts, mile cards',
  },
  metrics: [],
  addCommands,
  async start(hub) {
    return { routes: { ...staticRoutes(hub) }, gauges: [], addresses: {}, stop: async () => undefined };
  },
};
