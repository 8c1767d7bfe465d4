import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Client, clientByName, lockClient } from './sql/clients.ts';

/**
 * The client of a name; with `lock` its row is locked until the commit, so that changes of one client follow one another.
 * @throws HubError NOT_FOUND
 */
export async function needClient(db: Queryable, name: string, lock?: 'lock'): Promise<Client> {
  const [client] = await (lock ? lockClient : clientByName)(db, name);
  if (!client) throw new HubError('NOT_FOUND', `there is no client named ${JSON.stringify(name.slice(0, 40))}`);
  return client;
}
