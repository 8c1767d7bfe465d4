import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { addRelation } from '../add-relation.ts';
import { deleteRelation } from '../delete-relation.ts';
import { idText } from '../fields.ts';
import { listRelations, showRelation, summaryOf } from '../list-relations.ts';
import { newRelationSchema, reserveType } from '../relation.ts';
import { maskedRelation } from '../show-person.ts';
import { RELATION_KINDS } from '../static-kinds.ts';
import { relationAnswer } from './answers.ts';
import { once } from './call.ts';
import { idParams } from './object-routes.ts';

/** The seven relations: made and removed, never changed. */
export function relationRoutes({ database }: HubPorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '',
      right: 'static.read',
      scoped: true,
      summary: 'Relations by id',
      query: z.strictObject({
        kind: z.enum(RELATION_KINDS).optional(),
        id_Subject: idText.optional(),
        ReserveType: reserveType.optional(),
        id_MetaCode: idText.optional().meta({ description: 'The code at the far end' }),
        id_Organization: idText.optional(),
        id_Person: idText.optional(),
        ...pageQuery,
      }),
      answer: pageAnswer(relationAnswer),
      async handle({ query, caller }) {
        const { items, next } = await listRelations(database.work, caller, query);
        return { items: items.map((relation) => maskedRelation(caller, relation)), next };
      },
    }),
    route({
      method: 'POST',
      path: '',
      right: 'static.write',
      scoped: true,
      summary: 'Tie a dictionary or code to a far end',
      body: newRelationSchema,
      answer: relationAnswer,
      status: 201,
      handle: (call) =>
        once(database, call, 201, async (tx) => {
          const relation = await addRelation(tx, call.caller, call.body);
          return { answer: summaryOf(relation), location: `/api/v1/relations/${relation.id_Relation}` };
        }),
    }),
    route({
      method: 'GET',
      path: '/:id',
      right: 'static.read',
      scoped: true,
      summary: 'One relation',
      params: idParams,
      answer: relationAnswer,
      handle: async ({ params: { id }, caller }) => maskedRelation(caller, await showRelation(database.work, caller, id)),
    }),
    route({
      method: 'DELETE',
      path: '/:id',
      right: 'static.write',
      scoped: true,
      summary: 'Untie one relation',
      params: idParams,
      handle: (call) =>
        once(database, call, 204, async (tx) => {
          await deleteRelation(tx, call.caller, call.params.id);
          return {};
        }),
    }),
  ];
}
