import { type LineClient, openLineClient } from '../../hub/alerts/line/test/support/line-client.ts';
import type { CallbacksHub } from './callbacks-hub.ts';

/** A session of the line protocol at a hub, logged in. @param authorization of the operator, as REST has it */
export async function alertsSession({ hub, authorization }: Pick<CallbacksHub, 'hub' | 'authorization'>): Promise<LineClient> {
  const client = await openLineClient(hub.addresses['line'] ?? '');
  const [login = '', password = ''] = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(/:(.*)/);
  client.say(`LOGIN ${login} ${password}`);
  const [welcome = '', hasp = ''] = await client.lines(2);
  if (!welcome.startsWith('LOGIN OK ') || !hasp.startsWith('HASP ')) throw new Error(`not logged in: ${welcome}`);
  return client;
}
