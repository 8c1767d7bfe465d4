import type { Queryable } from '../../core/database/statement.ts';
import type { DueItem, Outcome } from '../../core/deliveries/outcome.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import { allowsChannel } from '../channel-mask.ts';
import type { AttemptOutcome, Order } from '../channels/driver.ts';
import { countAttempt } from '../count-results.ts';
import { storable } from '../far-side-text.ts';
import type { RunRow } from '../run.ts';
import { type AttemptRow, attemptById, type PersonRow, peopleOfTargets } from '../sql/feed.ts';
import { createAttachments } from './attachments.ts';
import type { ChannelGroups, RunningGroup } from './channel-groups.ts';
import type { Content } from './message-content.ts';
import type { RunBook } from './run-book.ts';
import type { AttemptRecord } from './settle-attempts.ts';

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

const notes = notesOf('alerts.attempts');

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
const NOT_PREPARED = made('channel', 'not_prepared', 'the attempt could not be prepared; see the log of the hub');
const OVER = made('canceled', 'over', 'the attempt is over');

/** Characters of what a far side said that are kept. */
const MOST_CODE = 64;
const MOST_DETAIL = 500;

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
    code: outcome ? storable(outcome.code, MOST_CODE) : 'lost',
    health: HEALTH[result],
    record: {
      outcome: outcome && { ...outcome, code: storable(outcome.code, MOST_CODE), detail: storable(outcome.detail, MOST_DETAIL) },
      channel,
    },
  };
}

/** Makes the attempt of a delivery that the engine says is due (core/deliveries). Each has one attempt: what follows is the target's (target.ts). */
export function attemptTarget({ db, book, groups, take, activeMask, contentOf }: AttemptPorts) {
  const attachmentsOf = createAttachments(db);
  const load = async (attempt: number): Promise<Prepared | undefined> => {
    const [row] = await attemptById(db, attempt);
    if (!row || row.ended) return undefined;
    const [person] = await peopleOfTargets(db, row.runId, [row.no]);
    return person && { ...row, person };
  };
  const orderOf = async (attempt: number, group: RunningGroup): Promise<Order | AttemptOutcome> => {
    const prepared = take(attempt) ?? (await load(attempt));
    if (!prepared) return OVER;
    const run = (await book.of(db, [prepared.runId])).get(prepared.runId)?.row;
    const mask = activeMask(prepared.runId);
    if (!run || mask === undefined) return CANCELED;
    const allowed = new Set(
      group.channels.flatMap(({ number, enabled }, place) => (enabled && allowsChannel(mask, number) ? [place] : [])),
    );
    if (allowed.size === 0) return NO_CHANNEL;
    const content = await contentOf(run, prepared);
    return {
      attempt,
      // A repetition in doubt has the same one, so that it may be dropped; the next round wants to be read again.
      reference: `${prepared.runId}.${prepared.no}.${prepared.round}`,
      address: prepared.address,
      ...content,
      attachments: await attachmentsOf(run.frozen),
      from: run.frozen.settings.from,
      channels: allowed.size === group.channels.length ? undefined : allowed,
    };
  };
  return async (item: DueItem, signal: AbortSignal): Promise<Outcome<AttemptRecord>> => {
    const attempt = Number(item.ref);
    const group = groups.byId(item.target);
    // It was begun before, by a hub that died over it: it may have arrived, so it is not made again (specification of alerts 4.9.4).
    if (item.number > 1) return outcomeOf(undefined, group);
    if (!group) {
      take(attempt);
      return outcomeOf(NO_CHANNEL, group);
    }
    let order: Order | AttemptOutcome;
    try {
      order = await orderOf(attempt, group);
    } catch (error) {
      // Nothing has left, so it is not in doubt; and it is not made again and again.
      notes.error('an attempt could not be prepared', { attempt }, error);
      order = NOT_PREPARED;
    }
    if ('result' in order) return outcomeOf(order, group);
    const began = performance.now();
    const outcome = await group.driver.attempt(order, signal);
    countAttempt(group, outcome.result, began);
    return outcomeOf(outcome, group);
  };
}
