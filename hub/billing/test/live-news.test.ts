import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { loadConfiguration } from '../../config.ts';
import { run, type Value } from '../../core/database/statement.ts';
import { publish } from '../../core/events/publish.ts';
import { type RawSocket, rawSocket } from '../../core/http/test/support/raw-socket.ts';
import { addOperator } from '../../core/identity/add-operator.ts';
import { SYSTEM } from '../../core/identity/caller.ts';
import { type Hub, startHub } from '../../hub.ts';
import { newFolder } from '../../test/support/command.ts';
import { basicOf, passwordOf } from './support/faces.ts';

// Events of the billing in the live stream, by right and by fence (spec billing 9.1, 2.14).

let database: TestDatabase;
let hub: Hub;
const open: RawSocket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startHub(
    loadConfiguration({
      cwd: newFolder(),
      environment: {
        VESTNIK_DATABASE__URL: database.url,
        VESTNIK_HTTP__PORT: '0',
        VESTNIK_TICKETS__FEED_PORT: '0',
        VESTNIK_ALERTS__LINE__PORT: '0',
        VESTNIK_TICKETS__FEED_HOST: '127.0.0.1',
      },
    }),
  );
  await operator('root', '*');
});
afterEach(() => {
  for (const raw of open.splice(0)) raw.socket.destroy();
});
afterAll(async () => {
  await hub.stop();
  await database.drop();
});

const rows = async <R extends Record<string, unknown>>(text: string, values: readonly Value[] = []): Promise<R[]> =>
  (await run<R>(database.database.work, text, values)).rows;

async function operator(login: string, ...rights: string[]): Promise<void> {
  const { identity } = hub;
  const password = await identity.hashPassword(passwordOf(login));
  await identity.change((tx) => addOperator(tx, SYSTEM, { login, rights, password }, identity.rights));
}

/** Shuts an operator in: contracts with one of these groups, a parameter that is not there. */
const fence = (login: string, groups: number, hidden?: number) =>
  rows(
    `INSERT INTO billing_operator (operator_id, groups, groups_mode, parameter_rules)
     SELECT operator_id, $2, 0, $3 FROM operator WHERE login = $1`,
    [login, groups, hidden === undefined ? {} : { [hidden]: 'none' }],
  );

async function follow(login: string, after?: string): Promise<RawSocket> {
  const raw = await rawSocket(Number(new URL(hub.addresses['http'] ?? '').port));
  open.push(raw);
  const resume = after === undefined ? '' : `last-event-id: ${after}\r\n`;
  raw.write(
    `GET /api/v1/events?types=vestnik.billing.,vestnik.tickets. HTTP/1.1\r\nhost: x\r\nauthorization: ${basicOf(login)}\r\n${resume}\r\n`,
  );
  await raw.until((text) => text.includes(': listening'));
  return raw;
}

async function action(name: string, params: Record<string, string | number>): Promise<void> {
  const texts = Object.entries(params).map(([key, value]) => [key, String(value)]);
  const query = new URLSearchParams([['module', 'contract'], ['action', name], ['authToSession', '0'], ...texts]);
  const answer = await fetch(`${hub.addresses['http']}/executer?${query}`, { headers: { authorization: basicOf('root') } });
  expect(await answer.text()).toContain('status="ok"');
}

const contract = async (groups: number): Promise<number> => {
  const title = `live ${crypto.randomUUID()}`;
  const [row] = await rows<{ id: number }>(
    "INSERT INTO contract (title, groups, date_from) VALUES ($1, $2, '2020-01-01') RETURNING contract_id AS id",
    [title, groups],
  );
  return row?.id ?? 0;
};
const comment = (cid: number, text: string) => action('UpdateContractTitleAndComment', { cid, comment: text });

interface Told {
  readonly type: string;
  readonly data: { readonly contractId: number };
}
const told = (received: string): Told[] => [...received.matchAll(/^data: (.*)$/gm)].map(([, text = '']) => JSON.parse(text) as Told);
const contractsOf = (received: string): number[] => told(received).map(({ data }) => data.contractId);

/** Ends what a test waits for: seen by everybody with the right. */
const end = (contractId: number): Promise<void> =>
  database.database.transaction((tx) => publish(tx, { type: 'vestnik.billing.contract.ended', data: { contractId } }));

test('whoever may read contracts is told of their changes; without the right nothing comes', async () => {
  await operator('reader', 'events.view', 'billing.read');
  await operator('other', 'events.view', 'billing.write', 'tickets.view');
  const [reader, other] = [await follow('reader'), await follow('other')];
  const id = await contract(0);
  await comment(id, 'news');
  const [event] = told(await reader.until((text) => text.includes('contract.changed')));
  await database.database.transaction((tx) => publish(tx, { type: 'vestnik.tickets.over', data: {} }));
  expect(event).toMatchObject({ type: 'vestnik.billing.contract.changed', data: { contractId: id, protocol: 'action' } });
  expect(told(await other.until((text) => text.includes('tickets.over')))).toHaveLength(1);
});

test('a fence hides contracts outside of it, in the order in which everything happened, also of deleted ones', async () => {
  await operator('fenced', 'events.view', 'billing.read');
  await fence('fenced', 2);
  const stream = await follow('fenced');
  const [inside, outside, gone, goneOutside] = [await contract(2), await contract(4), await contract(3), await contract(0)];
  const wanted: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    await Promise.all([comment(inside, `a${round}`), comment(outside, `b${round}`)]);
    wanted.push(inside);
  }
  for (const id of [gone, goneOutside]) await action('DeleteContract', { cid: id, save: 1 });
  await end(inside);
  const received = contractsOf(await stream.until((text) => text.includes('contract.ended')));
  expect(received).toEqual([...wanted, gone, inside]);
});

test('the same when a reader catches up', async () => {
  await operator('late', 'events.view', 'billing.read');
  await fence('late', 2);
  const first = await follow('late');
  const [inside, outside] = [await contract(2), await contract(4)];
  await comment(inside, 'first');
  const position = /^id: (.*)$/m.exec(await first.until((text) => text.includes('contract.changed')))?.[1];
  first.socket.destroy();
  for (const id of [outside, inside, outside]) await comment(id, 'while away');
  const second = await follow('late', position);
  await end(inside);
  expect(contractsOf(await second.until((text) => text.includes('contract.ended')))).toEqual([inside, inside]);
});

test('a contract that leaves the fence is not followed any more', async () => {
  await operator('narrow', 'events.view', 'billing.read');
  await fence('narrow', 2);
  const stream = await follow('narrow');
  const [moving, inside] = [await contract(2), await contract(2)];
  await comment(moving, 'still there');
  await stream.until((text) => contractsOf(text).length === 1);
  await rows('UPDATE contract SET groups = 4 WHERE contract_id = $1', [moving]);
  await comment(moving, 'gone');
  await end(inside);
  expect(contractsOf(await stream.until((text) => text.includes('contract.ended')))).toEqual([moving, inside]);
});

test('a parameter that is not there for an operator is not told, to others it is', async () => {
  const parameter = 7_001;
  await operator('blind', 'events.view', 'billing.read');
  await fence('blind', 0, parameter);
  await operator('sighted', 'events.view', 'billing.read');
  const [blind, sighted] = [await follow('blind'), await follow('sighted')];
  const id = await contract(0);
  await database.database.transaction((tx) =>
    publish(tx, {
      type: 'vestnik.billing.contract.parameter-changed',
      data: { contractId: id, parameterId: parameter, value: 'door 17', former: null },
    }),
  );
  await end(id);
  expect(told(await sighted.until((text) => text.includes('contract.ended')))).toHaveLength(2);
  expect(await blind.until((text) => text.includes('contract.ended'))).not.toContain('door 17');
});

test('a login that is refused is told to those who may see operators', async () => {
  await operator('guard', 'events.view', 'billing.read', 'identity.view');
  await operator('clerk', 'events.view', 'billing.read');
  const [guard, clerk] = [await follow('guard'), await follow('clerk')];
  await database.database.transaction((tx) =>
    publish(tx, {
      type: 'vestnik.billing.operator.locked-out',
      data: { operatorId: 0, protocol: 'json', requestId: null, login: 'desk', remoteAddress: '192.0.2.9' },
    }),
  );
  const id = await contract(0);
  await end(id);
  expect(told(await guard.until((text) => text.includes('contract.ended')))).toHaveLength(2);
  expect(contractsOf(await clerk.until((text) => text.includes('contract.ended')))).toEqual([id]);
});
