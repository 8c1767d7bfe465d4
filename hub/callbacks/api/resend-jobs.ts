import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { actOnResendJob, addResendJob, listResendJobs, showResendJob } from '../add-resend-job.ts';
import { ALL_TYPES, DELIVERY_STATES } from '../delivery-view.ts';
import { DEFAULT_RATE, RESEND_JOB_ACTS, RESEND_JOB_STATES } from '../mass-resend.ts';
import { RESEND_MODES } from '../resend-deliveries.ts';
import { deliveryNumber, resendMode } from './delivery-answers.ts';

const number = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const instant = z.iso.datetime({ offset: true }).transform((text) => Temporal.Instant.from(text));
const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(200).optional();

const filter = z.strictObject({
  endpoint: list(number),
  state: list(z.enum(DELIVERY_STATES)).meta({ description: 'Ended states. (Default: failed, rejected, blocked)' }),
  event_type: list(z.enum(ALL_TYPES as [string, ...string[]])),
  trip: number.optional(),
  order: number.optional(),
  person: number.optional(),
  contract: number.optional(),
  from: instant.optional(),
  to: instant.optional(),
  status: z.int().min(100).max(599).optional(),
  error: z.string().max(60).optional(),
});
const rate = z.number().min(0.1).max(1_000).meta({ description: 'Deliveries a second' });

const jobAnswer = z.object({
  id: z.int(),
  state: z.enum(RESEND_JOB_STATES),
  actions: z.array(z.enum(RESEND_JOB_ACTS)).meta({ description: 'What is possible now' }),
  filter: z.record(z.string(), z.unknown()),
  mode: z.enum(RESEND_MODES),
  rate: z.number(),
  found: z.int().meta({ description: 'Deliveries that it is about; final once it is ready' }),
  resent: z.int(),
  skipped: z.int(),
  reasons: z.record(z.string(), z.int()).meta({ description: 'How often each reason for skipping came' }),
  fault: z.string().nullable(),
  made_by: z.string(),
  made_at: z.iso.datetime(),
  changed_at: z.iso.datetime(),
});

/** Resends by filter and by period: counted first, then started, paused, resumed, canceled. */
export function resendJobRoutes({ database }: HubPorts): Route[] {
  const common = { right: 'callbacks.resend', scoped: true } as const;
  const params = z.object({ id: deliveryNumber });
  return [
    route({
      ...common,
      method: 'POST',
      path: '/resend-jobs',
      summary: 'Prepare a resend of everything that fits a filter: it is counted, and sent when it is started',
      body: z.strictObject({ filter, mode: resendMode, rate: rate.default(DEFAULT_RATE) }),
      answer: jobAnswer,
      status: 201,
      async handle({ body, caller, reply }) {
        const job = await database.transaction((tx) => addResendJob(tx, caller, body));
        reply.header('location', `/api/v1/callbacks/resend-jobs/${job.id}`);
        return job;
      },
    }),
    route({
      ...common,
      method: 'GET',
      path: '/resend-jobs',
      summary: 'Resend jobs, the newest first',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(jobAnswer),
      handle: ({ query, caller }) => listResendJobs(database.work, caller, query),
    }),
    route({
      ...common,
      method: 'GET',
      path: '/resend-jobs/:id',
      summary: 'One resend job with its count and progress',
      params,
      answer: jobAnswer,
      handle: ({ params: { id }, caller }) => showResendJob(database.work, caller, id),
    }),
    ...RESEND_JOB_ACTS.map((act) =>
      route({
        ...common,
        method: 'POST',
        path: `/resend-jobs/:id/${act}`,
        summary: { start: 'Start', pause: 'Pause', resume: 'Resume', cancel: 'Cancel' }[act].concat(
          ' a resend job, at another rate if one is given',
        ),
        params,
        body: z.strictObject({ rate: rate.optional() }).prefault({}),
        answer: jobAnswer,
        errors: ['CONFLICT'],
        handle: ({ params: { id }, body, caller }) => database.transaction((tx) => actOnResendJob(tx, caller, { id, act, ...body })),
      }),
    ),
  ];
}
