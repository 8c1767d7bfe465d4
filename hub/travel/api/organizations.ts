import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { deleteOrganization } from '../delete-organization.ts';
import { idText } from '../fields.ts';
import { listOrganizations } from '../list-organizations.ts';
import { newOrganizationSchema, organizationChangeSchema } from '../organization.ts';
import { ORGANIZATIONS } from '../save-organization.ts';
import { organizationAnswer, shown } from './answers.ts';
import { addRoute, objectRoutes } from './object-routes.ts';

/** Organizations: the agency and its clients. */
export function organizationRoutes(hub: HubPorts): Route[] {
  const common = {
    noun: ORGANIZATIONS,
    answer: organizationAnswer,
    show: (_: unknown, object: Parameters<typeof shown>[0]) => shown(object),
  };
  return [
    route({
      method: 'GET',
      path: '',
      right: 'static.read',
      scoped: true,
      summary: 'Organizations by id',
      query: z.strictObject({
        kind: z.enum(['agency', 'client']).optional(),
        OuterId: z.string().max(100).optional(),
        id_Parent: idText.optional(),
        ...pageQuery,
      }),
      answer: pageAnswer(organizationAnswer),
      async handle({ query, caller }) {
        const { items, next } = await listOrganizations(hub.database.work, caller, query);
        return { items: items.map(shown), next };
      },
    }),
    addRoute(hub, { ...common, path: '', collection: 'organizations', body: newOrganizationSchema }),
    ...objectRoutes(hub, { ...common, change: organizationChangeSchema, remove: deleteOrganization }),
  ];
}
