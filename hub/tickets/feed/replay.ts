import type { ReplayRequest } from '@vestnik/protocol/feed.ts';
import type { Database } from '../../core/database/database.ts';
import type { Caller } from '../../core/identity/caller.ts';
import { type ReplaySelection, replayMessages } from '../replay-messages.ts';
import type { FeedEntry } from '../sql/feed.ts';

function selectionsOf(request: ReplayRequest): ReplaySelection[] {
  if ('numbers' in request) return [{ numbers: request.numbers }];
  if ('from' in request) return [{ from: Temporal.Instant.from(request.from), to: Temporal.Instant.from(request.to) }];
  return request.sequences.map(({ from, to }) => ({ first: from, last: to }));
}

/**
 * A replay that the client asks for itself: only what was queued for it before. Audited under the client's name.
 * @returns how many messages were queued. @throws HubError as replayMessages()
 */
export async function replayOwn(
  database: Database,
  entry: FeedEntry,
  request: ReplayRequest,
  options: { address: string; queueDays: number },
): Promise<number> {
  const caller: Caller = { login: `client:${entry.name}`, rights: [], face: 'feed', address: options.address, requestId: undefined };
  return database.transaction(async (tx) => {
    let queued = 0;
    for (const selection of selectionsOf(request)) {
      const result = await replayMessages(tx, caller, { client: entry.name, selection, scope: 'own', queueDays: options.queueDays });
      queued += result.replayed;
    }
    return queued;
  });
}
