import * as z from 'zod';
import type { Queryable, Value } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { deleteManaged } from '../delete-managed.ts';
import { findManaged, type Managed } from '../find-managed.ts';
import { listManaged } from '../list-managed.ts';
import { type Change, saveManaged } from '../save-managed.ts';
import type { Stored } from '../stored.ts';
import { idText, versionField } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

/** Fields as they are given: what is left out stays, or has its default. */
export type Given<F extends z.ZodObject> = { readonly [K in keyof z.output<F>]?: z.output<F>[K] | undefined };

/** A kind of managed things as REST and the command line show it. */
export interface ManagedFace<T, F extends z.ZodObject> {
  readonly kind: Managed<T>;
  /** Below /api/v1/billing: `/tariff-plans`. */
  readonly path: string;
  /** Many of them, in English: `tariff plans`. */
  readonly many: string;
  /** Every field that can be given, none of them optional. */
  readonly fields: F;
  /** Those that a new one cannot be without. */
  readonly needed: readonly (keyof z.output<F> & string)[];
  /** Those that are given when it is made and stay. */
  readonly fixed: readonly (keyof z.output<F> & string)[];
  /** Of the query of a list, besides page and title; `filtersOf` gives them as the table takes them. */
  readonly filters: z.ZodRawShape;
  filtersOf(query: Readonly<Record<string, unknown>>): readonly Value[];
  changeOf(given: Given<F>): Change<T>;
  readonly answer: z.ZodObject;
  /** Of a list, when that leaves something out. (Default: as `answer`) */
  readonly listed?: z.ZodObject;
  shown(thing: Stored<T>): { readonly id: number; readonly version: number };
}

/** Keeps the types of one face together. */
export const managedFace = <T, F extends z.ZodObject>(face: ManagedFace<T, F>): ManagedFace<T, F> => face;

const mask = (names: readonly string[]): Record<string, true> => Object.fromEntries(names.map((name) => [name, true]));

/** What a new thing is made of, and what a change may change. */
export const newSchema = <T, F extends z.ZodObject>({ fields, needed }: ManagedFace<T, F>): z.ZodType<Given<F>> =>
  fields.partial().required(mask(needed)) as unknown as z.ZodType<Given<F>>;
export const changeSchema = <T, F extends z.ZodObject>({ fields, fixed }: ManagedFace<T, F>): z.ZodObject =>
  fields.partial().omit(mask(fixed));

/** A thing as a list shows it. */
export const shownInList = <T, F extends z.ZodObject>(
  { listed, shown }: ManagedFace<T, F>,
  thing: Stored<T>,
): Readonly<Record<string, unknown>> => (listed ? listed.parse(shown(thing)) : { ...shown(thing) });

/** A thing as it is shown. @throws HubError NOT_FOUND */
export const showManaged = async <T, F extends z.ZodObject>(db: Queryable, { kind, shown }: ManagedFace<T, F>, id: number) =>
  shown(await findManaged(db, kind, id));

/** `title` and page of a list. */
const listQuery = { q: z.string().max(200).optional().meta({ description: 'Text in the title' }), ...pageQuery };

/** List, read, add, change and delete: what all kinds of managed things have. */
export function managedRoutes<T extends { readonly title: string }, F extends z.ZodObject>(
  { database, acts }: BillingApiPorts,
  face: ManagedFace<T, F>,
): Route[] {
  const { kind, path, answer, many } = face;
  const params = z.object({ id: idText });
  const { en } = kind.words;
  const listed = face.listed ?? answer;
  const tell = async (db: Queryable, reply: { header(name: string, value: string): unknown }, id: number) => {
    const shown = await showManaged(db, face, id);
    reply.header('etag', `"${shown.version}"`);
    return shown;
  };
  return [
    route({
      method: 'GET',
      path,
      right: 'billing.read',
      summary: `The ${many}, by number`,
      query: z.strictObject({ ...face.filters, ...listQuery }),
      answer: pageAnswer(listed),
      async handle({ query }) {
        const { q, after, limit, ...filters } = query as z.output<z.ZodObject<typeof listQuery>>;
        const page = await listManaged(database.work, kind, { part: q, after, limit, filters: face.filtersOf(filters) });
        return { items: page.items.map((thing) => shownInList(face, thing)), next: page.next };
      },
    }),
    route({
      method: 'POST',
      path,
      right: 'billing.manage',
      summary: `Add a ${en}`,
      body: newSchema(face),
      answer,
      status: 201,
      errors: ['BAD_REQUEST', 'NOT_FOUND'],
      handle: (call) =>
        changeOnce(acts, call, undefined, 201, async (tx, act) => {
          const id = await saveManaged(tx, act, kind, { id: 0, change: face.changeOf(call.body) });
          return { answer: await tell(tx, call.reply, id), location: `/api/v1/billing${path}/${id}` };
        }),
    }),
    route({
      method: 'GET',
      path: `${path}/:id`,
      right: 'billing.read',
      summary: `One ${en}`,
      params,
      answer,
      handle: ({ params: { id }, reply }) => tell(database.work, reply, id),
    }),
    route({
      method: 'PATCH',
      path: `${path}/:id`,
      right: 'billing.manage',
      summary: `Change fields of a ${en}; those left out stay`,
      params,
      body: changeSchema(face).extend({ version: versionField }),
      answer,
      handle: ({ params: { id }, body, caller, request, reply }) =>
        acts.change(caller, undefined, async (tx, act) => {
          const { version, ...given } = body as Given<F> & { readonly version?: number };
          const change = face.changeOf(given as unknown as Given<F>);
          await saveManaged(tx, act, kind, { id, version: expectedVersion(request, version), change });
          return tell(tx, reply, id);
        }),
    }),
    route({
      method: 'DELETE',
      path: `${path}/:id`,
      right: 'billing.manage',
      summary: `Delete a ${en} that nothing needs any more`,
      params,
      query: z.strictObject({
        version: z.coerce.number().int().min(1).optional().meta({ description: 'The version that was read; If-Match wins' }),
      }),
      errors: ['STALE_VERSION'],
      handle: ({ params: { id }, query, caller, request }) =>
        acts.change(caller, undefined, (tx, act) => deleteManaged(tx, act, kind, { id, version: expectedVersion(request, query.version) })),
    }),
  ];
}
