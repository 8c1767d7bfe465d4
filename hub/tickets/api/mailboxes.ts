import * as z from 'zod';
import { HubError } from '../../core/errors.ts';
import { limitSchema, pageAnswer } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { reason } from '../client.ts';
import { type ReplaySelection, replayMessages } from '../replay-messages.ts';
import { listHistory, listMailbox } from '../show-client.ts';
import { withdrawMessage } from '../withdraw-message.ts';
import { historyEntryAnswer, mailboxEntryAnswer, replayAnswer, withdrawnAnswer } from './answers.ts';
import { clientParams } from './clients.ts';
import { instantText, sequence } from './query.ts';

const page = z.strictObject({ after: sequence.optional(), limit: limitSchema });

/** Exactly one way of choosing; ids of messages or documents. */
const replayBody = z.strictObject({
  ids: z.array(z.string().max(60)).min(1).max(1_000).optional(),
  numbers: z.array(z.string().min(1).max(60)).min(1).max(1_000).optional(),
  from: instantText.optional(),
  to: instantText.optional(),
  sequences: z
    .tuple([z.int().min(1), z.int().min(1)])
    .refine(([first, last]) => first <= last, 'must be the first sequence, then the last')
    .optional(),
  dryRun: z.boolean().default(false).meta({ description: 'Count only' }),
});

function selectionOf({ ids, numbers, from, to, sequences }: z.output<typeof replayBody>): ReplaySelection {
  const period = from !== undefined || to !== undefined;
  if ([ids !== undefined, numbers !== undefined, period, sequences !== undefined].filter(Boolean).length !== 1) {
    throw new HubError('VALIDATION', 'choose by one of ids, numbers, from with to, sequences');
  }
  if (ids) return { ids };
  if (numbers) return { numbers };
  if (sequences) return { first: sequences[0], last: sequences[1] };
  if (from === undefined || to === undefined) throw new HubError('VALIDATION', 'a period needs both from and to');
  return { from: Temporal.Instant.from(from), to: Temporal.Instant.from(to) };
}

/** Mailbox, history and replay of a client. */
export function mailboxRoutes({ database, configuration }: HubPorts): Route[] {
  const { queueDays, keepDays } = configuration.tickets;
  return [
    route({
      method: 'GET',
      path: '/clients/:name/mailbox',
      right: 'tickets.view',
      summary: 'Messages that wait, in the order of delivery',
      params: clientParams,
      query: page,
      answer: pageAnswer(mailboxEntryAnswer),
      handle: ({ params: { name }, query }) => listMailbox(database.queue, name, query),
    }),
    route({
      method: 'DELETE',
      path: '/clients/:name/mailbox/:seq',
      right: 'tickets.manage',
      summary: 'Withdraw a message: it leaves undelivered and stays in the history',
      params: clientParams.extend({ seq: sequence }),
      query: z.strictObject({ reason }),
      answer: withdrawnAnswer,
      handle: ({ params: { name, seq }, query: { reason: why }, caller }) =>
        database.queueTransaction((tx) => withdrawMessage(tx, caller, { client: name, sequence: seq, reason: why, keepDays })),
    }),
    route({
      method: 'GET',
      path: '/clients/:name/history',
      right: 'tickets.view',
      summary: 'Messages that have left the mailbox, newest first; with outcome=expired the tombstones',
      params: clientParams,
      query: page.extend({ outcome: z.literal('expired').optional() }),
      answer: pageAnswer(historyEntryAnswer),
      handle: ({ params: { name }, query: { outcome, ...rest } }) =>
        listHistory(database.queue, name, { ...rest, expired: outcome === 'expired' }),
    }),
    route({
      method: 'POST',
      path: '/clients/:name/replay',
      right: 'tickets.replay',
      summary: 'Queue documents again: by ids, numbers, period of enqueueing or sequences; with dryRun only count them',
      params: clientParams,
      body: replayBody,
      answer: replayAnswer,
      handle: ({ params: { name }, body, caller }) => {
        const input = { client: name, selection: selectionOf(body), dryRun: body.dryRun, queueDays };
        return database.transaction((tx) => replayMessages(tx, caller, input));
      },
    }),
  ];
}
