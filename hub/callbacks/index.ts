import type { Module } from '../core/module.ts';

/** Callbacks: changes of orders, trips and static data leave as templated HTTP requests (README.md in this folder). */
export const callbacks: Module = {
  name: 'callbacks',
  migrations: { module: 'callbacks', folder: new URL('./sql/migrations/', import.meta.url) },
  summary: (t) => t('HTTP callbacks about orders, trips and static data', 'коллбэки о заказах, командировках и справочных данных'),
  loadCommands: async () => (await import('./commands/index.ts')).addCommands,
  load: async () => (await import('./serving.ts')).serving,
};
