import { randomUUIDv7 } from 'node:crypto';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { measure } from '../core/telemetry/channels.ts';
import { numberSpellings } from './document-number.ts';
import { needClient } from './find-client.ts';
import { FEED_WAKE } from './notifications.ts';
import { notify } from './sql/notify.ts';
import { advanceMailboxes, lockMailboxes } from './sql/record.ts';
import {
  documentsOfIds,
  documentsOfNumbers,
  insertReplays,
  leftBetweenSequences,
  leftByMessageIds,
  leftOfPeriod,
  lockReplayable,
  replayable,
} from './sql/replay.ts';
import { timeOfId } from './time-id.ts';

/** Most messages of one replay (spec 5.1). */
export const REPLAY_MOST = 100_000;

/**
 * What to send again: messages or documents by id; documents by number; messages enqueued from `from` up to, not including, `to`;
 * messages with the sequences `first` to `last`.
 */
export type ReplaySelection =
  | { readonly ids: readonly string[] }
  | { readonly numbers: readonly string[] }
  | { readonly from: Temporal.Instant; readonly to: Temporal.Instant }
  | { readonly first: number; readonly last: number };

export interface ReplayInput {
  readonly client: string;
  readonly selection: ReplaySelection;
  /** Count only; nothing is changed. */
  readonly dryRun?: boolean | undefined;
  /**
   * `own`: only documents that were queued for this client before; what a client asks for itself. `any`: also others, such as those that
   * nobody received. Concerns ids and numbers; periods and sequences are the client's own anyhow. (Default: any)
   */
  readonly scope?: 'own' | 'any';
  /** Days for which the new messages are kept: `tickets.queueDays`. */
  readonly queueDays: number;
}

export interface ReplayResult {
  /** Documents that the selection names. */
  readonly matched: number;
  /** Queued by this call; with `dryRun` those that would be. */
  readonly replayed: number;
  /** Left out: the body is not kept any more. */
  readonly withoutBody: number;
  /** Left out: the document waits in the mailbox already. */
  readonly queued: number;
  /** Sequences of the new messages; absent when there are none or with `dryRun`. */
  readonly first?: number;
  readonly last?: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SHOWN = 3;

async function chooseIds(
  tx: Transaction,
  client: { clientId: number; name: string },
  ids: readonly string[],
  own: boolean,
): Promise<string[]> {
  const wanted = [...new Set(ids.map((id) => id.trim().toLowerCase()))];
  const bad = wanted.filter((id) => !UUID.test(id));
  if (bad.length > 0) {
    const message = `${bad
      .slice(0, SHOWN)
      .map((id) => JSON.stringify(id.slice(0, 60)))
      .join(', ')}: not an id of the form 0199c1d2-0000-7000-8000-000000000000`;
    throw new HubError('VALIDATION', message, { details: [{ code: 'BAD_FORMAT', path: '/ids', message }] });
  }
  const timed = wanted.flatMap((id) => {
    const made = timeOfId(id);
    return made === undefined ? [] : [{ id, made }];
  });
  const messages = await leftByMessageIds(
    tx,
    client.clientId,
    timed.map(({ id }) => id),
    timed.map(({ made }) => made),
  );
  const documents = await documentsOfIds(tx, wanted, client.clientId, own);
  const found = new Set([...messages.map((row) => row.message_id), ...documents.map((row) => row.document_id)]);
  const missing = wanted.filter((id) => !found.has(id));
  if (missing.length > 0) {
    const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
    throw new HubError(
      'NOT_FOUND',
      `no document, and no message that has left the mailbox of ${client.name}, has the id ${missing.slice(0, SHOWN).join(', ')}${more}`,
    );
  }
  return [...messages, ...documents].map((row) => row.document_id);
}

async function choose(
  tx: Transaction,
  client: { clientId: number; name: string },
  selection: ReplaySelection,
  own: boolean,
): Promise<string[]> {
  const most = REPLAY_MOST + 1;
  if ('ids' in selection) return chooseIds(tx, client, selection.ids, own);
  const rows =
    'numbers' in selection
      ? await documentsOfNumbers(tx, selection.numbers.flatMap(numberSpellings), client.clientId, own, most)
      : 'first' in selection
        ? await leftBetweenSequences(tx, client.clientId, selection.first, selection.last, most)
        : await leftOfPeriod(tx, client.clientId, selection.from, selection.to, most);
  return rows.map((row) => row.document_id);
}

function describe(selection: ReplaySelection): Record<string, unknown> {
  if ('from' in selection) return { from: selection.from.toString(), to: selection.to.toString() };
  // A thousand ids in the audit would help nobody.
  if ('ids' in selection && selection.ids.length > 20) return { ids: selection.ids.slice(0, 20), idsInAll: selection.ids.length };
  return { ...selection };
}

/**
 * Queues documents again at the tail of a client's mailbox: new messages with new sequences and ids, the same bytes, `replay: true`. A
 * document that the selection names several times is sent once; one that waits in the mailbox already, or has no body any more, is left
 * out and counted.
 * @throws HubError NOT_FOUND (client, an id), VALIDATION (malformed id), CONFLICT (closed client), TOO_LARGE (over REPLAY_MOST).
 */
export async function replayMessages(tx: Transaction, caller: Caller, input: ReplayInput): Promise<ReplayResult> {
  const { selection, dryRun = false } = input;
  const client = await needClient(tx, input.client, dryRun ? undefined : 'lock');
  if (client.state === 'closed') throw new HubError('CONFLICT', `the client ${client.name} is closed; open it before a replay`);
  const chosen = [...new Set(await choose(tx, client, selection, input.scope === 'own'))];
  if (chosen.length > REPLAY_MOST) {
    throw new HubError('TOO_LARGE', `the replay would send more than ${REPLAY_MOST} messages; choose a shorter period or range`);
  }
  const states = new Map((await (dryRun ? replayable : lockReplayable)(tx, chosen, client.clientId)).map((row) => [row.document_id, row]));
  const sendable: { document_id: string; bytes: number }[] = [];
  let queued = 0;
  for (const id of chosen) {
    const row = states.get(id);
    if (row?.kept !== true) continue;
    if (row.queued) queued++;
    else sendable.push(row);
  }
  const result = { matched: chosen.length, replayed: sendable.length, withoutBody: chosen.length - queued - sendable.length, queued };
  if (dryRun || sendable.length === 0) return result;

  const [mailbox] = await lockMailboxes(tx, [client.clientId]);
  if (!mailbox) throw new Error(`client ${client.name} has no mailbox`);
  const first = mailbox.next_seq;
  const last = first + sendable.length - 1;
  await advanceMailboxes(tx, [client.clientId], [last + 1]);
  await insertReplays(
    tx,
    client.clientId,
    sendable.map((row) => row.document_id),
    sendable.map((row) => row.bytes),
    first,
    input.queueDays,
    sendable.map(() => randomUUIDv7()),
  );
  const done = { ...result, first, last };
  await audit(tx, caller, { action: 'tickets.mailbox.replay', object: client.name, after: { ...describe(selection), ...done } });
  await publish(tx, {
    type: 'vestnik.tickets.mailbox.replayed',
    subject: client.name,
    data: { client: client.name, ...describe(selection), ...done, by: caller.login },
  });
  await notify(tx, FEED_WAKE, String(client.clientId));
  measure('vestnik_mailbox_replayed_total', done.replayed);
  return done;
}
