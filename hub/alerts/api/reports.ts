import { Readable } from 'node:stream';
import * as z from 'zod';
import type { Database } from '../../core/database/database.ts';
import { type Route, route } from '../../core/http/route.ts';
import { requireRun } from '../list-runs.ts';
import { recordReport } from '../record-report.ts';
import type { ReportManner } from '../run-report.ts';
import { beginReport, REPORT_FORMATS, REPORT_PARTS, REPORT_TYPES, type ReportFormat, reportOfRun } from '../write-report.ts';
import { idParams } from './call.ts';

export interface ReportRoutePorts {
  readonly database: Database;
  /** Language, zone and form of reports that are asked for without them, now. */
  usual(): ReportManner & { readonly format: ReportFormat };
}

/** Reports of runs as files. */
export const reportRoutes = ({ database, usual }: ReportRoutePorts): Route[] => [
  route({
    method: 'GET',
    path: '/runs/:id/report',
    right: 'alerts.view',
    summary: 'The report of a run, with the results so far while it is under way: who was told, and all attempts. It is audited',
    params: idParams,
    query: z.strictObject({
      format: z.enum(REPORT_FORMATS).optional().meta({ description: 'Default: that of the settings' }),
      part: z.enum(REPORT_PARTS).default('targets').meta({ description: 'Of a CSV, which holds one table' }),
      language: z.enum(['ru', 'en']).optional().meta({ description: "Default: the hub's" }),
    }),
    produces: Object.values(REPORT_TYPES),
    errors: ['BUSY', 'TOO_LARGE'],
    async handle({ params, query, caller, reply }) {
      const { language, zone, format: usualFormat } = usual();
      const format = query.format ?? usualFormat;
      const run = await requireRun(database.work, params.id);
      const ports = { db: database.work, manner: { language: query.language ?? language, zone } };
      const pieces = await beginReport(reportOfRun(ports, run.runId, format, query.part));
      await recordReport(database, caller, run, format);
      reply.type(REPORT_TYPES[format]);
      reply.header(
        'content-disposition',
        `${format === 'html' ? 'inline' : 'attachment'}; filename="run-${run.taskId}-${run.number}.${format}"`,
      );
      // A page with names and texts of others, under the hub's own address: nothing in it may run or load, whatever opens it.
      if (format === 'html') reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
      return reply.send(Readable.from(pieces, { objectMode: false }));
    },
  }),
];
