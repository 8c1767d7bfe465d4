import { Readable } from 'node:stream';
import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { type ExportedPart, exportView, listExports } from '../export-view.ts';
import type { BillingApiPorts } from './ports.ts';

const viewAnswer = z.object({
  view: z.string(),
  comment: z.string(),
  key: z.array(z.string()).meta({ description: 'Columns by whose values an export goes on; none: it is read at once' }),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});

async function* textsOf(parts: AsyncGenerator<ExportedPart>): AsyncGenerator<string> {
  for await (const { text } of parts) yield text;
}

/** Export of the views of billing_read. */
export const exportRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/exports',
    right: 'billing.read',
    summary: 'The views that can be exported, with their columns',
    answer: z.object({ items: z.array(viewAnswer) }),
    handle: async () => ({ items: await listExports(database.work) }),
  }),
  route({
    method: 'GET',
    path: '/exports/:view',
    right: 'billing.read',
    summary: 'A view as lines of JSON, in the order of its key, within the fence of the operator. It is audited',
    params: z.object({ view: z.string().max(63) }),
    query: z.strictObject({
      after: z
        .string()
        .max(100)
        .optional()
        .meta({ description: 'Go on behind the line with these values of the key, parted by commas: `17` or `17,2026,3`' }),
      most: z.coerce.number().int().min(1).max(1_000_000_000).optional().meta({ description: 'Lines at most. (Default: all)' }),
    }),
    produces: ['application/x-ndjson'],
    async handle({ params: { view }, query, caller, reply }) {
      const parts = await exportView(database, await acts.of(caller), { view, ...query });
      return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(textsOf(parts)));
    },
  }),
];
