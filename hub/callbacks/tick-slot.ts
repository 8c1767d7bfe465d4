import type { Database } from '../core/database/database.ts';
import { HubError } from '../core/errors.ts';
import { keepTickSlot, leaveTickSlot, takeTickSlot } from './sql/deliveries.ts';
import { createTicks, type TickSource } from './ticks.ts';

/**
 * This process's source of `@CallbackId` (ticks.ts), in a slot that no other process has.
 *
 * without a slot -> next() -> holding one, under a lease that is renewed -> the lease was lost (the database was away for long): without a
 * slot -> ... ; stop() -> the slot is free.
 */
export interface Ticks extends TickSource {
  stop(): Promise<void>;
}

const LEASE_SECONDS = 120;
const RENEW_EVERY = 30_000;

export function startTicks(options: { database: Database; hubId: string; zone: string }): Ticks {
  const { database, hubId, zone } = options;
  let held: { readonly slot: number; readonly source: TickSource } | undefined;
  let taking: Promise<{ readonly slot: number; readonly source: TickSource }> | undefined;

  const take = async () => {
    const [row] = await takeTickSlot(database.work, hubId, LEASE_SECONDS);
    if (!row) throw new HubError('BUSY', 'all 64 slots of @CallbackId are taken: at most 64 hubs can send callbacks', { retryAfter: 60 });
    const { slot } = row;
    const storeMark = async (mark: bigint): Promise<void> => {
      const [kept] = await keepTickSlot(database.work, slot, hubId, String(mark), LEASE_SECONDS);
      if (kept) return;
      if (held?.slot === slot) held = undefined;
      throw new HubError('STORE_UNAVAILABLE', 'the slot of @CallbackId was lost to another hub', { retryAfter: 1 });
    };
    held = { slot, source: createTicks({ slot, mark: BigInt(row.mark), storeMark, ...(zone !== 'UTC' && { zone }) }) };
    return held;
  };
  const source = async (): Promise<TickSource> => {
    taking ??= take().finally(() => {
      taking = undefined;
    });
    return (held ?? (await taking)).source;
  };
  const timer = setInterval(() => {
    if (!held) return;
    const { slot } = held;
    keepTickSlot(database.work, slot, hubId, null, LEASE_SECONDS).then(
      ([kept]) => {
        if (!kept && held?.slot === slot) held = undefined;
      },
      // The next number finds out whether the slot is still ours.
      () => undefined,
    );
  }, RENEW_EVERY);
  timer.unref();

  return {
    next: () => (held ? held.source.next() : source().then((found) => found.next())),
    async stop() {
      clearInterval(timer);
      // A slot that cannot be given back is free when its lease has run out.
      if (held) await leaveTickSlot(database.work, held.slot, hubId).catch(() => undefined);
      held = undefined;
    },
  };
}
