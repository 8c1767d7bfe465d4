import { findingText, printable, shorten } from '@vestnik/protocol/reader/finding.ts';
import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { type ImportedFile, type ImportSource, importFiles } from '../import-files.ts';
import { looksLikeZip, readZip } from '../unzip.ts';

const MIB = 1024 * 1024;
/** An archive that comes over HTTP; larger ones are imported with `vestnik tickets import`. */
const LIMITS = { entries: 10_000, bytes: 256 * MIB };
const BODY = 64 * MIB;
/** Findings that one answer lists; the totals count them all. */
const FINDINGS = 10_000;

const count = z.int();
const importAnswer = z.object({
  files: count,
  unread: count,
  documents: count,
  imported: count,
  known: count,
  tooLarge: count,
  errors: count,
  warnings: count,
  report: z.array(
    z.object({
      name: z.string(),
      documents: count,
      imported: count,
      known: count,
      tooLarge: count,
      why: z.string().optional(),
      findings: z.array(
        z.object({
          severity: z.enum(['error', 'warning', 'info']),
          code: z.string(),
          line: count,
          column: count,
          path: z.string(),
          message: z.string(),
        }),
      ),
    }),
  ),
});

/** Import of one XML file or of a zip archive of them. */
export function importRoutes({ database, configuration }: HubPorts): Route[] {
  const { queueDays } = configuration.tickets;
  return [
    route({
      method: 'POST',
      path: '/import',
      right: 'tickets.manage',
      summary: 'Import XML files: one, or a zip of them; as history of a client, or queued for it',
      raw: ['application/zip', 'application/xml', 'text/xml'],
      bodyLimit: BODY,
      query: z.strictObject({
        client: z.string().max(64).optional().meta({ description: 'Whose history they become; without it they are only stored' }),
        queue: z.stringbool().optional().meta({ description: 'Queue them for the client as new messages' }),
        name: z.string().max(200).default('upload').meta({ description: 'Name of the file, for the report' }),
      }),
      answer: importAnswer,
      async handle({ query: { client, queue, name }, caller, request }) {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const files: Iterable<ImportSource> = looksLikeZip(body) ? readZip(body, name, LIMITS) : [{ name, bytes: body }];
        let room = FINDINGS;
        const report: z.infer<typeof importAnswer>['report'] = [];
        const tell = ({ findings, name: file, ...numbers }: ImportedFile): void => {
          const shown = findings.slice(0, room);
          room -= shown.length;
          report.push({
            name: printable(shorten(file)),
            ...numbers,
            findings: shown.map((finding) => ({
              severity: finding.severity,
              code: finding.code,
              line: finding.line,
              column: finding.column,
              path: finding.path,
              message: findingText(finding, 'en'),
            })),
          });
        };
        const totals = await importFiles(database, caller, { files, client, queue, queueDays }, tell);
        return { ...totals, report };
      },
    }),
  ];
}
