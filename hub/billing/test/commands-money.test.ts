import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createProgress } from '../commands/import-progress.ts';
import { type BillingBench, openBilling, SETTINGS } from './support/billing-bench.ts';
import { billingCommands } from './support/billing-commands.ts';

let bench: BillingBench;
let folder: string;
let contract: number;
beforeAll(async () => {
  bench = await openBilling();
  bench.today = Temporal.Now.plainDateISO(SETTINGS.timeZone);
  folder = await mkdtemp(join(tmpdir(), 'vestnik-money-'));
  contract = await bench.contract({ title: 'Д-1' });
});
afterAll(async () => {
  await bench.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  process.exitCode = undefined;
});

const billing = billingCommands(() => bench);
const json = async (...words: (string | number)[]) => JSON.parse(await billing([...words, '--json']));
/** What a refusal tells programs: the reason of the hub, or the code of the command line. */
const refused = (...words: (string | number)[]): Promise<string> =>
  billing(words).then(
    (said) => `not refused: ${said}`,
    (error: { reason?: string; code: string }) => error.reason ?? error.code,
  );

test('types are made, moved into classes and listed as a tree', async () => {
  const { id: group } = await json('payment-type', 'add', 'Электронные', '--class', 'yes');
  const { id: card } = await json('payment-type', 'add', 'Карта', '--parent', group);
  expect(await billing(['payment-type', 'list'])).toMatch(/Электронные +\+ +\+\n.* {2}Карта +- +\+/);
  expect(await json('payment-type', 'change', card, '--editable', 'no', '--parent', 0)).toMatchObject({
    parent_id: null,
    editable: false,
    title: 'Карта',
  });
  expect(await json('charge-type', 'add', 'Возврат', '--payback', 'yes')).toMatchObject({ payback: true });
  const { id: reserve } = await json('reserve-type', 'add', 'Залог');
  expect(await json('reserve-type', 'change', reserve, '--used', 'no')).toEqual({ id: reserve, title: 'Залог', used: false });
  expect((await json('reserve-type', 'list')).items).toEqual([{ id: reserve, title: 'Залог', used: false }]);
  expect(await billing(['payment-type', 'add', 'Ещё'], 'ru')).toMatch(/^тип \d+ сохранён\n$/);
});

describe('money', () => {
  test('is entered, listed, corrected and deleted; the audit names the system user', async () => {
    const type = await bench.paymentType({ title: 'Касса' });
    const made = await json('payment', 'add', 'title:Д-1', '100.50', '--type', type, '--date', '2026-03-01', '--comment', 'наличные');
    expect(made).toMatchObject({ contract_id: contract, sum: '100.50', date: '2026-03-01', login: 'cli:alice', operator_id: null });
    expect(await billing(['payment', 'list', '--contract', contract, '--totals'])).toMatch(
      /2026-03-01 +Д-1 +100\.50 +Касса +наличные\n1 in all, 100\.50\n$/,
    );
    expect(await billing(['payment', 'change', made.id, '--sum', '90'], 'ru')).toBe(`платёж ${made.id}: изменено\n`);
    expect(await json('payment', 'show', made.id)).toMatchObject({ sum: '90.00', comment: 'наличные' });
    expect(await billing(['payment', 'show', made.id])).toMatch(/amount +90\.00/);
    const sent = ['payment', 'add', contract, '7', '--type', type, '--external-id', 'x-1'];
    expect(await billing(sent)).toMatch(/^payment \d+ stored\n$/);
    expect(await billing(sent)).toMatch(/^it was sent before: payment \d+; nothing was done\n$/);
    const charge = await bench.chargeType({ title: 'Штраф' });
    const { id } = await json('charge', 'add', contract, '10', '--type', charge);
    expect((await json('charge', 'list', '--type', charge)).items).toMatchObject([{ id, sum: '10.00', payback: false }]);
    expect(await billing(['charge', 'delete', id])).toBe(`charge ${id} deleted\n`);
    expect(await refused('charge', 'show', id)).toBe('charge');
    const { present, items } = await json('balance', 'title:Д-1', '--from', '2026-01');
    expect([present.outgoing, present.available, items.at(0)]).toMatchObject(['97.00', '97.00', { month: '2026-03', payments: '90.00' }]);
    expect(await billing(['balance', contract, '--from', '2026-01'])).toMatch(/balance +97\.00[\s\S]*2026-03 +0\.00 +90\.00/);
    expect(await bench.rows("SELECT DISTINCT login, face FROM audit WHERE action LIKE 'billing.payment.%'")).toEqual([
      { login: 'cli:alice', face: 'cli' },
    ]);
  });

  test('negative amounts and pages', async () => {
    const type = await bench.paymentType({ title: 'Сторно' });
    expect(await json('payment', 'add', contract, '-5.25', '--type', type)).toMatchObject({ sum: '-5.25' });
    await billing(['payment', 'add', contract, '5.25', '--type', type]);
    const page = await json('payment', 'list', '--type', type, '--limit', 1);
    expect(page.items).toMatchObject([{ sum: '5.25' }]);
    expect(await json('payment', 'list', '--type', type, '--after', page.next)).toMatchObject({ items: [{ sum: '-5.25' }], next: null });
  });

  test('is refused precisely', async () => {
    expect(await refused('payment', 'add', contract, 'abc', '--type', 1)).toBe('commander.invalidArgument');
    expect(await refused('payment', 'add', contract, '1')).toBe('commander.missingMandatoryOptionValue');
    expect(await refused('payment', 'add', 'title:нет', '1', '--type', 1)).toBe('contract');
    expect(await refused('payment', 'add', contract, '1', '--type', 9_999)).toBe('type');
    expect(await refused('payment', 'list', '--of', 'members')).toBe('of');
  });

  test('is held and released', async () => {
    const type = await bench.reserveType({ title: 'Роутер' });
    const { id } = await json('reserve', 'add', contract, '40', '--type', type, '--comment', 'в аренду');
    expect(await billing(['reserve', 'list', '--contract', contract])).toMatch(/Д-1 +40\.00 +Роутер/);
    expect((await json('balance', contract)).present).toMatchObject({ reserve: '40.00' });
    expect(await billing(['reserve', 'close', id])).toBe(`reserve ${id} closed\n`);
    expect((await json('reserve', 'list', '--on', bench.today.toString())).items).toEqual([]);
    expect(await refused('reserve', 'close', id)).toBe('reserve_closed');
  });
});

test('periods are closed and opened', async () => {
  expect(await billing(['closed-date', 'set', 'charges', '2020-12-31'])).toBe('charges: closed up to 2020-12-31\n');
  expect(await json('closed-date', 'list')).toMatchObject({ items: expect.arrayContaining([{ kind: 'charges', day: '2020-12-31' }]) });
  const charge = await bench.chargeType();
  expect(await refused('charge', 'add', contract, '1', '--type', charge, '--date', '2020-12-31')).toBe('closed_period');
  expect(await billing(['closed-date', 'set', 'charges', 'none'], 'ru')).toBe('charges: открыто\n');
});

describe('files', () => {
  test('are tried, imported with a report for each row, and exported', async () => {
    const type = await bench.paymentType({ title: 'Файл' });
    const file = join(folder, 'bank.csv');
    const report = join(folder, 'report.ndjson');
    await writeFile(file, `external_id;contract;date;sum\nb-1;Д-1;01.03.2026;1,50\nb-2;нет;01.03.2026;1\nb-3;Д-1;x;1\n`);
    expect(await billing(['import', 'payments', file, '--type', type])).toMatch(
      /^Tried; nothing is changed\. created 1, unchanged 0, failed 2\nLINE +WHY\n +3 +there is no contract "нет"\n +4 +date: must be a day/,
    );
    expect(process.exitCode).toBe(1);
    expect((await json('payment', 'list', '--type', type)).items).toEqual([]);
    const done = await json('import', 'payments', file, '--type', type, '--source', 'bank', '--apply', '--report', report);
    expect(done).toMatchObject({ dry_run: false, created: 1, unchanged: 0, failed: 2, failures: [{ line: 3 }, { line: 4 }] });
    const lines = (await readFile(report, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ line, result }) => [line, result])).toEqual([
      [2, 'created'],
      [3, 'failed'],
      [4, 'failed'],
    ]);
    expect(await billing(['import', 'payments', file, '--type', type, '--source', 'bank', '--apply'], 'ru')).toMatch(
      /^создано 0, без изменений 1, с ошибкой 2\n/,
    );
    const out = join(folder, 'payments.ndjson');
    await billing(['export', 'payment', '--out', out]);
    const rows = (await readFile(out, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.find((row) => row.external_id === 'b-1')).toMatchObject({ external_source: 'bank', sum: '1.50', date: '2026-03-01' });
    expect(await refused('export', 'payment', '--out', out)).toBe('file');
    const last = rows.at(-1).payment_id;
    expect(await billing(['export', 'payment', '--after', last - 1])).toBe(`${JSON.stringify(rows.at(-1))}\n`);
    expect(await billing(['export'])).toMatch(/payment +payment_id +Payments/);
    expect(await refused('export', 'nothing')).toBe('view');
    expect(await refused('import', 'contracts', join(folder, 'nothing.csv'))).toBe('file');
  });

  test('of contracts take the pattern of the command', async () => {
    await bench.rows(`INSERT INTO contract_pattern (pattern_id, title, number_mask) VALUES (8, 'Физлица', 'Ф-NNN')`);
    const file = join(folder, 'contracts.ndjson');
    await writeFile(file, '{"external_id":"1","comment":"один"}\n{"external_id":"2"}\n');
    expect(await json('import', 'contracts', file, '--pattern', 8, '--apply')).toMatchObject({ created: 2, failed: 0 });
    expect(process.exitCode).toBeUndefined();
    expect(await bench.rows('SELECT title FROM contract WHERE pattern_id = 8 ORDER BY title')).toEqual([
      { title: 'Ф-001' },
      { title: 'Ф-002' },
    ]);
  });

  test('how far a long one is, is told at most once a second', async () => {
    const told: string[] = [];
    const progress = createProgress(
      (en) => en,
      (line) => told.push(line),
    );
    const end = performance.now() + 2_300;
    let said = 0;
    while (performance.now() < end) {
      progress.tell((t) => t(`${said}`, ''));
      said += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(told.length).toBe(2);
    expect(said).toBeGreaterThan(10);
  });
});
