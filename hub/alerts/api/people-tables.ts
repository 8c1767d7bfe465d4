import { Readable } from 'node:stream';
import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { EXPORT_FORMATS, exportPeople } from '../export-people.ts';
import { createImportCounter, type ImportCounts } from '../import-counter.ts';
import type { ImportedPerson } from '../import-people.ts';
import { importTable, type TableImport } from '../import-table.ts';
import type { TableSheets } from '../reports/parse-table.ts';
import type { DirectoryPorts } from './ports.ts';

const NDJSON = 'application/x-ndjson';
const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xls: 'application/vnd.ms-excel',
} as const;
const BODY = 20 * 1024 * 1024;
/** Rows that one JSON answer tells; all of them come as lines. */
const TOLD = 1_000;

const count = z.int();
const importedAnswer = z.object({
  line: count.meta({ description: 'Of the file or sheet, from 1' }),
  result: z.enum(['added', 'changed', 'unchanged', 'failed']),
  id: count.nullable(),
  name: z.string(),
  fields: z.array(z.string()).optional().meta({ description: 'What changes' }),
  makes_group: z.string().optional().meta({ description: 'A group that would be made' }),
  error: z.object({ code: z.string(), column: z.string().nullable(), message: z.string(), russian: z.string().nullable() }).optional(),
});
const counts = { added: count, changed: count, unchanged: count, failed: count };
const id = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional();

/** The reports as lines while rows are stored; the last line sums them up. Who takes no more of them ends the import. */
async function* linesOf(table: TableImport, dryRun: boolean): AsyncGenerator<string> {
  const counter = createImportCounter();
  for await (const rows of table.reports) {
    for (const row of rows) counter.add(row);
    yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  }
  yield `${JSON.stringify({ dry_run: dryRun, ...table.sheets, ...counter.counts })}\n`;
}

interface Told extends ImportCounts, TableSheets {
  readonly dry_run: boolean;
  readonly rows: readonly ImportedPerson[];
  readonly left_out: number;
}

/** Rows that are nothing new are told last, as far as there is room. */
async function toldOf(table: TableImport, dryRun: boolean): Promise<Told> {
  const counter = createImportCounter();
  const told: ImportedPerson[] = [];
  const quiet: ImportedPerson[] = [];
  for await (const rows of table.reports)
    for (const row of rows) {
      counter.add(row);
      const kept = row.result === 'unchanged' ? quiet : told;
      if (kept.length < TOLD) kept.push(row);
    }
  const rows = [...told, ...quiet].slice(0, TOLD).sort((one, other) => one.line - other.line);
  const { added, changed, unchanged, failed } = counter.counts;
  return { dry_run: dryRun, ...table.sheets, ...counter.counts, rows, left_out: added + changed + unchanged + failed - rows.length };
}

/** People from and to tables: CSV, XLSX, XLS. */
export const peopleTableRoutes = ({ database, act }: DirectoryPorts): Route[] => [
  route({
    method: 'POST',
    path: '/persons/import',
    right: 'alerts.directory',
    summary: `Import people; unless dry_run=false only a preview of what would change. With Accept: ${NDJSON} rows are told as they are done, and all of them`,
    raw: ['text/csv', TYPES.xlsx, TYPES.xls, 'application/octet-stream'],
    bodyLimit: BODY,
    query: z.strictObject({
      dry_run: z.stringbool().default(true),
      make_groups: z.stringbool().default(false).meta({ description: 'Make groups that do not exist' }),
      group: z.string().min(1).max(255).optional().meta({ description: 'Group of rows that name none' }),
      sheet: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .meta({ description: 'Of a workbook, by its name or its number from 1. Default: the first' }),
    }),
    answer: z.object({
      dry_run: z.boolean(),
      sheet: z.string().nullable().meta({ description: 'That was read; null: the file is no workbook' }),
      sheets: z.array(z.string()).meta({ description: 'Of the workbook, to choose another one' }),
      ...counts,
      rows: z.array(importedAnswer).meta({ description: `At most ${TOLD}, those that change nothing last` }),
      left_out: count,
    }),
    produces: [NDJSON],
    async handle({ query: { dry_run: dryRun, make_groups: makeGroups, group, sheet }, caller, request, reply }) {
      const file = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const table = importTable({ database, act: act(caller) }, file, { sheet }, { dryRun, makeGroups, group });
      if (!request.headers.accept?.includes(NDJSON)) return toldOf(table, dryRun);
      // What is wrong with the whole file is told before the first line.
      const reports = resumed(await table.reports.next(), table.reports);
      return reply.type(`${NDJSON}; charset=utf-8`).send(Readable.from(linesOf({ reports, sheets: table.sheets }, dryRun)));
    },
  }),
  route({
    method: 'GET',
    path: '/persons/export',
    right: 'alerts.view',
    summary: 'People as a table, which an import reads again. It is audited',
    query: z.strictObject({
      format: z.enum(EXPORT_FORMATS).default('csv'),
      language: z.enum(['ru', 'en']).default('ru'),
      group_id: id,
      list_id: id,
      pins: z.stringbool().default(false).meta({ description: 'With PINs: needs the right alerts.directory' }),
    }),
    produces: [TYPES.csv.split(';')[0] ?? '', TYPES.xlsx, TYPES.xls],
    async handle({ query: { format, language, group_id: groupId, list_id: listId, pins: withPins }, caller, reply }) {
      const pieces = await exportPeople({ database, act: act(caller) }, { format, language, groupId, listId, withPins });
      return reply
        .type(TYPES[format])
        .header('content-disposition', `attachment; filename="people.${format}"`)
        .send(Readable.from(pieces, { objectMode: false }));
    },
  }),
];

/** A generator whose first value has been taken. */
async function* resumed<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
