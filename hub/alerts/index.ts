import type { Module } from '../core/module.ts';

/** Alerts: people are told by SMS and e-mail, and what came of it is reported (README.md in this folder). */
export const alerts: Module = {
  name: 'alerts',
  migrations: { module: 'alerts', folder: new URL('./sql/migrations/', import.meta.url) },
  summary: (t) => t('mass notification by SMS and e-mail', 'массовое оповещение по SMS и электронной почте'),
  loadCommands: async () => (await import('./commands/index.ts')).addCommands,
  load: async () => (await import('./serving.ts')).serving,
};
