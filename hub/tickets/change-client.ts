import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { type ClientChange, clientChangeSchema, inOrder } from './client.ts';
import { needClient } from './find-client.ts';
import { ROUTING } from './notifications.ts';
import { type Client, updateClient } from './sql/clients.ts';
import { notify } from './sql/notify.ts';

/** @throws HubError STALE_VERSION when `expected` is given and is not the present version. */
export function checkVersion(client: Client, expected: number | undefined): void {
  if (expected !== undefined && expected !== client.version) {
    throw new HubError('STALE_VERSION', `the client ${client.name} is at version ${client.version}, not ${expected}; read it again`);
  }
}

/**
 * Changes title, contacts, self-replay and limits of a client; absent fields stay. A change to what is there already changes nothing.
 * @throws HubError NOT_FOUND, VALIDATION, STALE_VERSION.
 */
export async function changeClient(
  tx: Transaction,
  caller: Caller,
  input: { readonly client: string; readonly change: ClientChange; readonly version?: number | undefined },
): Promise<Client> {
  const change = inOrder(validate(clientChangeSchema, input.change, 'body'));
  const client = await needClient(tx, input.client, 'lock');
  checkVersion(client, input.version);
  const fields = (Object.keys(change) as (keyof ClientChange)[]).filter(
    (field) => change[field] !== undefined && !isDeepStrictEqual(change[field], client[field]),
  );
  if (fields.length === 0) return client;
  const before = Object.fromEntries(fields.map((field) => [field, client[field]]));
  const after = Object.fromEntries(fields.map((field) => [field, change[field]]));
  const next = { ...client, ...after };
  const [changed] = await updateClient(tx, client.clientId, next.title, next.contacts, next.selfReplay, next.warnAgeDays, next.warnQueued);
  await audit(tx, caller, { action: 'tickets.client.change', object: client.name, before, after });
  await publish(tx, {
    type: 'vestnik.tickets.client.changed',
    subject: client.name,
    data: { client: client.name, version: changed?.version, before, after, by: caller.login },
  });
  await notify(tx, ROUTING, '');
  return changed as Client;
}
