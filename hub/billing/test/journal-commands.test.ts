import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCalls, type NewCall } from '../sql/call-journal.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { billingCommands } from './support/billing-commands.ts';

// `vestnik billing journal ...`: the same rows as over REST, for a terminal.

const CALL: NewCall = {
  at: Temporal.Instant.from('2026-03-15T09:00:00Z'),
  operatorId: 7,
  login: 'desk',
  protocol: 'json',
  operation: 'ContractService.contractGet',
  outcome: 'ok',
  milliseconds: 1.25,
  address: '192.0.2.7',
  requestId: 'r-1',
  method: 'POST',
  url: '/executer/json/x',
  headers: [['content-type', 'application/json']],
  body: '{"method":"contractGet"}',
  size: 24,
  cut: false,
  answerStatus: 200,
  answerHeaders: [['cache-control', 'no-store']],
  answerBody: '{"status":"ok"}\u001b[31m',
  answerSize: 20,
  answerCut: true,
};

let bench: BillingBench;
let ids: number[];
beforeAll(async () => {
  bench = await openBilling();
  await addCalls(bench.database.work, [
    CALL,
    { ...CALL, at: CALL.at.add({ hours: 1 }), protocol: 'soap', outcome: 'FORBIDDEN', operation: 'PaymentService.paymentGet' },
    {
      ...CALL,
      at: CALL.at.add({ hours: 2 }),
      operatorId: 0,
      login: '',
      outcome: 'not_called',
      operation: '',
      body: null,
      requestId: 'r-3',
    },
  ]);
  ids = (await bench.rows<{ id: number }>('SELECT call_id AS id FROM call_journal ORDER BY call_id')).map(({ id }) => id);
});
afterAll(() => bench.stop());

const billing = billingCommands(() => bench);
const journal = async (...words: (string | number)[]): Promise<string> => (await billing(['journal', ...words])).replace(/\n$/, '');
const listed = async (...words: string[]): Promise<number[]> =>
  JSON.parse(await journal('list', '--json', ...words)).items.map(({ id }: { id: number }) => id);

test('calls are listed, the newest first, by what is asked for', async () => {
  const [first = 0, second = 0, third = 0] = ids;
  expect(await listed()).toEqual([third, second, first]);
  expect(await listed('--failed')).toEqual([third, second]);
  expect(await listed('--login', 'desk', '--protocol', 'soap')).toEqual([second]);
  expect(await listed('--operation', 'contract')).toEqual([first]);
  expect(await listed('--since', '2026-03-15T10:00Z', '--until', '2026-03-15T11:00Z')).toEqual([second]);
  expect(await listed('--request-id', 'r-3')).toEqual([third]);
  const page = await journal('list', '--limit', 1);
  expect(page).toMatch(/^ID +TIME +LOGIN +PROTOCOL +OPERATION +OUTCOME +MS\n/);
  expect(page).toContain('not_called');
  const cursor = /--after (\S+)/.exec(page)?.[1] ?? '';
  expect(await listed('--limit', '1', '--after', cursor)).toEqual([second]);
  await expect(journal('list', '--protocol', 'rest')).rejects.toMatchObject({ code: 'commander.invalidArgument' });
});

test('one is shown as it went over the wire, and nothing of it commands the terminal', async () => {
  const [first = 0, , third = 0] = ids;
  const text = await journal('show', first);
  expect(text).toContain('> POST /executer/json/x\ncontent-type: application/json\n\n{"method":"contractGet"}');
  expect(text).toContain('< 200\ncache-control: no-store\n\n{"status":"ok"}\ufffd[31m\n... (20 bytes in all)');
  expect(text).not.toContain('\u001b');
  expect(await journal('show', third)).toContain('(24 bytes that are no text)');
  expect(JSON.parse(await journal('show', first, '--json'))).toMatchObject({ id: first, request: { bytes: 24 }, answer: { cut: true } });
  await expect(journal('show', 999_999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('who calls, and how much of it fails', async () => {
  const text = await journal('integrations');
  expect(text.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
    ['LOGIN', 'PROTOCOL', 'CALLS', 'FAILED'],
    ['-', 'json', expect.any(String), expect.any(String)],
    ['desk', 'json', expect.any(String), expect.any(String)],
    ['desk', 'soap', expect.any(String), expect.any(String)],
  ]);
  expect(JSON.parse(await journal('integrations', '--json')).items).toEqual([
    expect.objectContaining({ operator_id: 0, login: '', calls: 1, failed: 1 }),
    expect.objectContaining({ login: 'desk', protocol: 'json', calls: 1, failed: 0 }),
    expect.objectContaining({ login: 'desk', protocol: 'soap', calls: 1, failed: 1 }),
  ]);
});
