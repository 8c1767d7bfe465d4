import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCsvReader } from '../../core/csv.ts';
import { readImportRows } from '../import-rows.ts';
import { moneyText } from '../money.ts';
import { monthBalance, outgoingOf } from '../move-balance.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
let type: number;
beforeAll(async () => {
  bench = await openBillingRest();
  type = await bench.paymentType({ title: 'Банк' });
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.events();
});

interface Sent {
  readonly type?: string;
  readonly accept?: string;
  readonly as?: string;
}
const post = (path: string, text: string | Uint8Array, { type: contentType = 'text/csv', accept, as }: Sent = {}) =>
  bench.rest.send('POST', `/billing/imports/${path}`, {
    body: typeof text === 'string' ? Buffer.from(text) : text,
    headers: { 'content-type': contentType, ...(accept !== undefined && { accept }) },
    ...(as !== undefined && { as }),
  });
const NDJSON = { type: 'application/x-ndjson' };
const outgoing = async (contract: number): Promise<string> =>
  moneyText(outgoingOf(await monthBalance(bench.database.work, contract, bench.today)));
const payments = async (contract: number): Promise<number> =>
  (await bench.rows<{ count: number }>('SELECT count(*)::int AS count FROM contract_payment WHERE contract_id = $1', [contract]))[0]
    ?.count ?? 0;

describe('an import of payments', () => {
  test('is a dry run first: the same report, and nothing is kept', async () => {
    const contract = await bench.contract({ title: 'П-1' });
    const csv = [
      'external_id;contract;type;date;sum;comment',
      'b-1;П-1;Банк;05.03.2026;1 234,50;"две; части"',
      'b-2;П-1;Банк;2026-03-06;10;',
      'b-3;нет такого;Банк;2026-03-06;10;',
      'b-4;П-1;Банк;2026-02-30;x;',
      'b-1;П-1;Банк;05.03.2026;1 234,50;"две; части"',
      'b-2;П-1;Банк;2026-03-06;11;',
      ';П-1;Банк;2026-03-06;11;',
    ].join('\r\n');
    const tried = (await post('payments', csv)).json;
    expect(tried).toMatchObject({ dry_run: true, created: 2, unchanged: 1, failed: 4 });
    expect([await payments(contract), await outgoing(contract), await bench.events()]).toEqual([0, '0.00', []]);
    const done = (await post('payments?dry_run=false&source=bank', csv)).json;
    const told = (report: { rows: { line: number; result: string; error?: { code: string } }[] }) =>
      report.rows.map(({ line, result, error }) => [line, result, error?.code]);
    expect(told(done)).toEqual(told(tried));
    expect(told(done)).toEqual([
      [2, 'created', undefined],
      [3, 'created', undefined],
      [4, 'failed', 'contract'],
      [5, 'failed', 'VALIDATION'],
      [6, 'unchanged', undefined],
      [7, 'failed', 'external_id'],
      [8, 'failed', 'VALIDATION'],
    ]);
    expect(done.rows[3].error.details.map((fault: { path: string }) => fault.path).sort()).toEqual(['/date', '/sum']);
    expect(done.rows[0]).toMatchObject({ contract_id: contract, title: 'П-1', ids: [expect.any(Number)] });
    expect(done.rows[4].ids).toEqual(done.rows[0].ids);
    expect([await payments(contract), await outgoing(contract)]).toEqual([2, '1244.50']);
    expect((await bench.ok('GET', '/payments?external_id=b-1&source=bank')).items).toMatchObject([
      { sum: '1234.50', date: '2026-03-05', comment: 'две; части' },
    ]);
    expect((await bench.events()).filter(({ type: name }) => name === 'payment.created')).toHaveLength(2);
  });

  test('that comes again pays nothing, also when a payment came over another face or was deleted since', async () => {
    const contract = await bench.contract();
    const row = (id: string, sum: unknown): string =>
      JSON.stringify({ external_id: id, source: 'desk', contract_id: contract, sum, date: '2026-03-01' });
    await bench.ok('POST', '/payments', {
      contract_id: contract,
      type_id: type,
      sum: '5.00',
      date: '2026-03-01',
      external_id: 'd-1',
      source: 'desk',
    });
    const text = [row('d-1', '5'), row('d-2', 7.5)].join('\n');
    const path = `payments?dry_run=false&type_id=${type}`;
    expect((await post(path, text, NDJSON)).json).toMatchObject({ created: 1, unchanged: 1, failed: 0 });
    const [made] = (await bench.ok('GET', '/payments?external_id=d-2&source=desk')).items;
    await bench.call('DELETE', `/payments/${made.id}`);
    expect((await post(path, text, NDJSON)).json).toMatchObject({ created: 0, unchanged: 2, failed: 0 });
    expect([await payments(contract), await outgoing(contract)]).toEqual([1, '5.00']);
  });

  test('tells each row as soon as it is done, to those who ask for lines', async () => {
    const contract = await bench.contract();
    const text = Array.from({ length: 30 }, (_, n) =>
      JSON.stringify({ external_id: `l-${n}`, contract_id: contract, sum: '1', type_id: type }),
    ).join('\n');
    const answer = await post('payments?dry_run=false', text, { ...NDJSON, accept: 'application/x-ndjson' });
    const lines = answer.bytes
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, -1).map(({ line, result }) => [line, result])).toEqual(Array.from({ length: 30 }, (_, n) => [n + 1, 'created']));
    expect(lines.at(-1)).toEqual({ dry_run: false, created: 30, unchanged: 0, failed: 0 });
    expect(await outgoing(contract)).toBe('30.00');
  });

  test('keeps within the fence, needs the right, and refuses a file that cannot be read before anything is stored', async () => {
    const inside = await bench.contract({ groups: 2n });
    const outside = await bench.contract({ title: 'чужой' });
    await bench.rows(
      `INSERT INTO operator (operator_id, login, display_name, password_hash) OVERRIDING SYSTEM VALUE VALUES (1, 'alice', 'Алиса', 'x') ON CONFLICT DO NOTHING`,
    );
    await bench.rows('INSERT INTO billing_operator (operator_id, groups) VALUES (1, 2)');
    const csv = `external_id,contract_id,contract,sum,type_id\nf-1,${inside},,1,${type}\nf-2,${outside},,1,${type}\nf-3,,чужой,1,${type}\n`;
    const { rows } = (await post('payments?dry_run=false', csv)).json;
    expect(rows.map(({ result, error }: { result: string; error?: { code: string } }) => [result, error?.code])).toEqual([
      ['created', undefined],
      ['failed', 'contract'],
      ['failed', 'contract'],
    ]);
    await bench.rows('DELETE FROM billing_operator');
    expect((await post('payments', csv, { as: 'billing.read' })).status).toBe(403);
    const bad: [string | Uint8Array, string][] = [
      [`external_id,contract_id,sum\ng-1,${inside},1\ng-2,"${inside},1\n`, 'csv'],
      [`external_id,external_id\na,b\n`, 'csv'],
      [Buffer.concat([Buffer.from(`external_id,contract_id,sum\ng-1,${inside},1\n`), Buffer.from([0xc3, 0x28])]), 'encoding'],
    ];
    for (const [text, reason] of bad) {
      const { status, json } = await post('payments?dry_run=false', text);
      expect([status, json.reason]).toEqual([400, reason]);
    }
    expect(await payments(inside)).toBe(1);
    expect((await post('payments', '[1]\n{"a":\n', NDJSON)).json.rows.map((row: { error: { code: string } }) => row.error.code)).toEqual([
      'ndjson',
      'MALFORMED_JSON',
    ]);
  });
});

describe('an import of contracts', () => {
  test('makes each with its groups, parameters, limit and status; members come after their heads', async () => {
    await bench.rows(`INSERT INTO billing_group (group_id, title) VALUES (3, 'Юрлица')`);
    await bench.rows(
      `INSERT INTO billing_parameter (parameter_id, kind, title, custom_values) VALUES (31, 1, 'Паспорт', false), (32, 5, 'Согласие', false), (33, 6, 'Рождение', false),
         (34, 7, 'Район', false), (35, 9, 'Телефоны', false), (36, 3, 'Почта', false)`,
    );
    await bench.rows(`INSERT INTO billing_list_item (item_id, parameter_id, title) VALUES (341, 34, 'Север')`);
    const csv = [
      'title,head,dependent,mode,person_type,limit,groups,status,date_from,comment,parameter:Паспорт,parameter:32,parameter:Рождение,parameter:Район,parameter:Телефоны,parameter:Почта',
      'К-1,,,debit,company,"-100,50",3,4,01.02.2025,голова,"45 12",да,17.05.1990,Север,"+7 900 [дом]; +7 901",a@example.org',
      'К-1/1,К-1,да,,,,,,,,,,,,,',
      'К-1/2,К-1,нет,,,,,,,,,,,,,',
      'К-2,нет такого,,,,,,,,,,,,,,',
      'К-3,,,,,,,,,,,,,Юг,,',
    ].join('\n');
    const tried = (await post('contracts', csv)).json;
    expect(tried).toMatchObject({ dry_run: true, created: 3, unchanged: 0, failed: 2 });
    expect(await bench.rows("SELECT FROM contract WHERE title LIKE 'К-%'")).toEqual([]);
    const done = (await post('contracts?dry_run=false', csv)).json;
    expect(done.rows.map(({ result, error }: { result: string; error?: { code: string } }) => [result, error?.code])).toEqual([
      ['created', undefined],
      ['created', undefined],
      ['created', undefined],
      ['failed', 'contract'],
      ['failed', 'Район'],
    ]);
    const [head, dependent, independent] = done.rows.map((row: { contract_id: number }) => row.contract_id);
    expect(
      await bench.rows(
        'SELECT title, super_id, sub_mode, mode, person_type, balance_limit, groups, status, date_from, comment FROM contract WHERE contract_id = $1',
        [head],
      ),
    ).toEqual([
      {
        ...{ title: 'К-1', super_id: -1, sub_mode: 0, mode: 1, person_type: 1, balance_limit: '-100.50', groups: 8, status: 4 },
        ...{ date_from: Temporal.PlainDate.from('2025-02-01'), comment: 'голова' },
      },
    ]);
    expect(
      await bench.rows('SELECT contract_id, super_id, sub_mode FROM contract WHERE super_id = $1 ORDER BY contract_id', [head]),
    ).toEqual([
      { contract_id: dependent, super_id: head, sub_mode: 0 },
      { contract_id: independent, super_id: head, sub_mode: 1 },
    ]);
    expect(
      await bench.rows('SELECT parameter_id, title FROM contract_parameter WHERE contract_id = $1 ORDER BY parameter_id', [head]),
    ).toEqual([
      { parameter_id: 31, title: '45 12' },
      { parameter_id: 32, title: expect.any(String) },
      { parameter_id: 33, title: '17.05.1990' },
      { parameter_id: 34, title: 'Север' },
      { parameter_id: 35, title: '+7 900 [дом], +7 901' },
      { parameter_id: 36, title: 'a@example.org' },
    ]);
    const again = (await post('contracts?dry_run=false', csv)).json;
    expect(again).toMatchObject({ created: 0, unchanged: 3, failed: 2 });
    expect(again.rows[0].contract_id).toBe(head);
  });

  test('by a pattern is known by its external id; another row under it is refused, and so is a title that is taken', async () => {
    await bench.rows(`INSERT INTO contract_pattern (pattern_id, title, number_mask) VALUES (9, 'Физлица', 'Ф-NNN')`);
    const row = (id: string, more: object = {}): string => JSON.stringify({ external_id: id, comment: 'из файла', ...more });
    const path = 'contracts?dry_run=false&pattern_id=9&source=old';
    const first = (await post(path, [row('1'), row('2')].join('\n'), NDJSON)).json;
    expect(first.rows.map(({ title }: { title: string }) => title).sort()).toEqual(['Ф-001', 'Ф-002']);
    await bench.contract({ title: 'занят' });
    const second = (
      await post(
        path,
        [row('2'), row('1', { comment: 'другой' }), row('3', { title: 'занят' }), row('4', { nothing: 1 }), '{"comment":"x"}'].join('\n'),
        NDJSON,
      )
    ).json;
    expect(second.rows.map(({ result, error }: { result: string; error?: { code: string } }) => [result, error?.code])).toEqual([
      ['unchanged', undefined],
      ['failed', 'external_id'],
      ['failed', 'title'],
      ['failed', 'VALIDATION'],
      ['failed', 'external_id'],
    ]);
    expect(await bench.rows("SELECT title FROM contract WHERE title LIKE 'Ф-%' ORDER BY 1")).toEqual([
      { title: 'Ф-001' },
      { title: 'Ф-002' },
    ]);
  });
});

describe('a table', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'я', '"', ';', ',', '\n', '\r', '\t', ' ', '1', '😀'), maxLength: 8 });
  const written = (cells: readonly string[]): string => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(';');

  test('is read the same wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 5 }),
        fc.array(fc.nat(200), { maxLength: 6 }),
        (rows, cuts) => {
          const text = ['"a";"b"', ...rows.map(written)].join('\r\n');
          const reader = createCsvReader();
          const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((one, other) => one - other), text.length];
          const read = places.slice(1).flatMap((place, at) => reader.read(text.slice(places[at], place)));
          expect([...read, ...reader.end()].map(({ cells }) => cells)).toEqual([['a', 'b'], ...rows]);
        },
      ),
    );
  });

  test('that is nonsense ends in rows or one refusal, never in anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('csv' as const, 'ndjson' as const), async (bytes, format) => {
        try {
          for await (const row of readImportRows([bytes.subarray(0, 50), bytes.subarray(50)], format)) expect(row.line).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_REQUEST', reason: expect.stringMatching(/^(csv|ndjson|encoding)$/) });
        }
      }),
    );
  });

  test('counts its lines, also those within quotes', () => {
    const reader = createCsvReader();
    const rows = [...reader.read('a,b\r\n"1\r\n2",x\r\n\r\n3,4'), ...reader.end()];
    expect(rows).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1\r\n2', 'x'] },
      { line: 5, cells: ['3', '4'] },
    ]);
  });
});
