import type { Database } from '../../core/database/database.ts';
import type { createAcknowledger } from './acknowledge.ts';
import type { AnswerRoom } from './answer-room.ts';
import type { Leases } from './leases.ts';
import type { FeedReader } from './reader.ts';
import type { Waiters } from './waiters.ts';

/** What the requests of the feed work with; one a hub. */
export interface FeedContext {
  readonly database: Database;
  readonly hubId: string;
  readonly leases: Leases;
  readonly waiters: Waiters;
  readonly reader: FeedReader;
  readonly room: AnswerRoom;
  readonly acknowledger: ReturnType<typeof createAcknowledger>;
  /** The last report written of each client, as a digest, to write only what is new. */
  readonly reports: Map<number, { digest: string; at: number }>;
}
