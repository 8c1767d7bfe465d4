import * as z from 'zod';
import type { EventStore } from '../../core/events/subscribe.ts';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { addRule } from '../add-rule.ts';
import { changeRule } from '../change-rule.ts';
import { deleteRule } from '../delete-rule.ts';
import { listMatches, listRules, showRule } from '../list-rules.ts';
import { tryRule } from '../preview-rule.ts';
import { newRuleInput, ruleChange } from '../rule.ts';
import { ruleFilterInput } from '../rule-filter.ts';
import { idParams, instant, once, tagged, versionField } from './call.ts';
import type { DirectoryPorts } from './ports.ts';

export interface RuleRoutePorts extends DirectoryPorts {
  readonly events: Pick<EventStore, 'read'>;
}

const ruleAnswer = newRuleInput.required().extend({ id: z.int(), version: versionField, created_at: instant, changed_at: instant });
const matchAnswer = z.object({
  event_id: z.string().meta({ description: 'Position of the event' }),
  at: instant,
  outcome: z.enum(['started', 'running', 'cooldown', 'limit', 'refused']),
  run_id: z.int().nullable(),
  reason: z.string().meta({ description: 'Why nothing was started' }),
});
const triedAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      time: instant,
      type: z.string(),
      source: z.string(),
      subject: z.string().nullable(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
  looked: z.int().meta({ description: 'Events of these types that were looked at' }),
  next: z.string().nullable().meta({ description: '`after` of the next try; null: all events that are kept have been looked at' }),
});

/** Rules by which events of the hub start tasks. */
export const ruleRoutes = ({ database, act, events }: RuleRoutePorts): Route[] => [
  route({
    method: 'GET',
    path: '/rules',
    right: 'alerts.view',
    summary: 'Rules by id',
    query: z.strictObject(pageQuery),
    answer: pageAnswer(ruleAnswer),
    handle: ({ query }) => listRules(database.work, query),
  }),
  route({
    method: 'POST',
    path: '/rules',
    right: 'alerts.tasks',
    summary: 'Add a rule: which events start which task',
    body: newRuleInput,
    answer: ruleAnswer,
    status: 201,
    errors: ['NOT_FOUND'],
    handle: (call) =>
      once(database, call, async (tx) => {
        const answer = await addRule(tx, act(call.caller), call.body);
        return { answer, location: `/api/v1/alerts/rules/${answer.id}` };
      }),
  }),
  route({
    method: 'POST',
    path: '/rules/try',
    right: 'alerts.tasks',
    summary: 'Which events of the past a filter fits; nothing is started',
    body: z.strictObject({
      filter: ruleFilterInput,
      allow_own: z.boolean().default(false),
      after: z.string().max(100).optional().meta({ description: 'Position of an event. (Default: the oldest that is kept)' }),
      limit: z.int().min(1).max(500).default(100),
    }),
    answer: triedAnswer,
    async handle({ body: { filter, allow_own: allowOwn, after, limit } }) {
      const { items, ...rest } = await tryRule(events, { filter, allowOwn, after, limit });
      return {
        items: items.map(({ position, time, type, source, subject = null, data }) => ({
          id: position,
          time: time.toString(),
          type,
          source,
          subject,
          data,
        })),
        ...rest,
      };
    },
  }),
  route({
    method: 'GET',
    path: '/rules/:id',
    right: 'alerts.view',
    summary: 'One rule',
    params: idParams,
    answer: ruleAnswer,
    handle: async ({ params, reply }) => tagged(reply, await showRule(database.work, params.id)),
  }),
  route({
    method: 'PUT',
    path: '/rules/:id',
    right: 'alerts.tasks',
    summary: 'Change a rule; what is left out stays',
    params: idParams,
    body: ruleChange,
    answer: ruleAnswer,
    async handle({ params, body, caller, request, reply }) {
      const version = expectedVersion(request);
      return tagged(reply, await database.transaction((tx) => changeRule(tx, act(caller), { id: params.id, change: body, version })));
    },
  }),
  route({
    method: 'DELETE',
    path: '/rules/:id',
    right: 'alerts.tasks',
    summary: 'Delete a rule; runs that it started stay',
    params: idParams,
    errors: ['STALE_VERSION'],
    handle: ({ params, caller, request }) => database.transaction((tx) => deleteRule(tx, act(caller), params.id, expectedVersion(request))),
  }),
  route({
    method: 'GET',
    path: '/rules/:id/matches',
    right: 'alerts.view',
    summary: 'Events that fitted a rule and what came of them, the newest first',
    params: idParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(matchAnswer),
    handle: ({ params, query }) => listMatches(database.work, params.id, query),
  }),
];
