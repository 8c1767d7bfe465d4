import type { Transaction } from '../database/statement.ts';
import type { EndState } from './outcome.ts';
import { DELIVERY_CHANNEL, insertDue } from './sql/due.ts';
import { cancelDue } from './sql/settle.ts';
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
  /** JSON of the module's own, or null. */
  readonly extra: string | null;
}

/** A notification carries at most 8000 bytes; with more targets than this it names none. */
const MOST_NAMED = 200;

const payloadOf = (engine: number, targets: readonly number[]): string => {
  const distinct = [...new Set(targets)];
  return `${engine}:${distinct.length > MOST_NAMED ? '' : distinct.join(',')}`;
};

/**
 * Makes deliveries due in the caller's transaction; every hub is woken by its commit. Those of one engine that commit at once follow one
 * another, so call it late in a transaction.
 * @returns their ids, in order.
 */
export async function enqueue(tx: Transaction, engine: EngineName, items: readonly NewDelivery[]): Promise<number[]> {
  if (items.length === 0) return [];
  const rows = await insertDue(
    tx,
    ENGINES[engine],
    items.map(({ target }) => target),
    items.map(({ key }) => key),
    items.map(({ strict }) => strict),
    items.map(({ type }) => type),
    items.map(({ ref }) => ref),
    items.map(({ extra }) => extra),
    payloadOf(
      ENGINES[engine],
      items.map(({ target }) => target),
    ),
  );
  return rows.map(({ id }) => id);
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
 * Ends deliveries that wait. One whose attempt is under way ends with it, unless it succeeds.
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
  const rows = await cancelDue(tx, ENGINES[engine], target, ids ?? null, state, code);
  const ended = rows.filter((row) => row.ended).length;
  return { ended, underWay: rows.length - ended };
}
