import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { importRows } from '../import-rows.ts';
import { readImport } from '../read-import.ts';
import { IMPORT_KINDS } from '../save-imported.ts';
import { jobOnce } from './call.ts';

const MIB = 1024 * 1024;
/** Larger files are imported with `vestnik travel import`. */
const BODY = 16 * MIB;
const ROWS = 10_000;

const count = z.int();
const importAnswer = z.object({
  dry_run: z.boolean(),
  created: count,
  updated: count,
  unchanged: count,
  failed: count,
  rows: z.array(
    z.object({
      line: count,
      result: z.enum(['created', 'updated', 'unchanged', 'failed']),
      id: count.nullable(),
      error: z
        .object({
          code: z.string(),
          message: z.string(),
          russian: z.string().nullable(),
          details: z.array(z.object({ code: z.string(), path: z.string(), message: z.string() })),
        })
        .optional(),
    }),
  ),
});

/** Import of static data from a file of one kind. */
export function importRoutes({ database }: HubPorts): Route[] {
  return [
    route({
      method: 'POST',
      path: '',
      right: 'static.write',
      scoped: true,
      summary: 'Import rows of one kind, CSV or JSON Lines; a dry run unless dry_run=false; a repeated import changes nothing',
      raw: ['text/csv', 'application/x-ndjson', 'application/jsonl'],
      bodyLimit: BODY,
      query: z.strictObject({
        kind: z.enum(IMPORT_KINDS),
        dry_run: z.stringbool().default(true).meta({ description: 'Try every row and take it back' }),
      }),
      answer: importAnswer,
      handle: (call) => {
        const { query, caller, request } = call;
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const format = /^\s*text\/csv\b/i.test(request.headers['content-type'] ?? '') ? 'csv' : 'jsonl';
        const rows = readImport(body, format, ROWS);
        return jobOnce(database, call, 200, async () => ({
          answer: await importRows(database, caller, { kind: query.kind, rows, dryRun: query.dry_run }),
        }));
      },
    }),
  ];
}
