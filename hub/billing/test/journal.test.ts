import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAllowance } from '../journal/allowance.ts';
import { createWriteBehind } from '../journal/write-behind.ts';
import { sweepCalls } from '../sweep-calls.ts';
import { type CompatData, compatData } from './support/compat-data.ts';
import { basicOf, type Faces, openFaces, passwordOf } from './support/faces.ts';

// The journal of calls (spec billing 9.9), through the faces and REST.

const CONTRACTS = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';

const PATIENCE = { timeout: 20_000, interval: 20 };
let faces: Faces;
let data: CompatData;
beforeAll(async () => {
  faces = await openFaces({ VESTNIK_BILLING__JOURNAL_BYTES: '1024' });
  data = await compatData(faces);
  await faces.operator('reader', 'billing.journal');
});
afterAll(() => faces.stop());

interface Listed {
  readonly id: number;
  readonly login: string;
  readonly operation: string;
  readonly outcome: string;
  readonly protocol: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
const rest = async (path: string, login = 'reader'): Promise<{ status: number; body: any }> => {
  const { status, text } = await faces.send(`/api/v1/billing${path}`, { headers: { authorization: basicOf(login) } });
  return { status, body: JSON.parse(text) };
};
const journal = async (query: string): Promise<Listed[]> => (await rest(`/journal?${query}`)).body.items;

/** Calls as somebody of one's own, whose calls are the only ones of theirs. */
async function integration(login: string, ...rights: string[]) {
  await faces.operator(login, ...rights);
  return { user: login, pswd: passwordOf(login) };
}

/** The calls of a login, once there are so many. */
const callsOf = (login: string, count: number) =>
  vi.waitFor(async () => {
    const found = await journal(`login=${login}`);
    expect(found).toHaveLength(count);
    return found;
  }, 20_000);

test('a call over each protocol is there with request and answer, and without a secret', async () => {
  const user = await integration('desk', 'billing.call.*', 'billing.action.*', 'billing.contract.password.read');
  await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract }, { user });
  await faces.soap(CONTRACTS, 'contractGet', `<contractId>${data.contract}</contractId>`, { headers: { authorization: basicOf('desk') } });
  const query = new URLSearchParams({ ...user, module: 'contract', action: 'ContractInfo', cid: String(data.contract) });
  await faces.send(`/x/executer?${query}`);
  const found = await callsOf('desk', 3);
  expect(found.map(({ protocol, operation, outcome }) => [protocol, operation, outcome])).toEqual([
    ['action', 'contract/ContractInfo', 'ok'],
    ['soap', 'ContractService.contractGet', 'ok'],
    ['json', 'ContractService.contractGet', 'ok'],
  ]);
  const [action, soap, json] = await Promise.all(found.map(async ({ id }) => (await rest(`/journal/${id}`)).body));
  expect(json.request.body).toBe(`{"method":"contractGet","user":{"user":"desk","pswd":"***"},"params":{"contractId":${data.contract}}}`);
  expect(json.answer.body).toContain(`"id":${data.contract}`);
  expect(json.answer.status).toBe(200);
  expect(Object.fromEntries(soap.request.headers).authorization).toBe('Basic ***');
  expect(soap.request.body).toContain('contractGet');
  expect(soap.answer.body).toContain('contractGetResponse');
  expect(action.request.url).toContain('pswd=***');
  expect(action.request.url).toContain('/x/executer?');
  expect(action.answer.body).toContain('secret="***"');
  expect(Object.fromEntries(action.answer.headers)['set-cookie']).toBe('***');
  const [rows] = await faces.rows<{ text: string }>("SELECT string_agg(j::text, ' ') AS text FROM call_journal j");
  for (const spelled of [passwordOf('desk'), encodeURIComponent(passwordOf('desk'))]) expect(rows?.text).not.toContain(spelled);
});

test('calls that fail are there with the code: refused, without a right, not served, unknown', async () => {
  const user = await integration('poor', 'billing.call.PaymentService.*');
  await faces.json(CONTRACTS, 'contractGet', { contractId: 1 }, { user });
  await faces.json(CONTRACTS, 'contractGet', { contractId: 1 }, { user: { ...user, pswd: 'no' } });
  await faces.json(CONTRACTS, 'noSuchOperation', {}, { user });
  const [unknown, refused] = await callsOf('poor', 2);
  expect(refused).toMatchObject({ operation: 'ContractService.contractGet', outcome: 'FORBIDDEN' });
  expect(unknown).toMatchObject({ operation: '', outcome: 'not_called' });
  const nobody = await vi.waitFor(async () => {
    const found = (await journal('protocol=json&failed=true')).filter(({ login }) => login === '');
    expect(found).not.toEqual([]);
    return found;
  }, 20_000);
  expect(nobody[0]).toMatchObject({ operation: '', outcome: 'UNAUTHORIZED' });
});

test('a long request is kept up to its bound, and its size told', async () => {
  const user = await integration('wordy', 'billing.call.*');
  await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract, more: 'Ё'.repeat(5_000) }, { user });
  const [call] = await callsOf('wordy', 1);
  const { request } = (await rest(`/journal/${call?.id}`)).body;
  expect(request.cut).toBe(true);
  expect(request.bytes).toBeGreaterThan(10_000);
  expect(Buffer.byteLength(request.body)).toBeLessThanOrEqual(1_024);
  expect(request.body).toMatch(/^\{"method":"contractGet".*Ё$/);
});

test('an integration is noted so often a minute, its failures besides; descriptions are no calls', async () => {
  const user = await integration('busy', 'billing.call.*');
  for (let sent = 0; sent < 40; sent += 1) await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract }, { user });
  await faces.json(CONTRACTS, 'contractGet', { contractId: 999_999 }, { user });
  await faces.send(`/executer/${CONTRACTS}?wsdl`, { headers: { authorization: basicOf('busy') } });
  const found = await vi.waitFor(async () => {
    const all = await journal('login=busy&limit=100');
    expect(all.length).toBeGreaterThanOrEqual(31);
    return all;
  }, 20_000);
  // What is let through again while the calls are made may add some.
  expect(found.length).toBeLessThan(38);
  expect(found.filter(({ outcome }) => outcome === 'NOT_FOUND')).toHaveLength(1);
});

describe('looking', () => {
  test('by operation, outcome, time and request id; page by page', async () => {
    const user = await integration('seeker', 'billing.call.*');
    for (const contractId of [data.contract, data.other, 999_999]) await faces.json(CONTRACTS, 'contractGet', { contractId }, { user });
    const [newest, ...older] = await callsOf('seeker', 3);
    expect(await journal('login=seeker&failed=true')).toEqual([newest]);
    expect(await journal('login=SEEKER&failed=false')).toEqual(older);
    expect(await journal('login=seeker&operation=contractservice.contractG')).toHaveLength(3);
    expect(await journal('login=seeker&operation=PaymentService')).toEqual([]);
    expect(await journal('login=seeker&until=2026-01-01T00:00:00Z')).toEqual([]);
    const first = await rest('/journal?login=seeker&limit=2');
    const second = await rest(`/journal?login=seeker&limit=2&after=${first.body.next}`);
    expect([...first.body.items, ...second.body.items]).toEqual([newest, ...older]);
    expect(second.body.next).toBeNull();
    const { request_id } = first.body.items[0];
    expect(await journal(`request_id=${request_id}`)).toEqual([newest]);
  });

  test('who calls, and how much of it failed', async () => {
    const user = await integration('counted', 'billing.call.*');
    for (const contractId of [data.contract, 999_999]) await faces.json(CONTRACTS, 'contractGet', { contractId }, { user });
    await callsOf('counted', 2);
    const { items } = (await rest('/integrations')).body;
    expect(items).toContainEqual(expect.objectContaining({ login: 'counted', protocol: 'json', calls: 2, failed: 1 }));
  });

  test('needs its right; who is fenced in sees own calls only', async () => {
    const user = await integration('fenced', 'billing.call.*', 'billing.journal');
    expect((await rest('/journal', 'busy')).status).toBe(403);
    await faces.rows(
      "INSERT INTO billing_operator (operator_id, groups, groups_mode) SELECT operator_id, 2, 0 FROM operator WHERE login = 'fenced'",
    );
    await faces.json(CONTRACTS, 'contractGet', { contractId: data.contract }, { user });
    await callsOf('fenced', 1);
    const { items } = (await rest('/journal', 'fenced')).body;
    expect(items.map(({ login }: Listed) => login)).toEqual(['fenced']);
    const [other] = await journal('login=seeker');
    expect((await rest(`/journal/${other?.id}`, 'fenced')).status).toBe(404);
    expect((await rest('/integrations', 'fenced')).body.items).toHaveLength(1);
  });

  test('a cursor that is none, a call that is gone', async () => {
    expect((await rest('/journal?after=abc')).status).toBe(400);
    expect((await rest('/journal/999999999')).status).toBe(404);
  });
});

test('old calls leave: by age, and beyond the share of each integration', async () => {
  const count = async (login: string) =>
    (await faces.rows<{ count: number }>('SELECT count(*) FROM call_journal WHERE login = $1', [login]))[0]?.count;
  const now = Temporal.Now.instant();
  await sweepCalls(faces.database, { hours: 1, calls: 10 }, now);
  expect(await count('busy')).toBe(10);
  expect(await count('seeker')).toBe(3);
  await faces.rows("UPDATE call_journal SET at = now() - interval '2 hours' WHERE login = 'seeker' AND outcome = 'ok'");
  expect(await sweepCalls(faces.database, { hours: 1, calls: 10 }, now)).toBe(2);
  expect(await count('seeker')).toBe(1);
});

test('what waits is written at the stop; 0 a minute notes nothing', async () => {
  const written = async (environment: Record<string, string>): Promise<number> => {
    const hub = await openFaces(environment);
    const query = vi.spyOn(hub.database.work, 'query');
    await hub.json(CONTRACTS, 'contractGet', { contractId: 1 });
    await hub.stop();
    return query.mock.calls.filter(([{ name }]) => name === 'billing.addCalls').length;
  };
  expect(await written({})).toBe(1);
  expect(await written({ VESTNIK_BILLING__JOURNAL_PER_MINUTE: '0' })).toBe(0);
});

test('an allowance: so many at once, then by the clock, each source for itself', () => {
  let at = 0;
  const allowed = createAllowance(60);
  const taken = (source: number) => Array.from({ length: 100 }, () => allowed(source, at)).filter(Boolean).length;
  expect(taken(1)).toBe(60);
  expect(taken(2)).toBe(60);
  at += 2_500;
  expect(taken(1)).toBe(2);
  at += 600_000;
  expect(taken(1)).toBe(60);
});

describe('writing behind', () => {
  const options = { after: 1, batch: 2, most: 5 };

  test('batches in order; the rest at the stop', async () => {
    const written: number[][] = [];
    const writer = createWriteBehind<number>({ ...options, write: async (items) => void written.push([...items]), lost: () => undefined });
    for (const item of [1, 2, 3]) writer.add(item);
    await writer.stop();
    expect(written).toEqual([[1, 2], [3]]);
  });

  test('what comes while too much waits is lost; a write that fails loses its own batch', async () => {
    const lost: unknown[] = [];
    const written: number[] = [];
    const writer = createWriteBehind<number>({
      ...options,
      write: async (items) => {
        if (items.includes(3)) throw new Error('away');
        written.push(...items);
      },
      lost: (count, error) => lost.push([count, error instanceof Error]),
    });
    for (const item of [1, 2, 3, 4, 5, 6]) writer.add(item);
    await writer.stop();
    expect(written).toEqual([1, 2, 5]);
    expect(lost).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  test('a write that throws at once loses its batch, and no more', async () => {
    const lost: number[] = [];
    const writer = createWriteBehind<number>({
      ...options,
      write: () => {
        throw new Error('a defect');
      },
      lost: (count) => lost.push(count),
    });
    for (const item of [1, 2, 3]) writer.add(item);
    await writer.stop();
    expect(lost).toEqual([2, 1]);
  });

  test('what is added while a batch is written is written, too', async () => {
    const written: number[] = [];
    const writer = createWriteBehind<number>({
      ...options,
      write: async (items) => {
        written.push(...items);
        if (items.includes(1)) writer.add(9);
      },
      lost: () => undefined,
    });
    writer.add(1);
    await vi.waitFor(() => expect(written).toEqual([1, 9]), PATIENCE);
    writer.add(10);
    await vi.waitFor(() => expect(written).toEqual([1, 9, 10]), PATIENCE);
    await writer.stop();
  });
});
