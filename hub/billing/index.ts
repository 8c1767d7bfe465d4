import type { Module } from '../core/module.ts';

/** Billing: contracts, their money and services, and the three faces that foreign programs call (README.md in this folder). */
export const billing: Module = {
  name: 'billing',
  migrations: { module: 'billing', folder: new URL('./sql/migrations/', import.meta.url) },
  summary: (t) => t('contracts, their money and services', 'договоры, их деньги и услуги'),
  loadCommands: async () => (await import('./commands/index.ts')).addCommands,
  load: async () => (await import('./serving.ts')).serving,
};
