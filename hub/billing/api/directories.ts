import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { deleteEntry } from '../delete-entry.ts';
import { DIRECTORIES, OFFERS } from '../directories/all.ts';
import { type Directory, listedEntry, MANAGE, shownEntry } from '../directories/directory.ts';
import type { Filter } from '../directory-entry.ts';
import { findEntry } from '../find-entry.ts';
import { importEntries } from '../import-entries.ts';
import { readImportRows } from '../import-rows.ts';
import { LARGEST_ID } from '../largest-id.ts';
import { listEntries } from '../list-entries.ts';
import type { Change } from '../run-import.ts';
import { addEntry, changeEntry } from '../save-entry.ts';
import { versionField } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

const READ = 'billing.read';
/** Larger files are imported by `vestnik billing directory ... import`. Bytes. */
const IMPORT_BODY = 16 * 1024 * 1024;

const params = z.object({ id: z.coerce.number().int().min(0).max(LARGEST_ID) });

const versionQuery = z.strictObject({
  version: z.coerce.number().int().min(1).optional().meta({ description: 'The version that was read; If-Match wins' }),
});

const FILTER_SCHEMAS: Readonly<Record<Filter[1], z.ZodType>> = {
  int: z.coerce.number().int().min(0).max(LARGEST_ID),
  text: z.string().max(100),
  boolean: z.stringbool(),
};

/** The filters of a directory as fields of a query string. */
const filterQuery = ({ table: { filters }, fields }: Directory): Record<string, z.ZodType> =>
  Object.fromEntries(
    Object.entries(filters).map(([name, [, type]]) => [
      name,
      (fields[name]?.choices ? fields[name].schema : FILTER_SCHEMAS[type])
        .optional()
        .meta({ description: `Only entries with this ${name}` }),
    ]),
  );

/** The five routes that every directory has. */
function routesOf({ database, acts }: BillingApiPorts, directory: Directory): Route[] {
  const { address: path, one, many, answer, listed, fresh, change } = directory;
  return [
    route({
      method: 'GET',
      path,
      right: READ,
      summary: `Directory of ${many.en}, in its own order`,
      query: z.strictObject({
        q: z.string().max(200).optional().meta({ description: 'Text in the title' }),
        ...filterQuery(directory),
        ...pageQuery,
      }),
      answer: pageAnswer(listed),
      async handle({ query, caller }) {
        const { q, after, limit, ...filters } = query as { q?: string; after?: string; limit: number } & Record<string, unknown>;
        const act = await acts.of(caller);
        const { items, next } = await listEntries(database.work, act, directory, { q, after, limit, filters });
        return { items: items.map((entry) => listedEntry(directory, shownEntry(directory, act, entry))), next };
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:id`,
      right: READ,
      summary: `One ${one.en}`,
      params,
      answer,
      async handle({ params: { id }, caller, reply }) {
        const act = await acts.of(caller);
        const entry = await findEntry(database.work, act, directory, id);
        reply.header('etag', `"${entry.version}"`);
        return shownEntry(directory, act, entry);
      },
    }),
    route({
      method: 'POST',
      path,
      right: MANAGE,
      summary: `Add one ${one.en}`,
      body: fresh,
      answer,
      status: 201,
      errors: ['BAD_REQUEST', 'NOT_FOUND'],
      handle: (call) =>
        changeOnce(acts, call, undefined, 201, async (tx, act) => {
          const entry = await addEntry(tx, act, directory, call.body);
          call.reply.header('etag', `"${entry.version}"`);
          return { answer: shownEntry(directory, act, entry), location: `/api/v1/billing${path}/${entry.id}` };
        }),
    }),
    route({
      method: 'PATCH',
      path: `${path}/:id`,
      right: MANAGE,
      summary: `Change fields of one ${one.en}; those left out stay`,
      params,
      body: (change as unknown as z.ZodObject).extend({ version: versionField }),
      answer,
      async handle({ params: { id }, body, caller, request, reply }) {
        const { version, ...fields } = body as { version?: number } & Record<string, unknown>;
        const input = { id, change: fields, version: expectedVersion(request, version) };
        const entry = await acts.change(caller, undefined, async (tx, act) =>
          shownEntry(directory, act, (await changeEntry(tx, act, directory, input)).entry),
        );
        reply.header('etag', `"${entry.version}"`);
        return entry;
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:id`,
      right: MANAGE,
      summary: `Delete one ${one.en} that nothing refers to`,
      params,
      query: versionQuery,
      errors: ['STALE_VERSION'],
      async handle({ params: { id }, query, caller, request }) {
        const version = expectedVersion(request, query.version);
        await acts.change(caller, undefined, (tx, act) => deleteEntry(tx, act, directory, { id, version }));
      },
    }),
  ];
}

const NDJSON = 'application/x-ndjson';
const count = z.int();
const importAnswer = z.object({
  dry_run: z.boolean(),
  stored: z.boolean().meta({ description: 'false: nothing is kept, as it was a dry run or a line failed' }),
  created: count,
  changed: count,
  unchanged: count,
  failed: count,
  failures: z
    .array(
      z.object({
        line: count.meta({ description: 'Of the file, from 1' }),
        code: z.string(),
        message: z.string(),
        russian: z.string().nullable(),
        details: z.array(z.object({ code: z.string(), path: z.string(), message: z.string() })),
      }),
    )
    .meta({ description: 'the first 100' }),
});

const importRoute = ({ acts }: BillingApiPorts, directory: Directory): Route =>
  route({
    method: 'POST',
    path: `${directory.address}/import`,
    right: MANAGE,
    summary: `Import ${directory.many.en}, CSV or lines of JSON, all or none; a dry run unless dry_run=false`,
    raw: ['text/csv', NDJSON, 'application/jsonl'],
    bodyLimit: IMPORT_BODY,
    query: z.strictObject({ dry_run: z.stringbool().default(true).meta({ description: 'Try every line and take it back' }) }),
    answer: importAnswer,
    async handle({ query: { dry_run: dryRun }, caller, request }) {
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const format = /^\s*text\/csv\b/i.test(request.headers['content-type'] ?? '') ? 'csv' : 'ndjson';
      const change: Change = (contractId, work) => acts.change(caller, contractId, work);
      return { dry_run: dryRun, ...(await importEntries({ directory, rows: readImportRows([bytes], format), change, dryRun })) };
    },
  });

const words = z.object({ en: z.string(), ru: z.string() });
const descriptionAnswer = z.object({
  name: z.string(),
  path: z.string().meta({ description: 'below /api/v1/billing/directories/' }),
  one: words,
  many: words,
  tree: z.boolean().meta({ description: 'entries stand below each other by parent_id' }),
  numbered: z.boolean().meta({ description: 'a new entry needs its number' }),
  filters: z.array(z.string()),
  fields: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      words,
      needed: z.boolean(),
      fixed: z.boolean().meta({ description: 'given with a new entry and never changed' }),
      directory: z.string().nullable().meta({ description: 'path of the directory that it refers to' }),
      choices: z.array(z.string()).nullable(),
    }),
  ),
});

const description = ({ name, path, one, many, tree, numbers, table, fields }: Directory): z.output<typeof descriptionAnswer> => ({
  name,
  path,
  one,
  many,
  tree: tree === true,
  numbered: numbers?.free === false,
  filters: Object.keys(table.filters),
  fields: Object.entries(fields).map(([field, { kind, words: said, default: value, fixed, of, choices }]) => ({
    name: field,
    kind,
    words: said,
    needed: value === undefined,
    fixed,
    directory: of?.().path ?? null,
    choices: choices === undefined ? null : [...choices],
  })),
});

/** The directories that contracts refer to: what there is, and the entries of each. */
export const directoryRoutes = (ports: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/directories',
    right: READ,
    summary: 'The directories with their fields: what a form needs to know',
    answer: z.object({ items: z.array(descriptionAnswer) }),
    handle: async () => ({ items: DIRECTORIES.map(description) }),
  }),
  ...[...DIRECTORIES, ...OFFERS].flatMap((directory) => [...routesOf(ports, directory), importRoute(ports, directory)]),
];
