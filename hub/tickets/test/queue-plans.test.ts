import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../core/database/database.ts';
import type { Queryable, Value } from '../../core/database/statement.ts';
import { createAcknowledger } from '../feed/acknowledge.ts';
import {
  acknowledgeEach,
  acknowledgeThrough,
  counters,
  expiredRanges,
  feedEntries,
  lockFeeds,
  nextMessages,
  queueLength,
  raiseFloors,
  renewLeases,
} from '../sql/feed.ts';
import { insertMessages, lockMailboxes, takeSequences } from '../sql/record.ts';
import { openWorkbench, storeDocuments, type Workbench } from './support/administration.ts';

/**
 * Guards of spec 5.3: the plans of the queue's statements do not depend on how full the tables are, and a pull does not pay for what has left
 * the mailbox before, even when no vacuum has come by.
 */
let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
  await bench.rows('ALTER TABLE ticket_message SET (autovacuum_enabled = false)');
});
afterAll(() => bench?.drop());

const NONE: readonly Value[] = Array.from({ length: 10 }, () => null);
type Statement = (db: Queryable, ...values: readonly Value[]) => Promise<unknown>;
const QUEUE: Record<string, Statement> = {
  feedEntries,
  nextMessages,
  acknowledgeEach,
  acknowledgeThrough,
  raiseFloors,
  renewLeases,
  lockFeeds,
  counters,
  queueLength,
  lockMailboxes,
  takeSequences,
  insertMessages,
  expiredRanges,
};

/** The text of a statement, caught on its way to the database. */
async function textOf(statement: Statement): Promise<string> {
  let caught = '';
  await statement(
    {
      query: async (query) => {
        caught = query.text;
        return { rows: [] } as never;
      },
    },
    ...NONE,
  );
  return caught;
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Node[];
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** How a statement reaches each table, as the queue's connections plan it: `ticket_message Index Scan ticket_message_pkey`. */
async function accessOf(database: Database, text: string): Promise<string[]> {
  const { rows } = await database.queue.query<{ 'QUERY PLAN': { Plan: Node }[] }>({ text: `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}` });
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
  if (!plan) throw new Error('a plan was expected');
  return [
    ...new Set(
      nodesOf(plan)
        .filter((node) => node['Relation Name'] !== undefined && node['Node Type'] !== 'ModifyTable')
        .map((node) => `${node['Relation Name']} ${node['Node Type']} ${node['Index Name']}`),
    ),
  ].sort();
}

const plansOfAll = async (): Promise<Map<string, string[]>> => {
  const plans = new Map<string, string[]>();
  for (const [name, statement] of Object.entries(QUEUE)) plans.set(name, await accessOf(bench.database, await textOf(statement)));
  return plans;
};

describe('plans', () => {
  let empty: Map<string, string[]>;
  test('on empty tables every statement of the queue goes by primary keys, tombstones by theirs', async () => {
    await bench.rows('ANALYZE');
    empty = await plansOfAll();
    for (const [name, access] of empty) {
      for (const each of access) expect(`${name}: ${each}`).toMatch(/ (Index Scan|Index Only Scan) (\w+_pkey|ticket_history_expired)$/);
    }
    expect(empty.get('nextMessages')).toEqual(expect.arrayContaining(['ticket_message Index Scan ticket_message_pkey']));
  });

  test.each([
    ['small', 100],
    ['large', 200_000],
  ])('they are the same on %s tables', async (_, count) => {
    await bench.rows(
      `INSERT INTO ticket_mailbox SELECT n, 1 FROM generate_series(1000, 999 + LEAST($1::int, 5000)) n ON CONFLICT DO NOTHING`,
      [count],
    );
    await bench.rows('INSERT INTO ticket_feed (client_id) SELECT client_id FROM ticket_mailbox ON CONFLICT DO NOTHING');
    for (const table of ['ticket_message', 'ticket_history']) {
      const last = table === 'ticket_message' ? ['bytes, expires_at', "100, now() + interval '1 day'"] : ['outcome', "'delivered'"];
      await bench.rows(
        `INSERT INTO ${table} (client_id, seq, message_id, document_id, replay, enqueued_at, ${last[0]})
         SELECT 1000 + n % 1000, n, gen_random_uuid(), gen_random_uuid(), false, now(), ${last[1]} FROM generate_series(1, $1::int) n
         ON CONFLICT DO NOTHING`,
        [count],
      );
    }
    await bench.rows('ANALYZE');
    const plans = await plansOfAll();
    // A covering scan of the same key is as good.
    const plain = (access: readonly string[]): string[] => access.map((each) => each.replace('Index Only Scan', 'Index Scan'));
    for (const [name, access] of plans) expect([name, plain(access)]).toEqual([name, plain(empty.get(name) ?? [])]);
  });
});

test('a pull reads as little after 20,000 messages have come and gone as before, without a vacuum', async () => {
  const client = await bench.client({ name: 'agency-1' });
  const acknowledger = createAcknowledger(bench.database);
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => String(4_214_200_000_000 + at));
  const blocksOfPull = async (): Promise<number> => {
    const [feed] = await bench.rows<{ floor_seq: number }>('SELECT floor_seq FROM ticket_feed WHERE client_id = $1', [client.clientId]);
    const text = (await textOf(nextMessages))
      .replace('$1', `'{${client.clientId}}'`)
      .replace('$2', `'{${feed?.floor_seq}}'`)
      .replace('$3', "'{100}'")
      .replace('$4', "'{4194304}'");
    const { rows } = await bench.database.queue.query<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>({
      text: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    });
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan ?? {};
    expect(plan['Actual Rows']).toBe(100);
    return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
  };
  await storeDocuments(bench.database, [client], numbers(100));
  const before = await blocksOfPull();
  for (let round = 0; round < 20; round += 1) {
    await storeDocuments(bench.database, [client], numbers(1_000));
    const [last] = await bench.rows<{ sequence: number; id: string; floor: number }>(
      `SELECT seq AS sequence, message_id AS id, floor_seq AS floor FROM ticket_message JOIN ticket_feed USING (client_id)
       WHERE client_id = $1 AND seq = (SELECT next_seq - 101 FROM ticket_mailbox WHERE client_id = $1)`,
      [client.clientId],
    );
    if (!last) throw new Error('messages were expected');
    await acknowledger.through({ clientId: client.clientId, client: client.name, upTo: last, floor: last.floor });
  }
  const after = await blocksOfPull();
  expect(after).toBeLessThanOrEqual(before * 1.5 + 20);
  // What the floor is good for: from zero the same pull would have to pass every dead entry.
  await bench.rows('UPDATE ticket_feed SET floor_seq = 0 WHERE client_id = $1', [client.clientId]);
  expect(await blocksOfPull()).toBeGreaterThan(after);
  await acknowledger.stop();
});

test('sequences are taken from the newest counter also when two transactions want the same mailboxes in opposite orders', async () => {
  const clients = [await bench.client({ name: 'agency-2' }), await bench.client({ name: 'agency-3' })].map(({ clientId }) => clientId);
  const taken = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      bench.database.queueTransaction((tx) => takeSequences(tx, at % 2 === 0 ? clients : [...clients].reverse(), [3, 3])),
    ),
  );
  for (const client of clients) {
    const firsts = taken.flatMap((rows) => rows.filter((row) => row.client_id === client).map(({ first }) => first));
    expect(firsts.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => 1 + 3 * at));
  }
});

test('a lease is renewed only for the instance that holds it, each in a batch of its own fate', async () => {
  const [one, two, three] = [
    await bench.client({ name: 'lease-1' }),
    await bench.client({ name: 'lease-2' }),
    await bench.client({ name: 'lease-3' }),
  ];
  const [holder, stranger] = [randomUUID(), randomUUID()];
  const ids = [one, two, three].map(({ clientId }) => clientId);
  await bench.rows("UPDATE ticket_feed SET instance = $2, lease_until = now() + interval '10 s' WHERE client_id = ANY ($1)", [
    ids.slice(0, 2),
    holder,
  ]);
  const rows = await renewLeases(
    bench.database.queue,
    [...ids, ids[0] ?? 0].reverse(),
    [holder, stranger, holder, holder].reverse(),
    ['a', 'b', 'c', 'd'],
    ['w', 'x', 'y', 'z'],
    randomUUID(),
  );
  expect(rows).toEqual([{ client_id: one.clientId, instance: holder }]);
  const leases = await bench.rows<{ seconds: number | null }>(
    'SELECT extract(epoch FROM lease_until - now())::float8 AS seconds FROM ticket_feed WHERE client_id = ANY ($1) ORDER BY client_id',
    [ids],
  );
  expect(leases[0]?.seconds).toBeGreaterThan(80);
  expect(leases[1]?.seconds).toBeLessThan(11);
  expect(leases[2]?.seconds).toBeNull();
});
