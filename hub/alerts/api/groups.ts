import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { addGroup } from '../add-group.ts';
import { changeGroup } from '../change-group.ts';
import { deleteGroup } from '../delete-group.ts';
import { listGroups, showGroup } from '../list-groups.ts';
import { movePeople } from '../move-people.ts';
import { idParams } from './call.ts';
import { folderRoutes } from './folder-routes.ts';
import type { DirectoryPorts } from './ports.ts';

/** Groups of people. */
export const groupRoutes = (ports: DirectoryPorts): Route[] => [
  ...folderRoutes(ports, {
    path: 'groups',
    one: 'group',
    list: (wish) => listGroups(ports.database.work, wish),
    show: (id) => showGroup(ports.database.work, id),
    add: addGroup,
    change: changeGroup,
    remove: deleteGroup,
  }),
  route({
    method: 'POST',
    path: '/groups/:id/people',
    right: 'alerts.directory',
    summary: 'Move people into a group, all or none',
    params: idParams,
    body: z.strictObject({ people: z.array(z.int()).max(20_000) }),
    answer: z.object({ moved: z.array(z.int()).meta({ description: 'Those who were elsewhere' }) }),
    async handle({ params: { id }, body, caller }) {
      return { moved: await ports.database.transaction((tx) => movePeople(tx, ports.act(caller), id, body.people)) };
    },
  }),
];
