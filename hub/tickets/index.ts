import type { Module } from '../core/module.ts';

/** Online Ticket: operations come in as control messages and leave as XML files, one mailbox a client (README.md in this folder). */
export const tickets: Module = {
  name: 'tickets',
  migrations: { module: 'tickets', folder: new URL('./sql/migrations/', import.meta.url) },
  summary: (t) => t('ticket operations for agencies', 'операции с билетами для агентств'),
  loadCommands: async () => (await import('./commands/index.ts')).addCommands,
  load: async () => (await import('./serving.ts')).serving,
};
