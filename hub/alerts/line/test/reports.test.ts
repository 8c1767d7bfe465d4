import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HubError } from '../../../core/errors.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData } from './support/standard-data.ts';

/** GETREPORT (specification of alerts 3.4, 2.16, 6.1): which report is asked for, how it travels, what cannot be made. */
let bench: LineBench;
let client: LineClient;
let asked: string[] = [];
let pieces: () => AsyncGenerator<Uint8Array>;
beforeAll(async () => {
  bench = await openLineBench({
    reportOf: (_act, run, format) => {
      asked.push(`${run} ${format}`);
      return pieces();
    },
  });
  await standardData(bench);
  for (const number of [1, 2])
    await bench.rows(
      `INSERT INTO alerts_run (run_id, task_id, number, type, status, priority, channels, frozen, initiator) VALUES ($1, 1, $2, 3, 4, 5, '', '{}', '{}')`,
      900 + number,
      number,
    );
  await bench.rows('UPDATE alerts_task SET runs = 2 WHERE task_id = 1');
  client = await bench.client();
});
afterAll(() => bench.stop());
beforeEach(() => {
  asked = [];
  pieces = given('report');
});

/** A report of these pieces. */
const given = (...all: readonly (string | Uint8Array)[]) =>
  async function* (): AsyncGenerator<Uint8Array> {
    for (const piece of all) yield Buffer.from(piece as string);
  };

async function report(line: string): Promise<string[]> {
  client.say(line);
  return client.until(/^GETREPORT (END$|ERR_)/);
}

test('without a format it is the one of the settings, without a number the last run', async () => {
  expect((await report('GETREPORT 1'))[0]).toBe('GETREPORT BEGIN HTML');
  await client.ask('SETCONFIG reportFormat XLS');
  expect((await report('GETREPORT 1'))[0]).toBe('GETREPORT BEGIN XLS');
  expect((await report('GETREPORT 1 html'))[0]).toBe('GETREPORT BEGIN HTML');
  // A format that was sent empty is none.
  expect((await report('GETREPORT 1  1'))[0]).toBe('GETREPORT BEGIN XLS');
  expect((await report('GETREPORT 001 HTML 01·'))[0]).toMatch(/^GETREPORT ERR_BADARGUMENT_COUNT /);
  expect((await report('GETREPORT 001 HTML 01'))[0]).toBe('GETREPORT BEGIN HTML');
  expect(asked).toEqual(['902 HTML', '902 XLS', '902 HTML', '901 XLS', '901 HTML']);
  await client.ask('SETCONFIG reportFormat HTML');
});

test('what there is not: a task, a run, a format', async () => {
  expect((await report('GETREPORT 9'))[0]).toMatch(/^GETREPORT ERR_GETREPORT /);
  expect((await report('GETREPORT 1 HTML 3'))[0]).toMatch(/^GETREPORT ERR_GETREPORT /);
  expect((await report('GETREPORT 1 PDF'))[0]).toMatch(/^GETREPORT ERR_BADSYNTAX /);
  expect((await report('GETREPORT 1 HTML 0'))[0]).toMatch(/^GETREPORT ERR_BADSYNTAX /);
  expect(asked).toEqual([]);
});

test.each([
  ['nothing', []],
  ['one byte', ['x']],
  ['exactly two lines', ['a'.repeat(4_096)]],
  ['pieces of any size', ['a', 'b'.repeat(2_047), 'c'.repeat(5_000), '', 'd'.repeat(9_999)]],
])('%s comes in lines of 2048 bytes, upper case, none but the last shorter', async (_, all) => {
  pieces = given(...all);
  const lines = await report('GETREPORT 1 HTML');
  const data = lines.slice(1, -1).map((line) => line.slice('GETREPORT DATA '.length));
  expect(lines.slice(1, -1).every((line) => line.startsWith('GETREPORT DATA '))).toBe(true);
  expect(Buffer.from(data.join(''), 'hex').toString()).toBe(all.join(''));
  expect(data.join('')).toMatch(/^[0-9A-F]*$/);
  for (const digits of data.slice(0, -1)) expect(digits).toHaveLength(4_096);
  for (const digits of data.slice(-1)) expect(digits.length).toBeGreaterThan(0);
});

test('one that cannot be made at all is an error; one that breaks off ends the connection, never with END', async () => {
  // biome-ignore lint/correctness/useYield: it fails before its first piece
  pieces = async function* () {
    throw new HubError('BUSY', 'too many workbooks are being made', { retryAfter: 10 });
  };
  expect(await report('GETREPORT 1 XLS')).toEqual([expect.stringMatching(/^GETREPORT ERR_GETREPORT /)]);
  pieces = async function* () {
    yield Buffer.alloc(4_096);
    throw new Error('on purpose');
  };
  const other = await bench.client();
  other.say('GETREPORT 1 HTML', 'PING behind');
  const heard = await other.closed();
  expect(heard.join()).not.toMatch(/END|PING|ERR_/);
  expect(await client.ask('PING on')).toBe('PING OK on');
});

test('whoever goes in the middle leaves no report behind that is still being made', async () => {
  let ended = false;
  pieces = async function* () {
    try {
      // As pages of the database come.
      for (;;) yield new Promise<Uint8Array>((resolve) => setImmediate(resolve, Buffer.alloc(65_536)));
    } finally {
      ended = true;
    }
  };
  const other = await bench.client();
  other.say('GETREPORT 1 HTML');
  expect(await other.line()).toBe('GETREPORT BEGIN HTML');
  other.end();
  await expect.poll(() => ended, { timeout: 15_000 }).toBe(true);
});
