import type { Module } from '../core/module.ts';
import { METRICS } from './metrics.ts';

/** Billing: contracts, their money and services, and the three faces that foreign programs call (README.md in this folder). */
export const billing: Module = {
  name: 'billing',
  migrations: { module: 'billing', folder: new URL('./sql/migrations/', import.meta.url) },
  rights: {
    'billing.call.*': 'call every operation of the web services',
    'billing.action.*': 'call every XML action',
  },
  metrics: METRICS,
  addCommands: () => undefined,
  async start() {
    return {
      routes: {},
      gauges: [],
      addresses: {},
      stop: async () => undefined,
    };
  },
};
