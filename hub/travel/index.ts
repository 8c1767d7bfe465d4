import type { Module } from '../core/module.ts';

/** Travel: organizations, trips and orders, persons, dictionaries; every change is published for callbacks (README.md in this folder). */
export const travel: Module = {
  name: 'travel',
  migrations: { module: 'travel', folder: new URL('./sql/migrations/', import.meta.url) },
  summary: (t) => t('trips, orders and static data', 'командировки, заказы и статичные данные'),
  loadCommands: async () => (await import('./commands/index.ts')).addCommands,
  load: async () => (await import('./serving.ts')).serving,
};
