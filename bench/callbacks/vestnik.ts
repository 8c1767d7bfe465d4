import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { run } from '@vestnik/hub/core/database/statement.ts';
import { publish } from '@vestnik/hub/core/events/publish.ts';
import type { HubPeer } from '../hub/hub-peer.ts';
import { PADDING } from './peers.ts';
import type { SinkPeer } from './sink-peer.ts';

/** Endpoints of one kind: those that answer at once, that never or very late answer, that answer after two seconds, that get very many events. */
export type Which = 'healthy' | 'ill' | 'slow' | 'flooded';

/** Endpoints of the hub and events for them. */
export interface VestnikPeer {
  /** Publishes events, each for one of the endpoints of these kinds in turn, in transactions of 500. (Default: the healthy) */
  publish(count: number, ...kinds: Which[]): Promise<void>;
  /** Makes what waits for these endpoints later attempts that are due, as if the first had failed. */
  makeLater(which: Which): Promise<void>;
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

/** Sets up the endpoints by REST, as an administrator would. @param paths of the endpoints below the sink's address. */
export async function openVestnik(
  hub: HubPeer,
  sink: SinkPeer,
  paths: Readonly<Partial<Record<Which, readonly string[]>>>,
  concurrency: number,
): Promise<VestnikPeer> {
  const address = `http://127.0.0.1:${sink.port}`;
  await call(hub, 'POST', '/callbacks/allow-entries', { address, reason: 'bench' });
  const made: Record<Which, { id: number; organization: number }[]> = { healthy: [], ill: [], slow: [], flooded: [] };
  let organization = FIRST_ORGANIZATION;
  for (const kind of ['healthy', 'ill', 'slow', 'flooded'] as const) {
    for (const path of paths[kind] ?? []) {
      organization += 1;
      const { id } = await call(hub, 'POST', '/callbacks/endpoints', {
        family: 'order',
        name: `bench ${organization}`,
        url: `${address}${path}`,
        organizations: [organization],
        concurrency,
        timeout: 30,
        body: `<e><id>@id_Reserve</id><t>@{EventTime}</t><s>@ReserveState</s><k>@ComplexState</k><d>@EventDescription</d><p>${PADDING}</p></e>`,
      });
      await call(hub, 'POST', `/callbacks/endpoints/${id}/enable`, {});
      made[kind].push({ id, organization });
    }
  }
  const database = openDatabase({ url: hub.databaseUrl, poolSize: 4, queuePoolSize: 2, name: 'bench' });
  const idsOf = (which: Which): number[] => made[which].map(({ id }) => id);
  let published = 0;
  return {
    async publish(count, ...kinds) {
      const organizations = (kinds.length > 0 ? kinds : (['healthy'] as const)).flatMap((kind) =>
        made[kind].map((one) => one.organization),
      );
      for (let left = count; left > 0; left -= BATCH) {
        const events = Array.from({ length: Math.min(BATCH, left) }, () => {
          published += 1;
          return event(published, organizations[published % organizations.length] ?? 0);
        });
        await database.transaction((tx) => publish(tx, ...events));
      }
    },
    async makeLater(which) {
      await run(
        database.work,
        'UPDATE delivery_due SET lane = 1, tries = 1, known = 1, spent = 1, due_at = now() WHERE target = ANY ($1)',
        [idsOf(which)],
      );
    },
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
