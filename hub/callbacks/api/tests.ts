import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { settingsInput } from '../endpoint.ts';
import type { TestPorts } from '../prepare-test.ts';
import { testEndpoint } from '../test-endpoint.ts';
import { bodyAnswer } from './body-answer.ts';
import { findingAnswer } from './endpoint-answers.ts';
import { ENDPOINT_BODY_LIMIT, endpointParams } from './endpoints.ts';

const headers = z.array(z.tuple([z.string(), z.string()]));

const testAnswer = z.object({
  delivery_id: z.int().meta({ description: 'In the log of deliveries' }),
  state: z.enum(['delivered', 'failed', 'rejected', 'blocked', 'canceled']),
  code: z.string().nullable().meta({ description: 'Why it did not succeed: `address_not_allowed`, `timeout`, `status`, ...' }),
  message: z.string().nullable(),
  russian: z.string().nullable(),
  event_type: z.string(),
  matches: z.boolean().nullable().meta({ description: 'Whether an enabled endpoint would get the event; null for a sample' }),
  findings: z.array(findingAnswer),
  request: z
    .object({
      method: z.enum(['POST', 'GET']),
      url: z.string(),
      headers: headers.meta({ description: 'In the order of sending; secrets as ***' }),
      bytes: z.int(),
      body: bodyAnswer.nullable(),
      notes: z.array(z.string()),
    })
    .nullable()
    .meta({ description: 'What was sent; null when it could not be rendered' }),
  answer: z
    .object({
      status: z.int(),
      headers,
      bytes: z.int().meta({ description: 'Of the body, as far as it was kept: 64 KiB' }),
      cut: z.boolean(),
      body: bodyAnswer.nullable().meta({ description: 'Null for those without callbacks.payload' }),
    })
    .nullable(),
  timing: z
    .record(z.string(), z.number().nullable())
    .nullable()
    .meta({ description: 'Milliseconds from the beginning until each step was over: lookup, connect, tls, firstByte, end' }),
});

/** Test sending: the answer comes when the receiver has answered, or not (spec 6.6). */
export const testRoutes = (ports: TestPorts): Route[] => [
  route({
    method: 'POST',
    path: '/endpoints/:id/test',
    right: 'callbacks.write',
    scoped: true,
    summary: 'Send a test, made up or of a past event, with edited settings, and tell all that came of it; one attempt, ten a minute',
    anyText: true,
    bodyLimit: ENDPOINT_BODY_LIMIT,
    params: endpointParams,
    body: z
      .strictObject({
        settings: settingsInput.prefault({}).meta({ description: 'Settings as they are in the editor; those left out as they are saved' }),
        event: z
          .string()
          .max(40)
          .optional()
          .meta({ description: 'Position of an event; needs callbacks.payload. Without it: a sample of type CallbackTest' }),
        sample: z.enum(['typical', 'empty', 'nasty', 'long', 'create', 'delete']).optional(),
      })
      .prefault({}),
    answer: testAnswer,
    errors: ['TOO_MANY_REQUESTS'],
    handle: ({ params: { id }, body: { settings, ...chosen }, caller }) => testEndpoint(caller, ports, { id, change: settings, ...chosen }),
  }),
];
