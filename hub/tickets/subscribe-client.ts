import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { needClient } from './find-client.ts';
import { ROUTING } from './notifications.ts';
import { type Subscription, validateSubscription } from './routing.ts';
import { touchClient } from './sql/clients.ts';
import { notify } from './sql/notify.ts';
import { deleteSubscriptions, insertSubscription, type SubscriptionRow, subscriptionsOfClient } from './sql/subscriptions.ts';

/**
 * A subscription as it is kept: codes trimmed and in capitals.
 * @param at JSON Pointer of the subscription within the input, for the faults.
 * @throws HubError VALIDATION
 */
export function readSubscription(value: unknown, at = ''): Subscription {
  const read = validateSubscription(value);
  if (read.ok) return read.subscription;
  const details = read.faults.map((fault) => ({ ...fault, path: at + fault.path }));
  throw new HubError('VALIDATION', details.map(({ path, message }) => `${path || 'the subscription'}: ${message}`).join('; '), { details });
}

/** The conditions of a stored subscription, as they are written by people and by `readSubscription`. */
export function conditionsOf(row: SubscriptionRow): Subscription {
  const { agency, validator, terminal, carrier, carrierScope, type, kind, everything } = row;
  const conditions = Object.entries({ agency, validator, terminal, carrier, type, kind }).filter(([, values]) => values !== null);
  return {
    ...(Object.fromEntries(conditions) as Subscription),
    ...(carrierScope === 'any' && { carrierScope }),
    ...(everything && { everything }),
  };
}

export async function storeSubscription(tx: Transaction, clientId: number, subscription: Subscription): Promise<SubscriptionRow> {
  const { agency, validator, terminal, carrier, carrierScope, type, kind, everything } = subscription;
  const [row] = await insertSubscription(
    tx,
    clientId,
    agency ?? null,
    validator ?? null,
    terminal ?? null,
    carrier ?? null,
    carrierScope ?? 'document',
    type ?? null,
    kind ?? null,
    everything ?? false,
  );
  return row as SubscriptionRow;
}

/** The same for two subscriptions that send the same documents: with fields and values in one order, without what means nothing. */
export function subscriptionKey(subscription: Subscription): string {
  const entries = Object.entries(subscription)
    .filter(([field, value]) => field !== 'carrierScope' || value === 'any')
    .map(([field, value]) => [field, Array.isArray(value) ? [...value].sort() : value] as const);
  return JSON.stringify(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * Adds a subscription. It works within a second and never backwards: earlier documents are sent by a replay.
 * @throws HubError NOT_FOUND, VALIDATION, CONFLICT when the client has this very subscription.
 */
export async function subscribeClient(
  tx: Transaction,
  caller: Caller,
  input: { readonly client: string; readonly subscription: unknown },
): Promise<SubscriptionRow> {
  const subscription = readSubscription(input.subscription);
  const client = await needClient(tx, input.client, 'lock');
  const present = await subscriptionsOfClient(tx, client.clientId);
  const key = subscriptionKey(subscription);
  const same = present.find((row) => subscriptionKey(conditionsOf(row)) === key);
  if (same)
    throw new HubError('CONFLICT', `the client ${client.name} has this subscription already, with the number ${same.subscriptionId}`);
  const row = await storeSubscription(tx, client.clientId, subscription);
  const [touched] = await touchClient(tx, client.clientId);
  const about = { subscriptionId: row.subscriptionId, ...subscription };
  await audit(tx, caller, { action: 'tickets.client.subscribe', object: client.name, after: about });
  await publish(tx, {
    type: 'vestnik.tickets.client.changed',
    subject: client.name,
    data: { client: client.name, version: touched?.version, subscribed: about, by: caller.login },
  });
  await notify(tx, ROUTING, '');
  return row;
}

/**
 * Takes subscriptions away: those of `subscriptionIds`, or all. What is queued stays queued.
 * @throws HubError NOT_FOUND when the client, or one of the subscriptions, is not there; then nothing is changed.
 */
export async function unsubscribeClient(
  tx: Transaction,
  caller: Caller,
  input: { readonly client: string; readonly subscriptionIds: readonly number[] | 'all' },
): Promise<SubscriptionRow[]> {
  const client = await needClient(tx, input.client, 'lock');
  const present = await subscriptionsOfClient(tx, client.clientId);
  const wanted = input.subscriptionIds === 'all' ? present.map((row) => row.subscriptionId) : [...new Set(input.subscriptionIds)];
  const missing = wanted.find((id) => !present.some((row) => row.subscriptionId === id));
  if (missing !== undefined || wanted.length === 0) {
    const known = present.map((row) => row.subscriptionId).join(', ') || 'none';
    const what = missing === undefined ? 'has no subscription to take away' : `has no subscription ${missing}; it has ${known}`;
    throw new HubError('NOT_FOUND', `the client ${client.name} ${what}`);
  }
  const gone = await deleteSubscriptions(tx, client.clientId, wanted);
  const [touched] = await touchClient(tx, client.clientId);
  const about = gone.map((row) => ({ subscriptionId: row.subscriptionId, ...conditionsOf(row) }));
  await audit(tx, caller, { action: 'tickets.client.unsubscribe', object: client.name, before: { subscriptions: about } });
  await publish(tx, {
    type: 'vestnik.tickets.client.changed',
    subject: client.name,
    data: { client: client.name, version: touched?.version, unsubscribed: about, by: caller.login },
  });
  await notify(tx, ROUTING, '');
  return gone;
}
