import type { Queryable } from '../core/database/statement.ts';
import type { DueItem, Outcome } from '../core/deliveries/outcome.ts';
import type { ChannelGroups, RunningGroup } from './channel-groups.ts';
import { allowsChannel } from './channel-mask.ts';
import type { AttemptOutcome, Order } from './channels/driver.ts';
import type { Content } from './message-content.ts';
import type { RunRow } from './run.ts';
import type { RunBook } from './run-book.ts';
import type { AttemptRecord } from './settle-attempts.ts';
import { type AttemptRow, attemptById, type PersonRow, peopleOfTargets } from './sql/feed.ts';

/** An attempt that has just been written down, with what its content shows of the person. */
export interface Prepared extends Pick<AttemptRow, 'attempt' | 'runId' | 'no' | 'round' | 'address'> {
  readonly person: PersonRow;
}

export interface AttemptPorts {
  readonly db: Queryable;
  readonly book: RunBook;
  readonly groups: Pick<ChannelGroups, 'byId'>;
  /** Taken out: what was prepared here is attempted here, once. */
  take(attempt: number): Prepared | undefined;
  /** Whether the run is still under way, and which channels it may use now. */
  activeMask(run: number): string | undefined;
  contentOf(run: RunRow, target: Prepared): Content | Promise<Content>;
}

const made = (result: AttemptOutcome['result'], code: string, detail: string): AttemptOutcome => ({
  result,
  code,
  detail,
  channel: undefined,
  messageIds: [],
  notBefore: undefined,
});
const CANCELED = made('canceled', 'canceled', 'the run was stopped before it began');
const NO_CHANNEL = made('channel', 'no_channel', 'no channel of the group may be used');
const OVER = made('canceled', 'over', 'the attempt is over');

const HEALTH: Readonly<Record<AttemptOutcome['result'], Outcome<AttemptRecord>['health']>> = {
  done: 'alive',
  submitted: 'alive',
  permanent: 'alive',
  temporary: 'alive',
  slow: 'alive',
  channel: 'unreachable',
  unknown: 'failing',
  canceled: 'unknown',
};

function outcomeOf(outcome: AttemptOutcome | undefined, group: RunningGroup | undefined): Outcome<AttemptRecord> {
  const result = outcome?.result ?? 'unknown';
  const channel = outcome?.channel === undefined ? null : (group?.channels[outcome.channel]?.number ?? null);
  return {
    result: result === 'done' || result === 'submitted' ? 'delivered' : result === 'canceled' ? 'canceled' : 'failed',
    status: null,
    code: outcome?.code.slice(0, 64) ?? 'lost',
    health: HEALTH[result],
    record: { outcome, channel },
  };
}

/** Makes the attempt of a delivery that the engine says is due (core/deliveries). Each has one attempt: what follows is the target's (target.ts). */
export function attemptTarget({ db, book, groups, take, activeMask, contentOf }: AttemptPorts) {
  const load = async (attempt: number): Promise<Prepared | undefined> => {
    const [row] = await attemptById(db, attempt);
    if (!row || row.ended) return undefined;
    const [person] = await peopleOfTargets(db, row.runId, [row.no]);
    return person && { ...row, person };
  };
  return async (item: DueItem, signal: AbortSignal): Promise<Outcome<AttemptRecord>> => {
    const attempt = Number(item.ref);
    const group = groups.byId(item.target);
    // It was begun before, by a hub that died over it: it may have arrived, so it is not made again (specification of alerts 4.9.4).
    if (item.number > 1) return outcomeOf(undefined, group);
    const prepared = take(attempt) ?? (await load(attempt));
    if (!prepared) return outcomeOf(OVER, group);
    const run = (await book.of(db, [prepared.runId])).get(prepared.runId)?.row;
    const mask = activeMask(prepared.runId);
    if (!run || mask === undefined) return outcomeOf(CANCELED, group);
    if (!group) return outcomeOf(NO_CHANNEL, group);
    const allowed = new Set(
      group.channels.flatMap(({ number, enabled }, place) => (enabled && allowsChannel(mask, number) ? [place] : [])),
    );
    if (allowed.size === 0) return outcomeOf(NO_CHANNEL, group);
    const content = await contentOf(run, prepared);
    const order: Order = {
      attempt,
      // A repetition in doubt has the same one, so that it may be dropped; the next round wants to be read again.
      reference: `${prepared.runId}.${prepared.no}.${prepared.round}`,
      address: prepared.address,
      ...content,
      from: run.frozen.settings.from,
      channels: allowed.size === group.channels.length ? undefined : allowed,
    };
    return outcomeOf(await group.driver.attempt(order, signal), group);
  };
}
