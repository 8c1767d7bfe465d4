import { coalesce } from '../core/coalesce.ts';
import type { Database } from '../core/database/database.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { ROUTING } from './notifications.ts';
import { buildRoutingIndex, type RoutingIndex, type Subscription } from './routing.ts';
import { routingRows } from './sql/routing.ts';

/**
 * The routing index of this hub, kept in step with the tables.
 *
 * States: loading -> fresh -> (notified, or 30 s passed) loading -> fresh ... A failed load keeps the index that is there, and is tried
 * again after a second. Loads never overlap, so an older snapshot cannot replace a newer one.
 */
export interface RoutingTable {
  readonly index: RoutingIndex<number>;
  /** The name of a client id; the id itself when the client is newer than the table. */
  nameOf(client: number): string;
  stop(): Promise<void>;
}

const notes = notesOf('tickets.routing');
const RELOAD_EVERY = 30_000;
const RETRY_AFTER = 1_000;

export async function startRoutingTable(database: Database): Promise<RoutingTable> {
  let index = buildRoutingIndex<number>([]);
  let names = new Map<number, string>();
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;

  const load = async (): Promise<void> => {
    const rows = await routingRows(database.work);
    index = buildRoutingIndex(
      rows.map(({ client_id, state, subscriptions }) => ({
        id: client_id,
        state,
        subscriptions: subscriptions.map(
          (row): Subscription => ({
            ...(row.agency && { agency: row.agency }),
            ...(row.validator && { validator: row.validator }),
            ...(row.terminal && { terminal: row.terminal }),
            ...(row.carrier && { carrier: row.carrier }),
            ...(row.type && { type: row.type as NonNullable<Subscription['type']> }),
            ...(row.kind && { kind: row.kind as NonNullable<Subscription['kind']> }),
            carrierScope: row.carrier_scope,
            ...(row.everything && { everything: true }),
          }),
        ),
      })),
    );
    names = new Map(rows.map((row) => [row.client_id, row.name]));
  };
  const reload = coalesce(async () => {
    clearTimeout(retry);
    if (stopped) return;
    await load().catch((error: unknown) => {
      notes.warn('the subscriptions could not be read; the ones of before stay in force', {}, error);
      if (!stopped) retry = setTimeout(reload, RETRY_AFTER);
    });
  });

  await load();
  const unlisten = database.listener.subscribe(ROUTING, { notify: reload, resync: reload });
  const timer = setInterval(reload, RELOAD_EVERY);
  return {
    get index() {
      return index;
    },
    nameOf: (client) => names.get(client) ?? String(client),
    async stop() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(retry);
      unlisten();
      await reload();
    },
  };
}
