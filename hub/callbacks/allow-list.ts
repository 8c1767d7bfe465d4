import { coalesce } from '../core/coalesce.ts';
import type { Database } from '../core/database/database.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { ALLOW_LIST } from './allowed-address.ts';
import { loadAllowIndex } from './check-allowed.ts';
import { expireAllowEntries, warnAllowRequests } from './expire-allow-entries.ts';
import type { AddressPolicy } from './guard/address-policy.ts';
import type { Permitted, Refused } from './guard/judge-address.ts';
import { createVerdicts } from './guard/verdicts.ts';
import { allowVersion } from './sql/allow.ts';

/**
 * The allow-list of this hub, kept in step with its table, and what the guard made of addresses by it.
 *
 * States: loading -> fresh -> (notified, or the version has moved) loading -> fresh ...; stop() -> stopped. The version is asked for every
 * second: a revocation is in force within 5 s, whatever happens to notifications. A failed load keeps the list that is there and is tried
 * again with the next second: without the database no attempt begins, as its beginning is written down first. Loads never overlap.
 */
export interface AllowList {
  /** Stages 1 to 4 of the guard for a rendered address, by the list. */
  judge(text: string, organizationId: number | null): Permitted | Refused;
  readonly policy: AddressPolicy;
  stop(): Promise<void>;
}

const notes = notesOf('callbacks.allow-list');
const ASK_EVERY = 1_000;
const CLOCK_EVERY = 30_000;
/** Verdicts are forgotten so often anyway, as the hub's own addresses may change. Milliseconds. */
const FORGET_EVERY = 10_000;

export async function startAllowList(database: Database, policy: AddressPolicy): Promise<AllowList> {
  const verdicts = createVerdicts(policy, new Map());
  let version: number | undefined;
  let stopped = false;

  const load = async (): Promise<void> => {
    const [row] = await allowVersion(database.work);
    if (row?.version === version) return;
    // Read after the version: a change in between is found by the next look.
    verdicts.replace(await loadAllowIndex(database.work));
    version = row?.version;
  };
  const reload = coalesce(async () => {
    if (stopped) return;
    await load().catch((error: unknown) => notes.warn('the allow-list could not be read; the one of before stays in force', {}, error));
  });
  let working: Promise<unknown> | undefined;
  const clock = (): void => {
    working ??= Promise.all([expireAllowEntries(database), warnAllowRequests(database, Temporal.Now.instant())])
      .catch((error: unknown) => notes.warn('entries of the allow-list could not be expired; it is tried again', {}, error))
      .finally(() => {
        working = undefined;
      });
  };

  await load();
  const unlisten = database.listener.subscribe(ALLOW_LIST, { notify: reload, resync: reload });
  const timers = [setInterval(reload, ASK_EVERY), setInterval(clock, CLOCK_EVERY), setInterval(verdicts.forget, FORGET_EVERY)];
  return {
    policy,
    judge: verdicts.judge,
    async stop() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      unlisten();
      await Promise.all([reload(), working]);
    },
  };
}
