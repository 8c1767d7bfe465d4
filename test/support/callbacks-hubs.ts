import { randomBytes } from 'node:crypto';
import { run } from '../../hub/core/database/statement.ts';
import { type CallbacksHub, openCallbacksHub } from './callbacks-hub.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { rest } from './rest.ts';
import { type SteeredReceiver, startSteeredReceiver } from './steered-receiver.ts';

/** Several hubs on one database, with receivers that a test steers. The lease of a hub is the shortest there is: 10 s. */
export interface SharedHubs {
  readonly receivers: readonly SteeredReceiver[];
  open(): Promise<CallbacksHub>;
  close(hub: CallbacksHub): Promise<void>;
  ask<R extends Record<string, unknown>>(sql: string): Promise<R[]>;
  /** Orders of one organization, ten at a time, by this hub. */
  makeOrders(hub: CallbacksHub, organization: number, count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function openSharedHubs(count: number): Promise<SharedHubs> {
  // All of them must have the same key.
  process.env['VESTNIK_SECRET_KEY'] = randomBytes(32).toString('base64url');
  const database: TestDatabase = await createTestDatabase();
  const receivers = await Promise.all(Array.from({ length: count }, startSteeredReceiver));
  const hubs = new Set<CallbacksHub>();
  let authorization = '';
  const close = async (hub: CallbacksHub): Promise<void> => {
    hubs.delete(hub);
    await hub.stop();
  };
  return {
    receivers,
    async open() {
      const ports = receivers.map(({ port }) => port);
      const hub = await openCallbacksHub(ports, { database, environment: { VESTNIK_CALLBACKS__LEASE_SECONDS: '10' } });
      hubs.add(hub);
      // Only the first hub on a database makes an administrator.
      if (hub.hub.administrator) ({ authorization } = hub);
      return hub;
    },
    close,
    ask: async <R extends Record<string, unknown>>(sql: string) => (await run<R>(database.database.work, sql)).rows,
    async makeOrders({ http }, organization, wanted) {
      const order = () =>
        rest({ http, authorization }, 'POST', '/orders', { id_Organization: organization, ReserveType: 'avia' }).expect(201);
      for (let left = wanted; left > 0; left -= 10) await Promise.all(Array.from({ length: Math.min(left, 10) }, order));
    },
    async stop() {
      for (const hub of hubs) await close(hub);
      for (const receiver of receivers) await receiver.stop();
      await database.drop();
    },
  };
}
