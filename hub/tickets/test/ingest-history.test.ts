import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queryable } from '../../core/database/statement.ts';
import type { HubError } from '../../core/errors.ts';
import { createIngest } from '../ingest.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { createXmlValidator } from '../xml/validate.ts';
import { openWorkbench, type Workbench } from './support/administration.ts';
import { openFeedBench } from './support/feed-bench.ts';

let bench: Workbench;
let hub: Awaited<ReturnType<typeof openFeedBench>>;
let other: Awaited<ReturnType<typeof openFeedBench>>;
beforeAll(async () => {
  bench = await openWorkbench();
  await bench.client({ name: 'agency-1' });
  hub = await openFeedBench(bench);
  other = await openFeedBench(bench);
});
afterAll(async () => {
  await other?.close();
  await hub?.close();
  await bench?.drop();
});

type Sale = { id: string; documents: { number: string }[] };
const sales = (seed: number, count: number): Sale[] => {
  const source = createOperationSource({ seed, history: false });
  const found: Sale[] = [];
  while (found.length < count) {
    const message = source.next() as unknown as Sale & { kind: string };
    if (message.kind === 'issue') found.push(message);
  }
  return found;
};
const numberOf = (sale: Sale): string => sale.documents[0]?.number ?? '';
const act = (id: string, kind: 'refund' | 'void', number: string, more: Record<string, unknown> = {}) => ({
  id,
  kind,
  time: '2026-11-22T12:00:00+03:00',
  system: { id: '1H' },
  deal: { agency: '17МОВ' },
  documents: [{ from: 'history', role: kind === 'refund' ? 'refunded' : 'voided', number, ...more }],
});
const codes = (error: unknown): string[] => (error as HubError).details.map(({ code }) => code);

describe('the same act sent twice at once', () => {
  test('to two hubs: one refund is created, one is a duplicate, 60 pairs', async () => {
    const sold = sales(21, 60);
    await Promise.all(sold.map((sale) => hub.ingest.submit(sale, 'grs')));
    const pairs = await Promise.all(
      sold.map((sale) => {
        const refund = act(`refund-of-${sale.id}`, 'refund', numberOf(sale));
        return Promise.all([hub.ingest.submit(refund, 'grs'), other.ingest.submit(refund, 'grs')]);
      }),
    );
    for (const pair of pairs) {
      expect(pair.map(({ status }) => status).sort()).toEqual(['created', 'duplicate']);
      expect(pair[0].operationId).toBe(pair[1].operationId);
    }
  });

  test('with other content: one is created, the other a conflict or refused, and only one is stored', async () => {
    const sold = sales(22, 20);
    await Promise.all(sold.map((sale) => hub.ingest.submit(sale, 'grs')));
    for (const sale of sold) {
      const answers = await Promise.allSettled([
        hub.ingest.submit(act(`one-${sale.id}`, 'refund', numberOf(sale)), 'grs'),
        other.ingest.submit({ ...act(`one-${sale.id}`, 'refund', numberOf(sale)), deal: { agency: 'OTHER' } }, 'grs'),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = answers.find((answer) => answer.status === 'rejected');
      expect(refused?.reason).toMatchObject({ code: expect.stringMatching(/^(OPERATION_CONFLICT|VALIDATION)$/) });
    }
  });
});

test('the other hub stores the same refund between the look-up of its key and the reading of its history: still a duplicate', async () => {
  const [sale] = sales(26, 1);
  if (!sale) throw new Error('a sale was expected');
  await hub.ingest.submit(sale, 'grs');
  const refund = act('between-26', 'refund', numberOf(sale));
  let between: Promise<unknown> | undefined;
  const work: Queryable = {
    async query(query) {
      if (query.name === 'tickets.actsOnNumber') {
        between ??= other.ingest.submit(refund, 'grs');
        await between;
      }
      return bench.database.work.query(query);
    },
  };
  const slow = createIngest({
    database: { ...bench.database, work },
    routing: hub.routing,
    disk: undefined,
    queueDays: 30,
    batchOperations: 500,
    batchBytes: 2 ** 21,
    queueBound: 100,
    xsdSample: 0,
    validator: createXmlValidator,
  });
  const answer = await slow.submit(refund, 'grs');
  expect(between).toBeDefined();
  expect(answer).toMatchObject({ status: 'duplicate', operationId: ((await between) as { operationId: string }).operationId });
  between = undefined;
  await expect(slow.submit(act('other-26', 'refund', numberOf(sale)), 'grs')).rejects.toSatisfy((error) =>
    codes(error).includes('HISTORY_TAKEN_BACK'),
  );
  await slow.stop();
});

test('a repeat with other content is a conflict also when its tickets are taken back meanwhile', async () => {
  const [sale] = sales(23, 1);
  if (!sale) throw new Error('a sale was expected');
  await hub.ingest.submit(sale, 'grs');
  const refund = act('refund-23', 'refund', numberOf(sale));
  await hub.ingest.submit(refund, 'grs');
  await expect(hub.ingest.submit({ ...refund, deal: { agency: 'OTHER' } }, 'grs')).rejects.toMatchObject({ code: 'OPERATION_CONFLICT' });
});

test('sale, refund, void of the refund and a second refund sent without waiting are dealt with in the order sent', async () => {
  const [sale] = sales(24, 1);
  if (!sale) throw new Error('a sale was expected');
  const number = numberOf(sale);
  const statuses = await Promise.all(
    [
      sale,
      act('a-24', 'refund', number),
      act('b-24', 'void', number, { cancels: 'refund' }),
      act('c-24', 'refund', number),
      act('b-24', 'void', number, { cancels: 'refund' }),
    ].map(async (message) => (await hub.ingest.submit(message, 'grs')).status),
  );
  expect(statuses).toEqual(['created', 'created', 'created', 'created', 'duplicate']);
  await expect(hub.ingest.submit(act('d-24', 'refund', number), 'grs')).rejects.toSatisfy((error) =>
    codes(error).includes('HISTORY_TAKEN_BACK'),
  );
});

test('the order of acts on one ticket stays when the first of them has to wait for room', async () => {
  const narrow = await openFeedBench(bench, { queueBound: 1 });
  const sold = sales(25, 12);
  const statuses = await Promise.all(
    sold.flatMap((sale) =>
      [sale, act(`r-${sale.id}`, 'refund', numberOf(sale))].map(
        async (message) => (await narrow.ingest.submit(message, 'grs', 20_000)).status,
      ),
    ),
  );
  expect(new Set(statuses)).toEqual(new Set(['created']));
  await narrow.close();
});
