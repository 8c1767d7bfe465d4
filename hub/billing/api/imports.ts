import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { HubError } from '../../core/errors.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Caller } from '../../core/identity/caller.ts';
import { importContracts } from '../import-contracts.ts';
import { importPayments } from '../import-payments.ts';
import { type ImportRow, readImportRows } from '../import-rows.ts';
import { type Change, createCounter, type ImportedRow, type Importer, runImport, tryOut } from '../run-import.ts';
import { idText } from './fields.ts';
import type { BillingApiPorts } from './ports.ts';

const MIB = 1024 * 1024;
/** Larger files are imported by `vestnik billing import`. */
const BODY = 16 * MIB;
const ROWS = 50_000;
const NDJSON = 'application/x-ndjson';

const count = z.int();
const rowAnswer = z.object({
  line: count.meta({ description: 'Of the file, from 1' }),
  result: z.enum(['created', 'unchanged', 'failed']),
  contract_id: count.optional(),
  title: z.string().optional(),
  ids: z.array(count).optional().meta({ description: 'Of payments: their numbers' }),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      russian: z.string().nullable(),
      details: z.array(z.object({ code: z.string(), path: z.string(), message: z.string() })),
    })
    .optional(),
});
const importAnswer = z.object({ dry_run: z.boolean(), created: count, unchanged: count, failed: count, rows: z.array(rowAnswer) });

const common = {
  dry_run: z.stringbool().default(true).meta({ description: 'Try every row and take it back' }),
  source: z.string().trim().min(1).max(200).optional().meta({ description: 'Whose external ids they are. (Default: the login)' }),
};

/** All rows of a body, before the first is stored. @throws HubError TOO_LARGE, BAD_REQUEST: it cannot be read to its end */
async function rowsOf({ headers, body }: FastifyRequest): Promise<ImportRow[]> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const format = /^\s*text\/csv\b/i.test(headers['content-type'] ?? '') ? 'csv' : 'ndjson';
  const rows: ImportRow[] = [];
  for await (const row of readImportRows([bytes], format)) {
    if (rows.length === ROWS)
      throw new HubError('TOO_LARGE', `an import has at most ${ROWS} rows; split the file, or use vestnik billing import`, {
        reason: 'rows',
        russian: `в одном импорте не больше ${ROWS} строк; разделите файл или используйте vestnik billing import`,
      });
    rows.push(row);
  }
  return rows;
}

/** The reports as lines while the rows are stored; the last line sums them up. Who takes no more of them ends the import. */
async function* linesOf(reports: AsyncGenerator<ImportedRow>, dryRun: boolean): AsyncGenerator<string> {
  const { counts, add } = createCounter();
  for await (const report of reports) {
    add(report);
    yield `${JSON.stringify(report)}\n`;
  }
  yield `${JSON.stringify({ dry_run: dryRun, ...counts })}\n`;
}

/** Import of contracts and payments. */
export function importRoutes({ database, acts }: BillingApiPorts): Route[] {
  const importRoute = <W extends { readonly dry_run: boolean }>(
    name: 'contracts' | 'payments',
    right: string,
    query: z.ZodType<W>,
    importerOf: (caller: Caller, change: Change, wish: W) => Promise<Importer>,
  ): Route =>
    route({
      method: 'POST',
      path: `/imports/${name}`,
      right,
      summary: `Import ${name}, CSV or lines of JSON, each once; a dry run unless dry_run=false. With Accept: ${NDJSON} each row is told as soon as it is done`,
      raw: ['text/csv', NDJSON, 'application/jsonl'],
      bodyLimit: BODY,
      query,
      answer: importAnswer,
      produces: [NDJSON],
      async handle({ query: wish, caller, request, reply }) {
        const rows = await rowsOf(request);
        const change: Change = (contractId, work) => acts.change(caller, contractId, work);
        const importer = await importerOf(caller, wish.dry_run ? tryOut(change) : change, wish);
        const reports = runImport(rows, importer);
        if (request.headers.accept?.includes(NDJSON))
          return reply.type(`${NDJSON}; charset=utf-8`).send(Readable.from(linesOf(reports, wish.dry_run)));
        const { counts, add } = createCounter();
        const told: ImportedRow[] = [];
        for await (const report of reports) {
          add(report);
          told.push(report);
        }
        return { dry_run: wish.dry_run, ...counts, rows: told };
      },
    });
  return [
    importRoute(
      'payments',
      'billing.money',
      z.strictObject({ ...common, type_id: idText.optional().meta({ description: 'The type of rows that name none' }) }),
      async (caller, change, { source, dry_run: dryRun, type_id: typeId }) =>
        importPayments({ db: database.work, act: await acts.of(caller), change, source, typeId, dryRun }),
    ),
    importRoute(
      'contracts',
      'billing.write',
      z.strictObject({ ...common, pattern_id: idText.optional().meta({ description: 'The pattern of rows that name none' }) }),
      async (caller, change, { source, dry_run: dryRun, pattern_id: patternId }) =>
        importContracts({ db: database.work, act: await acts.of(caller), change, source, patternId, dryRun }),
    ),
  ];
}
