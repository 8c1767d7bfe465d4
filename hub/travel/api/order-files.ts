import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { addFiles, deleteFile, readFile } from '../add-files.ts';
import { idText } from '../fields.ts';
import { attachmentOf, UPLOAD_BYTES } from '../order-file.ts';
import { readUpload } from '../read-upload.ts';
import { once } from './call.ts';
import { fileAnswer } from './trip-answers.ts';

const params = z.object({ id: idText });
const fileParams = z.object({ id: idText, fileId: idText });

/** Files of orders. What was uploaded is never shown in place: always an attachment of unknown type (spec 7.2, B19). */
export function orderFileRoutes({ database }: HubPorts): Route[] {
  return [
    route({
      method: 'POST',
      path: '/:id/files',
      right: 'travel.write',
      scoped: true,
      summary: 'Store up to 10 files of 20 MiB each; the name of a part is the kind: ticket, voucher, receipt, invoice, other',
      params,
      raw: ['multipart/form-data'],
      bodyLimit: UPLOAD_BYTES,
      answer: z.object({ items: z.array(fileAnswer) }),
      status: 201,
      async handle(call) {
        const { body, headers } = call.request;
        const files = await readUpload(Buffer.isBuffer(body) ? body : Buffer.alloc(0), headers['content-type'] ?? '');
        return once(database, call, 201, async (tx) => {
          const stored = await addFiles(tx, call.caller, { id: call.params.id, files });
          return { answer: { items: stored.map(({ id_Reserve: _, ...file }) => file) } };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/:id/files/:fileId',
      right: 'travel.read',
      scoped: true,
      summary: 'Download one file',
      params: fileParams,
      produces: ['application/octet-stream'],
      async handle({ params: { id, fileId }, caller, reply }) {
        const { name, body, sha256 } = await readFile(database.work, caller, { id, file: fileId });
        return reply
          .header('content-disposition', attachmentOf(name))
          .header('x-content-type-options', 'nosniff')
          .header('etag', `"${sha256}"`)
          .type('application/octet-stream')
          .send(body);
      },
    }),
    route({
      method: 'DELETE',
      path: '/:id/files/:fileId',
      right: 'travel.write',
      scoped: true,
      summary: 'Delete one file; no callback tells of it',
      params: fileParams,
      handle: (call) =>
        once(database, call, 204, async (tx) => {
          await deleteFile(tx, call.caller, { id: call.params.id, file: call.params.fileId });
          return {};
        }),
    }),
  ];
}
