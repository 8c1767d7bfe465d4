import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HubError } from '../../core/errors.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { openWorkbench, type Workbench } from './support/administration.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

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

const operations = (seed: number, count: number) => {
  const source = createOperationSource({ seed, history: false });
  return Array.from({ length: count }, () => source.next());
};
const codeOf = (error: unknown): string => (error as HubError).code;
const details = (error: unknown) => (error as HubError).details.map(({ code, path }) => `${code} ${path}`);

test('the same operation sent twice at once, to two hubs: one is created, one is a duplicate, 100 pairs', async () => {
  const pairs = await Promise.all(
    operations(1, 100).map(async (operation) => Promise.all([hub.ingest.submit(operation, 'grs'), other.ingest.submit(operation, 'grs')])),
  );
  for (const [here, there] of pairs) {
    expect([here.status, there.status].sort()).toEqual(['created', 'duplicate']);
    expect(here.operationId).toBe(there.operationId);
    expect([...here.documents].sort((a, b) => a.position - b.position)).toEqual(
      [...there.documents].sort((a, b) => a.position - b.position),
    );
  }
  const [stored] = await bench.rows<{ n: number }>("SELECT count(*) AS n FROM ticket_operation WHERE external_id LIKE 'sample-1-%'");
  expect(stored?.n).toBe(100);
});

test('the same key with other content is a conflict, and nothing is changed', async () => {
  const [operation] = operations(2, 1);
  await hub.ingest.submit(operation, 'grs');
  const before = await bench.rows('SELECT count(*) AS n FROM ticket_document');
  const changed = structuredClone(operation) as { deal: { agency: string } };
  changed.deal.agency = 'OTHER';
  await expect(hub.ingest.submit(changed, 'grs')).rejects.toSatisfy((error) => codeOf(error) === 'OPERATION_CONFLICT');
  expect(await bench.rows('SELECT count(*) AS n FROM ticket_document')).toEqual(before);
  expect((await hub.ingest.submit(operation, 'grs')).status).toBe('duplicate');
});

test('the same id of two sources is two operations; the source is the login unless the message names it', async () => {
  const [operation] = operations(3, 1);
  expect((await hub.ingest.submit(operation, 'grs')).status).toBe('created');
  expect((await hub.ingest.submit(operation, 'other')).status).toBe('created');
  expect((await hub.ingest.submit({ ...operation, source: 'grs' }, 'other')).status).toBe('duplicate');
});

test('the same content written with other key order and spaces is the same operation', async () => {
  const [operation] = operations(4, 1);
  await hub.ingest.submit(operation, 'grs');
  const turned = Object.fromEntries(Object.entries(operation as object).reverse());
  expect((await hub.ingest.submit(turned, 'grs')).status).toBe('duplicate');
});

test('eight writers through two hubs and one reader: sequences 1..n without a gap, and no pull skips a late one', async () => {
  await Promise.all([hub, other].map(async (each) => each.routed(await clientOnce())));
  const peer = await openPeer(bench, 'agency-2', hub.feed.port);
  let writing = true;
  const seen: number[] = [];
  const reading = (async () => {
    let after = 0;
    for (;;) {
      const finished = !writing;
      const { messages } = await peer.pull({ after, max: 50 });
      for (const { sequence } of messages) seen.push(sequence);
      after = messages.at(-1)?.sequence ?? after;
      if (finished && messages.length === 0) return;
    }
  })();
  const written = await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      let documents = 0;
      for (const operation of operations(100 + writer, 25)) {
        const answer = await (writer % 2 === 0 ? hub : other).ingest.submit(operation, `writer-${writer}`);
        documents += answer.documents.length;
      }
      return documents;
    }),
  );
  writing = false;
  await reading;
  const total = written.reduce((sum, count) => sum + count, 0);
  expect(seen).toEqual(Array.from({ length: total }, (_, at) => at + 1));
  await peer.close();
});
let agency2: Promise<{ clientId: number; name: string }> | undefined;
const clientOnce = () => {
  agency2 ??= bench.client({ name: 'agency-2' });
  return agency2;
};

test('a sale can be refunded from history; a second refund of it is refused, a repeat of the first is a duplicate', async () => {
  const sale = operations(5, 1)[0] as unknown as { documents: { number: string; role: string; type: string }[] };
  await hub.ingest.submit(sale, 'grs');
  const ticket = sale.documents[0];
  if (!ticket) throw new Error('a document was expected');
  const refund = (id: string) => ({
    id,
    kind: 'refund',
    time: '2026-11-22T12:00:00+03:00',
    system: { id: '1H' },
    deal: { agency: '17МОВ' },
    documents: [{ from: 'history', role: 'refunded', number: ticket.number }],
  });
  const unknown = { ...refund('refund-0'), documents: [{ from: 'history', role: 'refunded', number: '9999999999999' }] };
  await expect(hub.ingest.submit(unknown, 'grs')).rejects.toSatisfy((error) =>
    details(error).includes('HISTORY_NOT_FOUND /documents/0/number'),
  );
  await expect(hub.ingest.submit(refund('refund-1'), 'stranger')).rejects.toSatisfy(
    (error) => details(error)[0]?.startsWith('HISTORY_NOT_FOUND') ?? false,
  );
  const first = await hub.ingest.submit(refund('refund-1'), 'grs');
  expect(first).toMatchObject({ status: 'created', documents: [{ number: ticket.number, type: ticket.type }] });
  expect((await hub.ingest.submit(refund('refund-1'), 'grs')).status).toBe('duplicate');
  await expect(hub.ingest.submit(refund('refund-2'), 'grs')).rejects.toSatisfy((error) =>
    details(error).includes('HISTORY_TAKEN_BACK /documents/0/number'),
  );
});

test('ten refunds from history at once, through two hubs, of one ticket: exactly one is created', async () => {
  const sale = operations(6, 1)[0] as unknown as { documents: { number: string }[] };
  await hub.ingest.submit(sale, 'grs');
  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, (_, at) =>
      (at % 2 === 0 ? hub : other).ingest.submit(
        {
          id: `race-${at}`,
          kind: 'refund',
          time: '2026-11-22T12:00:00+03:00',
          system: { id: '1H' },
          deal: { agency: '17МОВ' },
          documents: [{ from: 'history', role: 'refunded', number: sale.documents[0]?.number }],
        },
        'grs',
      ),
    ),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(details(answer.reason)).toEqual(['HISTORY_TAKEN_BACK /documents/0/number']);
});

test('an operation nobody receives is stored with the warning UNROUTED and its event', async () => {
  const lonely = await openWorkbench();
  const alone = await openFeedBench(lonely);
  const answer = await alone.ingest.submit(operations(7, 1)[0], 'grs');
  expect(answer.status).toBe('created');
  expect(answer.warnings.map(({ code }) => code)).toEqual(expect.arrayContaining(['UNROUTED']));
  expect((await lonely.events()).map(({ type }) => type)).toEqual(expect.arrayContaining(['operation.recorded', 'operation.unrouted']));
  expect((await alone.ingest.submit(operations(7, 1)[0], 'grs')).warnings).toEqual(answer.warnings);
  await alone.close();
  await lonely.drop();
});

test('when the queue is full the sender is told BUSY and nothing of that operation is stored', async () => {
  const narrow = await openFeedBench(bench, { queueBound: 3 });
  const sent = operations(8, 60);
  const answers = await Promise.allSettled(sent.map((operation) => narrow.ingest.submit(operation, 'grs')));
  const refused = answers.flatMap((answer, at) => (answer.status === 'rejected' ? [{ at, code: codeOf(answer.reason) }] : []));
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['BUSY']));
  const ids = refused.map(({ at }) => (sent[at] as { id: string }).id);
  expect(await bench.rows('SELECT external_id FROM ticket_operation WHERE external_id = ANY ($1)', [ids])).toEqual([]);
  await narrow.close();
});

test('after stop() new operations are refused, those under way are stored', async () => {
  const leaving = await openFeedBench(bench);
  const under = operations(9, 20).map((operation) => leaving.ingest.submit(operation, 'grs'));
  const closing = leaving.close();
  expect((await Promise.all(under)).every(({ status }) => status === 'created')).toBe(true);
  await closing;
  await expect(leaving.ingest.submit(operations(10, 1)[0], 'grs')).rejects.toSatisfy((error) => codeOf(error) === 'SHUTTING_DOWN');
});
