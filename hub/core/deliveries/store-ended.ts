import type { Queryable, Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { ENGINES, type EngineName, type NewDelivery } from './enqueue.ts';
import type { EndState } from './outcome.ts';
import { insertEnded, nextDeliveryId } from './sql/ended.ts';

/** A delivery that was made on the spot, beside the engine, with the one attempt that it had. */
export interface EndedDelivery extends Omit<NewDelivery, 'strict'> {
  readonly id: number;
  readonly state: EndState;
  readonly status: number | null;
  readonly code: string | null;
  /** Milliseconds that the attempt took, until now. */
  readonly duration: number;
  readonly hubId: string;
  /** JSON for the attempt's row. */
  readonly facts: string;
}

/** An id for a delivery that is yet to be stored; one that is never used leaves a gap. */
export async function takeDeliveryId(db: Queryable): Promise<number> {
  const [row] = await nextDeliveryId(db);
  if (!row) throw new HubError('INTERNAL', 'the sequence of deliveries answered nothing');
  return row.id;
}

/** Writes a delivery and its attempt into the log: nothing is due, and no target is judged by it. */
export async function storeEnded(tx: Transaction, engine: EngineName, ended: EndedDelivery): Promise<void> {
  const { state } = ended;
  await insertEnded(
    tx,
    ENGINES[engine],
    ended.id,
    ended.target,
    ended.key,
    ended.type,
    ended.ref,
    state,
    ended.status,
    ended.code,
    ended.duration,
    state === 'delivered' || state === 'failed' ? state : 'ended',
    ended.hubId,
    ended.facts,
    ended.extra,
  );
}
