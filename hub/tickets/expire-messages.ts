import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { measure } from '../core/telemetry/channels.ts';
import { eraseDeliveredBodies } from './erase-bodies.ts';
import { lockFeeds } from './sql/feed.ts';
import { clientsWithExpired, countExpired, expireChunk, raiseFloor, tellExpired } from './sql/leave.ts';

const CHUNK = 1_000;

interface Run {
  readonly clientId: number;
  readonly name: string;
  readonly now: Temporal.Instant;
  readonly keepDays: number;
  first: number;
  last: number;
}

/**
 * One chunk of one client in one transaction. The number expired is kept in the client's row until the event of the run is written with the
 * last chunk, so a hub that dies in between leaves nothing untold: the next run finds the row.
 * @returns the number that expired.
 */
async function expireSome(tx: Transaction, run: Run): Promise<number> {
  const { clientId, name, now } = run;
  await lockFeeds(tx, [clientId]);
  const [chunk] = await expireChunk(tx, clientId, now, run.last, CHUNK);
  if (!chunk) throw new Error('an aggregate without a row');
  const [feed] = await countExpired(tx, clientId, chunk.count, chunk.last);
  if (chunk.count > 0) {
    run.first ||= chunk.first;
    run.last = chunk.last;
    await raiseFloor(tx, clientId);
    if (run.keepDays === 0) await eraseDeliveredBodies(tx, chunk.documents);
  }
  const untold = feed?.expired_untold ?? 0;
  if (chunk.count < CHUNK && untold > 0) {
    await tellExpired(tx, clientId);
    await publish(tx, {
      type: 'vestnik.tickets.message.expired',
      subject: name,
      data: { client: name, count: untold, ...(run.last > 0 && { from: run.first, to: run.last }) },
    });
  }
  return chunk.count;
}

/**
 * Turns every message whose time is over into a tombstone (spec 5.1): per client from the head in chunks of 1,000, each a transaction, with
 * one event a client and run. Safe beside pulls, acknowledgements and ingest, and to repeat.
 * @returns the number of messages that expired, by client name.
 */
export async function expireMessages(
  database: Database,
  { now, keepDays }: { readonly now: Temporal.Instant; readonly keepDays: number },
): Promise<Map<string, number>> {
  const expired = new Map<string, number>();
  for (const { client_id, name } of await clientsWithExpired(database.work, now)) {
    const run: Run = { clientId: client_id, name, now, keepDays, first: 0, last: 0 };
    let total = 0;
    for (;;) {
      const count = await database.queueTransaction((tx) => expireSome(tx, run));
      total += count;
      if (count < CHUNK) break;
    }
    measure('vestnik_mailbox_expired_total', total);
    if (total > 0) expired.set(name, total);
  }
  return expired;
}
