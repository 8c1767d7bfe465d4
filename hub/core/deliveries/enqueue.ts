import type { Transaction } from '../database/statement.ts';
import type { DueItem, EndState } from './outcome.ts';
import { DELIVERY_CHANNEL, insertDue } from './sql/due.ts';
import { cancelDue, lockDue } from './sql/settle.ts';
import { deleteTarget, insertTarget, notifyDelivery } from './sql/targets.ts';

/** The engines that share the tables; the number is stored. */
export const ENGINES = { callbacks: 1, alerts: 2 } as const;
export type EngineName = keyof typeof ENGINES;

/** A delivery to be made. */
export interface NewDelivery {
  readonly target: number;
  /** Ordering key, 0 for none (policy.ts). */
  readonly key: number;
  /** Its order is strict. */
  readonly strict: boolean;
  /** What it is about, for those who look: `ReserveIssued`. */
  readonly type: string;
  /** What is delivered, in the module's words. */
  readonly ref: string;
  /** JSON of the module's own on one line, as JSON.stringify writes it, or null. */
  readonly extra: string | null;
}

/** What a notification says of targets whose claimed items are to be given back, and of those that have first attempts to claim and nothing else that is new. */
export const GIVE_BACK = 'back';
export const FIRSTS = 'firsts';

/** A notification carries at most 8000 bytes; with more targets than this it names none. */
const MOST_NAMED = 200;

const payloadOf = (engine: number, targets: readonly number[]): string => {
  const distinct = [...new Set(targets)];
  return `${engine}:${distinct.length > MOST_NAMED ? '' : distinct.join(',')}`;
};

/** An engine of this hub that takes deliveries over as they are stored, without claiming them afterwards. */
export interface HandOver {
  readonly hubId: string;
  /**
   * Whether it has room for one more first attempt of the target now, and has claimed all that it has seen.
   * @returns the id up to which it has seen all; undefined when it has no room.
   */
  offer(target: number): number | undefined;
  /** Takes what was offered, once it is committed. `declined`: targets of which something earlier was found that is to be claimed first. */
  accept(items: readonly DueItem[], declined: readonly number[]): void;
}

interface Inserted {
  readonly ids: number[];
  /** For each, whether it is claimed. */
  readonly claimed: readonly boolean[];
  /** Of the database, milliseconds since 1970. */
  readonly now: number;
}

const CLAIMED = '1';

async function insert(
  tx: Transaction,
  engine: EngineName,
  items: readonly NewDelivery[],
  offers: readonly (number | undefined)[],
  hubId: string | null,
): Promise<Inserted> {
  const others = items.filter((_, at) => offers[at] === undefined).map(({ target }) => target);
  const [row] = await insertDue(
    tx,
    ENGINES[engine],
    items.map(({ target }) => target),
    items.map(({ key }) => key),
    items.map(({ strict }) => strict),
    items.map(({ type }) => type),
    items.map(({ ref }) => ref),
    items.map(({ extra }) => extra).join('\n'),
    offers.map((seen) => seen !== undefined),
    hubId,
    others.length === 0 ? null : `${payloadOf(ENGINES[engine], others)}:${FIRSTS}`,
    offers.map((seen) => seen ?? 0),
  );
  const { ids = '', claimed = '', now = 0 } = row ?? {};
  return { ids: ids.split(',').map(Number), claimed: Array.from(claimed, (sign) => sign === CLAIMED), now };
}

/**
 * Makes deliveries due in the caller's transaction; every hub is woken by its commit. Those of one engine that commit at once follow one
 * another, so call it late in a transaction.
 * @returns their ids, in order.
 */
export async function enqueue(tx: Transaction, engine: EngineName, items: readonly NewDelivery[]): Promise<number[]> {
  if (items.length === 0) return [];
  const offers = items.map(() => undefined);
  return (await insert(tx, engine, items, offers, null)).ids;
}

/**
 * The same beside this hub's own engine: what it has room for is claimed with the insert.
 * @returns a function to call after the commit, which hands that over.
 */
export async function enqueueHere(
  tx: Transaction,
  engine: EngineName,
  items: readonly NewDelivery[],
  handOver: HandOver,
): Promise<() => void> {
  if (items.length === 0) return () => undefined;
  const offers = items.map(({ target }) => handOver.offer(target));
  const { ids, claimed, now } = await insert(tx, engine, items, offers, handOver.hubId);
  const fresh = { lane: 0, number: 1, known: 0, spent: 0, createdAt: now, dueAt: now, begunAt: now } as const;
  const taken: DueItem[] = [];
  const declined: number[] = [];
  for (const [at, { target, key, type, ref, extra }] of items.entries()) {
    if (claimed[at]) taken.push({ target, id: ids[at] ?? 0, key, type, ref, extra: extra === null ? null : JSON.parse(extra), ...fresh });
    else if (offers[at] !== undefined) declined.push(target);
  }
  return () => handOver.accept(taken, declined);
}

/** Makes a target known to the engine; hubs take it over by themselves. */
export async function addTarget(tx: Transaction, engine: EngineName, target: number): Promise<void> {
  await insertTarget(tx, ENGINES[engine], target);
  await wakeTarget(tx, engine, target);
}

/** Tells all hubs that the policy of a target has changed, such as that it is no longer held. */
export async function wakeTarget(tx: Transaction, engine: EngineName, target: number): Promise<void> {
  await notifyDelivery(tx, DELIVERY_CHANNEL, payloadOf(ENGINES[engine], [target]));
}

/** Ends everything that waits for a target, and forgets the target; its log stays. */
export async function removeTarget(tx: Transaction, engine: EngineName, target: number): Promise<void> {
  await cancelDeliveries(tx, engine, target, undefined, 'canceled', 'target_removed');
  await deleteTarget(tx, ENGINES[engine], target);
}

/**
 * Ends deliveries that wait. One whose attempt is under way ends with it, unless it succeeds; one that a hub has claimed and not begun ends
 * as soon as that hub hears of it.
 * @param ids undefined: all of the target.
 * @returns how many ended, and how many will.
 */
export async function cancelDeliveries(
  tx: Transaction,
  engine: EngineName,
  target: number,
  ids: readonly number[] | undefined,
  state: EndState,
  code: string,
): Promise<{ ended: number; underWay: number }> {
  await lockDue(tx, ENGINES[engine], target, ids ?? null);
  const rows = await cancelDue(tx, ENGINES[engine], target, ids ?? null, state, code);
  const ended = rows.filter((row) => row.ended).length;
  // What is only claimed, and has not begun, ends at once.
  if (ended < rows.length) await notifyDelivery(tx, DELIVERY_CHANNEL, `${payloadOf(ENGINES[engine], [target])}:${GIVE_BACK}`);
  return { ended, underWay: rows.length - ended };
}
