import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { run } from '@vestnik/hub/core/database/statement.ts';
import { publish } from '@vestnik/hub/core/events/publish.ts';
import type { HubPeer } from '../hub/hub-peer.ts';
import { PADDING } from './peers.ts';
import type { SinkPeer } from './sink-peer.ts';

export type Which = 'healthy' | 'flooded';

/** Endpoints of the hub and events for them. */
export interface VestnikPeer {
  /** Publishes events, each for one of the healthy endpoints in turn, or with `ill` for one of all, in transactions of 500. */
  publish(count: number, ill?: boolean): Promise<void>;
  /** Publishes events for one endpoint alone, by its place among the paths, in transactions of 500. */
  flood(endpoint: number, count: number): Promise<void>;
  /** With true, what is due for these endpoints piles up; as when the hub itself has disabled them. */
  hold(which: Which, held: boolean): Promise<void>;
  /** Deliveries to these endpoints that have not ended. */
  waiting(which: Which): Promise<number>;
  close(): Promise<void>;
}

const FIRST_ORGANIZATION = 1_000;
const BATCH = 500;

async function call(hub: HubPeer, method: string, path: string, body: unknown): Promise<{ id: number }> {
  const response = await fetch(`${hub.rest}/api/v1${path}`, {
    method,
    headers: { authorization: hub.authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  const answer = text === '' ? {} : (JSON.parse(text) as { endpoint?: { id: number }; id?: number });
  return { id: answer.endpoint?.id ?? answer.id ?? 0 };
}

const event = (n: number, organization: number) => ({
  type: 'vestnik.travel.ReserveStateChanged',
  subject: `order/${n}`,
  data: {
    family: 'order',
    organization_id: organization,
    change_source: 'api',
    actor_id: null,
    actor: 'bench',
    facets: ['ReserveStateChanged'],
    id_Reserve: n,
    id_ComplexReserve: n,
    OuterId: `T-${n}`,
    ReserveState: 'finished',
    PreviousReserveState: 'inprocess',
    ComplexState: 'forexecution',
    PreviousComplexState: null,
    ReserveType: 'avia',
    Total: '12500.00',
    Currency: 'RUB',
    TimeLimit: null,
    FileNames: [],
    OrganizationName: 'ООО Ромашка',
    codes: [],
    description: { ru: `Заказ ${n}: в обработке → выполнен`, en: `Order ${n}: in process → finished` },
  },
});

/** Sets up the endpoints by REST, as an administrator would. @param paths of the endpoints below the sink's address, after the healthy ones `ill` that are ill and `flooded` that are flooded. */
export async function openVestnik(
  hub: HubPeer,
  sink: SinkPeer,
  paths: readonly string[],
  { concurrency, ill, flooded }: { concurrency: number; ill: number; flooded: number },
): Promise<VestnikPeer> {
  const healthy = paths.length - ill - flooded;
  const address = `http://127.0.0.1:${sink.port}`;
  await call(hub, 'POST', '/callbacks/allow-entries', { address, reason: 'bench' });
  const ids: number[] = [];
  for (const [at, path] of paths.entries()) {
    const { id } = await call(hub, 'POST', '/callbacks/endpoints', {
      family: 'order',
      name: `bench ${at}`,
      url: `${address}${path}`,
      organizations: [FIRST_ORGANIZATION + at],
      concurrency,
      timeout: 30,
      body: `<e><id>@id_Reserve</id><t>@{EventTime}</t><s>@ReserveState</s><k>@ComplexState</k><d>@EventDescription</d><p>${PADDING}</p></e>`,
    });
    await call(hub, 'POST', `/callbacks/endpoints/${id}/enable`, {});
    ids.push(id);
  }
  const database = openDatabase({ url: hub.databaseUrl, poolSize: 4, queuePoolSize: 2, name: 'bench' });
  const idsOf = (which: Which): number[] => (which === 'healthy' ? ids.slice(0, healthy) : ids.slice(healthy + ill));
  let made = 0;
  const publishTo = async (count: number, endpointOf: (n: number) => number): Promise<void> => {
    for (let left = count; left > 0; left -= BATCH) {
      const events = Array.from({ length: Math.min(BATCH, left) }, () => {
        made += 1;
        return event(made, FIRST_ORGANIZATION + endpointOf(made));
      });
      await database.transaction((tx) => publish(tx, ...events));
    }
  };
  return {
    publish: (count, toIll = false) => publishTo(count, (n) => n % (healthy + (toIll ? ill : 0))),
    flood: (endpoint, count) => publishTo(count, () => endpoint),
    async hold(which, held) {
      await run(
        database.work,
        `UPDATE callback_endpoint SET enabled = $1, disabled_by = CASE WHEN $1 THEN NULL ELSE 'hub' END, changed_at = now() WHERE endpoint_id = ANY ($2)`,
        [!held, idsOf(which)],
      );
      await run(database.work, "SELECT pg_notify('vestnik_callbacks_endpoints', '')");
    },
    async waiting(which) {
      const text = 'SELECT count(*)::int AS n FROM delivery_due WHERE target = ANY ($1)';
      return (await run<{ n: number }>(database.work, text, [idsOf(which)])).rows[0]?.n ?? 0;
    },
    close: () => database.close(),
  };
}
