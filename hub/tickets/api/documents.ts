import * as z from 'zod';
import { limitSchema, pageAnswer } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { findDocuments } from '../find-documents.ts';
import { readDocumentXml, showDocument } from '../show-document.ts';
import { documentAnswer, documentDetailsAnswer } from './answers.ts';
import { instantOf, instantText } from './query.ts';

const params = z.object({ id: z.uuid('must be an id of the form 0199c1d2-0000-7000-8000-000000000000') });

/** Finding and showing documents. */
export function documentRoutes({ database }: HubPorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/documents',
      right: 'tickets.view',
      summary: 'Documents by number, PNR and time, newest first',
      query: z.strictObject({
        number: z.string().min(1).max(60).optional().meta({ description: 'Spaces and hyphens do not matter' }),
        pnr: z.string().min(1).max(20).optional(),
        from: instantText.optional(),
        to: instantText.optional(),
        after: params.shape.id.optional(),
        limit: limitSchema,
      }),
      answer: pageAnswer(documentAnswer),
      handle: ({ query: { from, to, ...rest } }) => findDocuments(database.work, { ...rest, from: instantOf(from), to: instantOf(to) }),
    }),
    route({
      method: 'GET',
      path: '/documents/:id',
      right: 'tickets.view',
      summary: 'One document with its chain and its way to each client',
      params,
      answer: documentDetailsAnswer,
      handle: ({ params: { id } }) => showDocument(database.work, id),
    }),
    route({
      method: 'GET',
      path: '/documents/:id/xml',
      right: 'tickets.body',
      summary: 'The XML file, the very bytes that clients get; every reading is audited',
      params,
      produces: ['application/xml'],
      async handle({ params: { id }, caller, reply }) {
        const { xml, sha256 } = await database.transaction((tx) => readDocumentXml(tx, caller, id));
        return reply
          .type('application/xml; charset=utf-8')
          .header('content-disposition', `attachment; filename="${id}.xml"`)
          .header('digest', `sha-256=${Buffer.from(sha256, 'hex').toString('base64')}`)
          .header('cache-control', 'no-store')
          .send(xml);
      },
    }),
  ];
}
