import { randomUUID } from 'node:crypto';
import type { Acknowledgement } from '@vestnik/protocol/feed.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eraseDeliveredBodies } from '../erase-bodies.ts';
import { expireMessages } from '../expire-messages.ts';
import { type Acknowledger, createAcknowledger } from '../feed/acknowledge.ts';
import { withdrawMessage } from '../withdraw-message.ts';
import { ALICE, openWorkbench, storeDocuments, type Workbench } from './support/administration.ts';
import { failure } from './support/failure.ts';

type Party = Awaited<ReturnType<Workbench['client']>>;

let bench: Workbench;
/** As of two hubs on one database. */
let hubs: Acknowledger[];
beforeAll(async () => {
  bench = await openWorkbench();
  hubs = [createAcknowledger(bench.database), createAcknowledger(bench.database)];
});
afterAll(async () => {
  await Promise.all(hubs.map((hub) => hub.stop()));
  await bench?.drop();
});

let made = 0;
const newClient = (): Promise<Party> => {
  made += 1;
  return bench.client({ name: `party-${made}` });
};
const about = (client: Party) => ({ clientId: client.clientId, client: client.name });
const store = (client: Party, count: number) =>
  storeDocuments(
    bench.database,
    [client],
    Array.from({ length: count }, (_, at) => String(4_214_200_000_000 + at)),
  );

async function waitingOf({ clientId }: Party): Promise<Acknowledgement[]> {
  return bench.rows('SELECT seq AS sequence, message_id AS id FROM ticket_message WHERE client_id = $1 ORDER BY seq', [clientId]);
}
async function outcomesOf({ clientId }: Party): Promise<Map<number, string>> {
  const rows = await bench.rows<{ seq: number; outcome: string }>('SELECT seq, outcome FROM ticket_history WHERE client_id = $1', [
    clientId,
  ]);
  return new Map(rows.map(({ seq, outcome }) => [seq, outcome]));
}
async function counterOf({ clientId }: Party): Promise<{ floor: number; next: number }> {
  const [row] = await bench.rows<{ floor: number; next: number }>(
    'SELECT floor_seq AS floor, next_seq AS next FROM ticket_feed JOIN ticket_mailbox USING (client_id) WHERE client_id = $1',
    [clientId],
  );
  if (!row) throw new Error('a mailbox was expected');
  return row;
}

/** Every sequence is in exactly one of mailbox and history, and the floor lies below the lowest that waits. */
async function checkMailbox(client: Party): Promise<void> {
  const waiting = (await waitingOf(client)).map(({ sequence }) => sequence);
  const gone = [...(await outcomesOf(client)).keys()];
  const { floor, next } = await counterOf(client);
  expect([...waiting, ...gone].sort((a, b) => a - b)).toEqual(Array.from({ length: next - 1 }, (_, at) => at + 1));
  expect(floor).toBeLessThan(Math.min(next, ...waiting));
}

const [first, second] = [() => hubs[0] as Acknowledger, () => hubs[1] as Acknowledger];

test('1,000 messages named in any order, some of them twice, leave once and are counted once', async () => {
  const client = await newClient();
  await store(client, 1_000);
  const messages = await waitingOf(client);
  const shuffled = [...messages.toReversed(), ...messages.slice(0, 300)];
  await bench.events();
  expect(await first().each({ ...about(client), entries: shuffled })).toBe(1_000);
  expect(await second().each({ ...about(client), entries: messages })).toBe(0);
  expect(await waitingOf(client)).toEqual([]);
  expect((await counterOf(client)).floor).toBe(1_000);
  expect(await bench.events()).toEqual([
    { type: 'messages.delivered', subject: client.name, data: { client: client.name, from: 1, to: 1_000, count: 1_000 } },
  ]);
});

test('one wrong id among many, and nothing of that pull is acknowledged', async () => {
  const client = await newClient();
  await store(client, 20);
  const messages = await waitingOf(client);
  for (const wrong of [
    { sequence: 5, id: randomUUID() },
    { sequence: 21, id: randomUUID() },
    { sequence: 6, id: messages[6]?.id ?? '' },
  ]) {
    const error = await failure(first().each({ ...about(client), entries: [...messages, wrong] }));
    expect(error.code).toBe('ACK_MISMATCH');
    expect((await failure(first().through({ ...about(client), upTo: wrong, floor: 0 }))).code).toBe('ACK_MISMATCH');
  }
  expect(await waitingOf(client)).toEqual(messages);
});

test('an acknowledgement after the expiry or the withdrawal of its message is a success that changes nothing', async () => {
  const client = await newClient();
  await store(client, 4);
  const messages = await waitingOf(client);
  await bench.rows("UPDATE ticket_message SET expires_at = now() - interval '1 s' WHERE client_id = $1 AND seq = 1", [client.clientId]);
  await expireMessages(bench.database, { now: Temporal.Now.instant(), keepDays: 400 });
  await bench.database.transaction((tx) => withdrawMessage(tx, ALICE, { client: client.name, sequence: 2, reason: 'test', keepDays: 400 }));
  expect(await first().each({ ...about(client), entries: messages.slice(0, 3) })).toBe(1);
  expect(await outcomesOf(client)).toEqual(
    new Map([
      [1, 'expired'],
      [2, 'withdrawn'],
      [3, 'delivered'],
    ]),
  );
  expect((await counterOf(client)).floor).toBe(3);
});

test('a range that is longer than one transaction takes goes in steps, beside those of others', async () => {
  const [long, other] = [await newClient(), await newClient()];
  await bench.rows(
    `WITH counter AS (UPDATE ticket_mailbox SET next_seq = 25001 WHERE client_id = $1)
     INSERT INTO ticket_message (client_id, seq, message_id, document_id, replay, bytes, enqueued_at, expires_at)
     SELECT $1, seq, gen_random_uuid(), gen_random_uuid(), false, 100, now(), now() + interval '1 day' FROM generate_series(1, 25000) AS seq`,
    [long.clientId],
  );
  await store(other, 3);
  const last = (await waitingOf(long)).at(-1);
  const entries = await waitingOf(other);
  if (!last) throw new Error('messages were expected');
  await bench.events();
  const [many, few] = await Promise.all([
    first().through({ ...about(long), upTo: last, floor: 0 }),
    first().each({ ...about(other), entries }),
  ]);
  expect([many, few]).toEqual([25_000, 3]);
  const told = (await bench.events()).filter(({ subject }) => subject === long.name).map(({ data }) => data['count'] as number);
  expect(told.length).toBeGreaterThan(1);
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(25_000);
  expect((await counterOf(long)).floor).toBe(25_000);
  expect(await second().through({ ...about(long), upTo: last, floor: 0 })).toBe(0);
  await checkMailbox(long);
});

test('with keepDays 0 a body goes with the last acknowledgement of its document, not before', async () => {
  const eraser = createAcknowledger(bench.database, eraseDeliveredBodies);
  const [one, two] = [await newClient(), await newClient()];
  const [document] = await storeDocuments(bench.database, [one, two], ['4214209999999']);
  const kept = async () =>
    (
      await bench.rows<{ kept: boolean }>('SELECT xml IS NOT NULL AS kept FROM ticket_document WHERE document_id = $1', [
        document?.documentId ?? '',
      ])
    )[0]?.kept;
  await eraser.each({ ...about(one), entries: await waitingOf(one) });
  expect(await kept()).toBe(true);
  const [upTo] = await waitingOf(two);
  if (!upTo) throw new Error('a message was expected');
  await eraser.through({ ...about(two), upTo, floor: 0 });
  expect(await kept()).toBe(false);
  await eraser.stop();
});

const pick = fc.array(fc.nat(), { minLength: 1, maxLength: 8 });
const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ what: fc.constant('ingest' as const), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('each' as const), pick, wrong: fc.integer({ min: 0, max: 9 }) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('through' as const), pick, wrong: fc.integer({ min: 0, max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('expire' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('withdraw' as const), pick }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

test('acknowledgements, expiry, withdrawal and ingest in any order and at once never lose, double or hide a message', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }), async (rounds) => {
      const client = await newClient();
      /** Every message that ever was; acknowledgements name any of them. */
      const known = new Map<number, string>();
      const allowed = new Map<number, Set<string>>();
      const allow = (sequence: number, outcome: string): void =>
        void allowed.set(sequence, (allowed.get(sequence) ?? new Set()).add(outcome));
      let counted = 0;
      const messagesOf = ({ pick }: { pick: readonly number[] }): Acknowledgement[] => {
        const all = [...known].map(([sequence, id]) => ({ sequence, id }));
        return all.length === 0 ? [] : pick.map((number) => all[number % all.length] as Acknowledgement);
      };
      const floorOnce = async (): Promise<number> => (await counterOf(client)).floor;

      const play = async (step: Act, hub: Acknowledger): Promise<void> => {
        if (step.what === 'ingest') {
          await store(client, step.count);
          return;
        }
        const chosen = messagesOf(step);
        const [one] = chosen;
        if (!one) return;
        if (step.what === 'expire') {
          const sequences = chosen.map(({ sequence }) => sequence);
          for (const sequence of sequences) allow(sequence, 'expired');
          await bench.rows("UPDATE ticket_message SET expires_at = now() - interval '1 s' WHERE client_id = $1 AND seq = ANY ($2)", [
            client.clientId,
            sequences,
          ]);
          await expireMessages(bench.database, { now: Temporal.Now.instant(), keepDays: 400 });
        } else if (step.what === 'withdraw') {
          allow(one.sequence, 'withdrawn');
          await bench.database
            .transaction((tx) => withdrawMessage(tx, ALICE, { client: client.name, sequence: one.sequence, reason: 'test', keepDays: 400 }))
            .catch((error) => expect(error).toMatchObject({ code: 'CONFLICT' }));
        } else if (step.wrong === 0) {
          const wrong = { sequence: one.sequence, id: randomUUID() };
          const refused =
            step.what === 'each'
              ? hub.each({ ...about(client), entries: [...chosen, wrong] })
              : hub.through({ ...about(client), upTo: wrong, floor: 0 });
          await expect(refused).rejects.toMatchObject({ code: 'ACK_MISMATCH' });
        } else {
          const named =
            step.what === 'each'
              ? chosen.map(({ sequence }) => sequence)
              : [...known.keys()].filter((sequence) => sequence <= one.sequence);
          for (const sequence of named) allow(sequence, 'delivered');
          const left =
            step.what === 'each'
              ? await hub.each({ ...about(client), entries: chosen })
              : await hub.through({ ...about(client), upTo: one, floor: await floorOnce() });
          counted += left;
          // What was answered with success has left, one way or another.
          const waiting = new Set((await waitingOf(client)).map(({ sequence }) => sequence));
          expect(named.filter((sequence) => waiting.has(sequence))).toEqual([]);
        }
      };

      for (const round of rounds) {
        await Promise.all(round.map((step, at) => play(step, at % 2 === 0 ? first() : second())));
        await checkMailbox(client);
        for (const { sequence, id } of await waitingOf(client)) known.set(sequence, id);
        const outcomes = await outcomesOf(client);
        for (const [sequence, outcome] of outcomes) expect([...(allowed.get(sequence) ?? [])]).toContain(outcome);
        expect([...outcomes.values()].filter((outcome) => outcome === 'delivered')).toHaveLength(counted);
      }
    }),
    { numRuns: 40 },
  );
});
