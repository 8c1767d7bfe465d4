import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import type { Database } from '../hub/core/database/database.ts';
import { run } from '../hub/core/database/statement.ts';
import { discardDataOf, openDatabaseOf } from './support/database-of-hub.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess } from './support/hub-process.ts';
import { rest } from './support/rest.ts';
import { type SteeredReceiver, startSteeredReceiver } from './support/steered-receiver.ts';

/**
 * Spec callbacks 7.1, F1: SIGKILL to the hub, or to the hub and its database, under load. CALLBACKS_CRASH_ROUNDS sets the number of rounds; every
 * other one strikes the database, too.
 */
const ROUNDS = Number(process.env['CALLBACKS_CRASH_ROUNDS'] || 2);
const PATIENCE = { timeout: 60_000, interval: 20 };
const MOST_ATTEMPTS = 3;

const folder = createFolder('callbacks-crash');
let good: SteeredReceiver;
let bad: SteeredReceiver;
let hub: ReturnType<typeof createHubProcess>;
let database: Database | undefined;
beforeAll(async () => {
  good = await startSteeredReceiver();
  bad = await startSteeredReceiver();
  hub = createHubProcess({
    folder: folder.at('hub'),
    environment: {
      VESTNIK_CALLBACKS__EXACT_ADDRESSES: `127.0.0.1:${good.port},127.0.0.1:${bad.port}`,
      VESTNIK_CALLBACKS__LEASE_SECONDS: '10',
    },
  });
  await hub.start();
});
afterAll(async () => {
  await database?.close();
  await hub.stop();
  await discardDataOf(hub);
  await good.stop();
  await bad.stop();
  folder.remove();
});

async function endpoint(receiver: SteeredReceiver, settings: object): Promise<number> {
  await rest(hub, 'POST', '/callbacks/allow-entries', { address: receiver.address, reason: 'test' }).expect(201);
  const made = await rest(hub, 'POST', '/callbacks/endpoints', {
    family: 'order',
    name: 'Receiver',
    url: `${receiver.address}/in`,
    events: ['ReserveCreated'],
    signing: true,
    ...settings,
  }).expect(201);
  await rest(hub, 'POST', `/callbacks/endpoints/${made.body.id}/enable`, {}).expect(200);
  return made.body.id;
}

/** Makes orders until it is stopped; those that were answered are committed. */
function startOrders(organization: number) {
  const answered = new Set<number>();
  let failures = 0;
  let on = true;
  const loop = async (): Promise<void> => {
    while (on) {
      try {
        const made = await rest(hub, 'POST', '/orders', { id_Organization: organization, ReserveType: 'avia' }).expect(201);
        answered.add(made.body.id_Reserve);
      } catch {
        failures += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const loops = [loop(), loop(), loop()];
  return {
    answered,
    failures: () => failures,
    async stop() {
      on = false;
      await Promise.all(loops);
    },
  };
}

const orderOf = ({ body }: { body: string }): number => Number(/<id_Reserve>(\d+)</.exec(body)?.[1]);
const eventOf = ({ headers }: { headers: Record<string, unknown> }): string => String(headers['webhook-id']);
const ask = async <R extends Record<string, unknown>>(sql: string): Promise<R[]> => {
  database ??= await openDatabaseOf(hub);
  return (await run<R>(database.work, sql)).rows;
};

test(
  `F1: after ${ROUNDS} rounds of kill -9 every committed event has reached its receiver, and no more often than attempts were under way`,
  async () => {
    onTestFailed(() => void process.stderr.write(hub.tail()));
    // Slow enough that attempts are under way at each kill.
    good.answer = async (_, response) => {
      await new Promise((resolve) => setTimeout(resolve, 40));
      response.writeHead(200).end();
    };
    bad.answer = (_, response) => response.writeHead(500).end();
    const id = await endpoint(good, {});
    const failing = await endpoint(bad, { schedule: { kind: 'fixed', seconds: 1 }, max_attempts: MOST_ATTEMPTS });
    const { id_Organization: organization } = (
      await rest(hub, 'POST', '/organizations', { Name: 'ООО Ромашка', kind: 'client' }).expect(201)
    ).body;
    const orders = startOrders(organization);
    for (let round = 0; round < ROUNDS; round += 1) {
      const soFar = good.received.length + 60;
      await vi.waitUntil(() => good.received.length >= soFar && good.open > 0, PATIENCE);
      const pid = await vi.waitUntil(() => hub.databasePid(), PATIENCE);
      await Promise.all([hub.kill(), round % 2 === 1 ? process.kill(pid, 'SIGKILL') : undefined]);
      await hub.start();
      await database?.close();
      database = undefined;
    }
    const whole = orders.answered.size + 20;
    await vi.waitUntil(() => orders.answered.size >= whole, PATIENCE);
    await orders.stop();

    // All that is stored counts as committed, answered or not.
    const stored = (await ask<{ id: number }>('SELECT order_id AS id FROM travel_order')).map((row) => row.id);
    expect(stored).toEqual(expect.arrayContaining([...orders.answered]));
    await vi.waitUntil(async () => (await ask('SELECT FROM delivery_due')).length === 0, PATIENCE);

    for (const receiver of [good, bad]) {
      const events = new Map<string, Set<number>>();
      for (const request of receiver.received) {
        const event = eventOf(request);
        events.set(event, (events.get(event) ?? new Set()).add(orderOf(request)));
      }
      // One webhook-id an event, and the same for its duplicates.
      expect([...events.values()].every((of) => of.size === 1)).toBe(true);
      expect([...events.values()].flatMap((of) => [...of]).toSorted((a, b) => a - b)).toEqual(stored.toSorted((a, b) => a - b));
    }
    // What the dead had taken is written down as unknown.
    const [lost] = await ask<{ n: number }>(`SELECT count(*)::int AS n FROM delivery_attempt WHERE outcome = 'unknown' AND target = ${id}`);
    const atKills = lost?.n ?? 0;
    const duplicates = good.received.length - stored.length;
    expect(duplicates).toBeLessThanOrEqual(atKills);
    // The run was one: orders were refused, attempts were lost with the hub.
    expect(orders.failures()).toBeGreaterThan(0);
    expect(atKills).toBeGreaterThan(0);

    const over = await ask(`SELECT delivery FROM delivery_attempt WHERE target = ${failing} AND outcome <> 'unknown'
      GROUP BY delivery HAVING count(*) > ${MOST_ATTEMPTS}`);
    expect(over).toEqual([]);
    const states = await ask(`SELECT target, state, count(*)::int AS n FROM delivery GROUP BY target, state ORDER BY target`);
    expect(states).toEqual([
      { target: id, state: 'delivered', n: stored.length },
      { target: failing, state: 'failed', n: stored.length },
    ]);
  },
  60_000 + ROUNDS * 30_000,
);
