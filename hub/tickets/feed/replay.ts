import type { ReplayRequest } from '@vestnik/protocol/feed.ts';
import type { Database } from '../../core/database/database.ts';
import { HubError } from '../../core/errors.ts';
import type { Caller } from '../../core/identity/caller.ts';
import { REPLAY_MOST, type ReplaySelection, replayMessages } from '../replay-messages.ts';
import type { FeedEntry } from '../sql/feed.ts';

/** Ranges that overlap or touch as one, in rising order: each sequence is looked at once, however often it was named. */
function joined(ranges: readonly { from: number; to: number }[]): { from: number; to: number }[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (to < from) continue;
    if (last && from <= last.to + 1) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

function selectionsOf(request: ReplayRequest): ReplaySelection[] {
  if ('numbers' in request) return [{ numbers: request.numbers }];
  if ('from' in request) return [{ from: Temporal.Instant.from(request.from), to: Temporal.Instant.from(request.to) }];
  return joined(request.sequences).map(({ from, to }) => ({ first: from, last: to }));
}

/**
 * A replay that the client asks for itself: only what was queued for it before. Audited under the client's name.
 * @returns how many messages were queued. @throws HubError as replayMessages(); TOO_LARGE also for all ranges together. Nothing is queued then.
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
      if (queued > REPLAY_MOST) {
        throw new HubError('TOO_LARGE', `the replay would send more than ${REPLAY_MOST} messages; choose fewer sequences`);
      }
    }
    return queued;
  });
}
