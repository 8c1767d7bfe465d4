import type { Transaction } from '../core/database/statement.ts';
import type { Settled } from '../core/deliveries/settle.ts';
import { publish } from '../core/events/publish.ts';
import type { AttemptRecord } from './deliver-callback.ts';

/** The same of one endpoint is told again after this. Milliseconds. */
const QUIET = 600_000;
/** Refusals by the allow-list or by the guard's first stages that make a series. */
const SERIES = 3;
const MOST_REMEMBERED = 10_000;

interface Memory {
  count: number;
  toldAt: number;
}

/**
 * Tells of what people must look at (spec 9.2): a message that cannot be made of its event, refusals of the guard in series, a name that
 * resolves to where nothing may be sent. Once in ten minutes for an endpoint and a kind; an endpoint is one hub's at a time, so one hub tells.
 */
export function reportTroubles(clock: () => number = () => performance.now()) {
  const memories = new Map<string, Memory>();
  const remember = (key: string): Memory => {
    const known = memories.get(key);
    if (known) return known;
    if (memories.size >= MOST_REMEMBERED) memories.clear();
    const fresh: Memory = { count: 0, toldAt: Number.NEGATIVE_INFINITY };
    memories.set(key, fresh);
    return fresh;
  };

  return async (tx: Transaction, settled: readonly Settled<AttemptRecord>[]): Promise<void> => {
    for (const { item, outcome, state } of settled) {
      const { code } = outcome ?? {};
      const endpoint = outcome?.record.endpoint;
      if (!endpoint || typeof code !== 'string') {
        if (outcome && memories.size > 0) memories.delete(`guard.refused/${item.target}`);
        continue;
      }
      const kind =
        state === 'rejected' ? 'template.rejected' : state === 'blocked' || code === 'address_refused' ? 'guard.refused' : undefined;
      if (kind === undefined) continue;
      const memory = remember(`${kind}/${item.target}`);
      memory.count += 1;
      const enough = kind === 'template.rejected' || code === 'address_refused' || memory.count >= SERIES;
      if (!enough || clock() - memory.toldAt < QUIET) continue;
      memory.toldAt = clock();
      await publish(tx, {
        type: `vestnik.callbacks.${kind}`,
        subject: `endpoint/${item.target}`,
        data: {
          endpoint_id: item.target,
          organization_id: endpoint.organizationId,
          name: endpoint.name,
          delivery: item.id,
          error: code,
          count: memory.count,
        },
      });
    }
  };
}
