import { randomBytes } from 'node:crypto';
import { loadConfiguration } from '../../../config.ts';
import type { Database } from '../../../core/database/database.ts';
import { createEventStore } from '../../../core/events/subscribe.ts';
import type { Authority } from '../../../core/identity/authority.ts';
import { createSecretKey } from '../../../core/identity/secret-key.ts';
import { type Answer, startModuleRest } from '../../../test/support/module-rest.ts';
import { ticketRoutes } from '../../api.ts';

export interface Rest {
  /** Sends a request below /api/v1/tickets as an operator whose rights are the words of `as`: `view+manage`, or `all`. */
  send(method: string, path: string, options?: { as?: string; body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  stop(): Promise<void>;
}

const rightsOf = (words: string): string =>
  words
    .split('+')
    .map((word) => (word === 'all' ? '*' : `tickets.${word}`))
    .join('+');

/** The hub's own HTTP listener on a free port with the routes of the administration. */
export async function startRest(database: Database, authority: Authority): Promise<Rest> {
  const ports = {
    configuration: loadConfiguration({ environment: { VESTNIK_LANGUAGE: 'en' }, cwd: '/' }),
    database,
    events: createEventStore({ database, keepDays: 30 }),
    authority,
    secretKey: createSecretKey(randomBytes(32)),
    hubId: 'test',
    databaseFolder: undefined,
  };
  const rest = await startModuleRest(database, { tickets: ticketRoutes(ports) });
  return {
    send: (method, path, { as = 'all', ...more } = {}) => rest.send(method, `/tickets${path}`, { ...more, as: rightsOf(as) }),
    stop: rest.stop,
  };
}
