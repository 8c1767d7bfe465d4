import { createBatcher } from '../../core/database/batcher.ts';
import type { Database } from '../../core/database/database.ts';
import { renewLeases } from '../sql/feed.ts';

/** The session of one pull. */
export interface Lease {
  readonly clientId: number;
  readonly instance: string;
  readonly address: string;
  readonly agent: string;
}

/**
 * Renews the leases of sessions. A program that waits 25 s writes its lease with every pull, so leases of one moment share a commit.
 * open -> stop(): what waits is written.
 */
export interface Leases {
  /** @returns false when another instance has claimed the session meanwhile. */
  renew(lease: Lease): Promise<boolean>;
  stop(): Promise<void>;
}

const MOST = 200;

export function createLeases(database: Database, hubId: string): Leases {
  const keyOf = (clientId: number, instance: string): string => `${clientId} ${instance}`;
  const batcher = createBatcher<Lease, boolean>({
    maxItems: MOST,
    maxWeight: MOST,
    maxInFlight: 1,
    // Every waiting request has a connection of its own, and those are bounded elsewhere.
    queueBound: Number.MAX_SAFE_INTEGER,
    queueWeight: Number.MAX_SAFE_INTEGER,
    weightOf: () => 1,
    async flush(leases) {
      const rows = await renewLeases(
        database.queue,
        leases.map(({ clientId }) => clientId),
        leases.map(({ instance }) => instance),
        leases.map(({ address }) => address),
        leases.map(({ agent }) => agent),
        hubId,
      );
      const renewed = new Set(rows.map((row) => keyOf(row.client_id, row.instance)));
      return leases.map(({ clientId, instance }) => renewed.has(keyOf(clientId, instance)));
    },
  });
  return { renew: (lease) => batcher.submit(lease), stop: () => batcher.stop() };
}
