import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { addTask } from '../add-task.ts';
import { changeTask } from '../change-task.ts';
import { deleteTask } from '../delete-task.ts';
import { listTasks, showTask } from '../list-tasks.ts';
import { previewSchedule } from '../preview-schedule.ts';
import { scheduleInput } from '../task.ts';
import { idParams, instant, once, tagged } from './call.ts';
import type { DirectoryPorts } from './ports.ts';
import { newTaskBody, taskAnswer, taskBody, taskJson } from './task-answers.ts';

/** Stored tasks; runs have routes of their own. */
export const taskRoutes = ({ database, act }: DirectoryPorts): Route[] => [
  route({
    method: 'GET',
    path: '/tasks',
    right: 'alerts.view',
    summary: 'Tasks by id',
    query: z.strictObject(pageQuery),
    answer: pageAnswer(taskAnswer),
    async handle({ query, caller }) {
      const { items, next } = await listTasks(database.work, act(caller), query);
      return { items: items.map(taskJson), next };
    },
  }),
  route({
    method: 'POST',
    path: '/tasks',
    right: 'alerts.tasks',
    summary: 'Add a task: whom to tell what, how and when',
    body: newTaskBody,
    answer: taskAnswer,
    status: 201,
    errors: ['NOT_FOUND'],
    handle: (call) =>
      once(database, call, async (tx) => {
        const answer = taskJson(await addTask(tx, act(call.caller), call.body));
        return { answer, location: `/api/v1/alerts/tasks/${answer.id}` };
      }),
  }),
  route({
    method: 'GET',
    path: '/tasks/:id',
    right: 'alerts.view',
    summary: 'One task',
    params: idParams,
    answer: taskAnswer,
    handle: async ({ params, caller, reply }) => tagged(reply, taskJson(await showTask(database.work, act(caller), params.id))),
  }),
  route({
    method: 'PUT',
    path: '/tasks/:id',
    right: 'alerts.tasks',
    summary: 'Change a task; what is left out stays. While it runs, type, list and message are fixed; priority and channels act at once',
    params: idParams,
    body: taskBody,
    answer: taskAnswer,
    async handle({ params, body, caller, request, reply }) {
      const version = expectedVersion(request);
      const view = await database.transaction((tx) => changeTask(tx, act(caller), { id: params.id, change: body, version }));
      return tagged(reply, taskJson(view));
    },
  }),
  route({
    method: 'DELETE',
    path: '/tasks/:id',
    right: 'alerts.tasks',
    summary: 'Delete a task that does not run; its runs stay',
    params: idParams,
    errors: ['STALE_VERSION'],
    handle: ({ params, caller, request }) => database.transaction((tx) => deleteTask(tx, act(caller), params.id, expectedVersion(request))),
  }),
  route({
    method: 'POST',
    path: '/tasks/preview',
    right: 'alerts.view',
    summary: 'What a schedule means: its next starts, and whether its hours are open',
    body: z.strictObject({ schedule: scheduleInput, count: z.int().min(1).max(100).default(10) }),
    answer: z.object({
      zone: z.string(),
      starts: z.array(z.object({ local: z.string(), at: instant })),
      window: z.object({ open: z.boolean(), changes_at: instant.nullable() }),
    }),
    handle: async ({ body, caller }) => previewSchedule(act(caller), body.schedule, body.count),
  }),
];
