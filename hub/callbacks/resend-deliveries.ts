import type { Transaction } from '../core/database/statement.ts';
import { enqueue, type NewDelivery } from '../core/deliveries/enqueue.ts';
import { type LogRow, readAttemptsOf } from '../core/deliveries/log.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { DeliveryExtra } from './deliver-callback.ts';
import { bodyPlace, hasEnded } from './delivery-view.ts';
import { findDelivery, loadDelivery } from './show-delivery.ts';
import { blocksThere } from './sql/deliveries.ts';
import { eventsThere, insertResends, type ResendEndpoint, resendEndpoints } from './sql/resend.ts';
import type { TickSource } from './ticks.ts';

/** How a resend makes its message; `auto`: the same bytes of what failed or was delivered, the others are rendered again (spec 6.10). */
export const RESEND_MODES = ['auto', 'same_bytes', 'render_again'] as const;
export type ResendMode = (typeof RESEND_MODES)[number];

/** Why something cannot be sent again. */
type Refusal = 'not_ended' | 'test' | 'endpoint_deleted' | 'endpoint_disabled' | 'bytes_gone' | 'event_gone' | 'erased';

const WORDS: Readonly<Record<Refusal, readonly [en: string, ru: string]>> = {
  not_ended: ['it has not ended; cancel it first', 'она ещё не завершена; сначала отмените её'],
  test: ['it was a test; send another one', 'это тестовая отправка; выполните новую'],
  endpoint_deleted: ['its endpoint was deleted', 'получатель удалён'],
  endpoint_disabled: ['its endpoint is disabled; enable it first', 'получатель отключён; сначала включите его'],
  bytes_gone: ['the bytes that were sent are no longer kept; render it again', 'отправленные байты уже не хранятся; сформируйте заново'],
  event_gone: ['its event is no longer kept; send the same bytes', 'событие уже не хранится; отправьте те же байты'],
  erased: ['the personal data in it was erased', 'персональные данные в ней стёрты'],
};

/** What came of one: sent again as a new delivery, or why not. */
export type Resent =
  | { readonly of: number; readonly id: number; readonly mode: 'same_bytes' | 'render_again' }
  | { readonly of: number; readonly refusal: Refusal };

interface Resources {
  readonly endpoints: ReadonlyMap<number, ResendEndpoint>;
  /** The last attempt of each delivery whose bytes are kept. */
  readonly bytes: ReadonlyMap<number, number>;
  /** Erased or not, by position; events that are not here are gone. */
  readonly events: ReadonlyMap<string, boolean>;
}

const POSITION = /^(\d{1,20})-(\d{1,15})$/;

async function gather(tx: Transaction, rows: readonly LogRow[]): Promise<Resources> {
  const endpoints = await resendEndpoints(tx, [...new Set(rows.map(({ target }) => target))]);
  const attempts = await readAttemptsOf(
    tx,
    'callbacks',
    rows.map(({ id }) => id),
  );
  const places = attempts.flatMap((attempt) => {
    const place = bodyPlace(attempt);
    return place ? [{ delivery: attempt.delivery, number: attempt.number, block: place.block }] : [];
  });
  const kept = new Set((await blocksThere(tx, [...new Set(places.map(({ block }) => block))])).map(({ block }) => block));
  const positions = rows.flatMap(({ ref }) => {
    const [, txid, id] = POSITION.exec(ref) ?? [];
    return txid === undefined ? [] : [[txid, Number(id)] as const];
  });
  const events = await eventsThere(
    tx,
    positions.map(([txid]) => txid),
    positions.map(([, id]) => id),
  );
  return {
    endpoints: new Map(endpoints.map((row) => [row.endpointId, row])),
    bytes: new Map(places.filter(({ block }) => kept.has(block)).map(({ delivery, number }) => [delivery, number])),
    events: new Map(events.map(({ position, erased }) => [position, erased])),
  };
}

/** How one would be sent again, or why it cannot be. */
function decide(row: LogRow, mode: ResendMode, { endpoints, bytes, events }: Resources): 'same_bytes' | 'render_again' | Refusal {
  if (!hasEnded(row.state)) return 'not_ended';
  if (row.extra?.['test'] === true) return 'test';
  const endpoint = endpoints.get(row.target);
  if (!endpoint) return 'endpoint_deleted';
  if (!endpoint.enabled) return 'endpoint_disabled';
  const hasBytes = bytes.has(row.id);
  const erased = events.get(row.ref);
  if (mode === 'same_bytes') return hasBytes ? 'same_bytes' : 'bytes_gone';
  if (mode === 'auto' && hasBytes && (row.state === 'failed' || row.state === 'delivered')) return 'same_bytes';
  if (erased === false) return 'render_again';
  if (mode === 'auto' && hasBytes) return 'same_bytes';
  return erased ? 'erased' : 'event_gone';
}

/**
 * Sends deliveries again, as new ones that are linked to the old: same event, same webhook-id, all attempts anew. They pass allow-list and guard
 * like any other. The caller has checked the rights, and audits.
 * @returns what came of each, in order.
 */
export async function resendRows(
  tx: Transaction,
  ticks: TickSource,
  rows: readonly LogRow[],
  { mode, by, job = null }: { readonly mode: ResendMode; readonly by: string; readonly job?: number | null },
): Promise<Resent[]> {
  const resources = await gather(tx, rows);
  const decisions = rows.map((row) => ({ row, decided: decide(row, mode, resources) }));
  const sent = decisions.filter(({ decided }) => decided === 'same_bytes' || decided === 'render_again');
  const made: NewDelivery[] = [];
  for (const { row, decided } of sent) {
    const endpoint = resources.endpoints.get(row.target);
    const attempt = resources.bytes.get(row.id);
    const extra: DeliveryExtra = {
      ...(typeof row.extra?.['order'] === 'number' && { order: row.extra['order'] }),
      resendOf: row.id,
      ...(decided === 'same_bytes' && attempt !== undefined && { bytesOf: { delivery: row.id, attempt } }),
      ...(decided === 'render_again' && endpoint?.callbackId === 'per_delivery' && { callbackId: String(await ticks.next()) }),
    };
    const strict = endpoint?.ordering === 'strict';
    made.push({ target: row.target, key: row.key, strict, type: row.type, ref: row.ref, extra: JSON.stringify(extra) });
  }
  const ids = await enqueue(tx, 'callbacks', made);
  await insertResends(
    tx,
    sent.map(({ row }) => row.id),
    ids,
    by,
    job,
  );
  const fresh = ids.values();
  return decisions.map(({ row: { id: of }, decided }) =>
    decided === 'same_bytes' || decided === 'render_again' ? { of, id: fresh.next().value ?? 0, mode: decided } : { of, refusal: decided },
  );
}

/** @throws HubError CONFLICT with the refusal as its reason. */
function refuse(id: number, refusal: Refusal): never {
  const [en, ru] = WORDS[refusal];
  throw new HubError('CONFLICT', `delivery ${id} cannot be sent again: ${en}`, {
    reason: refusal === 'not_ended' ? 'bad_state' : refusal,
    russian: `доставку ${id} нельзя отправить повторно: ${ru}`,
  });
}

/**
 * Sends one delivery again, audited.
 * @throws HubError NOT_FOUND, CONFLICT `bad_state`, `test`, `endpoint_deleted`, `endpoint_disabled`, `bytes_gone`, `event_gone`, `erased`.
 */
export async function resendDelivery(
  tx: Transaction,
  caller: Caller,
  ticks: TickSource,
  { id, mode }: { readonly id: number; readonly mode: ResendMode },
): Promise<{ readonly id: number; readonly mode: 'same_bytes' | 'render_again' }> {
  const { row } = await loadDelivery(tx, caller, 'callbacks.resend', id);
  const [answer] = await resendRows(tx, ticks, [row], { mode, by: caller.login });
  if (!answer || 'refusal' in answer) return refuse(id, answer?.refusal ?? 'not_ended');
  await audit(tx, caller, {
    action: 'callbacks.delivery.resend',
    object: String(id),
    after: { endpoint: row.target, resentAs: answer.id, mode: answer.mode },
  });
  return { id: answer.id, mode: answer.mode };
}

/** What came of one of several. */
export interface ResendResult {
  readonly of: number;
  readonly id: number | null;
  readonly mode: 'same_bytes' | 'render_again' | null;
  /** Why not. `not_found` also when it is one of another organization. */
  readonly refusal: Refusal | 'not_found' | null;
}

/** Sends chosen deliveries again; those that cannot be are told and harm no other. Audited once, with all ids. */
export async function resendDeliveries(
  tx: Transaction,
  caller: Caller,
  ticks: TickSource,
  { ids, mode }: { readonly ids: readonly number[]; readonly mode: ResendMode },
): Promise<ResendResult[]> {
  const wanted = [...new Set(ids)].sort((a, b) => a - b);
  const rows: LogRow[] = [];
  for (const id of wanted) {
    const found = await findDelivery(tx, caller, 'callbacks.resend', id);
    if (found) rows.push(found.row);
  }
  const resent = new Map((await resendRows(tx, ticks, rows, { mode, by: caller.login })).map((answer) => [answer.of, answer]));
  const results = wanted.map((of): ResendResult => {
    const answer = resent.get(of);
    if (!answer) return { of, id: null, mode: null, refusal: 'not_found' };
    return 'refusal' in answer
      ? { of, id: null, mode: null, refusal: answer.refusal }
      : { of, id: answer.id, mode: answer.mode, refusal: null };
  });
  const sent = results.flatMap(({ of, id }) => (id === null ? [] : [[of, id]]));
  if (sent.length > 0)
    await audit(tx, caller, { action: 'callbacks.delivery.resend', object: `${sent.length} deliveries`, after: { mode, resentAs: sent } });
  return results;
}
