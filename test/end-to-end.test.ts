import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import { run } from '../hub/core/database/statement.ts';
import { verifyFolders } from '../hub/demo/verify.ts';
import { createOperationSource } from '../hub/tickets/samples/operation-source.ts';
import { air, anyDocument, fromHistory, type Message, message } from '../hub/tickets/test/control-messages.ts';
import { fullAir, fullMessage, fullSale } from '../hub/tickets/test/full-documents.ts';
import { createXmlValidator } from '../hub/tickets/xml/validate.ts';
import { readTickets } from '../protocol/reader/read-tickets.ts';
import { type ClientProcess, openClient } from './support/client-process.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { CONSISTENT, findInconsistencies } from './support/database-of-hub.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { asNow } from './support/operations.ts';
import { rest } from './support/rest.ts';

/** From the POST of a control message to the file in the folder: every part a process of its own, over TCP and TLS. */
const PATIENCE = { timeout: 30_000, interval: 10 };
const folder = createFolder('end-to-end');
let store: TestDatabase;
let hub: HubProcess;
/** Takes everything. */
let client: ClientProcess;
beforeAll(async () => {
  store = await createTestDatabase();
  hub = createHubProcess({ folder: folder.at('hub'), databaseUrl: store.url });
  await hub.start();
  client = await openClient(hub, { name: 'agency', folder: folder.at('agency') });
  client.start();
});
afterAll(async () => {
  await client?.stop();
  await hub?.stop();
  await store?.drop();
  folder.remove();
});

const tellOnFailure = (): void => onTestFailed(() => void process.stderr.write(`--- hub\n${hub.tail()}\n--- client\n${client.tail()}\n`));

const send = async (operation: Message, id: string) =>
  (await rest(hub, 'POST', '/tickets/operations', asNow(operation, id)).expect(201)).body as {
    documents: { documentId: string; type: string; number: string; clients: string[] }[];
    warnings: { code: string }[];
  };

const mailbox = async (name = 'agency'): Promise<{ sequence: number; number: string }[]> =>
  (await rest(hub, 'GET', `/tickets/clients/${name}/mailbox?limit=1000`).expect(200)).body.items;

/** Waits until nothing is queued for a client, and gives the files that came since. */
async function arrived(before: readonly string[], of = client): Promise<string[]> {
  await vi.waitUntil(async () => (await mailbox(of.name)).length === 0, PATIENCE);
  return of.files().filter((file) => !before.includes(file));
}

const readFile = (file: string, of = client): Buffer => readFileSync(join(of.storage, file));

/** `-000000042-ETICKET-SALE-SALE-4214200000001.xml` without date, time and sequence. */
const kindOf = (file: string): string => file.replace(/^\d{8}-\d{6}-\d{9}-/, '').replace(/\.xml$/, '');

const TICKET = '4214200000002';
const AIR_TYPES = ['ETICKET', 'TICKET', 'MCO', 'EMD', 'RECEIPT'] as const;
const OTHER_TYPES = ['AE_TICKET', 'TRAIN_TICKET', 'EINSURCAR'] as const;
const numberOf = (n: number): string => `42142999${String(n).padStart(5, '0')}`;

test('every kind of operation and every type of document becomes files that pass the XSD and -inspect', async () => {
  tellOnFailure();
  const validator = createXmlValidator();
  const sold = Object.fromEntries([...AIR_TYPES, ...OTHER_TYPES].map((type, at) => [type, numberOf(at + 1)])) as Record<
    (typeof AIR_TYPES)[number] | (typeof OTHER_TYPES)[number],
    string
  >;
  const all = [...AIR_TYPES, ...OTHER_TYPES];
  const sale = message('issue', ...all.map((type) => anyDocument(type, 'issued', sold[type])));
  const operations: [Message, string, string[]][] = [
    [
      fullSale(),
      'full-sale',
      [
        `ETICKET-SALE-SALE-${TICKET}`,
        'TICKET-SALE-SALE-61__-123456_7',
        'MCO-SALE-SALE-4000000001',
        'EMD-SALE-SALE-4218200000017',
        'RECEIPT-SALE-SALE-4000000002',
        'AE_TICKET-SALE-SALE-70012345678',
        'TRAIN_TICKET-SALE-SALE-20007700112233',
        'EINSURCAR-SALE-SALE-9000000012345',
      ],
    ],
    [
      fullMessage('exchange-flight', [
        fullAir('EMD', 'penalty', numberOf(21)),
        { ...fullAir('ETICKET', 'issued', numberOf(20)), replaces: TICKET },
        fullAir('ETICKET', 'surrendered', TICKET),
      ]),
      'exchange-flight',
      [`ETICKET-REFUND-EXCHANGE-${TICKET}`, `ETICKET-SALE-EXCHANGE-${numberOf(20)}`, `EMD-SALE-EXCHANGE-${numberOf(21)}`],
    ],
    [
      message(
        'exchange-name',
        air('TICKET', 'surrendered', '61БТ-123456/7'),
        air('TICKET', 'issued', numberOf(22), { passenger: { fio: 'ПЕТРОВА/АННА ПЕТРОВНА' } }),
        air('RECEIPT', 'penalty', numberOf(23)),
      ),
      'exchange-name',
      ['TICKET-REFUND-EXCHANGE-61__-123456_7', `TICKET-SALE-EXCHANGE-${numberOf(22)}`, `RECEIPT-SALE-EXCHANGE-${numberOf(23)}`],
    ],
    [
      message(
        'exchange-flight',
        air('MCO', 'surrendered', '4000000001'),
        air('EMD', 'surrendered', '4218200000017'),
        air('MCO', 'issued', numberOf(24), { replaces: '4000000001' }),
        air('EMD', 'issued', numberOf(25), { replaces: '4218200000017' }),
        air('MCO', 'penalty', numberOf(26), { belongsTo: numberOf(24) }),
      ),
      'exchange-of-charges',
      [
        'MCO-REFUND-EXCHANGE-4000000001',
        'EMD-REFUND-EXCHANGE-4218200000017',
        `MCO-SALE-EXCHANGE-${numberOf(24)}`,
        `EMD-SALE-EXCHANGE-${numberOf(25)}`,
        `MCO-SALE-EXCHANGE-${numberOf(26)}`,
      ],
    ],
    [sale, 'sale', all.map((type) => `${type}-SALE-SALE-${sold[type]}`)],
    [
      message(
        'refund',
        ...all.map((type) => fromHistory('refunded', sold[type])),
        air('EMD', 'penalty', numberOf(30), { belongsTo: sold.ETICKET }),
      ),
      'refund-from-history',
      [...all.map((type) => `${type}-REFUND-REFUND-${sold[type]}`), `EMD-SALE-REFUND-${numberOf(30)}`],
    ],
    [
      message(
        'void',
        ...all.filter((type) => type !== 'AE_TICKET').map((type) => fromHistory('voided', sold[type], { cancels: 'refund' })),
      ),
      'void-of-refund',
      all.filter((type) => type !== 'AE_TICKET').map((type) => `${type}-SALE-CANCEL-${sold[type]}`),
    ],
    [
      message(
        'void',
        ...all.filter((type) => type !== 'AE_TICKET').map((type) => fromHistory('voided', sold[type])),
        fromHistory('voided', '70012345678'),
      ),
      'void-of-sale',
      [
        ...all.filter((type) => type !== 'AE_TICKET').map((type) => `${type}-REFUND-CANCEL-${sold[type]}`),
        'AE_TICKET-REFUND-REFUND-70012345678',
      ],
    ],
  ];
  try {
    for (const [operation, id, expected] of operations) {
      const before = client.files();
      const answer = await send(operation, id);
      expect(answer.documents.every(({ clients }) => clients.includes('agency'))).toBe(true);
      const files = await arrived(before);
      // Sorted by sequence: the order of mailboxes (2.3).
      expect(files.map(kindOf)).toEqual(expected);
      for (const file of files) {
        const [type = ''] = kindOf(file).split(/-(?:SALE|REFUND)-/);
        expect(validator.validate(readFile(file), type as (typeof all)[number])).toEqual([]);
        const { documents, counts } = readTickets(readFile(file), file);
        expect([documents.length, counts.error, counts.warning]).toEqual([1, 0, 0]);
      }
    }
  } finally {
    validator.dispose();
  }
  const inspected = await client.ask('-inspect', client.storage);
  expect(inspected, inspected.output).toMatchObject({ code: 0 });
});

test('a batch of sampled operations: a result a line in the order sent, and the folder holds what the mailbox held', async () => {
  tellOnFailure();
  const source = createOperationSource({ seed: 77, start: Temporal.Now.instant() });
  const operations = Array.from({ length: 120 }, () => source.next());
  const before = client.files();
  const { text } = await rest(hub, 'POST', '/tickets/operations', operations.map((each) => JSON.stringify(each)).join('\n'), {
    'content-type': 'application/x-ndjson',
  }).expect(200);
  const results = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; id: string; status: string; documents: { number: string }[] });
  expect(results.map(({ line, id, status }) => [line, id, status])).toEqual(operations.map(({ id }, at) => [at + 1, id, 'created']));
  const files = await arrived(before);
  expect(files.length).toBe(results.reduce((sum, { documents }) => sum + documents.length, 0));
  expect(files.length).toBe(operations.reduce((sum, { documents }) => sum + documents.length, 0));
  const again = await rest(hub, 'POST', '/tickets/operations', operations.map((each) => JSON.stringify(each)).join('\n'), {
    'content-type': 'application/x-ndjson',
  }).expect(200);
  expect(again.text.match(/"status":"duplicate"/g)?.length).toBe(operations.length);
  expect(await arrived([...before, ...files])).toEqual([]);
});

test('replay by number, id, sequence and period: counted first, then the same bytes under a new sequence', async () => {
  tellOnFailure();
  const replay = (selection: object) => rest(hub, 'POST', '/tickets/clients/agency/replay', selection);
  const before = client.files();
  const from = Temporal.Now.instant().toString();
  const { documents } = await send(
    message('issue', air('ETICKET', 'issued', numberOf(40)), air('ETICKET', 'issued', numberOf(41))),
    'replayed',
  );
  const [first, second] = await arrived(before);
  const to = Temporal.Now.instant().toString();
  const sequence = Number(first?.split('-')[2]);
  const selections = [{ numbers: [numberOf(40)] }, { ids: [documents[0]?.documentId] }, { sequences: [sequence, sequence] }];
  for (const selection of selections) {
    const now = client.files();
    const counted = await replay({ ...selection, dryRun: true }).expect(200);
    expect([counted.body, await mailbox()]).toEqual([{ matched: 1, replayed: 1, withoutBody: 0, queued: 0 }, []]);
    expect((await replay(selection).expect(200)).body).toMatchObject({ matched: 1, replayed: 1 });
    const [again, ...more] = await arrived(now);
    expect(more).toEqual([]);
    expect(kindOf(again ?? '')).toBe(`ETICKET-SALE-SALE-${numberOf(40)}-R`);
    expect(readFile(again ?? '').equals(readFile(first ?? ''))).toBe(true);
  }
  const now = client.files();
  expect((await replay({ from, to }).expect(200)).body).toMatchObject({ matched: 2, replayed: 2 });
  const period = await arrived(now);
  expect(period.map((file) => hash('sha256', readFile(file)))).toEqual([first, second].map((file) => hash('sha256', readFile(file ?? ''))));
});

test('held: messages gather and nothing is delivered; released: all of them come', async () => {
  tellOnFailure();
  const before = client.files();
  await rest(hub, 'POST', '/tickets/clients/agency/hold', { reason: 'audit' }).expect(200);
  await vi.waitUntil(() => client.count('OT1105') === 1, PATIENCE);
  await send(message('issue', air('ETICKET', 'issued', numberOf(50))), 'held-1');
  await send(message('issue', air('ETICKET', 'issued', numberOf(51))), 'held-2');
  expect((await mailbox()).map(({ number }) => number)).toEqual([numberOf(50), numberOf(51)]);
  expect(client.files()).toEqual(before);
  await rest(hub, 'POST', '/tickets/clients/agency/release', {}).expect(200);
  expect((await arrived(before)).map(kindOf)).toEqual([`ETICKET-SALE-SALE-${numberOf(50)}`, `ETICKET-SALE-SALE-${numberOf(51)}`]);
  await vi.waitUntil(() => client.count('OT1010') === 1, PATIENCE);
});

test('a withdrawn message never arrives; those around it do', async () => {
  tellOnFailure();
  const before = client.files();
  await rest(hub, 'POST', '/tickets/clients/agency/hold', { reason: 'a wrong document' }).expect(200);
  for (const n of [60, 61, 62]) await send(message('issue', air('ETICKET', 'issued', numberOf(n))), `withdrawn-${n}`);
  const middle = (await mailbox())[1]?.sequence ?? -1;
  await rest(hub, 'DELETE', `/tickets/clients/agency/mailbox/${middle}?reason=wrong`).expect(200);
  await rest(hub, 'POST', '/tickets/clients/agency/release', {}).expect(200);
  expect((await arrived(before)).map(kindOf)).toEqual([`ETICKET-SALE-SALE-${numberOf(60)}`, `ETICKET-SALE-SALE-${numberOf(62)}`]);
  const { items } = (await rest(hub, 'GET', '/tickets/clients/agency/history?limit=3').expect(200)).body;
  expect(items.map(({ outcome, number }: { outcome: string; number: string }) => [number, outcome])).toEqual([
    [numberOf(62), 'delivered'],
    [numberOf(61), 'withdrawn'],
    [numberOf(60), 'delivered'],
  ]);
});

test('an operation that nobody receives is stored with a warning, listed, and replayed to a client later', async () => {
  tellOnFailure();
  const { subscriptions } = (await rest(hub, 'GET', '/tickets/clients/agency').expect(200)).body;
  await rest(hub, 'DELETE', '/tickets/clients/agency/subscriptions').expect(204);
  const answer = await vi.waitUntil(async () => {
    // A change of subscriptions works within a second; until then the operation has a receiver.
    const sent = await send(message('issue', air('ETICKET', 'issued', numberOf(70))), `unrouted-${performance.now()}`);
    return sent.documents[0]?.clients.length === 0 && sent;
  }, PATIENCE);
  expect(answer.warnings.map(({ code }) => code)).toContain('UNROUTED');
  const documentId = answer.documents[0]?.documentId ?? '';
  const { items } = (await rest(hub, 'GET', '/tickets/operations?only=unrouted').expect(200)).body;
  expect(JSON.stringify(items)).toContain(documentId);
  const before = await vi.waitUntil(async () => (await mailbox()).length === 0 && client.files(), PATIENCE);
  await rest(hub, 'POST', '/tickets/clients/agency/replay', { ids: [documentId] }).expect(200);
  expect((await arrived(before)).map(kindOf)).toEqual([`ETICKET-SALE-SALE-${numberOf(70)}-R`]);
  const { subscriptionId: _, createdAt: __, ...conditions } = subscriptions[0];
  await rest(hub, 'POST', '/tickets/clients/agency/subscriptions', conditions).expect(201);
});

test('messages that waited their time expire: a tombstone, an event and a line in the log; newer ones come', async () => {
  tellOnFailure();
  const late = await openClient(hub, { name: 'late', folder: folder.at('late'), subscriptions: [{ validator: ['LATE'] }] });
  const operation = (n: number): Message => ({
    ...message('issue', air('ETICKET', 'issued', numberOf(n))),
    deal: { agency: '17МОВ', validator: 'LATE' },
  });
  await vi.waitUntil(async () => (await send(operation(80), `late-${performance.now()}`)).documents[0]?.clients.includes('late'), PATIENCE);
  const { body } = await rest(hub, 'POST', '/tickets/operations', asNow(operation(81), 'late-2')).expect(201);
  const old = await mailbox('late');
  expect(body.documents[0].clients).toContain('late');
  await run(
    store.database.work,
    "UPDATE ticket_message SET enqueued_at = enqueued_at - interval '31 days', expires_at = expires_at - interval '31 days' WHERE client_id = (SELECT client_id FROM ticket_client WHERE name = 'late')",
  );
  // Expiry runs when a hub starts, and hourly.
  await hub.stop();
  await hub.start();
  await vi.waitUntil(async () => (await mailbox('late')).length === 0, PATIENCE);
  await send(operation(82), 'late-3');
  try {
    late.start();
    expect((await arrived([], late)).map(kindOf)).toEqual([`ETICKET-SALE-SALE-${numberOf(82)}`]);
    await vi.waitUntil(() => late.count('OT1104') === 1, PATIENCE);
    expect(late.log()).toContain(`${old.length} messages expired`);
  } finally {
    await late.stop();
  }
  const { items } = (await rest(hub, 'GET', '/tickets/clients/late/history?outcome=expired').expect(200)).body;
  expect(items.map(({ sequence }: { sequence: number }) => sequence).reverse()).toEqual(old.map(({ sequence }) => sequence));
  const { rows } = await run<{ data: { count: number } }>(
    store.database.work,
    "SELECT data FROM event WHERE type = 'vestnik.tickets.message.expired' AND subject = 'late'",
  );
  expect(rows.map(({ data }) => data.count)).toEqual([old.length]);
});

test('at the end everything adds up: sequences, documents, messages, events, and every file with its message', async () => {
  tellOnFailure();
  await vi.waitUntil(async () => (await mailbox()).length === 0, PATIENCE);
  expect(await findInconsistencies(store.database)).toEqual(CONSISTENT);
  const verdict = await verifyFolders(store.database, [{ client: 'agency', digests: client.digests() }]);
  // The withdrawn one has no file, and must have none.
  expect(verdict).toMatchObject({ lost: 1, doubled: 0, damaged: 0 });
  expect(verdict.messages).toBe(verdict.files + 1);
});
