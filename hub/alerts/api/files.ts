import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { deleteFile } from '../delete-file.ts';
import { listFiles, readFile } from '../list-files.ts';
import { saveFile } from '../save-file.ts';
import { MOST_BYTES } from '../sound.ts';
import { instant } from './call.ts';
import type { DirectoryPorts } from './ports.ts';

const WAVE = 'audio/wav';
const params = z.object({ name: z.string().max(128) });
const fileAnswer = z.object({
  name: z.string(),
  size: z.int(),
  length_ms: z.int().nullable(),
  sha256: z.string(),
  created_at: instant,
  created_by: z.string(),
});

/** Sound files. */
export const fileRoutes = ({ database, act }: DirectoryPorts): Route[] => [
  route({
    method: 'GET',
    path: '/files',
    right: 'alerts.view',
    summary: 'Sound files by name',
    query: z.strictObject({ ...pageQuery, after: z.string().max(1_000).optional() }),
    answer: pageAnswer(fileAnswer),
    handle: ({ query }) => listFiles(database.work, query),
  }),
  route({
    method: 'GET',
    path: '/files/:name',
    right: 'alerts.view',
    summary: 'The bytes of a file as they were received. It is audited',
    params,
    produces: [WAVE],
    async handle({ params: { name }, caller, reply }) {
      const { content } = await database.transaction((tx) => readFile(tx, act(caller), name));
      return reply
        .type(WAVE)
        .header(
          'content-disposition',
          `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))}`,
        )
        .send(content);
    },
  }),
  route({
    method: 'PUT',
    path: '/files/:name',
    right: 'alerts.directory',
    summary: 'Store a sound file: RIFF WAVE, PCM of 8, 16 or 24 bits, A-law or mu-law, up to 10 minutes. What has the name is replaced',
    params,
    raw: [WAVE, 'audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'application/octet-stream'],
    bodyLimit: MOST_BYTES,
    answer: fileAnswer,
    async handle({ params: { name }, caller, request }) {
      const content = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      return database.transaction((tx) => saveFile(tx, act(caller), { name, content }));
    },
  }),
  route({
    method: 'DELETE',
    path: '/files/:name',
    right: 'alerts.directory',
    summary: 'Delete a file that no message has',
    params,
    handle: ({ params: { name }, caller }) => database.transaction((tx) => deleteFile(tx, act(caller), name)),
  }),
];
