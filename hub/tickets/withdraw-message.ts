import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { reason as reasonSchema } from './client.ts';
import { eraseDeliveredBodies } from './erase-bodies.ts';
import { needClient } from './find-client.ts';
import { lockFeeds } from './sql/feed.ts';
import { outcomeOf, raiseFloor, withdraw } from './sql/leave.ts';

export interface WithdrawInput {
  readonly client: string;
  readonly sequence: number;
  readonly reason: string;
  /** `tickets.keepDays`; with 0 the body goes with its last message. */
  readonly keepDays: number;
}

export interface Withdrawn {
  readonly sequence: number;
  readonly messageId: string;
  readonly documentId: string;
}

/**
 * Takes a message out of a mailbox undelivered; it stays in the history as `withdrawn`. When the client is just storing it, whoever commits
 * first wins: an acknowledgement after the withdrawal is still answered with success.
 * @throws HubError NOT_FOUND (client, a sequence never given out), CONFLICT (it has left already), VALIDATION (reason).
 */
export async function withdrawMessage(tx: Transaction, caller: Caller, input: WithdrawInput): Promise<Withdrawn> {
  const reason = validate(reasonSchema, input.reason, 'body');
  const { sequence } = input;
  const client = await needClient(tx, input.client);
  await lockFeeds(tx, [client.clientId]);
  const [gone] = await withdraw(tx, client.clientId, sequence);
  if (!gone) {
    const [past] = await outcomeOf(tx, client.clientId, sequence);
    if (past) throw new HubError('CONFLICT', `the message ${sequence} of ${client.name} was ${past.outcome} at ${past.finished_at}`);
    throw new HubError('NOT_FOUND', `no message ${sequence} waits in the mailbox of ${client.name}`);
  }
  await raiseFloor(tx, client.clientId);
  if (input.keepDays === 0) await eraseDeliveredBodies(tx, [gone.document_id]);
  const about = { sequence, messageId: gone.message_id, documentId: gone.document_id };
  await audit(tx, caller, { action: 'tickets.message.withdraw', object: client.name, before: about, reason });
  await publish(tx, {
    type: 'vestnik.tickets.message.withdrawn',
    subject: client.name,
    data: { client: client.name, ...about, reason, by: caller.login },
  });
  return about;
}
