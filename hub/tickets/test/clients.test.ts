import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HubError } from '../../core/errors.ts';
import { addClient } from '../add-client.ts';
import { changeClient } from '../change-client.ts';
import { changeClientState } from '../change-client-state.ts';
import type { ClientAct } from '../client.ts';
import { FEED_CLIENT, FEED_WAKE, ROUTING } from '../notifications.ts';
import { subscribeClient, unsubscribeClient } from '../subscribe-client.ts';
import { ALICE, openWorkbench, type Workbench } from './support/administration.ts';
import { failure } from './support/failure.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.events();
  await bench.audits();
});

describe('adding a client', () => {
  test('stores it with mailbox, feed and normalised subscriptions, audited, with its event', async () => {
    const routing = await bench.hear(ROUTING);
    const client = await bench.client({
      name: 'agency-17',
      title: ' Агентство «Ветер» ',
      contacts: ['desk@veter.example'],
      subscriptions: [{ agency: [' 17мов '], type: ['ETICKET'] }],
    });
    expect(client).toMatchObject({ name: 'agency-17', title: 'Агентство «Ветер»', state: 'active', version: 1, selfReplay: false });
    expect(await bench.rows('SELECT next_seq FROM ticket_mailbox WHERE client_id = $1', [client.clientId])).toEqual([{ next_seq: 1 }]);
    expect(await bench.rows('SELECT floor_seq FROM ticket_feed WHERE client_id = $1', [client.clientId])).toEqual([{ floor_seq: 0 }]);
    expect(await bench.rows('SELECT agency, type, everything FROM ticket_subscription WHERE client_id = $1', [client.clientId])).toEqual([
      { agency: ['17МОВ'], type: ['ETICKET'], everything: false },
    ]);
    expect(await bench.events()).toMatchObject([
      { type: 'client.created', subject: 'agency-17', data: { client: 'agency-17', by: 'alice' } },
    ]);
    expect(await bench.audits()).toMatchObject([
      { login: 'alice', action: 'tickets.client.add', object: 'agency-17', before: null, after: { title: 'Агентство «Ветер»' } },
    ]);
    await expect.poll(() => routing.length).toBeGreaterThan(0);
  });

  test('a name that is taken is a conflict and changes nothing', async () => {
    await bench.client({ name: 'twice' });
    await bench.events();
    const error = await failure(bench.client({ name: 'twice' }));
    expect(error.code).toBe('CONFLICT');
    expect(error.message).toContain('twice');
    expect(await bench.events()).toEqual([]);
  });

  test.each([
    ['Agency', '/name'],
    ['a', '/name'],
    ['../x', '/name'],
    ['-agency', '/name'],
    ['a'.repeat(33), '/name'],
    ['агентство', '/name'],
  ])('the name %j is refused', async (name, path) => {
    const error = await failure(bench.client({ name }));
    expect(error.code).toBe('VALIDATION');
    expect(error.details.map((fault) => fault.path)).toEqual([path]);
  });

  test('every fault of the input is listed with its place', async () => {
    const input = { name: 'X', title: 'a\nb', contacts: ['nobody'], warnAgeDays: [0], warnQueued: 0, nonsense: 1 };
    const error = await failure(bench.database.transaction((tx) => addClient(tx, ALICE, input)));
    expect(error.details.map((fault) => fault.path).sort()).toEqual(
      ['/contacts/0', '/name', '/nonsense', '/title', '/warnAgeDays/0', '/warnQueued'].sort(),
    );
  });

  test('a wrong subscription is refused with its place, and the client is not added', async () => {
    const error = await failure(bench.client({ name: 'half-made', subscriptions: [{ everything: true }, {}] }));
    expect(error.code).toBe('VALIDATION');
    expect(error.details[0]?.path).toMatch(/^\/subscriptions\/1/);
    expect(await bench.rows("SELECT 1 FROM ticket_client WHERE name = 'half-made'")).toEqual([]);
  });
});

describe('changing a client', () => {
  test('the audit and the event hold exactly the changed fields; the version rises', async () => {
    await bench.client({ name: 'changing', contacts: ['a@b.example'] });
    await bench.events();
    await bench.audits();
    const change = { title: 'New', contacts: ['a@b.example'], warnAgeDays: [7, 1, 7] };
    const changed = await bench.database.transaction((tx) => changeClient(tx, ALICE, { client: 'changing', change, version: 1 }));
    expect(changed).toMatchObject({ title: 'New', warnAgeDays: [1, 7], version: 2 });
    expect(await bench.audits()).toEqual([
      {
        login: 'alice',
        action: 'tickets.client.change',
        object: 'changing',
        before: { title: 'Party', warnAgeDays: null },
        after: { title: 'New', warnAgeDays: [1, 7] },
        reason: null,
      },
    ]);
    expect(await bench.events()).toMatchObject([{ type: 'client.changed', data: { client: 'changing', version: 2 } }]);
  });

  test('a change to what is there writes nothing', async () => {
    await bench.client({ name: 'same' });
    await bench.events();
    const client = await bench.database.transaction((tx) => changeClient(tx, ALICE, { client: 'same', change: { title: 'Party' } }));
    expect(client.version).toBe(1);
    expect(await bench.events()).toEqual([]);
  });

  test('an old version is refused; of two changes at once one wins', async () => {
    await bench.client({ name: 'contended' });
    const change = (title: string) =>
      bench.database.transaction((tx) => changeClient(tx, ALICE, { client: 'contended', change: { title }, version: 1 }));
    const outcomes = await Promise.allSettled([change('One'), change('Two')]);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as HubError] : []));
    expect(refused.map((error) => error.code)).toEqual(['STALE_VERSION']);
    expect((await failure(change('Three'))).message).toContain('version 2');
  });

  test('an unknown client and an unknown field are refused', async () => {
    expect((await failure(bench.database.transaction((tx) => changeClient(tx, ALICE, { client: 'nobody', change: {} })))).code).toBe(
      'NOT_FOUND',
    );
    const change = { state: 'closed' } as object;
    expect((await failure(bench.database.transaction((tx) => changeClient(tx, ALICE, { client: 'same', change })))).code).toBe(
      'VALIDATION',
    );
  });
});

describe('the states of a client', () => {
  const act = (client: string, what: ClientAct, reason?: string) =>
    bench.database.transaction((tx) => changeClientState(tx, ALICE, { client, act: what, reason }));

  test('hold, release, close, open: each with its event, audit and notifications', async () => {
    const { clientId } = await bench.client({ name: 'stated' });
    const [changes, wakes] = [await bench.hear(FEED_CLIENT), await bench.hear(FEED_WAKE)];
    await bench.events();
    await bench.audits();
    expect(await act('stated', 'hold', 'unpaid')).toMatchObject({ state: 'held', stateReason: 'unpaid', version: 2 });
    await expect.poll(() => changes).toEqual([String(clientId)]);
    expect(wakes).toEqual([]);
    expect(await act('stated', 'release')).toMatchObject({ state: 'active', stateReason: null });
    await expect.poll(() => wakes).toEqual([String(clientId)]);
    expect(await act('stated', 'close', 'left us')).toMatchObject({ state: 'closed', stateReason: 'left us' });
    expect(await act('stated', 'open')).toMatchObject({ state: 'active' });
    expect((await bench.events()).map((event) => event.type)).toEqual(['client.held', 'client.released', 'client.closed', 'client.opened']);
    expect((await bench.audits()).map(({ action, before, after, reason }) => [action, before, after, reason])).toEqual([
      ['tickets.client.hold', { state: 'active' }, { state: 'held' }, 'unpaid'],
      ['tickets.client.release', { state: 'held' }, { state: 'active' }, null],
      ['tickets.client.close', { state: 'active' }, { state: 'closed' }, 'left us'],
      ['tickets.client.open', { state: 'closed' }, { state: 'active' }, null],
    ]);
  });

  test.each<[readonly ClientAct[], ClientAct]>([
    [[], 'release'],
    [[], 'open'],
    [['hold'], 'hold'],
    [['hold'], 'open'],
    [['close'], 'close'],
    [['close'], 'hold'],
    [['close'], 'release'],
  ])('after %j the act %s is a conflict', async (before, refused) => {
    const name = `s-${[...before, refused].join('-')}`;
    await bench.client({ name });
    for (const step of before) await act(name, step, 'because');
    expect((await failure(act(name, refused, 'because'))).code).toBe('CONFLICT');
  });

  test('a held client can be closed; holding needs a reason', async () => {
    await bench.client({ name: 'held-first' });
    expect((await failure(act('held-first', 'hold'))).code).toBe('VALIDATION');
    expect((await failure(act('held-first', 'hold', '  '))).code).toBe('VALIDATION');
    await act('held-first', 'hold', 'x');
    expect(await act('held-first', 'close')).toMatchObject({ state: 'closed' });
  });
});

describe('subscriptions', () => {
  const subscribe = (client: string, subscription: unknown) =>
    bench.database.transaction((tx) => subscribeClient(tx, ALICE, { client, subscription }));
  const unsubscribe = (client: string, subscriptionIds: readonly number[] | 'all') =>
    bench.database.transaction((tx) => unsubscribeClient(tx, ALICE, { client, subscriptionIds }));

  test('are added and taken away, audited with their conditions', async () => {
    await bench.client({ name: 'reader', subscriptions: [] });
    await bench.events();
    await bench.audits();
    const row = await subscribe('reader', { carrier: ['s7', 'У6', 'S7'], carrierScope: 'any', kind: ['refund'] });
    expect(row).toMatchObject({ carrier: ['S7', 'У6'], carrierScope: 'any', kind: ['refund'], agency: null, everything: false });
    await unsubscribe('reader', [row.subscriptionId]);
    expect(
      await bench.rows('SELECT 1 FROM ticket_subscription s JOIN ticket_client USING (client_id) WHERE name = $1', ['reader']),
    ).toEqual([]);
    expect((await bench.events()).map((event) => [event.type, event.data['version']])).toEqual([
      ['client.changed', 2],
      ['client.changed', 3],
    ]);
    expect(await bench.audits()).toMatchObject([
      { action: 'tickets.client.subscribe', after: { subscriptionId: row.subscriptionId, carrier: ['S7', 'У6'] } },
      { action: 'tickets.client.unsubscribe', before: { subscriptions: [{ subscriptionId: row.subscriptionId, kind: ['refund'] }] } },
    ]);
  });

  test('the same one twice is a conflict, also with its values in another order', async () => {
    await bench.client({ name: 'doubled', subscriptions: [] });
    const row = await subscribe('doubled', { agency: ['A1', 'B2'] });
    const error = await failure(subscribe('doubled', { agency: ['b2', 'a1', ' B2 '] }));
    expect(error.code).toBe('CONFLICT');
    expect(error.message).toContain(String(row.subscriptionId));
    await subscribe('doubled', { agency: ['A1'] });
    const added = await failure(
      bench.client({ name: 'born-doubled', subscriptions: [{ agency: ['A1', 'B2'] }, { agency: ['b2', 'a1'] }] }),
    );
    expect([added.code, added.message]).toEqual(['CONFLICT', '/subscriptions/1 is the same as /subscriptions/0']);
  });

  test('an unknown number changes nothing, even beside a known one', async () => {
    await bench.client({ name: 'strict', subscriptions: [{ agency: ['A1'] }, { agency: ['A2'] }] });
    const ids = (
      await bench.rows<{ id: number }>(
        'SELECT subscription_id AS id FROM ticket_subscription JOIN ticket_client USING (client_id) WHERE name = $1 ORDER BY 1',
        ['strict'],
      )
    ).map((row) => row.id);
    expect((await failure(unsubscribe('strict', [ids[0] as number, 999_999]))).code).toBe('NOT_FOUND');
    expect(await unsubscribe('strict', 'all')).toHaveLength(2);
    expect((await failure(unsubscribe('strict', 'all'))).code).toBe('NOT_FOUND');
  });

  test.each([
    [{}],
    [{ everything: false }],
    [{ agency: [] }],
    [{ agency: ['A'], everything: true }],
    [{ colour: ['red'] }],
    ['all'],
    [null],
  ])('%j is refused', async (subscription) => {
    expect((await failure(subscribe('doubled', subscription))).code).toBe('VALIDATION');
  });
});
