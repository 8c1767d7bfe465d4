import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { addList } from '../add-list.ts';
import { changeList } from '../change-list.ts';
import { changeMembers, membersChange } from '../change-members.ts';
import { clearList } from '../clear-list.ts';
import { deleteList } from '../delete-list.ts';
import { listGroups } from '../list-groups.ts';
import { listLists, showList } from '../list-lists.ts';
import { listPeople } from '../list-people.ts';
import { idParams, tagged } from './call.ts';
import { folderAnswer, folderRoutes } from './folder-routes.ts';
import type { DirectoryPorts } from './ports.ts';
import { withWarning } from './unsendable.ts';

const member = z.object({ id: z.int(), name: z.string(), group_id: z.int().optional().meta({ description: 'Of a person' }) });

/** Mailing lists and who is in them. */
export const listRoutes = (ports: DirectoryPorts): Route[] => {
  const { database, act } = ports;
  return [
    ...folderRoutes(ports, {
      path: 'lists',
      one: 'list',
      list: (wish) => listLists(database.work, wish),
      show: (id) => showList(database.work, id),
      add: addList,
      change: changeList,
      remove: deleteList,
    }),
    route({
      method: 'GET',
      path: '/lists/:id/members',
      right: 'alerts.view',
      summary: 'People who are in a list themselves, or groups that are in it: whoever joins such a group later is in the list, too',
      params: idParams,
      query: z.strictObject({ kind: z.enum(['people', 'groups']).default('people'), ...pageQuery }),
      answer: pageAnswer(member),
      async handle({ params: { id }, query: { kind, after, limit }, caller }) {
        await showList(database.work, id);
        if (kind === 'groups') {
          const { items, next } = await listGroups(database.work, { listId: id, after, limit });
          return { items: items.map((group) => ({ id: group.id, name: group.name })), next };
        }
        const { items, next } = await listPeople(database.work, act(caller), { listId: id, after, limit });
        return { items: items.map((person) => ({ id: person.id, name: person.name, group_id: person.group_id })), next };
      },
    }),
    route({
      method: 'PATCH',
      path: '/lists/:id/members',
      right: 'alerts.directory',
      summary: 'Remove and add people and groups, all or nothing; adding who is there and removing who is not is no fault',
      params: idParams,
      body: membersChange,
      answer: folderAnswer,
      async handle({ params: { id }, body, caller, request, reply }) {
        const version = expectedVersion(request);
        const view = await database.transaction((tx) => changeMembers(tx, act(caller), { id, change: body, version }));
        return tagged(reply, withWarning(view));
      },
    }),
    route({
      method: 'DELETE',
      path: '/lists/:id/members',
      right: 'alerts.directory',
      summary: 'Clear a list: nobody is in it then',
      params: idParams,
      handle: ({ params: { id }, caller }) => database.transaction((tx) => clearList(tx, act(caller), id)),
    }),
  ];
};
