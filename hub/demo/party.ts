import { SYSTEM } from '../core/identity/caller.ts';
import type { Hub } from '../hub.ts';
import { addClient } from '../tickets/add-client.ts';
import { buildBundle } from '../tickets/build-bundle.ts';
import type { Subscription } from '../tickets/routing.ts';
import { type Agency, openAgency } from './agency.ts';

/** A client of the hub with a program of its own. */
export interface Party {
  readonly name: string;
  readonly rule: string;
  readonly subscription: Subscription;
}

/** Adds the client, makes its bundle, and unpacks it into its folder. */
export async function openParty(hub: Hub, party: Party, folder: string, language: 'ru' | 'en'): Promise<Agency> {
  const { database, authority } = hub.ground;
  const bundle = await database.transaction(async (tx) => {
    await addClient(tx, SYSTEM, { name: party.name, title: party.rule, subscriptions: [party.subscription] });
    return buildBundle(tx, SYSTEM, authority, { client: party.name, connect: hub.addresses['feed'] ?? '' });
  });
  return openAgency(folder, bundle.zip, language);
}
