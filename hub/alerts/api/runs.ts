import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Authentication } from '../../core/identity/principal.ts';
import { checkBeforeStart } from '../check-before-start.ts';
import { openProof, PROOF_MINUTES, provePassword, sealProof } from '../confirm-start.ts';
import { TASK_STATUS } from '../kinds.ts';
import { listAttempts, listHistory } from '../list-attempts.ts';
import { listRuns, showRun } from '../list-runs.ts';
import { listTargets } from '../list-targets.ts';
import { RESULT, type Result } from '../result.ts';
import { startRun } from '../start-run.ts';
import { stopRun } from '../stop-run.ts';
import { idParams, instant, started } from './call.ts';
import type { DirectoryPorts } from './ports.ts';
import {
  attemptAnswer,
  attemptJson,
  beforeStartAnswer,
  beforeStartJson,
  historyAnswer,
  historyJson,
  runAnswer,
  runJson,
  standingAnswer,
  standingJson,
  targetAnswer,
  targetJson,
} from './run-answers.ts';
import { word, words } from './words.ts';

export interface RunRoutePorts extends DirectoryPorts {
  /** Proves passwords. */
  readonly authentication: Pick<Authentication, 'authenticateBasic'>;
}

/** Starts and stops of tasks, their runs, and what came of whom. */
export const runRoutes = ({ database, act, authentication }: RunRoutePorts): Route[] => [
  route({
    method: 'POST',
    path: '/start-proofs',
    right: 'alerts.start',
    summary: `Prove by the password that it is you who starts, where confirmStart is on. The proof counts for ${PROOF_MINUTES} minutes; wrong passwords count as failed logins`,
    body: z.strictObject({ password: z.string().min(1).max(128) }),
    answer: z.object({ proof: z.string(), until: instant }),
    status: 201,
    async handle({ caller, body }) {
      await provePassword(authentication, caller.login, body.password, caller.address ?? 'local');
      const { secretKey, now } = act(caller);
      return { proof: sealProof(secretKey, caller, now), until: now.add({ minutes: PROOF_MINUTES }).toString() };
    },
  }),
  route({
    method: 'GET',
    path: '/tasks/:id/check',
    right: 'alerts.view',
    summary:
      'What a start would do now, for the question before it: whether it is refused, and whom it would not reach. Nothing is started',
    params: idParams,
    answer: beforeStartAnswer,
    handle: async ({ params, caller }) => beforeStartJson(await checkBeforeStart(database.work, act(caller), params.id)),
  }),
  route({
    method: 'POST',
    path: '/tasks/:id/start',
    right: 'alerts.start',
    summary: 'Start a task. A stopped run goes on unless restart is asked for; a task that runs stays as it is unless it is',
    params: idParams,
    body: z.strictObject({
      restart: z
        .boolean()
        .default(false)
        .meta({ description: 'A new run from scratch; one under way is ended, who was not told is cancelled' }),
      proof: z.string().max(500).optional().meta({ description: 'Of POST /start-proofs, where confirmStart is on' }),
    }),
    answer: standingAnswer,
    status: 202,
    handle: (call) =>
      started(database, call, async (tx) => {
        const { caller, body, params } = call;
        const initiator = { login: caller.login, how: 'rest', from: caller.address ?? '' } as const;
        const present = act(caller);
        const provedAt = body.proof === undefined ? undefined : openProof(present.secretKey, caller, body.proof);
        return standingJson(await startRun(tx, present, params.id, { restart: body.restart, initiator, provedAt }));
      }),
  }),
  route({
    method: 'POST',
    path: '/tasks/:id/stop',
    right: 'alerts.start',
    summary: 'Stop a task: nothing more is begun, what was handed over goes on collecting receipts. It can be continued',
    params: idParams,
    answer: standingAnswer,
    status: 202,
    handle: (call) => started(database, call, async (tx) => standingJson(await stopRun(tx, act(call.caller), call.params.id))),
  }),
  route({
    method: 'GET',
    path: '/tasks/:id/runs',
    right: 'alerts.view',
    summary: 'Runs of a task, the newest first; those of a deleted task stay',
    params: idParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(runAnswer),
    async handle({ params, query }) {
      const { items, next } = await listRuns(database.work, { taskId: params.id, ...query });
      return { items: items.map(runJson), next };
    },
  }),
  route({
    method: 'GET',
    path: '/runs',
    right: 'alerts.view',
    summary: 'Runs of all tasks, the newest first',
    query: z.strictObject({ status: word(TASK_STATUS).optional(), ...pageQuery }),
    answer: pageAnswer(runAnswer),
    async handle({ query }) {
      const { items, next } = await listRuns(database.work, query);
      return { items: items.map(runJson), next };
    },
  }),
  route({
    method: 'GET',
    path: '/runs/:id',
    right: 'alerts.view',
    summary: 'A run with its counters, its speed over the last minute and the time that is left',
    params: idParams,
    answer: runAnswer,
    handle: async ({ params }) => runJson(await showRun(database.work, params.id)),
  }),
  route({
    method: 'GET',
    path: '/runs/:id/targets',
    right: 'alerts.view',
    summary: 'Who is told in a run, in the order in which they are told, with what came of each',
    params: idParams,
    query: z.strictObject({
      result: words(RESULT).optional().meta({ description: 'Only these results, separated by commas: no_answer,busy' }),
      text: z.string().max(200).optional().meta({ description: 'A part of the name or of an address' }),
      ...pageQuery,
    }),
    answer: pageAnswer(targetAnswer),
    async handle({ params, query: { result, ...wish } }) {
      const { items, next } = await listTargets(database.work, params.id, { ...wish, results: result as Result[] | undefined });
      return { items: items.map(targetJson), next };
    },
  }),
  route({
    method: 'GET',
    path: '/runs/:id/attempts',
    right: 'alerts.view',
    summary: 'Attempts of a run by target and time',
    params: idParams,
    query: z.strictObject({
      target: z.coerce.number().int().min(1).optional().meta({ description: 'Only of this target' }),
      ...pageQuery,
    }),
    answer: pageAnswer(attemptAnswer),
    async handle({ params, query }) {
      const { items, next } = await listAttempts(database.work, params.id, query);
      return { items: items.map(attemptJson), next };
    },
  }),
  route({
    method: 'GET',
    path: '/persons/:id/history',
    right: 'alerts.view',
    summary: 'Attempts for a person over all tasks, the newest first; they stay when the person is deleted',
    params: idParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(historyAnswer),
    async handle({ params, query }) {
      const { items, next } = await listHistory(database.work, params.id, query);
      return { items: items.map(historyJson), next };
    },
  }),
];
