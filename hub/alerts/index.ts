import type { Module } from '../core/module.ts';
import { alertRoutes } from './api.ts';
import { ALERTS_RIGHTS } from './api-rights.ts';
import { addCommands } from './commands/index.ts';

/** Alerts: people are told by SMS and e-mail, and what came of it is reported (README.md in this folder). */
export const alerts: Module = {
  name: 'alerts',
  migrations: { module: 'alerts', folder: new URL('./sql/migrations/', import.meta.url) },
  rights: ALERTS_RIGHTS,
  metrics: [],
  addCommands,
  async start(hub) {
    return { routes: { alerts: alertRoutes(hub) }, gauges: [], addresses: {}, stop: async () => undefined };
  },
};
