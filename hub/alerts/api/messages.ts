import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { addMessage } from '../add-message.ts';
import { changeMessage } from '../change-message.ts';
import { deleteMessage } from '../delete-message.ts';
import { listMessages, showMessage } from '../list-messages.ts';
import { idParams, once, tagged } from './call.ts';
import { messageAnswer, messageBody, messageJson, newMessageBody } from './message-answers.ts';
import type { DirectoryPorts } from './ports.ts';

/** Messages: texts with placeholders, and sounds. */
export const messageRoutes = ({ database, act }: DirectoryPorts): Route[] => [
  route({
    method: 'GET',
    path: '/messages',
    right: 'alerts.view',
    summary: 'Messages by id',
    query: z.strictObject(pageQuery),
    answer: pageAnswer(messageAnswer),
    async handle({ query }) {
      const { items, next } = await listMessages(database.work, query);
      return { items: items.map(messageJson), next };
    },
  }),
  route({
    method: 'POST',
    path: '/messages',
    right: 'alerts.directory',
    summary: 'Add a message: a text for SMS and e-mail, a sound, or what is spoken',
    body: newMessageBody,
    answer: messageAnswer,
    status: 201,
    errors: ['NOT_FOUND'],
    handle: (call) =>
      once(database, call, async (tx) => {
        const answer = messageJson(await addMessage(tx, act(call.caller), call.body));
        return { answer, location: `/api/v1/alerts/messages/${answer.id}` };
      }),
  }),
  route({
    method: 'GET',
    path: '/messages/:id',
    right: 'alerts.view',
    summary: 'One message',
    params: idParams,
    answer: messageAnswer,
    handle: async ({ params, reply }) => tagged(reply, messageJson(await showMessage(database.work, params.id))),
  }),
  route({
    method: 'PUT',
    path: '/messages/:id',
    right: 'alerts.directory',
    summary: 'Change a message; what is left out stays. Runs under way keep what they began with',
    params: idParams,
    body: messageBody,
    answer: messageAnswer,
    async handle({ params, body, caller, request, reply }) {
      const version = expectedVersion(request);
      const view = await database.transaction((tx) => changeMessage(tx, act(caller), { id: params.id, change: body, version }));
      return tagged(reply, messageJson(view));
    },
  }),
  route({
    method: 'DELETE',
    path: '/messages/:id',
    right: 'alerts.directory',
    summary: 'Delete a message that no task tells',
    params: idParams,
    errors: ['STALE_VERSION'],
    handle: ({ params, caller, request }) =>
      database.transaction((tx) => deleteMessage(tx, act(caller), params.id, expectedVersion(request))),
  }),
];
