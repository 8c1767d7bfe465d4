import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOperationSource } from '../samples/operation-source.ts';
import { openWholeHub, type WholeHub } from './support/whole-hub.ts';

let whole: WholeHub;
let narrow: WholeHub;
beforeAll(async () => {
  whole = await openWholeHub();
  narrow = await openWholeHub({ VESTNIK_TICKETS__QUEUE_BOUND: '1', VESTNIK_TICKETS__BATCH_OPERATIONS: '1' });
});
afterAll(async () => {
  await narrow?.drop();
  await whole?.drop();
});

type Line = { id: string; status: string };
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
let seed = 1_500;
const operations = (count: number): { id: string }[] => {
  seed += 1;
  const source = createOperationSource({ seed, history: false });
  return Array.from({ length: count }, () => source.next() as unknown as { id: string });
};

/** Holds the key of an operation, as a transaction that is storing it would, until `free()`. */
async function hold({ database }: WholeHub['database'], id: string): Promise<{ free(): Promise<void> }> {
  const held = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const holding = database
    .transaction(async (tx) => {
      await tx.query({
        text: `INSERT INTO ticket_operation (operation_id, source, external_id, body_sha256, kind, occurred_at, received_by, control, unrouted)
               VALUES (gen_random_uuid(), 'grs', $1, '', 'issue', now(), 'test', '{}', 0)`,
        values: [id],
      });
      held.resolve();
      await end.promise;
      throw new Error('rolled back');
    })
    .catch(() => undefined);
  await held.promise;
  return {
    async free() {
      end.resolve();
      await holding;
    },
  };
}

/** Statements of the hub that wait for the held key. */
const WAITING = "datname = current_database() AND wait_event = 'transactionid' AND application_name LIKE 'vestnik % queue'";
const waiting = async ({ database }: WholeHub['database']): Promise<number> =>
  (await database.work.query<{ n: number }>({ text: `SELECT count(*) AS n FROM pg_stat_activity WHERE ${WAITING}` })).rows[0]?.n ?? 0;

test('when the database goes away in the middle of a batch the whole request is 503, and a repeat finds what was stored', async () => {
  const sent = operations(1_200);
  const body = sent.map((operation) => JSON.stringify(operation)).join('\n');
  const key = await hold(whole.database, sent[1_100]?.id ?? '');
  const answer = whole.send(body, 'application/x-ndjson');
  await expect.poll(() => waiting(whole.database), { timeout: 10_000 }).toBe(1);
  await whole.database.database.work.query({ text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${WAITING}` });
  const { status, headers, text } = await answer;
  expect([status, (JSON.parse(text) as { code: string }).code]).toEqual([503, 'STORE_UNAVAILABLE']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(text).not.toMatch(/INSERT|ticket_operation|57P01|administrator/);
  await key.free();

  const again = linesOf((await whole.send(body, 'application/x-ndjson')).text);
  expect(again.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
  expect(new Set(again.map(({ status: result }) => result))).toEqual(new Set(['created', 'duplicate']));
  expect(again.slice(0, 1_000).every(({ status: result }) => result === 'duplicate')).toBe(true);
  expect(again[1_100]?.status).toBe('created');
  const last = linesOf((await whole.send(body, 'application/x-ndjson')).text);
  expect(last.every(({ status: result }) => result === 'duplicate')).toBe(true);
});

test('when the queue is full a single operation is 429 at once with Retry-After, and stored when it is sent again', async () => {
  const sent = operations(6);
  const keys = await Promise.all(sent.slice(0, 2).map(({ id }) => hold(narrow.database, id)));
  // Two flushes are under way and wait, one operation waits behind them: more do not fit.
  const blocked: ReturnType<WholeHub['send']>[] = [];
  for (const operation of sent.slice(0, 2)) {
    blocked.push(narrow.send(JSON.stringify(operation)));
    await expect.poll(() => waiting(narrow.database)).toBe(blocked.length);
  }
  const rest = sent.slice(2).map((operation) => narrow.send(JSON.stringify(operation)));
  const first = await Promise.race(rest);
  expect([first.status, (JSON.parse(first.text) as { code: string }).code]).toEqual([429, 'BUSY']);
  expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
  await Promise.all(keys.map((key) => key.free()));
  expect((await Promise.all(blocked)).map(({ status }) => status)).toEqual([201, 201]);
  expect((await Promise.all(rest)).map(({ status }) => status).sort()).toEqual([201, 429, 429, 429]);
  for (const operation of sent) expect([200, 201]).toContain((await narrow.send(JSON.stringify(operation))).status);
});

test('lines of a batch wait for room in a narrow queue instead of failing', async () => {
  const lines = linesOf(
    (
      await narrow.send(
        operations(15)
          .map((operation) => JSON.stringify(operation))
          .join('\n'),
        'application/x-ndjson',
      )
    ).text,
  );
  expect(lines.map(({ status }) => status)).toEqual(Array.from({ length: 15 }, () => 'created'));
});
