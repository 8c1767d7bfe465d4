import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { addPerson } from '../add-person.ts';
import { changePerson } from '../change-person.ts';
import { deletePeople, deletePerson } from '../delete-people.ts';
import { listPeople, showPerson } from '../list-people.ts';
import { idParams, idText, once, tagged } from './call.ts';
import { newPersonBody, personAnswer, personBody, personJson } from './person-answers.ts';
import type { DirectoryPorts } from './ports.ts';

/** People with their phones and e-mails. */
export const peopleRoutes = ({ database, act }: DirectoryPorts): Route[] => [
  route({
    method: 'GET',
    path: '/persons',
    right: 'alerts.view',
    summary: 'People by id, all or those whom somebody looks for',
    query: z.strictObject({
      search: z.string().max(200).optional().meta({
        description: 'Parts of the name; or the begin of a phone, an e-mail, an external id; or the number. Made for asking at each letter',
      }),
      group_id: idText.optional(),
      list_id: idText.optional().meta({ description: 'Only those who are in this list themselves, not by a group' }),
      ...pageQuery,
    }),
    answer: pageAnswer(personAnswer),
    async handle({ query: { search, group_id: groupId, list_id: listId, after, limit }, caller }) {
      const { items, next } = await listPeople(database.work, act(caller), { search, groupId, listId, after, limit });
      return { items: items.map(personJson), next };
    },
  }),
  route({
    method: 'POST',
    path: '/persons',
    right: 'alerts.directory',
    summary: 'Add a person to a group',
    body: newPersonBody,
    answer: personAnswer,
    status: 201,
    errors: ['NOT_FOUND'],
    handle: (call) =>
      once(database, call, async (tx) => {
        const answer = personJson(await addPerson(tx, act(call.caller), call.body));
        return { answer, location: `/api/v1/alerts/persons/${answer.id}` };
      }),
  }),
  route({
    method: 'GET',
    path: '/persons/:id',
    right: 'alerts.view',
    summary: 'One person',
    params: idParams,
    answer: personAnswer,
    handle: async ({ params, caller, reply }) => tagged(reply, personJson(await showPerson(database.work, act(caller), params.id))),
  }),
  route({
    method: 'PUT',
    path: '/persons/:id',
    right: 'alerts.directory',
    summary: 'Change a person; what is left out stays, phones and e-mails that are given take the place of all before',
    params: idParams,
    body: personBody,
    answer: personAnswer,
    async handle({ params, body, caller, request, reply }) {
      const version = expectedVersion(request);
      const view = await database.transaction((tx) => changePerson(tx, act(caller), { id: params.id, change: body, version }));
      return tagged(reply, personJson(view));
    },
  }),
  route({
    method: 'DELETE',
    path: '/persons/:id',
    right: 'alerts.directory',
    summary: 'Delete a person, unless they are being called; what is queued for them ends as cancelled',
    params: idParams,
    errors: ['STALE_VERSION'],
    handle: ({ params, caller, request }) =>
      database.transaction((tx) => deletePerson(tx, act(caller), params.id, expectedVersion(request))),
  }),
  route({
    method: 'POST',
    path: '/persons/delete',
    right: 'alerts.directory',
    summary: 'Delete people, all or none',
    body: z.strictObject({ people: z.array(z.int()).min(1).max(20_000) }),
    status: 204,
    errors: ['NOT_FOUND'],
    handle: ({ body, caller }) => database.transaction((tx) => deletePeople(tx, act(caller), body.people)),
  }),
];
