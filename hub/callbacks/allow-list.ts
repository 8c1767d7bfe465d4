import type { Database } from '../core/database/database.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { ALLOW_LIST } from './allow-entry.ts';
import { loadAllowIndex } from './check-allowed.ts';
import { expireAllowEntries, warnAllowRequests } from './expire-allow-entries.ts';
import type { AddressPolicy } from './guard/address-policy.ts';
import type { AllowIndex } from './guard/allow-match.ts';
import { judgeAddress, type Permitted, type Refused } from './guard/judge-address.ts';
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
/** Verdicts that are remembered: most endpoints have one address, and judging takes longer than sending may cost. */
const MOST_VERDICTS = 20_000;
/** Verdicts are forgotten so often anyway, as the hub's own addresses may change. Milliseconds. */
const FORGET_EVERY = 10_000;

export async function startAllowList(database: Database, policy: AddressPolicy): Promise<AllowList> {
  let index: AllowIndex = new Map();
  let version: number | undefined;
  let loading: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  const verdicts = new Map<number | null, Map<string, Permitted | Refused>>();
  let remembered = 0;

  const forget = (): void => {
    verdicts.clear();
    remembered = 0;
  };
  const load = async (): Promise<void> => {
    const [row] = await allowVersion(database.work);
    if (row?.version === version) return;
    // Read after the version: a change in between is found by the next look.
    index = await loadAllowIndex(database.work);
    version = row?.version;
    forget();
  };
  const reload = (): void => {
    if (stopped) return;
    if (loading) {
      again = true;
      return;
    }
    loading = load()
      .catch((error: unknown) => notes.warn('the allow-list could not be read; the one of before stays in force', {}, error))
      .finally(() => {
        loading = undefined;
        if (!again) return;
        again = false;
        reload();
      });
  };
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
  const timers = [setInterval(reload, ASK_EVERY), setInterval(clock, CLOCK_EVERY), setInterval(forget, FORGET_EVERY)];
  return {
    policy,
    judge(text, organizationId) {
      const now = Date.now();
      let known = verdicts.get(organizationId);
      const present = known?.get(text);
      if (present && !(present.permitted && present.target.entry.validUntil <= now)) return present;
      const verdict = judgeAddress(text, { form: 'rendered', policy, index, organizationId, now });
      if (remembered >= MOST_VERDICTS) {
        forget();
        known = undefined;
      }
      if (!known) {
        known = new Map();
        verdicts.set(organizationId, known);
      }
      known.set(text, verdict);
      remembered += 1;
      return verdict;
    },
    async stop() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      unlisten();
      await Promise.all([loading, working]);
    },
  };
}
