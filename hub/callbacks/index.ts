import type { Module } from '../core/module.ts';
import { callbackRoutes } from './api.ts';
import { addCommands } from './commands/index.ts';

/** Callbacks: changes of orders, trips and static data leave as templated HTTP requests (README.md in this folder). */
export const callbacks: Module = {
  name: 'callbacks',
  migrations: { module: 'callbacks', folder: new URL('./sql/migrations/', import.meta.url) },
  rights: {
    'callbacks.read': 'see endpoints, deliveries and their outcomes, without bodies of personal data',
    'callbacks.write': 'add, change, test, enable and disable endpoints',
    'callbacks.resend': 'send deliveries again',
    'callbacks.payload': 'read bodies and answers unmasked: personal data, every reading is audited',
    'callbacks.allow.request': 'ask for an address to be put on the allow-list',
    'callbacks.allow.forward': 'hand such requests on to support',
    'callbacks.allow.approve': 'approve, reject and revoke addresses of the allow-list',
  },
  metrics: [],
  addCommands,
  async start(hub) {
    const undo: (() => Promise<void> | void)[] = [];
    // In reverse order of the start: first nothing more goes out or comes in, then what it stood on.
    const stop = async (): Promise<void> => {
      for (const step of undo.splice(0).reverse()) await step();
    };
    try {
      return { routes: { callbacks: callbackRoutes(hub) }, gauges: [], addresses: {}, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};
