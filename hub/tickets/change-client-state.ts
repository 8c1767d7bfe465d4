import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { checkVersion } from './change-client.ts';
import { type ClientAct, reason as reasonSchema, stateAfter, TRANSITIONS } from './client.ts';
import { needClient } from './find-client.ts';
import { FEED_CLIENT, FEED_WAKE, ROUTING } from './notifications.ts';
import { type Client, updateClientState } from './sql/clients.ts';
import { notify } from './sql/notify.ts';

/**
 * Holds, releases, closes or opens a client (the transitions of client.ts). Waiting pulls learn of it within a second.
 * @param input.reason needed to hold; kept with the client while it is held or closed.
 * @throws HubError NOT_FOUND, VALIDATION (no reason), CONFLICT (the state does not allow it), STALE_VERSION.
 */
export async function changeClientState(
  tx: Transaction,
  caller: Caller,
  input: { readonly client: string; readonly act: ClientAct; readonly reason?: string | undefined; readonly version?: number | undefined },
): Promise<Client> {
  const { act } = input;
  const reason = input.reason === undefined && act !== 'hold' ? undefined : validate(reasonSchema, input.reason, 'body');
  const client = await needClient(tx, input.client, 'lock');
  checkVersion(client, input.version);
  const state = stateAfter(client.name, client.state, act);
  const [changed] = await updateClientState(tx, client.clientId, state, state === 'active' ? null : (reason ?? null));
  await audit(tx, caller, {
    action: `tickets.client.${act}`,
    object: client.name,
    before: { state: client.state },
    after: { state },
    ...(reason !== undefined && { reason }),
  });
  await publish(tx, {
    type: `vestnik.tickets.client.${TRANSITIONS[act].event}`,
    subject: client.name,
    data: { client: client.name, state, before: client.state, ...(reason !== undefined && { reason }), by: caller.login },
  });
  await notify(tx, ROUTING, '');
  await notify(tx, FEED_CLIENT, String(client.clientId));
  if (state === 'active') await notify(tx, FEED_WAKE, String(client.clientId));
  return changed as Client;
}
