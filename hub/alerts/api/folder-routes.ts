import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { type Page, pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Act } from '../act.ts';
import { type FolderChange, type FolderView, folderChange, type NewFolderInput, newFolderInput } from '../folder.ts';
import { idParams, instant, once, tagged, versionField } from './call.ts';
import type { DirectoryPorts } from './ports.ts';
import { unsendableField, withWarning } from './unsendable.ts';

/** What groups and lists do alike: the use cases of one of them. */
interface FolderUse {
  readonly path: 'groups' | 'lists';
  readonly one: 'group' | 'list';
  list(wish: { readonly after?: string | undefined; readonly limit: number }): Promise<Page<FolderView>>;
  show(id: number): Promise<FolderView>;
  add(tx: Transaction, act: Act, input: NewFolderInput): Promise<FolderView>;
  change(
    tx: Transaction,
    act: Act,
    wish: { readonly id: number; readonly change: FolderChange; readonly version?: number | undefined },
  ): Promise<FolderView>;
  remove(tx: Transaction, act: Act, id: number, version?: number): Promise<void>;
}

export const folderAnswer = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string(),
  people: z.int().meta({ description: 'People in it; of a list those who are in it themselves' }),
  groups: z.int().optional().meta({ description: 'Of a list: groups that are in it' }),
  unsendable: unsendableField,
  version: versionField,
  created_at: instant,
  changed_at: instant,
});

/** GET, POST, PUT and DELETE of groups or of lists. */
export function folderRoutes({ database, act }: DirectoryPorts, use: FolderUse): Route[] {
  const { path, one } = use;
  return [
    route({
      method: 'GET',
      path: `/${path}`,
      right: 'alerts.view',
      summary: `The ${path} by id`,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(folderAnswer),
      async handle({ query }) {
        const { items, next } = await use.list(query);
        return { items: items.map(withWarning), next };
      },
    }),
    route({
      method: 'POST',
      path: `/${path}`,
      right: 'alerts.directory',
      summary: `Add a ${one}`,
      body: newFolderInput,
      answer: folderAnswer,
      status: 201,
      handle: (call) =>
        once(database, call, async (tx) => {
          const answer = withWarning(await use.add(tx, act(call.caller), call.body));
          return { answer, location: `/api/v1/alerts/${path}/${answer.id}` };
        }),
    }),
    route({
      method: 'GET',
      path: `/${path}/:id`,
      right: 'alerts.view',
      summary: `One ${one}`,
      params: idParams,
      answer: folderAnswer,
      handle: async ({ params: { id }, reply }) => tagged(reply, withWarning(await use.show(id))),
    }),
    route({
      method: 'PUT',
      path: `/${path}/:id`,
      right: 'alerts.directory',
      summary: 'Change its name or description; what is left out stays',
      params: idParams,
      body: folderChange,
      answer: folderAnswer,
      async handle({ params: { id }, body, caller, request, reply }) {
        const version = expectedVersion(request);
        const view = await database.transaction((tx) => use.change(tx, act(caller), { id, change: body, version }));
        return tagged(reply, withWarning(view));
      },
    }),
    route({
      method: 'DELETE',
      path: `/${path}/:id`,
      right: 'alerts.directory',
      summary: one === 'group' ? 'Delete a group without people' : 'Delete a list that no task uses',
      params: idParams,
      errors: ['STALE_VERSION'],
      handle: ({ params: { id }, caller, request }) =>
        database.transaction((tx) => use.remove(tx, act(caller), id, expectedVersion(request))),
    }),
  ];
}
