import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { publish } from '../events/publish.ts';
import { audit } from './audit.ts';
import { allows, type Caller } from './caller.ts';
import { lockDirectory } from './sql/directory.ts';
import { revokeTokenRow, selectToken } from './sql/token.ts';

/**
 * Revokes a token; it is refused everywhere within a second. Revoking again is a success and changes nothing.
 * @throws HubError NOT_FOUND: there is none, or it is another's and the caller lacks `identity.manage`.
 */
export async function revokeToken(tx: Transaction, caller: Caller, tokenId: number): Promise<void> {
  await lockDirectory(tx);
  const [row] = await selectToken(tx, tokenId);
  if (!row || (row.login !== caller.login && !allows(caller, 'identity.manage')))
    throw new HubError('NOT_FOUND', `there is no token ${tokenId}`);
  const [revoked] = await revokeTokenRow(tx, tokenId);
  if (!revoked) return;
  await audit(tx, caller, { action: 'identity.token.revoke', object: String(tokenId), before: { login: row.login, name: row.name } });
  await publish(tx, { type: 'vestnik.identity.token.revoked', subject: row.login, data: { tokenId, login: row.login, name: row.name } });
}
