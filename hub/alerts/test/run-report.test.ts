import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createFolder } from '../../../test/support/folder.ts';
import { requires } from '../../../test/support/requires.ts';
import { type ModuleRest, startModuleRest } from '../../test/support/module-rest.ts';
import { reportRoutes } from '../api/reports.ts';
import { runOfTask } from '../list-runs.ts';
import { seenByXlrd } from '../reports/test/support/tables.ts';
import type { ReportManner } from '../run-report.ts';
import { reportOfRun } from '../write-report.ts';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './support/alerts-bench.ts';

const MANNER: ReportManner = { language: 'ru', zone: 'Europe/Moscow' };
const HOSTILE = ['=HYPERLINK("http://x")', '<script>alert(1)</script> & "кавычки"', '+79160000000', '\u202eоборот'];
const folder = createFolder('reports');
let bench: AlertsBench;
let rest: ModuleRest;
/** A run with hostile names: three reached, one refused. */
let task: number;
let run: number;
beforeAll(async () => {
  bench = await alertsBench();
  const { database } = bench.db;
  rest = await startModuleRest(database, { alerts: reportRoutes({ database, usual: () => ({ ...MANNER, format: 'html' }) }) });
  await bench.hub();
  bench.sms.answer = ({ address }) => outcome(address.endsWith('3') ? 'permanent' : 'done', { code: '<0x0000000B>' });
  const list = await bench.list(HOSTILE.map((name, at) => ({ name, phones: [`+7916111000${at}`], priority: at })));
  task = await bench.task(list, { text: 'Тревога <b>{name}</b>' });
  run = (await bench.start(task)).run?.id ?? 0;
  await vi.waitFor(
    async () => expect(await bench.rows('SELECT status FROM alerts_run WHERE run_id = $1', run)).toEqual([{ status: 4 }]),
    PATIENCE,
  );
});
afterAll(async () => {
  await rest.stop();
  await bench.end();
  folder.remove();
});

const get = (query = '', id: number = run) => rest.send('GET', `/alerts/runs/${id}/report${query}`, { as: 'alerts.view' });
const bytesOf = async (pieces: AsyncIterable<Uint8Array>): Promise<Buffer> => Buffer.concat(await Array.fromAsync(pieces));
const ports = () => ({ db: bench.db.database.work, manner: MANNER });

describe('the report of a run', () => {
  test('as a page: everything that it is made of, escaped, with nothing that could run', async () => {
    const { status, headers, bytes } = await get();
    const html = bytes.toString('utf8');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    expect(headers.get('content-disposition')).toBe(`inline; filename="run-${task}-1.html"`);
    expect(html).toContain('<!doctype html>');
    expect(html).not.toMatch(/<script|<b>|<0x/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;кавычки&quot;');
    expect(html).toContain('&lt;0x0000000B&gt;');
    expect(html).toMatch(/<dt>Оповещено<\/dt><dd dir="auto">3<\/dd>/);
    expect(html).toMatch(/<dt>Результат: отказ или неверный адрес<\/dt><dd dir="auto">1<\/dd>/);
    expect(html).toMatch(/<dt>Кто запустил<\/dt><dd dir="auto">anna<\/dd>/);
    expect(html.match(/<tr><td/g)).toHaveLength(8);
    expect(await bench.rows("SELECT login, after::jsonb AS after FROM audit WHERE action = 'alerts.report.read'")).toEqual([
      { login: 'alerts.view', after: { run: 1, format: 'html' } },
    ]);
  });

  test('as CSV: a table of people or of attempts, no formula among the values', async () => {
    const lines = (await get('?format=csv')).bytes.toString('utf8').split('\r\n');
    expect(lines[0]).toBe(
      '\ufeff№;Имя;Организация;Отдел;Звание;Должность;Адрес;Канал;Попыток;Результат;Как подтверждено;Прослушано, с;Первая попытка;Последняя попытка;Подробности'.replace(
        'Прослушано, с',
        '"Прослушано, с"',
      ),
    );
    expect(lines).toHaveLength(6);
    expect(lines[1]).toMatch(/^1;"'=HYPERLINK\(""http:\/\/x""\)";;;;;'\+79161110000;1 SMS 1;1;оповещён;;;\d{4}-\d\d-\d\d \d\d:\d\d:\d\d;/);
    expect(lines[3]).toMatch(/^3;'\+79160000000;/);
    expect(lines[4]).toMatch(/^4;\u202eоборот;.*;отказ или неверный адрес;/);
    const attempts = (await get('?format=csv&part=attempts&language=en')).bytes.toString('utf8').split('\r\n');
    expect(attempts[0]).toBe('\ufeffNo.;Name;Round;Address;Channel;Begun;Over;Result;Code;"Heard, s";Detail');
    expect(attempts[4]).toMatch(/;'\+79161110003;1 SMS 1;.*;refused or invalid address;<0x0000000B>;;/);
  });

  for (const format of ['xls', 'xlsx'] as const) {
    requires('python3-xlrd').test(`as ${format}: two sheets of texts in the eyes of xlrd`, async () => {
      const answer = await get(`?format=${format}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="run-${task}-1.${format}"`);
      const [people, attempts, ...none] = seenByXlrd(answer.bytes, folder.at(`run.${format}`));
      expect(none).toEqual([]);
      expect(people?.name).toBe('Абоненты');
      expect(people?.cells[0]?.[0]).toBe('Отчёт об оповещении: Task, запуск 1');
      expect(people?.cells).toContainEqual(expect.arrayContaining(['Текст', 'Тревога <b>{name}</b>']));
      expect(people?.cells.slice(-4).map((cells) => cells[1])).toEqual(HOSTILE);
      expect(people?.cells.slice(-4).map((cells) => cells[9])).toEqual(['оповещён', 'оповещён', 'оповещён', 'отказ или неверный адрес']);
      expect(attempts?.name).toBe('Попытки');
      expect(attempts?.cells).toHaveLength(5);
    });
  }

  requires('xls2csv').test('as xls: catdoc reads the same names', async () => {
    const path = folder.at('catdoc.xls');
    writeFileSync(path, await bytesOf(reportOfRun(ports(), run, 'xls')));
    const csv = execFileSync('xls2csv', ['-d', 'utf-8', path], { encoding: 'utf8' });
    for (const name of ['=HYPERLINK', '<script>alert(1)</script>', '+79160000000']) expect(csv).toContain(name);
  });

  test('100,000 people are read portion by portion: memory stays flat, and everyone is in it once', async () => {
    const list = await bench.list([]);
    const large = await bench.task(list);
    const [made] = await bench.rows<{ id: number }>(
      `INSERT INTO alerts_run (task_id, number, type, status, priority, channels, frozen, initiator, ended_at, total)
       SELECT $1, 1, 2, 4, 5, '', frozen, initiator, now(), 100000 FROM alerts_run WHERE run_id = $2 RETURNING run_id AS id`,
      large,
      run,
    );
    const id = made?.id ?? 0;
    await bench.rows(
      `INSERT INTO alerts_target (run_id, no, person_id, name, organization, department, rank, position, description, addresses, state, result)
       SELECT $1, n, n, 'Абонент ' || n, repeat('О', 50), '', '', '', '', '{}', 'f', 2 FROM generate_series(1, 100000) n`,
      id,
    );
    let people = 0;
    let most = 0;
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for await (const piece of reportOfRun(ports(), id, 'csv')) {
      people += Buffer.from(piece).toString('utf8').split('Абонент ').length - 1;
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(people).toBe(100_000);
    // Without collecting in between, garbage of some portions; all rows at once would be over 100 MB.
    expect(most).toBeLessThan(80_000_000);
  });

  test('of a task that never ran, of no task and of no run: told before the first byte', async () => {
    const fresh = await bench.task(await bench.list([]));
    const first = async (taskId: number, number?: number) => {
      const { runId } = await runOfTask(bench.db.database.work, taskId, number);
      return reportOfRun(ports(), runId, 'html').next();
    };
    await expect(first(fresh)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'never_run' });
    await expect(first(999_999)).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_task' });
    await expect(first(task, 7)).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_run' });
    await expect(first(task, 1)).resolves.toMatchObject({ done: false });
    await expect(first(task)).resolves.toMatchObject({ done: false });
    expect((await get('', 999_999)).json).toMatchObject({ code: 'NOT_FOUND', reason: 'unknown_run' });
    expect((await get('?format=pdf')).status).toBe(400);
  });
});
