import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { inOrder, newClientSchema } from './client.ts';
import { ROUTING } from './notifications.ts';
import type { Subscription } from './routing.ts';
import { type Client, clientByName, insertClient, insertMailbox } from './sql/clients.ts';
import { notify } from './sql/notify.ts';
import type { SubscriptionRow } from './sql/subscriptions.ts';
import { readSubscription, storeSubscription, subscriptionKey } from './subscribe-client.ts';

/** A new client as a face got it. `subscriptions` are checked here; fields left out have the defaults of `newClientSchema`. */
export interface AddClientInput {
  readonly name: string;
  readonly title: string;
  readonly contacts?: readonly string[];
  readonly selfReplay?: boolean;
  readonly warnAgeDays?: readonly number[] | null;
  readonly warnQueued?: number | null;
  readonly subscriptions?: readonly Subscription[];
}

/**
 * Adds a client with its mailbox and subscriptions. It has no certificate yet: `buildBundle` or `issueCertificate` make one.
 * @throws HubError VALIDATION for wrong fields, CONFLICT when the name is taken or a subscription stands twice.
 */
export async function addClient(
  tx: Transaction,
  caller: Caller,
  { subscriptions = [], ...input }: AddClientInput,
): Promise<Client & { subscriptions: SubscriptionRow[] }> {
  const fresh = inOrder(validate(newClientSchema, input, 'body'));
  const checked = subscriptions.map((subscription, index) => readSubscription(subscription, `/subscriptions/${index}`));
  const places = new Map<string, number>();
  for (const [at, subscription] of checked.entries()) {
    const key = subscriptionKey(subscription);
    const before = places.get(key);
    if (before !== undefined) throw new HubError('CONFLICT', `/subscriptions/${at} is the same as /subscriptions/${before}`);
    places.set(key, at);
  }
  const [client] = await insertClient(tx, fresh.name, fresh.title, fresh.contacts, fresh.selfReplay, fresh.warnAgeDays, fresh.warnQueued);
  if (!client) {
    const [present] = await clientByName(tx, fresh.name);
    throw new HubError(
      'CONFLICT',
      `a client named ${fresh.name} is there already${present ? ` (${present.state})` : ''}; choose another name`,
    );
  }
  await insertMailbox(tx, client.clientId);
  const stored: SubscriptionRow[] = [];
  for (const subscription of checked) stored.push(await storeSubscription(tx, client.clientId, subscription));
  const { name, ...about } = fresh;
  await audit(tx, caller, { action: 'tickets.client.add', object: name, after: { ...about, subscriptions: checked } });
  await publish(tx, {
    type: 'vestnik.tickets.client.created',
    subject: name,
    data: { client: name, title: fresh.title, subscriptions: checked, by: caller.login },
  });
  await notify(tx, ROUTING, '');
  return { ...client, subscriptions: stored };
}
